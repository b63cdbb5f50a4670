/** Members of a segment: searched and sorted here, all of them with every filter in the customer list. */
import { Form, Link, useSearchParams, useSubmit } from '@remix-run/react';
import { ArrowDown, ArrowUp, Search } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { CustomerList, CustomerSort } from '#operations/customer-views';
import type { SegmentView } from '#operations/segment-views';
import { useFormats } from '../../format/use-formats.tsx';
import { customerName } from '../customers/customer-name.ts';
import { readQuery, SORTS } from '../customers/list-query.ts';
import { useLiveRows } from '../dashboard/use-live-dashboard.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';
import { StageBadge } from '../ui/stage-badge.tsx';
import { TakeOff } from './list-card.tsx';

/** Columns that can be sorted by, from the width at which they are there. */
const COLUMNS: readonly { sort: CustomerSort; from: string }[] = [
  { sort: 'orders', from: 'max-md:hidden' }, { sort: 'last_order', from: 'max-sm:hidden' }, { sort: 'predicted', from: 'max-md:hidden' }, { sort: 'total', from: '' },
];

const EMPTY: Record<SegmentView['status'], string> = {
  live: 'Nobody is in this segment now. Whoever comes to match enters by herself.',
  paused: 'Nobody is in this segment, and nobody enters while it is paused.',
  archived: 'Nobody: those who were in it left when it was archived.',
};

interface MembersCardProps {
  segmentId: string;
  status: SegmentView['status'];
  members: number;
  list: CustomerList;
  /** Who of the rows can be taken off the list that the segment was brought as. */
  listed: ReadonlySet<string>;
  /** Of somebody who was just taken off: in sight while the members are, however long they are. */
  notice: ReactNode;
}

export function MembersCard({ segmentId, status, members, list, listed, notice }: MembersCardProps) {
  const [parameters] = useSearchParams();
  const { money, count, day } = useFormats();
  const rows = useLiveRows(list.rows);
  const { q, sort, descending } = readQuery(parameters);
  const head = 'h-9 px-3 text-12 font-strong text-muted whitespace-nowrap';
  return (
    <Card flush title="Members" note={q === undefined ? undefined : `${count(list.matched)} ${list.matched === 1 ? 'matches' : 'match'}`} actions={members > 0 || q !== undefined ? <MemberSearch parameters={parameters} /> : undefined}>
      <div className="relative overflow-x-auto">
        <table className="figures w-full text-14">
          <caption className="sr-only">Members of this segment</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5`}>Customer</th>
              <th scope="col" className={`${head} max-sm:hidden`}>Stage</th>
              {COLUMNS.map((column) => <SortHead key={column.sort} {...column} current={sort === column.sort} descending={descending} parameters={parameters} className={`${head} ${column.from}`} />)}
              {listed.size > 0 && <th scope="col" className={head}><span className="sr-only">Take off the list</span></th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} className="relative border-t border-line transition-colors hover:bg-sunken">
                <th scope="row" className={`h-10 truncate px-3 pl-5 font-normal ${listed.size > 0 ? 'max-w-60 max-sm:max-w-36' : 'max-w-60'}`}><Link to={`/customers/${row.id}?why=${segmentId}`} className="after:absolute after:inset-0">{customerName(row)}</Link></th>
                <td className="px-3 max-sm:hidden"><StageBadge stage={row.stage} /></td>
                <td className="px-3 text-right max-md:hidden">{count(row.orders)}</td>
                <td className="px-3 text-right whitespace-nowrap max-sm:hidden">{row.lastDay === null ? '–' : day(row.lastDay)}</td>
                <td className="px-3 text-right max-md:hidden">{money(row.predictedValue)}</td>
                <td className="px-3 pr-5 text-right font-strong"><LiveFigure>{money(row.totalValue)}</LiveFigure></td>
                {listed.size > 0 && <td className="w-10 pr-3">{listed.has(row.id) && <TakeOff customerId={row.id} name={customerName(row)} />}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="border-t border-line px-5 py-6 text-muted">{q === undefined ? EMPTY[status] : 'No member matches. Names, e-mail addresses and customer numbers are searched from their beginning.'}</p>}
      {members > rows.length && rows.length > 0 && <div className="border-t border-line p-3 text-center"><ButtonLink small look="quiet" to={`/customers?segment=${segmentId}`}>See all {count(members)} in the customer list</ButtonLink></div>}
      {notice !== undefined && <div className="sticky bottom-16 z-10 p-3 md:bottom-0">{notice}</div>}
    </Card>
  );
}

function SortHead({ sort, current, descending, parameters, className }: { sort: CustomerSort; current: boolean; descending: boolean; parameters: URLSearchParams; className: string }) {
  const next = new URLSearchParams(parameters);
  next.set('sort', sort);
  if (current && descending) next.set('order', 'asc');
  else next.delete('order');
  const Arrow = descending ? ArrowDown : ArrowUp;
  return (
    <th scope="col" aria-sort={current ? (descending ? 'descending' : 'ascending') : 'none'} className={`${className} text-right ${sort === 'total' ? 'pr-5' : ''}`}>
      <Link to={`?${next.toString()}`} replace preventScrollReset className={`inline-flex items-center gap-1 hover:text-ink ${current ? 'text-ink' : ''}`}>
        {current && <Arrow aria-hidden className="size-3" />}{SORTS.find((one) => one.sort === sort)?.label}
      </Link>
    </th>
  );
}

function MemberSearch({ parameters }: { parameters: URLSearchParams }) {
  const submit = useSubmit();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Form
      method="get" role="search" replace preventScrollReset className="relative w-full sm:w-60"
      onChange={(event) => {
        const form = event.currentTarget;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => submit(form, { replace: true, preventScrollReset: true }), 250);
      }}
    >
      {['sort', 'order'].map((name) => parameters.get(name) !== null && <input key={name} type="hidden" name={name} value={parameters.get(name) ?? ''} />)}
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted" />
      <input type="search" name="q" defaultValue={parameters.get('q') ?? ''} aria-label="Search members by name, e-mail or number" placeholder="Name, e-mail or number" className="h-8 w-full rounded-control border border-edge bg-surface pr-2 pl-8 text-14" />
    </Form>
  );
}
