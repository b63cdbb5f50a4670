/** The company's segments: what each says, how large it is, what it is worth and how it moves. */
import { Link } from '@remix-run/react';
import { ArrowDownRight, ArrowRight, ArrowUpRight, CirclePause, Radio } from 'lucide-react';
import { useFormats } from '../../format/use-formats.tsx';
import { SparkLine } from '../charts/spark-line.tsx';
import { useLiveState } from '../layout/live-provider.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';

export interface ListedSegment {
  id: string;
  name: string;
  /** What it says, in words. */
  words: string;
  folder: string | null;
  tags: readonly string[];
  members: number;
  isLive: boolean;
  /** Still being found out for the first time, or after a change. */
  isCounting: boolean;
  /** Of all customers, 0 to 1; null without any. */
  share: number | null;
  value: number;
  valueShare: number | null;
  last7: number;
  last30: number;
  sizes: number[];
}

const GRID = 'grid items-center gap-x-4 px-5 lg:grid-cols-[minmax(12rem,1fr)_7rem_8rem_6.5rem_6.5rem_8rem]';

/** @param isHeaded false: the headings stand above another list, and only readers hear them again */
export function SegmentList({ rows, label, isHeaded = true }: { rows: readonly ListedSegment[]; label: string; isHeaded?: boolean }) {
  return (
    <div role="table" aria-label={label} className="rounded-card border border-line bg-surface">
      <div role="rowgroup" className={isHeaded ? 'border-b border-line max-lg:hidden' : 'sr-only'}>
        <div role="row" className={`${GRID} h-10 text-12 font-strong text-muted`}>
          <span role="columnheader">Segment</span>
          <span role="columnheader" className="text-right">Members</span>
          <span role="columnheader" className="text-right">Value</span>
          <span role="columnheader" className="text-right">In 7 days</span>
          <span role="columnheader" className="text-right">In 30 days</span>
          <span role="columnheader" className="pl-4">Size</span>
        </div>
      </div>
      <div role="rowgroup">{rows.map((row) => <SegmentRow key={row.id} row={row} />)}</div>
    </div>
  );
}

function SegmentRow({ row }: { row: ListedSegment }) {
  const { count, percent, money } = useFormats();
  const { segmentCounts } = useLiveState();
  const members = segmentCounts[row.id] ?? row.members;
  const cell = 'text-right max-lg:hidden';
  return (
    <div role="row" className={`figures relative border-b border-line py-3 transition-colors last:border-b-0 hover:bg-sunken ${GRID}`}>
      <span role="cell" className="min-w-0">
        <Link to={`/segments/${row.id}`} aria-label={row.name} className="absolute inset-0 focus-visible:-outline-offset-2" />
        <span aria-hidden className="flex items-center gap-2">
          <span className="truncate font-strong">{row.name}</span>
          <LiveMark isLive={row.isLive} />
        </span>
        <span className="line-clamp-2 text-13 text-pretty text-muted">{row.words}</span>
        {row.tags.length > 0 && (
          <span className="mt-1.5 flex flex-wrap gap-1.5">
            {row.tags.map((tag) => <Link key={tag} to={`/segments?tag=${encodeURIComponent(tag)}`} preventScrollReset className="relative inline-flex min-h-6 items-center rounded-full border border-line bg-surface px-2 text-12 wrap-anywhere text-muted transition-colors hover:border-edge hover:text-ink"><span className="sr-only">Tag </span>{tag}</Link>)}
          </span>
        )}
        <span className="mt-1 flex flex-wrap items-baseline gap-x-3 text-13 lg:hidden">
          <span><LiveFigure className="font-strong">{count(members)}</LiveFigure> {members === 1 ? 'member' : 'members'}{row.share !== null && <span className="text-muted"> · {percent(row.share, row.share < 0.1 ? 1 : 0)}</span>}</span>
          <span className="text-muted">{money(row.value)}</span>
          <Moved by={row.last7} words="in 7 days" />
        </span>
      </span>
      <span role="cell" className={cell}>
        {row.isCounting ? <span className="text-muted">counting…</span> : <LiveFigure className="font-strong">{count(members)}</LiveFigure>}
        {row.share !== null && !row.isCounting && <span className="block text-12 text-muted">{percent(row.share, row.share < 0.1 ? 1 : 0)} of all</span>}
      </span>
      <span role="cell" className={cell}>{money(row.value)}{row.valueShare !== null && <span className="block text-12 text-muted">{percent(row.valueShare, row.valueShare < 0.1 ? 1 : 0)} of all</span>}</span>
      <span role="cell" className={cell}><Moved by={row.last7} /></span>
      <span role="cell" className={cell}><Moved by={row.last30} /></span>
      <span role="cell" className="pl-4 max-lg:hidden"><SparkLine values={row.sizes} /></span>
    </div>
  );
}

/** By how many members it grew or shrank: sign and arrow, colour only beside them. */
export function Moved({ by, words }: { by: number; words?: string }) {
  const { count } = useFormats();
  const Icon = by === 0 ? ArrowRight : by > 0 ? ArrowUpRight : ArrowDownRight;
  return (
    <span className="inline-flex items-baseline gap-0.5 whitespace-nowrap">
      <Icon aria-hidden className="size-3.5 self-center text-muted" />
      {by === 0 ? <span className="text-muted">no change</span> : `${by > 0 ? '+' : '−'}${count(Math.abs(by))}`}
      {words !== undefined && <span className="text-muted">&nbsp;{words}</span>}
    </span>
  );
}

/** Growing is neither good nor bad of a segment: the mark says only whether it is kept. */
export function LiveMark({ isLive }: { isLive: boolean }) {
  return isLive
    ? <span className="inline-flex shrink-0 items-center gap-1 text-12 text-muted"><Radio aria-hidden className="size-3 text-positive" />live</span>
    : <span className="inline-flex shrink-0 items-center gap-1 text-12 text-muted"><CirclePause aria-hidden className="size-3 text-warning" />paused</span>;
}
