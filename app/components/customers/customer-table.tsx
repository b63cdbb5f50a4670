/** The customer list: only the rows in sight are drawn, whatever their number; each row is a link. */
import { Link, useSearchParams } from '@remix-run/react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { CustomerSort } from '#operations/customer-views';
import { useLiveRows } from '../dashboard/use-live-dashboard.ts';
import { Button } from '../ui/button.tsx';
import { CustomerRowLink, ROW_GRID } from './customer-row.tsx';
import { listAddress } from './list-query.ts';
import type { CustomerPages } from './use-customer-pages.ts';

/** Pixels; the utility `customer-rows` says the same, so that rows stand right before the page is awake. */
const ROW_HEIGHT = 40;
const CARD_HEIGHT = 88;
/** Rows before the end at which the next page is fetched. */
const AHEAD = 60;

interface CustomerTableProps {
  pages: CustomerPages;
  matched: number;
  sort: CustomerSort;
  descending: boolean;
}

/** False until the page is awake: the server draws for wide screens, and styles alone make them cards. */
function usePhone(): boolean {
  const [phone, setPhone] = useState(false);
  useEffect(() => {
    const query = matchMedia('(max-width: 767px)');
    const read = () => setPhone(query.matches);
    read();
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, []);
  return phone;
}

export function CustomerTable({ pages, matched, sort, descending }: CustomerTableProps) {
  const rows = useLiveRows(pages.rows);
  const list = useRef<HTMLDivElement>(null);
  const phone = usePhone();
  const [awake, setAwake] = useState(false);
  useEffect(() => setAwake(true), []);
  const [margin, setMargin] = useState(0);
  const height = phone ? CARD_HEIGHT : ROW_HEIGHT;
  // What stands above the list may take another height on another screen.
  useEffect(() => setMargin(list.current?.offsetTop ?? 0), [phone]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: margin,
    initialRect: { width: 1280, height: 1000 },
    initialOffset: 0,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  useLayoutEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  // The server draws the first rows and no room below them: an inline style of its making would be refused.
  const room = awake ? { paddingTop: height * (items[0]?.index ?? 0), paddingBottom: height * Math.max(0, rows.length - 1 - last) } : undefined;
  const { complete, failed, loadMore } = pages;
  useEffect(() => {
    if (!complete && !failed && last >= rows.length - AHEAD) loadMore();
  }, [complete, failed, last, rows.length, loadMore]);

  /** Arrow keys walk the rows, also into those not drawn yet. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const at = Number(document.activeElement?.getAttribute('data-index') ?? -1);
    const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
    if (at < 0 || next < 0 || next >= rows.length) return;
    event.preventDefault();
    virtual.scrollToIndex(next, { align: 'auto' });
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }));
  };

  return (
    <div role="table" aria-label="Customers" aria-rowcount={matched + 1} className="rounded-card border border-line bg-surface">
      <TableHead sort={sort} descending={descending} />
      <div ref={list} role="rowgroup" onKeyDown={onKeyDown} className="customer-rows" style={room}>
        {items.map((item) => {
          const row = rows[item.index];
          return row && <CustomerRowLink key={item.key} row={row} index={item.index} />;
        })}
      </div>
      {pages.loading && <p role="status" className="border-t border-line px-5 py-2.5 text-13 text-muted">Loading more…</p>}
      {failed && (
        <p role="alert" className="flex items-center justify-between gap-3 border-t border-line px-5 py-2 text-13">
          The next rows could not be fetched. <Button small onClick={loadMore}>Try again</Button>
        </p>
      )}
    </div>
  );
}

function TableHead({ sort, descending }: { sort: CustomerSort; descending: boolean }) {
  const [parameters] = useSearchParams();
  const sortable = (name: CustomerSort, label: string) => {
    const current = sort === name;
    const Arrow = descending ? ArrowDown : ArrowUp;
    return (
      <span role="columnheader" aria-sort={current ? (descending ? 'descending' : 'ascending') : 'none'} className="text-right">
        <Link
          to={listAddress(parameters, { sort: name === 'total' ? null : name, order: current && descending ? 'asc' : null })}
          replace
          preventScrollReset
          className={`inline-flex items-center gap-1 rounded-control hover:text-ink ${current ? 'text-ink' : ''}`}
        >
          {current && <Arrow aria-hidden className="size-3" />}
          {label}
        </Link>
      </span>
    );
  };
  return (
    <div role="rowgroup" className="sticky top-14 z-10 rounded-t-card border-b border-line bg-surface max-md:hidden">
      <div role="row" className={`${ROW_GRID} h-10 text-12 font-strong text-muted`}>
        <span role="columnheader">Customer</span>
        <span role="columnheader">Stage</span>
        <span role="columnheader" title="Recency, frequency, monetary: 1 to 5 each">RFM</span>
        {sortable('orders', 'Orders')}
        {sortable('last_order', 'Last order')}
        {sortable('historical', 'So far')}
        {sortable('predicted', 'Likely to come')}
        {sortable('total', 'Total value')}
      </div>
    </div>
  );
}
