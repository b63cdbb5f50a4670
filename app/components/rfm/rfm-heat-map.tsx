/** Recency by frequency as a heat map: figures to read, colour as second reading, one tab stop for the whole grid. */
import { Link } from '@remix-run/react';
import { rfmSegment } from '#core/rfm/segments';
import type { RfmView } from '#operations/dashboard-views';
import { rfmGroupName } from '../../format/rfm-words.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { customersWords } from '../../format/words.ts';
import { heatClass } from '../charts/heat.ts';
import { useCellFocus } from '../cohorts/use-cell-focus.ts';
import { cellText, cellValue, measureMeaning, sumOf, valueOf, type Measure } from './measure.ts';

const SCORES = [1, 2, 3, 4, 5] as const;
const NONE = { customers: 0, historicalValue: 0, predictedValue: 0 };

export function RfmHeatMap({ view, measure }: { view: RfmView; measure: Measure }) {
  const formats = useFormats();
  const focus = useCellFocus([5, 5, 5, 5, 5]);
  const cells = new Map(view.cells.map((cell) => [`${cell.recency}${cell.frequency}`, cell]));
  const whole = sumOf(view.cells);
  const most = Math.max(0, ...view.cells.map((cell) => cellValue(cell, whole, measure))) || 1;
  return (
    <div className="relative overflow-x-auto">
      <table className="figures w-full min-w-[19rem] table-fixed border-separate border-spacing-1 text-13">
        <caption className="sr-only">{measureMeaning(measure)}, by recency score (rows, 5 is most recent) and frequency score (columns, 5 is most often)</caption>
        <colgroup><col className="w-14 sm:w-36" /></colgroup>
        <thead>
          <tr>
            <td />
            {SCORES.map((frequency) => (
              <th key={frequency} scope="col" className="pb-1 text-center text-12 font-normal text-muted">
                <span className="sr-only">Frequency </span><span className="block font-strong text-ink">{frequency}</span><span className="max-sm:hidden">{frequencyWords(view, frequency)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={focus.onKeyDown}>
          {SCORES.toReversed().map((recency, row) => (
            <tr key={recency}>
              <th scope="row" className="pr-2 text-right text-12 font-normal text-muted">
                <span className="sr-only">Recency </span><span className="block font-strong text-ink">{recency}</span><span className="max-sm:hidden">{recencyWords(view, recency, formats.day)}</span>
              </th>
              {SCORES.map((frequency, column) => {
                const cell = cells.get(`${recency}${frequency}`) ?? NONE;
                const value = cellValue(cell, whole, measure);
                const group = rfmGroupName(rfmSegment(recency, frequency));
                const words = `${group}: ${customersWords(cell.customers, formats.count)}, worth ${formats.money(valueOf(cell))}, ${formats.percent(cellValue(cell, whole, 'share'), 1)} of all value`;
                return (
                  <td key={frequency} className="p-0">
                    <Link
                      to={`/customers?rfm=${recency}${frequency}`}
                      title={words}
                      data-cell={`${row}-${column}`}
                      tabIndex={focus.tabIndex(row, column)}
                      onFocus={() => focus.onFocus(row, column)}
                      className={`${cell.customers === 0 ? 'bg-heat-none text-muted' : heatClass(Math.sqrt(Math.max(0, value) / most))} flex h-14 flex-col items-center justify-center rounded-[4px] sm:h-16`}
                    >
                      <span aria-hidden className="font-strong">{cell.customers === 0 ? '·' : cellText(value, measure, formats)}</span>
                      <span aria-hidden className="max-w-full truncate px-1 text-12 opacity-80 max-lg:hidden">{group}</span>
                      <span className="sr-only">{words}</span>
                    </Link>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where a score begins, in words of its measure; nothing where nobody can have it. */
function frequencyWords({ cuts }: RfmView, score: number): string {
  if (cuts === null) return '';
  const [low, next] = [score === 1 ? 1 : cuts.frequency[score - 2], cuts.frequency[score - 1]];
  if (low === undefined || low === Number.MAX_SAFE_INTEGER) return 'nobody';
  if (next === undefined || next === Number.MAX_SAFE_INTEGER) return `${low}+ times`;
  return next <= low ? 'nobody' : next - low === 1 ? `${low} ${low === 1 ? 'time' : 'times'}` : `${low}–${next - 1} times`;
}

function recencyWords({ cuts }: RfmView, score: number, day: (text: string) => string): string {
  if (cuts === null) return '';
  const low = score === 1 ? null : cuts.recency[score - 2];
  if (low === '') return 'nobody';
  const next = cuts.recency[score - 1];
  return low == null ? (next === undefined || next === '' ? '' : `before ${day(next)}`) : `from ${day(low)}`;
}
