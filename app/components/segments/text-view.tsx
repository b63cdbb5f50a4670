/** The same filter as text: read, edited, copied; what cannot be read is said with its line and column. */
import { useEffect, useId, useMemo, useRef, useState, type Dispatch } from 'react';
import type { Filter } from '#core/segments/filter';
import { parseFilter, printFilter, type ParsedFilter } from '#core/segments/text';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Keys, openFilter, type DraftGroup } from './draft.ts';
import type { EditorAction } from './history.ts';
import type { KnownSegment } from './language-context.tsx';

type Flaw = Extract<ParsedFilter, { ok: false }>;

const AREA = 'w-full resize-y rounded-control border border-edge bg-surface px-3 py-2 font-mono text-13 leading-relaxed aria-invalid:border-negative';

interface TextViewProps {
  root: DraftGroup;
  /** Null while the tree is not finished: what is typed here stands then. */
  filter: Filter | null;
  next: number;
  dispatch: Dispatch<EditorAction>;
  segments: readonly KnownSegment[];
  /** Told whether something stands here that could not be read, and so is not in the tree. */
  onUnread: (isUnread: boolean) => void;
}

export function TextView({ root, filter, next, dispatch, segments, onUnread }: TextViewProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const names = useMemo(() => new Map(segments.map((one) => [one.id, one.name])), [segments]);
  /** What is being typed, and the tree that it left: another tree means that somebody edited there since. */
  const [typed, setTyped] = useState<{ text: string; of: DraftGroup; flaw: Flaw | null } | null>(null);
  const printed = useMemo(() => (filter === null ? null : printFilter(filter, names)), [filter, names]);
  const [lastPrinted, setLastPrinted] = useState(printed ?? '');
  if (printed !== null && printed !== lastPrinted) setLastPrinted(printed);
  const own = typed !== null && typed.of === root ? typed : null;

  const type = (text: string) => {
    const parsed = parseFilter(text, names);
    if (!parsed.ok) {
      setTyped({ text, of: root, flaw: parsed });
      return;
    }
    const keys = new Keys(next);
    const opened = openFilter(parsed.filter, keys);
    setTyped({ text, of: opened, flaw: null });
    dispatch({ type: 'replace', root: opened, next: keys.next, what: 'Read from the text', typed: true });
  };
  const flaw = own?.flaw ?? null;
  const isUnread = flaw !== null;
  useEffect(() => onUnread(isUnread), [onUnread, isUnread]);
  const goThere = () => {
    const element = area.current;
    if (element === null || flaw === null) return;
    const at = offsetOf(element.value, flaw);
    element.focus();
    element.setSelectionRange(at, Math.min(element.value.length, at + 1));
  };
  const text = own?.text ?? printed ?? lastPrinted;
  return (
    <Card title="As text" note="The same conditions, to read, copy or write" actions={<CopyButton text={text} what="the text of the filter" />}>
      <label htmlFor={id} className="sr-only">Conditions as text</label>
      <textarea
        ref={area} id={id} value={text} rows={Math.min(12, Math.max(2, text.split('\n').length + 1))} spellCheck={false} autoCapitalize="off"
        aria-invalid={flaw !== null || undefined} aria-describedby={`${id}-below`}
        placeholder={'orders.total > 200 and last_order more_than 60 days and not in segment "VIP"'}
        onChange={(event) => type(event.target.value)}
        // What was read is written as it is printed from then on.
        onBlur={() => { if (own?.flaw === null) setTyped(null); }}
        className={AREA}
      />
      <div id={`${id}-below`} className="mt-1.5 flex min-h-5 flex-wrap items-baseline gap-x-2 text-13">
        {flaw !== null ? (
          <>
            <p role="status" className="text-negative">Line {flaw.line}, column {flaw.column}: {flaw.message}{expectedWords(flaw)}</p>
            <Button small look="quiet" onClick={goThere} className="-my-1">Go there</Button>
          </>
        ) : filter === null && printed === null && lastPrinted !== '' ? <p className="text-muted">The text follows once the conditions above are finished.</p> : null}
      </div>
    </Card>
  );
}

function expectedWords({ expected, message }: Flaw): string {
  const left = expected.filter((one) => !message.includes(one));
  return left.length === 0 ? '' : `. Expected ${left.slice(0, 8).join(', ')}${left.length > 8 ? '…' : ''}`;
}

/** Lines and columns count from 1. */
function offsetOf(text: string, { line, column }: Flaw): number {
  return text.split('\n').slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

/** Where there are no scripts, the text alone makes the segment. */
export function PlainTextForm({ text, error }: { text: string; error: string | undefined }) {
  const id = useId();
  return (
    <div className="hidden noscript:block">
      <Card title="Conditions" note="In the text form of filters">
        <label htmlFor={id} className="sr-only">Conditions as text</label>
        <textarea id={id} name="text" defaultValue={text} rows={5} spellCheck={false} aria-describedby={`${id}-below`} className={AREA} />
        <p id={`${id}-below`} className={`mt-1.5 text-13 ${error === undefined ? 'text-muted' : 'text-negative'}`}>{error ?? 'Such as: orders.total > 200 and last_order more_than 60 days and not in segment "VIP"'}</p>
      </Card>
    </div>
  );
}
