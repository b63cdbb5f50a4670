/** How each way of foreseeing did at past points. */
import type { ForecastView } from '#operations/forecast-views';
import { useFormats } from '../../format/use-formats.tsx';
import { Card } from '../ui/card.tsx';
import { amount, wayName } from './forecast-words.ts';

const head = 'h-9 px-3 text-12 font-strong whitespace-nowrap text-muted';
const figure = 'px-3 py-2 text-right whitespace-nowrap';

export function WaysTable({ view }: { view: ForecastView }) {
  const formats = useFormats();
  const { percent, change, count } = formats;
  const { backtest, by, chosen, origins } = view;
  if (origins === 0) return null;
  const ranked = backtest.toSorted((a, b) => (a.mae ?? Infinity) - (b.mae ?? Infinity));
  return (
    <Card flush title="How each way would have done" note={`At ${count(origins)} past points, foreseeing what has since come. The least average error serves.`}>
      <div className="relative overflow-x-auto rounded-b-card">
        <table className="figures w-full text-14">
          <caption className="sr-only">Ways of foreseeing and their errors at past points</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5 text-left`}>Way</th>
              <th scope="col" className={`${head} text-right`}>Average error</th>
              <th scope="col" className={`${head} text-right max-sm:hidden`}>Of what came</th>
              <th scope="col" className={`${head} pr-5 text-right max-sm:hidden`}>Too high or low</th>
            </tr>
          </thead>
          <tbody>
            {ranked.map((row) => (
              <tr key={row.name} className="border-t border-line">
                <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal">
                  {wayName(row.name, by)}
                  {row.name === chosen && <span className="ml-2 text-12 font-strong text-accent">serves</span>}
                </th>
                <td className={figure}>{row.mae === null ? 'needs more history' : amount(row.mae, view, formats)}</td>
                <td className={`${figure} max-sm:hidden`}>{row.share === null ? '–' : percent(row.share, 1)}</td>
                <td className={`${figure} pr-5 max-sm:hidden`}>{row.bias === null ? '–' : change(row.bias, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
