/** One customer in the list: a row on wide screens, a card on phones; all of it one link. */
import { Link } from '@remix-run/react';
import { memo } from 'react';
import type { CustomerRow } from '#operations/customer-views';
import { useFormats } from '../../format/use-formats.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';
import { StageBadge } from '../ui/stage-badge.tsx';
import { ValueInterval } from '../ui/value-interval.tsx';
import { customerName } from './customer-name.ts';

/** Columns shared by the head and the rows. */
export const ROW_GRID =
  'grid items-center gap-x-4 px-5 md:grid-cols-[minmax(8rem,1.6fr)_6.5rem_2.5rem_3.5rem_6.5rem_5.5rem_minmax(11rem,1fr)_5.5rem]';

interface CustomerRowLinkProps {
  row: CustomerRow;
  index: number;
}

export const CustomerRowLink = memo(function CustomerRowLink({ row, index }: CustomerRowLinkProps) {
  const { money, count, day } = useFormats();
  const scores = row.recencyScore === 0 ? '–' : `${row.recencyScore}${row.frequencyScore}${row.monetaryScore}`;
  const interval = <ValueInterval value={row.predictedValue} low={row.predictedLow} high={row.predictedHigh} />;
  const name = customerName(row);
  const subtitle = row.name !== null && row.email !== null ? row.email : null;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`figures relative h-(--customer-row) border-b border-line transition-colors hover:bg-sunken ${ROW_GRID}`}
    >
      <span role="cell" className="min-w-0">
        <Link to={`/customers/${row.id}`} data-index={index} aria-label={name} className="absolute inset-0 focus-visible:-outline-offset-2" />
        <span aria-hidden className="block truncate max-md:hidden">
          {name}
          {subtitle !== null && <span className="ml-2 text-13 text-muted max-xl:hidden">{subtitle}</span>}
        </span>
        <span className="flex min-w-0 flex-col gap-0.5 md:hidden">
          <span className="flex justify-between gap-3">
            <span aria-hidden className="truncate font-strong">{name}</span>
            <LiveFigure className="font-strong">{money(row.totalValue)}</LiveFigure>
          </span>
          <span className="flex justify-between gap-3 text-13 text-muted">
            <StageBadge stage={row.stage} />
            <span className="truncate">{count(row.orders)} {row.orders === 1 ? 'order' : 'orders'}{row.lastDay === null ? '' : `, last ${day(row.lastDay)}`}</span>
          </span>
          <span className="truncate text-right text-13 text-muted">to come {interval}</span>
        </span>
      </span>
      <span role="cell" className="max-md:hidden"><StageBadge stage={row.stage} /></span>
      <span role="cell" className="text-muted max-md:hidden">{scores}</span>
      <span role="cell" className="text-right max-md:hidden">{count(row.orders)}</span>
      <span role="cell" className="text-right whitespace-nowrap max-md:hidden">{row.lastDay === null ? '–' : day(row.lastDay)}</span>
      <span role="cell" className="text-right max-md:hidden"><LiveFigure>{money(row.historicalValue)}</LiveFigure></span>
      <span role="cell" className="truncate text-right max-md:hidden">{interval}</span>
      <span role="cell" className="text-right font-strong max-md:hidden"><LiveFigure>{money(row.totalValue)}</LiveFigure></span>
    </div>
  );
});
