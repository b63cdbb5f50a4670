/** One tab stop for a whole grid: arrow keys, Home and End walk its cells (roving tabindex). */
import { useRef, useState, type KeyboardEvent } from 'react';

export interface CellFocus {
  tabIndex: (row: number, column: number) => 0 | -1;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  onFocus: (row: number, column: number) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};

/** @param lengths cells of each row; cells carry `data-cell="row-column"` */
export function useCellFocus(lengths: number[]): CellFocus {
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const current = useRef(at);
  current.current = at;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const [row, column] = current.current;
    const step = STEPS[event.key];
    let next: readonly [number, number];
    if (step) next = [row + step[0], column + step[1]];
    else if (event.key === 'Home') next = [row, 0];
    else if (event.key === 'End') next = [row, (lengths[row] ?? 1) - 1];
    else return;
    event.preventDefault();
    const toRow = Math.min(lengths.length - 1, Math.max(0, next[0]));
    const toColumn = Math.min((lengths[toRow] ?? 1) - 1, Math.max(0, next[1]));
    setAt([toRow, toColumn]);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${toRow}-${toColumn}"]`)?.focus();
  };
  return {
    tabIndex: (row, column) => (row === at[0] && column === at[1] ? 0 : -1),
    onKeyDown,
    onFocus: (row, column) => setAt([row, column]),
  };
}
