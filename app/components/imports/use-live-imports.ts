/** Imports as loaded, moved on by the socket; asked for again while one is under way. */
import { useRevalidator } from '@remix-run/react';
import { useEffect, useMemo } from 'react';
import type { ImportView } from '#operations/import-views';
import { useLiveState } from '../layout/live-provider.tsx';
import { isRunning } from './import-list.tsx';

const ASK_EVERY_MS = 2_000;

export function useLiveImports(loaded: ImportView[]): ImportView[] {
  const { imports } = useLiveState();
  const { revalidate, state } = useRevalidator();
  const running = loaded.some(isRunning);
  useEffect(() => {
    // Asking again before the answer is there would break the first question off.
    if (!running || state !== 'idle') return;
    // The socket brings lines as they are read; asking brings the rest, also where the socket is not allowed.
    const timer = setInterval(() => { if (!document.hidden) revalidate(); }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [running, state, revalidate]);
  return useMemo(
    () => loaded.map((view) => {
      const progress = imports[view.id];
      if (progress === undefined || !isRunning(view) || progress.linesRead < view.linesRead) return view;
      return { ...view, linesRead: progress.linesRead, rejected: progress.rejected };
    }),
    [loaded, imports],
  );
}
