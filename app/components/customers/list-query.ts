/** The customer list's address: search, filters and sort, read and written in one place. */
import { STAGES } from '#core/clv/lifecycle';
import { rfmGroupOf } from '../../format/rfm-words.ts';
import type { CustomerListInput, CustomerSort } from '#operations/customer-views';

export const SORTS: readonly { sort: CustomerSort; label: string }[] = [
  { sort: 'total', label: 'Total value' },
  { sort: 'historical', label: 'So far' },
  { sort: 'predicted', label: 'Likely to come' },
  { sort: 'last_order', label: 'Last order' },
  { sort: 'orders', label: 'Orders' },
];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const PAGE_ROWS = 100;

/** Only what is valid: an address someone mistyped shows the list without that filter. */
export function readQuery(parameters: URLSearchParams): CustomerListInput & { sort: CustomerSort; descending: boolean } {
  const text = (name: string, pattern: RegExp) => {
    const value = parameters.get(name)?.trim() ?? '';
    return pattern.test(value) ? value : undefined;
  };
  return {
    q: text('q', /^[\s\S]{1,200}$/),
    stage: STAGES.find((stage) => stage === parameters.get('stage')),
    rfm: text('rfm', /^[1-5]{2,3}$/) ?? rfmGroupOf(parameters.get('rfm')) ?? undefined,
    cohort: text('cohort', /^\d{4}-(0[1-9]|1[0-2])$/),
    segment: text('segment', UUID),
    sort: SORTS.find(({ sort }) => sort === parameters.get('sort'))?.sort ?? 'total',
    descending: parameters.get('order') !== 'asc',
    limit: PAGE_ROWS,
    cursor: text('cursor', /^.{1,500}$/),
  };
}

/** The list's address with some of its parts changed; null removes one. */
export function listAddress(parameters: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(parameters);
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  const query = next.toString();
  return query === '' ? '/customers' : `/customers?${query}`;
}
