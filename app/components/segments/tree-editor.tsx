/** The tree of a filter: groups in groups, conditions in rows; by keyboard, finger and mouse. */
import { Redo2, Undo2 } from 'lucide-react';
import { Fragment, useEffect, useId, useMemo, useRef, type Dispatch, type KeyboardEvent } from 'react';
import { Button } from '../ui/button.tsx';
import { ConditionPicker } from './condition-picker.tsx';
import { ConditionRow } from './condition-row.tsx';
import { JOINS, type DraftGroup, type DraftNode, type Join } from './draft.ts';
import type { EditorAction, EditorState } from './history.ts';
import { useLanguage } from './language-context.tsx';
import { MoveHandle, NodeMenu } from './node-menu.tsx';
import { TreeProvider, useTree, type TreeTools } from './tree-context.tsx';
import { useDrag } from './use-drag.ts';

const JOIN_WORDS: Record<Join, { choice: string; between: string }> = {
  all: { choice: 'all of', between: 'and' },
  any: { choice: 'any of', between: 'or' },
  none: { choice: 'none of', between: 'nor' },
  not_all: { choice: 'not all of', between: 'and' },
};

interface TreeEditorProps {
  state: EditorState;
  dispatch: Dispatch<EditorAction>;
  problems: TreeTools['problems'];
}

export function TreeEditor({ state, dispatch, problems }: TreeEditorProps) {
  const hintId = useId();
  const frame = useRef<HTMLDivElement>(null);
  const drag = useDrag((key, place) => dispatch({ type: 'move', key, ...place }));
  useFocusWishes(frame, state.focus);
  const tools = useMemo(() => ({ state, dispatch, problems, drag }), [state, dispatch, problems, drag]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.metaKey || event.ctrlKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    dispatch({ type: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
  };
  return (
    <TreeProvider value={tools}>
      <div ref={frame} onKeyDown={onKeyDown}>
        <p id={hintId} className="sr-only">Arrow keys move it up and down, also into groups and out of them. Delete removes it.</p>
        <p role="status" className="sr-only">{state.said}</p>
        <GroupBody node={state.root} hintId={hintId} name="all conditions" />
      </div>
    </TreeProvider>
  );
}

export function UndoButtons({ state, dispatch }: Pick<TreeEditorProps, 'state' | 'dispatch'>) {
  return (
    <div className="-my-1 flex shrink-0">
      <Button small look="quiet" aria-disabled={state.past.length === 0} onClick={() => dispatch({ type: 'undo' })} title="Undo (Ctrl Z)" className="aria-disabled:opacity-50"><Undo2 aria-hidden className="size-4" /><span className="max-sm:sr-only">Undo</span></Button>
      <Button small look="quiet" aria-disabled={state.future.length === 0} onClick={() => dispatch({ type: 'redo' })} title="Redo (Ctrl Shift Z)" className="aria-disabled:opacity-50"><Redo2 aria-hidden className="size-4" /><span className="max-sm:sr-only">Redo</span></Button>
    </div>
  );
}

/** Gives the focus to what the last edit asked for. */
function useFocusWishes(frame: React.RefObject<HTMLDivElement | null>, focus: EditorState['focus']): void {
  const granted = useRef(focus?.wish ?? 0);
  useEffect(() => {
    if (focus === null || focus.wish === granted.current) return;
    granted.current = focus.wish;
    const wished = frame.current?.querySelector<HTMLElement>(`[data-focus="${focus.key}"]`) ?? frame.current?.querySelector<HTMLElement>(`[data-focus="${focus.key}-handle"]`);
    wished?.focus();
  }, [frame, focus]);
}

function GroupBody({ node, hintId, name }: { node: DraftGroup; hintId: string; name: string }) {
  const { state, dispatch, drag } = useTree();
  const { conditions, startOf } = useLanguage();
  const top = node === state.root;
  const shows = (index: number) => drag.place?.group === node.key && drag.place.index === index;
  const { between } = JOIN_WORDS[node.join];
  return (
    <fieldset className={`min-w-0 ${top ? '' : 'rounded-card border border-line bg-canvas p-3'} ${drag.key === node.key ? 'opacity-50' : ''}`}>
      <legend className="sr-only">{top ? 'Conditions' : 'Group'}: {JOIN_WORDS[node.join].choice} {node.children.length}</legend>
      <div className="flex items-center gap-1" data-drop-group={node.key} data-drop-index={0} data-drop-at="">
        {!top && <MoveHandle node={node} name={name} hintId={hintId} />}
        <label className="flex min-w-0 grow flex-wrap items-center gap-x-1.5 text-14">
          <span className={top ? '' : 'max-sm:sr-only'}>{top ? 'Customers who match' : 'Match'}</span>
          <select
            value={node.join}
            data-focus={top ? undefined : node.key}
            onChange={(event) => {
              const join = JOINS.find((one) => one === event.target.value);
              if (join !== undefined) dispatch({ type: 'join', key: node.key, join });
            }}
            className="h-8 rounded-control border border-edge bg-surface pr-7 pl-2 text-14 font-strong"
          >
            {JOINS.map((join) => <option key={join} value={join}>{JOIN_WORDS[join].choice}</option>)}
          </select>
          <span>these</span>
        </label>
        {!top && <NodeMenu node={node} name={name} />}
      </div>
      <ul className="mt-2 flex flex-col">
        {node.children.map((child, index) => (
          <Fragment key={child.key}>
            <DropLine shown={shows(index)} />
            <li data-drop-group={node.key} data-drop-index={index} className="min-w-0 py-0.5">
              {index > 0 && <p className="py-0.5 pl-6 text-12 font-strong text-muted">{between}</p>}
              <Child node={child} hintId={hintId} place={index + 1} />
            </li>
          </Fragment>
        ))}
        <DropLine shown={shows(node.children.length)} />
      </ul>
      {node.children.length === 0 && <p className="py-2 pl-6 text-13 text-muted">{top ? 'No condition yet: this would be every customer.' : 'Nothing in this group yet.'}</p>}
      <div className="mt-1 flex flex-wrap gap-1 pl-4" data-drop-group={node.key} data-drop-index={node.children.length} data-drop-at="">
        <ConditionPicker label="Add condition" focusKey={`${node.key}-add`} choices={conditions} onPick={(is) => dispatch({ type: 'add', group: node.key, is, args: startOf(is) })} />
        <ConditionPicker label="Add group" choices={conditions} onPick={(is) => dispatch({ type: 'add_group', group: node.key, is, args: startOf(is) })} />
      </div>
    </fieldset>
  );
}

function Child({ node, hintId, place }: { node: DraftNode; hintId: string; place: number }) {
  return node.kind === 'group' ? <GroupBody node={node} hintId={hintId} name={`group ${place}`} /> : <ConditionRow node={node} hintId={hintId} />;
}

function DropLine({ shown }: { shown: boolean }) {
  return shown ? <li aria-hidden className="h-0.5 rounded-full bg-accent" /> : null;
}
