/** An open segment follows its members: the count at once, the lists right after. */
import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useLiveState } from '../layout/live-provider.tsx';

/** At most so often, while many come and go. */
const EVERY_MS = 2_000;

/** @returns the number of members, as the socket told it last */
export function useLiveSegment(id: string, loaded: number): number {
  const { segmentCounts } = useLiveState();
  const { revalidate } = useRevalidator();
  const seen = useRef(segmentCounts);
  const lastLoad = useRef(0);
  useEffect(() => {
    // Another object with each message: the same number may stand for another customer.
    if (segmentCounts === seen.current || !(id in segmentCounts)) return;
    const timer = setTimeout(() => {
      seen.current = segmentCounts;
      lastLoad.current = Date.now();
      revalidate();
    }, Math.max(0, lastLoad.current + EVERY_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [segmentCounts, id, revalidate]);
  return segmentCounts[id] ?? loaded;
}
