/** An UpSet picture: sizes of the segments at the left, each way of being in and not in as a column with its bar above. */
import type { ComparedSegment } from '#operations/segment-overlap';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { wayWords, type ListedIntersection } from './overlap-words.ts';

/** Of more the rest stands in the table. */
export const MOST_COLUMNS = 16;
const COLUMN = 40, ROW = 30, BARS = 150, HEAD = 20, GAP = 16;
const NAME = 196, SIZE = 90, LEFT = NAME + SIZE + 70;
const MOST_LETTERS = 23;

interface UpsetChartProps {
  segments: readonly ComparedSegment[];
  /** Largest first. */
  ways: readonly ListedIntersection[];
  summary: string;
}

export function UpsetChart({ segments, ways, summary }: UpsetChartProps) {
  const { count, compact } = useFormats();
  const shown = ways.slice(0, MOST_COLUMNS);
  const most = Math.max(1, ...shown.map(({ customers }) => customers)), largest = Math.max(1, ...segments.map(({ members }) => members));
  const top = HEAD + BARS + GAP, width = LEFT + shown.length * COLUMN, height = top + segments.length * ROW;
  const rowAt = (row: number): number => top + row * ROW + ROW / 2;
  return (
    <div tabIndex={0} role="group" aria-label="What the segments share; scrolls sideways where it is narrow" className="overflow-x-auto">
      <svg role="img" aria-label={summary} width={width} height={height} viewBox={`0 0 ${width} ${height}`} className="block">
        {segments.map((one, row) => (
          <g key={one.id}>
            {row % 2 === 0 && <rect y={top + row * ROW} width={width} height={ROW} rx={4} className="fill-sunken" />}
            <text x={8} y={rowAt(row)} dominantBaseline="central" className="fill-ink text-13"><title>{one.name}</title>{one.name.length > MOST_LETTERS ? `${one.name.slice(0, MOST_LETTERS - 1)}…` : one.name}</text>
            <rect x={NAME} y={rowAt(row) - 5} width={(SIZE * one.members) / largest} height={10} rx={2} className="fill-muted" />
            <text x={NAME + (SIZE * one.members) / largest + 6} y={rowAt(row)} dominantBaseline="central" className="figures fill-ink text-12">{count(one.members)}</text>
          </g>
        ))}
        {shown.map((way, column) => <Column key={way.in.join(' ')} x={LEFT + column * COLUMN + COLUMN / 2} words={`${wayWords(way, segments)}: ${customersWords(way.customers, count)}`} label={compact(way.customers)} share={way.customers / most} isIn={segments.map(({ id }) => way.in.includes(id))} rowAt={rowAt} />)}
      </svg>
    </div>
  );
}

function Column({ x, words, label, share, isIn, rowAt }: { x: number; words: string; label: string; share: number; isIn: readonly boolean[]; rowAt: (row: number) => number }) {
  const bar = Math.max(1, BARS * share), floor = HEAD + BARS;
  return (
    <g className="group">
      <title>{words}</title>
      <rect x={x - COLUMN / 2} width={COLUMN} height={rowAt(isIn.length)} className="fill-transparent" />
      <text x={x} y={floor - bar - 6} textAnchor="middle" className="figures fill-ink text-12">{label}</text>
      <rect x={x - 11} y={floor - bar} width={22} height={bar} rx={2} className="fill-series-1 transition-opacity group-hover:opacity-75" />
      <line x1={x} x2={x} y1={rowAt(isIn.indexOf(true))} y2={rowAt(isIn.lastIndexOf(true))} strokeWidth={2.5} className="stroke-ink" />
      {isIn.map((inside, row) => <circle key={row} cx={x} cy={rowAt(row)} r={6} className={inside ? 'fill-ink' : 'fill-line'} />)}
    </g>
  );
}

/** One column laid down, for narrow screens: which of the segments, in their order. */
export function WayDots({ isIn }: { isIn: readonly boolean[] }) {
  const step = 14, at = (n: number): number => n * step + step / 2;
  return (
    <svg aria-hidden width={isIn.length * step} height={step} className="block shrink-0">
      <line x1={at(isIn.indexOf(true))} x2={at(isIn.lastIndexOf(true))} y1={step / 2} y2={step / 2} strokeWidth={2} className="stroke-ink" />
      {isIn.map((inside, n) => <circle key={n} cx={at(n)} cy={step / 2} r={4.5} className={inside ? 'fill-ink' : 'fill-line'} />)}
    </svg>
  );
}
