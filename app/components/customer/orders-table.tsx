/** Orders and refunds, with what was bought and why something does not count. */
import { Link, useFetcher } from '@remix-run/react';
import { useState } from 'react';
import type { TransactionRow } from '#operations/sale-views';
import type { loader } from '../../routes/customers.$id.orders.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { BoughtItems } from './bought-items.tsx';

interface Page {
  rows: TransactionRow[];
  nextCursor: string | null;
  closed: { before: string; orders: number } | null;
}

export function OrdersTable({ customerId, first }: { customerId: string; first: Page }) {
  const { load, data, state } = useFetcher<typeof loader>();
  const { count, day } = useFormats();
  const [before, setBefore] = useState<TransactionRow[]>([]);
  const rows = [...first.rows, ...before, ...(data?.rows ?? [])];
  const cursor = data === undefined ? first.nextCursor : data.nextCursor;
  const more = () => {
    setBefore([...before, ...(data?.rows ?? [])]);
    if (cursor !== null) load(`/customers/${customerId}/orders?cursor=${encodeURIComponent(cursor)}`);
  };
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  return (
    <Card flush title="Orders and refunds">
      <div className="relative overflow-x-auto">
        <table className="figures w-full text-14">
          <caption className="sr-only">Orders and refunds, newest first</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5`}>Order</th>
              <th scope="col" className={`${head} max-sm:hidden`}>When</th>
              <th scope="col" className={`${head} max-md:hidden`}>Bought</th>
              <th scope="col" className={`${head} max-sm:hidden`}>Counted</th>
              <th scope="col" className={`${head} pr-5 text-right`}>Amount</th>
            </tr>
          </thead>
          <tbody>{unique.map((row) => <OrderRow key={row.id} row={row} />)}</tbody>
        </table>
      </div>
      {unique.length === 0 && first.closed === null && <p className="border-t border-line px-5 py-6 text-muted">No orders yet.</p>}
      {cursor !== null && (
        <div className="border-t border-line p-3 text-center"><Button small look="quiet" onClick={more} aria-disabled={state !== 'idle'}>{state === 'idle' ? 'Show more' : 'Loading…'}</Button></div>
      )}
      {cursor === null && first.closed !== null && (
        <p className="border-t border-line px-5 py-3 text-13 text-muted">
          {first.closed.orders === 1 ? '1 order' : `${count(first.closed.orders)} orders`} from before {day(first.closed.before)} {first.closed.orders === 1 ? 'counts' : 'count'} in every figure and {first.closed.orders === 1 ? 'is' : 'are'} no longer kept one by one.
        </p>
      )}
    </Card>
  );
}

function OrderRow({ row }: { row: TransactionRow }) {
  const { money, time, currency } = useFormats();
  const refund = row.kind === 'refund';
  const label = refund ? 'the refund' : (row.label ?? row.externalId);
  const sign = refund && row.amount > 0 ? -row.amount : row.amount;
  return (
    <>
      <tr className="border-t border-line align-top">
        <th scope="row" className="px-3 py-2.5 pl-5 font-normal">
          <span className="block max-w-40 truncate" title={row.externalId}>{refund ? 'Refund' : (row.label ?? row.externalId)}</span>
          {row.alsoAt.length > 0 && <Link to="/sales" className="text-12 text-muted underline underline-offset-2 hover:text-ink">also at {row.alsoAt.join(', ')}</Link>}
          <span className="block text-12 text-muted sm:hidden">{time(row.occurredAt)} · {row.counted ? row.status : (row.whyNot ?? row.status)}</span>
        </th>
        <td className="px-3 py-2.5 whitespace-nowrap max-sm:hidden">{time(row.occurredAt)}</td>
        <td className="w-2/5 px-3 py-2.5 max-md:hidden"><BoughtItems items={row.items} currency={row.statedCurrency} label={label} /></td>
        <td className="px-3 py-2.5 max-sm:hidden">
          {row.counted ? <span className="whitespace-nowrap">Yes <span className="text-muted">· {row.status}</span></span> : <span className="text-warning">No<span className="block max-w-44 text-12 text-muted">{row.whyNot}</span></span>}
        </td>
        <td className="px-3 py-2.5 pr-5 text-right whitespace-nowrap">
          {money(sign, 'exact', row.counted ? currency : row.statedCurrency)}
          {row.refunded > 0 && <span className="block text-12 text-muted">{money(row.refunded, 'exact')} refunded</span>}
        </td>
      </tr>
      {row.items.length > 0 && (
        <tr className="md:hidden">
          <td colSpan={4} className="px-5 pb-2.5 text-13"><BoughtItems items={row.items} currency={row.statedCurrency} label={label} /></td>
        </tr>
      )}
    </>
  );
}
