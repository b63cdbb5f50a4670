/** Moves conditions and groups by pointer: finger, pen or mouse alike. */
import { useCallback, useEffect, useRef, useState, type PointerEvent } from 'react';

export interface DropPlace {
  group: string;
  index: number;
}

/** Pixels from the edge of the screen at which the page begins to scroll. */
const EDGE = 72;
const SCROLL = 14;

/** Where something dropped at this point would go: before or after the row below it, or at the end of a group. */
function placeAt(x: number, y: number): DropPlace | null {
  const element = document.elementFromPoint(x, y);
  const slot = element?.closest<HTMLElement>('[data-drop-group]');
  if (slot === null || slot === undefined) return null;
  const { dropGroup = '', dropIndex = '0', dropAt } = slot.dataset;
  const { top, height } = slot.getBoundingClientRect();
  const after = dropAt === undefined && y > top + height / 2;
  return { group: dropGroup, index: Number(dropIndex) + (after ? 1 : 0) };
}

/** @param onDrop told once, when something was let go over a place */
export function useDrag(onDrop: (key: string, place: DropPlace) => void) {
  const [dragged, setDragged] = useState<{ key: string; place: DropPlace | null } | null>(null);
  const end = useRef<(() => void) | null>(null);
  const tell = useRef(onDrop);
  useEffect(() => { tell.current = onDrop; });
  useEffect(() => () => end.current?.(), []);

  const start = useCallback((key: string, event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    let place: DropPlace | null = null;
    let moved = false;
    const onMove = (move: globalThis.PointerEvent) => {
      // A press alone is not a drag: the handle takes keys once it has the focus.
      if (!moved && Math.hypot(move.clientX - event.clientX, move.clientY - event.clientY) < 4) return;
      moved = true;
      if (move.clientY < EDGE) window.scrollBy(0, -SCROLL);
      else if (move.clientY > window.innerHeight - EDGE) window.scrollBy(0, SCROLL);
      place = placeAt(move.clientX, move.clientY);
      setDragged({ key, place });
    };
    const onUp = () => {
      stop();
      if (moved && place !== null) tell.current(key, place);
    };
    const onKey = (press: KeyboardEvent) => { if (press.key === 'Escape') stop(); };
    const stop = () => {
      handle.removeEventListener('pointermove', onMove);
      handle.removeEventListener('pointerup', onUp);
      handle.removeEventListener('pointercancel', stop);
      window.removeEventListener('keydown', onKey);
      end.current = null;
      setDragged(null);
    };
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('pointerup', onUp);
    handle.addEventListener('pointercancel', stop);
    window.addEventListener('keydown', onKey);
    end.current = stop;
  }, []);

  return { key: dragged?.key ?? null, place: dragged?.place ?? null, start };
}
