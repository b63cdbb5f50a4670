/** Ribbons from the group a customer was in to the group she is in. */
import type { RfmSegment } from '#core/rfm/segments';
import { RFM_GROUPS, rfmGroupName } from '../../format/rfm-words.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { flowLayout, type FlowBar, type FlowRibbon } from './flow-layout.ts';

export type Standing = RfmSegment | 'none';

/** Best first; who had not bought yet stands last. */
export const STANDINGS: readonly Standing[] = [...RFM_GROUPS, 'none'];

export const standingName = (standing: Standing): string => (standing === 'none' ? 'Not yet a customer' : rfmGroupName(standing));

export type Turn = 'up' | 'down' | 'same' | 'new';

export function turnOf(from: Standing, to: Standing): Turn {
  if (from === 'none') return 'new';
  if (from === to) return 'same';
  return STANDINGS.indexOf(to) < STANDINGS.indexOf(from) ? 'up' : 'down';
}

const LOOK: Record<Turn, { ribbon: string; swatch: string; words: string }> = {
  up: { ribbon: 'fill-series-1 opacity-45 hover:opacity-75', swatch: 'bg-series-1', words: 'to a better group' },
  down: { ribbon: 'fill-series-3 opacity-45 hover:opacity-75', swatch: 'bg-series-3', words: 'to a lesser group' },
  new: { ribbon: 'fill-series-2 opacity-35 hover:opacity-65', swatch: 'bg-series-2', words: 'first purchase in between' },
  same: { ribbon: 'fill-muted opacity-20 hover:opacity-40', swatch: 'bg-muted opacity-40', words: 'stayed' },
};

const WIDTH = 800;
const EDGE = 178;
const BAR = 10;

export function FlowChart({ moves, summary }: { moves: readonly { from: Standing; to: Standing; customers: number }[]; summary: string }) {
  const { count } = useFormats();
  const { left, right, ribbons, height } = flowLayout(moves.map(({ from, to, customers }) => ({ from, to, amount: customers })), STANDINGS, 360);
  const [begin, end] = [EDGE + BAR, WIDTH - EDGE - BAR];
  return (
    <>
      <div tabIndex={0} role="group" aria-label="How customers moved; scrolls sideways where it is narrow" className="overflow-x-auto">
        <svg role="img" aria-label={summary} viewBox={`0 -8 ${WIDTH} ${Math.ceil(height) + 16}`} className="block w-full max-w-[1000px] min-w-[600px]">
          {ribbons.map((ribbon) => (
            <path key={`${ribbon.from} ${ribbon.to}`} d={ribbonPath(ribbon, begin, end)} className={`${LOOK[turnOf(ribbon.from, ribbon.to)].ribbon} transition-opacity`}>
              <title>{`${standingName(ribbon.from)} → ${standingName(ribbon.to)}: ${customersWords(ribbon.amount, count)}`}</title>
            </path>
          ))}
          {left.map((bar) => <Bar key={bar.group} bar={bar} x={EDGE} textX={EDGE - 8} anchor="end" words={count(bar.amount)} />)}
          {right.map((bar) => <Bar key={bar.group} bar={bar} x={end} textX={end + BAR + 8} anchor="start" words={count(bar.amount)} />)}
        </svg>
      </div>
      <ul aria-hidden className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-12 text-muted">
        {Object.values(LOOK).map(({ swatch, words }) => <li key={words} className="flex items-center gap-1.5"><span className={`size-2.5 rounded-[2px] ${swatch}`} />{words}</li>)}
      </ul>
    </>
  );
}

function Bar({ bar, x, textX, anchor, words }: { bar: FlowBar<Standing>; x: number; textX: number; anchor: 'start' | 'end'; words: string }) {
  return (
    <g>
      <rect x={x} y={bar.top} width={BAR} height={bar.height} rx={2} className="fill-ink opacity-80" />
      <text x={textX} y={bar.top + bar.height / 2} dominantBaseline="central" textAnchor={anchor} className="figures fill-ink text-13">
        {standingName(bar.group)} <tspan className="fill-muted">{words}</tspan>
      </text>
    </g>
  );
}

function ribbonPath({ left, right, height }: FlowRibbon<Standing>, begin: number, end: number): string {
  const middle = (begin + end) / 2;
  const at = (value: number): string => value.toFixed(1);
  return `M${begin},${at(left)} C${middle},${at(left)} ${middle},${at(right)} ${end},${at(right)} V${at(right + height)} C${middle},${at(right + height)} ${middle},${at(left + height)} ${begin},${at(left + height)} Z`;
}
