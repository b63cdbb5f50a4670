/** The loaded pages of the customer list as one growing list; a new question starts over. */
import { useFetcher, useSearchParams } from '@remix-run/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CustomerList, CustomerRow } from '#operations/customer-views';
import type { loader } from '../../routes/customers.rows.ts';

export interface CustomerPages {
  rows: CustomerRow[];
  complete: boolean;
  loading: boolean;
  failed: boolean;
  loadMore: () => void;
}

interface Appended {
  /** The first page these rows follow: another first page makes them void. */
  after: CustomerList;
  rows: CustomerRow[];
  cursor: string | null;
}

export function useCustomerPages(first: CustomerList): CustomerPages {
  const [parameters] = useSearchParams();
  const { load, data, state } = useFetcher<typeof loader>();
  const [appended, setAppended] = useState<Appended>({ after: first, rows: [], cursor: first.nextCursor });
  const current = appended.after === first ? appended : { after: first, rows: [], cursor: first.nextCursor };

  useEffect(() => {
    if (data === undefined) return;
    setAppended((known) => {
      const base = known.after === first ? known : { after: first, rows: [], cursor: first.nextCursor };
      // An answer to an older question, or one that is in the list already.
      if (data.list === null || data.cursor !== base.cursor) return base;
      return { after: first, rows: [...base.rows, ...data.list.rows], cursor: data.list.nextCursor };
    });
  }, [data, first]);

  const { cursor } = current;
  const query = parameters.toString();
  const loadMore = useCallback(() => {
    if (state !== 'idle' || cursor === null) return;
    const next = new URLSearchParams(query);
    next.set('cursor', cursor);
    load(`/customers/rows?${next.toString()}`);
  }, [state, cursor, query, load]);

  const rows = useMemo(() => [...first.rows, ...current.rows], [first.rows, current.rows]);
  return {
    rows,
    complete: cursor === null,
    loading: state !== 'idle',
    failed: state === 'idle' && data?.list === null && data.cursor === cursor,
    loadMore,
  };
}
