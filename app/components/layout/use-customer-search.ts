/** Finds customers while someone types, one question at a time. */
import { useFetcher } from '@remix-run/react';
import { useEffect } from 'react';
import type { loader } from '../../routes/search.ts';
import type { CustomerRow } from '#operations/customer-views';

const NONE: CustomerRow[] = [];

export function useCustomerSearch(text: string): { customers: CustomerRow[]; searching: boolean } {
  const { load, data, state } = useFetcher<typeof loader>();
  const query = text.trim();
  useEffect(() => {
    if (query === '') return;
    const timer = setTimeout(() => load(`/search?q=${encodeURIComponent(query)}`), 120);
    return () => clearTimeout(timer);
  }, [query, load]);
  const fresh = query !== '' && data !== undefined;
  return { customers: fresh ? data.rows : NONE, searching: query !== '' && (state !== 'idle' || data?.query !== query) };
}
