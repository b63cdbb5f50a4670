/** The list of segments, sought by text and tag, in folders. What is asked for and which folders are shut stands in the address. */
import { Form, Link, useSearchParams, useSubmit } from '@remix-run/react';
import { ChevronRight, Folder, Search, X } from 'lucide-react';
import { useEffect, useRef, type MouseEvent } from 'react';
import { isFiledUnder } from '#core/segments/filing';
import { fold } from '#core/segments/fold';
import { SegmentList, type ListedSegment } from './segment-list.tsx';

/** Of fewer, each is found at a glance. */
const SOUGHT_FROM = 6;
const CHIP = 'inline-flex h-8 items-center gap-1.5 rounded-full border px-3 text-13 whitespace-nowrap transition-colors';
const chip = (current: boolean): string => `${CHIP} ${current ? 'border-accent bg-accent-soft font-strong' : 'border-line bg-surface text-muted hover:text-ink'}`;

/** Parts of the address that are this list's own. */
const OWN = ['q', 'tag', 'folder', 'shut'];

function addressWith(parameters: URLSearchParams, name: string, value: string | null): string {
  const next = new URLSearchParams([...parameters].filter(([one]) => OWN.includes(one) && one !== name));
  if (value !== null) next.set(name, value);
  return `?${next.toString()}`;
}

export function SegmentFolders({ rows }: { rows: readonly ListedSegment[] }) {
  const [parameters, setParameters] = useSearchParams();
  const [q, tag, folder] = [(parameters.get('q') ?? '').trim(), parameters.get('tag') ?? undefined, parameters.get('folder') ?? undefined];
  const shut = new Set(parameters.getAll('shut'));
  const isAsked = q !== '' || tag !== undefined || folder !== undefined;
  const shown = rows.filter((row) => isFiledUnder(row, { tag, folder }) && [row.name, row.words, row.folder ?? '', ...row.tags].some((text) => fold(text).includes(fold(q))));
  const folders = inFolders(shown);
  const isOpen = (name: string): boolean => isAsked || !shut.has(name);
  const firstOpen = folders.findIndex(({ name }) => isOpen(name));
  const toggle = (event: MouseEvent, name: string): void => {
    event.preventDefault();
    // While something is sought, all that fits is open.
    if (isAsked) return;
    const next = new URLSearchParams([...parameters].filter(([one, value]) => one !== 'shut' || value !== name));
    if (!shut.has(name)) next.append('shut', name);
    setParameters(next, { replace: true, preventScrollReset: true });
  };
  return (
    <div className="flex flex-col gap-4">
      <Filters rows={rows} parameters={parameters} />
      {shown.length === 0 && <p role="status" className="text-14 text-muted">None of your segments fits. <Link to="?" replace preventScrollReset className="underline underline-offset-2">Show all</Link></p>}
      {folders.length === 1 && folders[0]?.name === '' ? <SegmentList rows={shown} label="Segments" /> : folders.map(({ name, rows: inside }, n) => (
        <details key={name} open={isOpen(name)} className="group flex flex-col">
          <summary onClick={(event) => { toggle(event, name); }} className="flex min-h-10 cursor-pointer list-none items-center gap-2 rounded-control px-2 hover:bg-sunken [&::-webkit-details-marker]:hidden">
            <ChevronRight aria-hidden className="size-4 shrink-0 text-muted transition-transform group-open:rotate-90" />
            {name !== '' && <Folder aria-hidden className="size-4 shrink-0 text-muted" />}
            <h2 className="min-w-0 text-14 font-strong wrap-anywhere">{name === '' ? 'In no folder' : name}</h2>
            <span className="figures shrink-0 text-13 text-muted">{inside.length} {inside.length === 1 ? 'segment' : 'segments'}</span>
          </summary>
          <div className="mt-2"><SegmentList rows={inside} label={name === '' ? 'Segments in no folder' : `Segments in ${name}`} isHeaded={n === firstOpen} /></div>
        </details>
      ))}
    </div>
  );
}

/** By name, those in none last; one folder however its case is written. */
function inFolders(rows: readonly ListedSegment[]): { name: string; rows: ListedSegment[] }[] {
  const found = new Map<string, { name: string; rows: ListedSegment[] }>();
  for (const row of rows) {
    const name = row.folder ?? '', one = found.get(fold(name));
    if (one === undefined) found.set(fold(name), { name, rows: [row] });
    else one.rows.push(row);
  }
  return [...found.values()].sort((a, b) => Number(a.name === '') - Number(b.name === '') || (fold(a.name) < fold(b.name) ? -1 : 1));
}

function Filters({ rows, parameters }: { rows: readonly ListedSegment[]; parameters: URLSearchParams }) {
  const submit = useSubmit();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tags = [...new Map(rows.flatMap((row) => row.tags).map((one) => [fold(one), one])).values()].sort((a, b) => (fold(a) < fold(b) ? -1 : 1));
  const tag = parameters.get('tag'), folder = parameters.get('folder');
  if (rows.length < SOUGHT_FROM && tags.length === 0 && folder === null && !parameters.has('q')) return null;
  return (
    <div className="flex flex-col gap-3">
      <Form
        method="get" action="/segments" role="search" replace preventScrollReset className="relative md:max-w-sm"
        onChange={(event) => {
          const form = event.currentTarget;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => submit(form, { replace: true, preventScrollReset: true }), 150);
        }}
      >
        {[...parameters].filter(([name]) => name !== 'q' && OWN.includes(name)).map(([name, value]) => <input key={`${name} ${value}`} type="hidden" name={name} value={value} />)}
        <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
        <input type="search" name="q" defaultValue={parameters.get('q') ?? ''} aria-label="Search segments by name, words, folder or tag" placeholder="Name, words, folder or tag" className="h-9 w-full rounded-control border border-edge bg-surface pr-3 pl-9 text-14" />
      </Form>
      {(tags.length > 0 || folder !== null) && (
        <nav aria-label="Filter" className="-mx-4 flex gap-2 overflow-x-auto px-4 py-0.5 md:mx-0 md:flex-wrap md:px-0">
          {folder !== null && <Link to={addressWith(parameters, 'folder', null)} replace preventScrollReset className={chip(true)}>{folder === '' ? 'In no folder' : `In ${folder}`}<X aria-label="remove this filter" className="size-3.5" /></Link>}
          {tags.map((one) => {
            const current = tag !== null && fold(one) === fold(tag);
            return <Link key={one} to={addressWith(parameters, 'tag', current ? null : one)} replace preventScrollReset aria-current={current ? 'true' : undefined} className={chip(current)}>{one}</Link>;
          })}
        </nav>
      )}
    </div>
  );
}
