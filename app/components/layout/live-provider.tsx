/** One socket for the whole app: pages below read what it brought. */
import { createContext, useContext, type ReactNode } from 'react';
import { useLive } from '../../hooks/use-live.ts';

type Live = ReturnType<typeof useLive>;

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: (live: Live) => ReactNode }) {
  const live = useLive();
  return <LiveContext.Provider value={live}>{children(live)}</LiveContext.Provider>;
}

/** @throws Error outside of the signed-in frame. */
export function useLiveState(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('useLiveState needs the signed-in frame around it');
  return live;
}
