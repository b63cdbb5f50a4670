/** Makes or changes a segment: its conditions as a tree and as text, in words, and who matches right now. */
import { Form } from '@remix-run/react';
import { useEffect, useMemo, useReducer, useRef, useState, type FormEvent } from 'react';
import type { SegmentPreview } from '#operations/segment-preview';
import { useFormats } from '../../format/use-formats.tsx';
import { FormMessage } from '../forms/form-message.tsx';
import type { FormResult } from '../forms/form-result.ts';
import { UnsavedGuard } from '../forms/unsaved-guard.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Notice } from '../ui/notice.tsx';
import { CountPanel } from './count-panel.tsx';
import { countConditions, filterOf } from './draft.ts';
import type { KnownFiling } from './filing.tsx';
import { editorReducer, openEditor } from './history.ts';
import { LanguageProvider, useLanguage, type DataChoices, type KnownSegment } from './language-context.tsx';
import { checkDraft } from './problems.ts';
import { SaveOrLeave, SegmentFields, useFieldsEdited, type SegmentAbout } from './segment-fields.tsx';
import { ShopifyImport } from './shopify-import.tsx';
import { PlainTextForm, TextView } from './text-view.tsx';
import { TreeEditor, UndoButtons } from './tree-editor.tsx';
import { usePreview } from './use-preview.ts';

interface SegmentBuilderProps {
  about: SegmentAbout;
  known: KnownFiling;
  /** As the language writes it; an empty group for a new one. */
  filter: unknown;
  /** In the text form. */
  text: string;
  /** What is wrong with a text that came in the address. */
  flaw: string | null;
  choices: DataChoices;
  segments: readonly KnownSegment[];
  /** Counted on the server: what is shown before the first edit. */
  preview: SegmentPreview | null;
  result: FormResult | undefined;
  /** On the button that keeps it; null for who may only look. */
  save: string | null;
  cancelTo: string;
}

export function SegmentBuilder(props: SegmentBuilderProps) {
  return <LanguageProvider choices={props.choices} segments={props.segments}><Builder {...props} /></LanguageProvider>;
}

function Builder({ about, known, filter: openedFilter, text, flaw, segments, preview: loaded, result, save, cancelTo }: SegmentBuilderProps) {
  const [state, dispatch] = useReducer(editorReducer, openedFilter, openEditor);
  const { wordsOf } = useLanguage();
  const { count } = useFormats();
  const { root } = state;
  const { filter, problems } = useMemo(() => checkDraft(root), [root]);
  const json = useMemo(() => (filter === null ? null : JSON.stringify(filter)), [filter]);
  const [firstJson] = useState(json);
  const preview = usePreview(json, loaded === null || firstJson === null ? null : { filter: firstJson, answer: loaded });
  const said = useMemo(() => JSON.stringify(filterOf(root)), [root]);
  const [firstSaid] = useState(said);
  const fields = useFieldsEdited();
  const [hasUnreadText, setHasUnreadText] = useState(false);
  const [awake, setAwake] = useState(false);
  useEffect(() => setAwake(true), []);
  const [refusal, setRefusal] = useState<string | null>(null);
  useEffect(() => setRefusal(null), [root]);
  const tree = useRef<HTMLDivElement>(null);
  const empty = countConditions(root) === 0;
  const waiting = empty ? 'Add a condition to see who matches.' : filter === null ? `Finish the conditions that say what they lack${preview.answer === null ? '.' : ': this count is of the last complete ones.'}` : null;

  const onSubmit = (event: FormEvent) => {
    if (filter !== null) return;
    event.preventDefault();
    const [key] = problems.keys();
    setRefusal(empty ? 'A segment needs at least one condition.' : 'One condition is not finished: it says below what it lacks.');
    tree.current?.querySelector<HTMLElement>(`[data-focus="${key ?? ''}"]`)?.focus();
  };
  const words = wordsOf(root);
  return (
    <Form method="post" className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(17rem,1fr)]" onSubmit={onSubmit} onKeyDown={keepEnter} onChange={fields.onChange}>
      <UnsavedGuard dirty={save !== null && (said !== firstSaid || fields.edited || hasUnreadText)} what="What you changed here" />
      <div className="flex min-w-0 flex-col gap-4">
        {/* What is wrong with the conditions stands below them. */}
        {result?.errors['filter'] === undefined && <FormMessage result={result} />}
        <SegmentFields about={about} known={known} result={result} />
        <div className="flex min-w-0 flex-col gap-4 noscript:hidden">
          <Card title="Conditions" actions={<UndoButtons state={state} dispatch={dispatch} />}>
            <div ref={tree}><TreeEditor state={state} dispatch={dispatch} problems={problems} /></div>
            {problems.get(root.key) !== undefined && !empty && <p role="alert" className="mt-2 text-13 text-negative">{Object.values(problems.get(root.key) ?? {})[0]}</p>}
            {words !== '' && <p className="mt-4 border-t border-line pt-3 text-14 text-pretty"><span className="text-muted">In words: </span><span data-testid="segment-words">{words}{words.endsWith('…') ? '' : '.'}</span></p>}
          </Card>
          <TextView root={root} filter={filter} next={state.next} dispatch={dispatch} segments={segments} onUnread={setHasUnreadText} />
          <ShopifyImport next={state.next} dispatch={dispatch} />
        </div>
        <PlainTextForm text={text} error={result?.errors['text'] ?? flaw ?? undefined} />
        {awake && <><input type="hidden" name="from" value="tree" /><input type="hidden" name="filter" value={json ?? ''} /></>}
        {refusal !== null && <Notice tone="bad" role="alert">{refusal}</Notice>}
        {result?.errors['filter'] !== undefined && <Refused result={result}>{result.errors['filter']}</Refused>}
        <div className="sticky bottom-14 z-10 -mx-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-canvas px-4 py-2.5 md:bottom-0 lg:static lg:mx-0 lg:border-0 lg:bg-transparent lg:p-0">
          {preview.answer !== null && <p aria-hidden className="figures mr-auto text-13 lg:hidden"><span className="font-strong">{count(preview.answer.count)}</span> match</p>}
          <span className="hidden noscript:inline"><Button type="submit" name="intent" value="count">Count</Button></span>
          <SaveOrLeave leaveTo={cancelTo} intent="save" save={save} />
        </div>
      </div>
      <CountPanel preview={preview} waiting={waiting} />
    </Form>
  );
}

/** Brought before the eyes: the button may be pressed from anywhere on the page. */
function Refused({ result, children }: { result: FormResult; children: string }) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => { notice.current?.scrollIntoView({ block: 'center' }); }, [result]);
  return <div ref={notice}><Notice tone="bad" role="alert">{children}</Notice></div>;
}

/** Enter in a small field finishes typing there; the form is sent by its button alone. */
function keepEnter(event: React.KeyboardEvent<HTMLFormElement>): void {
  if (event.key === 'Enter' && event.target instanceof HTMLInputElement && event.target.type !== 'submit') event.preventDefault();
}
