/** Search and filter chips over the customer list; everything is in the address. */
import { Form, Link, useSearchParams, useSubmit } from '@remix-run/react';
import { Search, X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { STAGES } from '#core/clv/lifecycle';
import { useFormats } from '../../format/use-formats.tsx';
import { rfmGroupName, rfmGroupOf } from '../../format/rfm-words.ts';
import { stageName } from '../../format/words.ts';
import { listAddress, readQuery, SORTS } from './list-query.ts';

const CHIP = 'inline-flex h-8 items-center gap-1.5 rounded-full border px-3 text-13 whitespace-nowrap transition-colors';

export function ListFilters({ segments }: { segments: readonly { id: string; name: string }[] }) {
  const [parameters] = useSearchParams();
  const { month } = useFormats();
  const query = readQuery(parameters);
  const chip = (current: boolean) => `${CHIP} ${current ? 'border-accent bg-accent-soft font-strong' : 'border-line bg-surface text-muted hover:text-ink'}`;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex gap-3">
        <SearchField parameters={parameters} />
        <SortField parameters={parameters} />
      </div>
      <nav aria-label="Filter" className="-mx-4 flex gap-2 overflow-x-auto px-4 py-0.5 md:mx-0 md:flex-wrap md:px-0">
        <Link to={listAddress(parameters, { stage: null })} replace preventScrollReset aria-current={query.stage === undefined ? 'true' : undefined} className={chip(query.stage === undefined)}>All stages</Link>
        {STAGES.map((stage) => (
          <Link key={stage} to={listAddress(parameters, { stage: query.stage === stage ? null : stage })} replace preventScrollReset aria-current={query.stage === stage ? 'true' : undefined} className={chip(query.stage === stage)}>
            {stageName(stage)}
          </Link>
        ))}
        {query.rfm !== undefined && <Removable to={listAddress(parameters, { rfm: null })}>{rfmWords(query.rfm)}</Removable>}
        {query.segment !== undefined && <Removable to={listAddress(parameters, { segment: null })}>In {segments.find((one) => one.id === query.segment)?.name ?? 'a segment that is gone'}</Removable>}
        {query.segment === undefined && segments.length > 0 && <SegmentField parameters={parameters} segments={segments} />}
        {query.cohort !== undefined && <Removable to={listAddress(parameters, { cohort: null })}>First bought in {month(query.cohort)}</Removable>}
      </nav>
    </div>
  );
}

function rfmWords(rfm: string): string {
  const group = rfmGroupOf(rfm);
  if (group !== null) return rfmGroupName(group);
  const [recency = '', frequency = '', monetary] = rfm;
  return `Recency ${recency}, frequency ${frequency}${monetary === undefined ? '' : `, monetary ${monetary}`}`;
}

function Removable({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} replace preventScrollReset className={`${CHIP} border-accent bg-accent-soft font-strong`}>
      {children}
      <X aria-label="remove this filter" className="size-3.5" />
    </Link>
  );
}

/** The address's other parts, so that a search keeps the filters without scripts too. */
function Kept({ parameters, except }: { parameters: URLSearchParams; except: string[] }) {
  return <>{[...parameters].filter(([name]) => name !== 'cursor' && !except.includes(name)).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}</>;
}

function SearchField({ parameters }: { parameters: URLSearchParams }) {
  const submit = useSubmit();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Form
      method="get"
      action="/customers"
      role="search"
      replace
      preventScrollReset
      onChange={(event) => {
        const form = event.currentTarget;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => submit(form, { replace: true, preventScrollReset: true }), 250);
      }}
      className="relative min-w-0 grow md:max-w-sm"
    >
      <Kept parameters={parameters} except={['q']} />
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
      <input
        type="search"
        name="q"
        defaultValue={parameters.get('q') ?? ''}
        aria-label="Search customers by name, e-mail or number"
        placeholder="Name, e-mail or number"
        className="h-9 w-full rounded-control border border-edge bg-surface pr-3 pl-9 text-14"
      />
    </Form>
  );
}

function SegmentField({ parameters, segments }: { parameters: URLSearchParams; segments: readonly { id: string; name: string }[] }) {
  const submit = useSubmit();
  return (
    <Form method="get" action="/customers" replace preventScrollReset onChange={(event) => submit(event.currentTarget, { replace: true, preventScrollReset: true })} className="flex gap-2">
      <Kept parameters={parameters} except={['segment']} />
      <select name="segment" aria-label="In a segment" value="" onChange={() => undefined} className={`${CHIP} border-line bg-surface pr-7 text-muted`}>
        <option value="">In a segment…</option>
        {segments.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
      </select>
      <button type="submit" className={`${CHIP} hidden border-line bg-surface noscript:inline-flex`}>Show</button>
    </Form>
  );
}

function SortField({ parameters }: { parameters: URLSearchParams }) {
  const submit = useSubmit();
  const { sort } = readQuery(parameters);
  return (
    <Form method="get" action="/customers" replace preventScrollReset onChange={(event) => submit(event.currentTarget, { replace: true })} className="md:hidden">
      <Kept parameters={parameters} except={['sort', 'order']} />
      <select name="sort" aria-label="Sort by" value={sort} onChange={() => undefined} className="h-9 rounded-control border border-edge bg-surface px-2 text-14">
        {SORTS.map((option) => <option key={option.sort} value={option.sort}>{option.label}</option>)}
      </select>
    </Form>
  );
}
