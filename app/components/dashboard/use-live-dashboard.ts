/** The dashboard as loaded, brought up to date by the socket: figures at once, lists shortly after. */
import { useRevalidator } from '@remix-run/react';
import { useEffect, useMemo, useRef } from 'react';
import { isOlder, type Snapshot } from '#core/live/snapshot';
import type { CustomerChange } from '#core/live/messages';
import type { CustomerRow } from '#operations/customer-views';
import { isStage } from '../../format/words.ts';
import { useLiveState } from '../layout/live-provider.tsx';

/** The newer of what the page was loaded with and what the socket has brought since. */
export function useLiveSnapshot(loaded: Snapshot): Snapshot {
  const { snapshot } = useLiveState();
  return snapshot === null || isOlder(snapshot, loaded) ? loaded : snapshot;
}

/** Rows with the amounts of customers that changed since. */
export function useLiveRows(rows: CustomerRow[]): CustomerRow[] {
  const { changedCustomers } = useLiveState();
  return useMemo(() => {
    if (changedCustomers.length === 0) return rows;
    const changes = new Map(changedCustomers.map((change) => [change.id, change]));
    return rows.map((row) => withChange(row, changes.get(row.id)));
  }, [rows, changedCustomers]);
}

function withChange(row: CustomerRow, change: CustomerChange | undefined): CustomerRow {
  // A change with fewer orders than the row is older than the row.
  if (change === undefined || change.orders < row.orders) return row;
  const { historicalValue, predictedValue, recencyScore, frequencyScore, monetaryScore, orders } = change;
  return {
    ...row, historicalValue, predictedValue, totalValue: historicalValue + predictedValue, recencyScore, frequencyScore, monetaryScore, orders,
    stage: isStage(change.stage) ? change.stage : row.stage,
  };
}

const QUIET_MS = 2_000;
const AT_MOST_EVERY_MS = 12_000;

/** Loads the page's data again some seconds after a change, and never in a hidden tab. */
export function useRevalidateOnChange(): void {
  const { lastChangeAt } = useLiveState();
  const { revalidate } = useRevalidator();
  const seen = useRef(lastChangeAt);
  const lastLoad = useRef(0);
  useEffect(() => {
    if (lastChangeAt === seen.current || lastChangeAt === null) return;
    const wait = Math.max(QUIET_MS, lastLoad.current + AT_MOST_EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      if (document.hidden) return;
      seen.current = lastChangeAt;
      lastLoad.current = Date.now();
      revalidate();
    }, wait);
    return () => clearTimeout(timer);
  }, [lastChangeAt, revalidate]);
}
