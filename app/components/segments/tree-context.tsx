/** What every part of the tree editor needs: the draft, how to edit it, and what the language offers. */
import { createContext, useContext, type Dispatch } from 'react';
import type { EditorAction, EditorState } from './history.ts';
import type { DropPlace } from './use-drag.ts';

export interface TreeTools {
  state: EditorState;
  dispatch: Dispatch<EditorAction>;
  /** What is wrong with a node's arguments, by key then argument; an empty name stands for the condition itself. */
  problems: ReadonlyMap<string, Readonly<Record<string, string>>>;
  drag: { key: string | null; place: DropPlace | null; start: (key: string, event: React.PointerEvent<HTMLElement>) => void };
}

const TreeContext = createContext<TreeTools | null>(null);

export const TreeProvider = TreeContext.Provider;

/** @throws Error outside of a tree editor. */
export function useTree(): TreeTools {
  const tools = useContext(TreeContext);
  if (tools === null) throw new Error('useTree needs a tree editor around it');
  return tools;
}
