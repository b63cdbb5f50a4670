/** The editor's state: the draft, and what undo and redo lead to. */
import { Keys, openFilter, type DraftGroup } from './draft.ts';
import { applyEdit, type Edit } from './edits.ts';

export interface EditorState {
  root: DraftGroup;
  /** For keys of nodes to come. */
  next: number;
  past: readonly DraftGroup[];
  future: readonly DraftGroup[];
  /** The argument that was edited last: further strokes in it are the same step. */
  typing: string | null;
  /** The node that should get the focus, and a number that grows with each such wish. */
  focus: { key: string; wish: number } | null;
  /** For a live region. */
  said: string;
}

export type EditorAction = Edit | { type: 'undo' } | { type: 'redo' };

const STEPS_KEPT = 100;

export function openEditor(filter: unknown): EditorState {
  const keys = new Keys();
  const root = openFilter(filter, keys);
  return { root, next: keys.next, past: [], future: [], typing: null, focus: null, said: '' };
}

export function editorReducer(state: EditorState, action: EditorAction): EditorState {
  if (action.type === 'undo' || action.type === 'redo') return travelled(state, action.type);
  const keys = new Keys(action.type === 'replace' ? Math.max(action.next, state.next) : state.next);
  const outcome = applyEdit(state.root, action, keys);
  if (outcome === null) return state;
  const typing = action.type === 'change' && action.field !== undefined ? `${action.key} ${action.field}` : action.type === 'replace' && action.typed === true ? 'text' : null;
  const goesOn = typing !== null && typing === state.typing;
  return {
    root: outcome.root,
    next: keys.next,
    past: goesOn ? state.past : [...state.past, state.root].slice(-STEPS_KEPT),
    future: [],
    typing,
    focus: outcome.focus === null ? null : { key: outcome.focus, wish: (state.focus?.wish ?? 0) + 1 },
    said: outcome.said,
  };
}

function travelled(state: EditorState, way: 'undo' | 'redo'): EditorState {
  const from = way === 'undo' ? state.past : state.future;
  const root = from.at(-1);
  if (root === undefined) return state;
  const rest = from.slice(0, -1);
  return {
    ...state, root, typing: null, focus: null, said: way === 'undo' ? 'Undone' : 'Done again',
    past: way === 'undo' ? rest : [...state.past, state.root],
    future: way === 'undo' ? [...state.future, state.root] : rest,
  };
}
