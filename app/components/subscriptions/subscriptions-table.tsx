/** Contracts, newest first. */
import { sourceName } from '#core/commerce/source-name';
import { Link, useFetcher } from '@remix-run/react';
import { useState } from 'react';
import type { SubscriptionListView, SubscriptionView } from '#operations/subscription-views';
import type { loader } from '../../routes/subscriptions.rows.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { useNextDate } from './contract-dates.tsx';
import { StatusBadge } from './status-badge.tsx';

const HEAD = 'h-9 px-3 text-12 font-strong text-muted';

export function SubscriptionsTable({ first, status }: { first: SubscriptionListView; status: string | null }) {
  const { load, data, state } = useFetcher<typeof loader>();
  const [before, setBefore] = useState<SubscriptionView[]>([]);
  const rows = [...new Map([...first.rows, ...before, ...(data?.rows ?? [])].map((row) => [`${row.source} ${row.externalId}`, row])).values()];
  const cursor = data === undefined ? first.nextCursor : data.nextCursor;
  const more = () => {
    setBefore([...before, ...(data?.rows ?? [])]);
    if (cursor !== null) load(`/subscriptions/rows?cursor=${encodeURIComponent(cursor)}${status === null ? '' : `&status=${status}`}`);
  };
  return (
    <>
      <div className="relative overflow-x-auto">
        <table className="figures w-full text-14">
          <caption className="sr-only">Subscriptions, newest first</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${HEAD} pl-5`}>Customer</th>
              <th scope="col" className={`${HEAD} max-md:hidden`}>Plan</th>
              <th scope="col" className={`${HEAD} max-sm:hidden`}>Status</th>
              <th scope="col" className={`${HEAD} max-lg:hidden`}>Since</th>
              <th scope="col" className={`${HEAD} max-lg:hidden`}>Next</th>
              <th scope="col" className={`${HEAD} pr-5 text-right`}>A month</th>
            </tr>
          </thead>
          <tbody>{rows.map((row) => <Row key={`${row.source} ${row.externalId}`} row={row} />)}</tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="border-t border-line px-5 py-6 text-muted">No subscription has this status.</p>}
      {cursor !== null && (
        <div className="border-t border-line p-3 text-center"><Button small look="quiet" onClick={more} aria-disabled={state !== 'idle'}>{state === 'idle' ? 'Show more' : 'Loading…'}</Button></div>
      )}
    </>
  );
}

function Row({ row }: { row: SubscriptionView }) {
  const { money, date } = useFormats();
  const next = useNextDate()(row);
  return (
    <tr className="relative h-10 border-t border-line transition-colors hover:bg-sunken">
      <th scope="row" className="px-3 py-2 pl-5 font-normal">
        {row.customerId === null
          ? <span className="text-muted">Unknown, {row.externalId} at {sourceName(row.source)}</span>
          : <Link to={`/customers/${row.customerId}`} prefetch="intent" className="block max-w-56 truncate after:absolute after:inset-0">{row.customerName ?? row.externalId}</Link>}
        <span className="mt-0.5 block text-12 text-muted sm:hidden"><StatusBadge status={row.status} /></span>
        <span className="block text-12 text-muted lg:hidden">{next ?? `Since ${date(row.startedAt)}`}</span>
      </th>
      <td className="px-3 py-2 max-md:hidden"><span className="block max-w-56 truncate text-muted" title={row.plan ?? undefined}>{row.plan ?? '–'}</span></td>
      <td className="px-3 py-2 max-sm:hidden"><StatusBadge status={row.status} /></td>
      <td className="px-3 py-2 whitespace-nowrap max-lg:hidden">{date(row.startedAt)}</td>
      <td className="px-3 py-2 whitespace-nowrap text-muted max-lg:hidden">{next ?? '–'}</td>
      <td className={`px-3 py-2 pr-5 text-right whitespace-nowrap ${row.status === 'cancelled' ? 'text-muted' : ''}`}>{money(row.monthlyAmount, 'exact', row.currency)}</td>
    </tr>
  );
}
