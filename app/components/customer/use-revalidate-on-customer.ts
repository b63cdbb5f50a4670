/** Loads an open profile again as soon as the socket says that this customer changed. */
import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useLiveState } from '../layout/live-provider.tsx';

export function useRevalidateOnCustomer(id: string): void {
  const { changedCustomers } = useLiveState();
  const { revalidate } = useRevalidator();
  const change = changedCustomers.find((candidate) => candidate.id === id);
  const seen = useRef(change);
  useEffect(() => {
    if (change === undefined || change === seen.current) return;
    seen.current = change;
    revalidate();
  }, [change, revalidate]);
}
