/** Recency by frequency: how many customers stand where, coloured by what they are worth; each cell opens its list. */
import { Link } from '@remix-run/react';
import { ArrowDown, ArrowRight } from 'lucide-react';
import type { RfmCellTotals } from '#core/live/snapshot';
import { useFormats } from '../../format/use-formats.tsx';
import { heatClass } from '../charts/heat.ts';
import { Card } from '../ui/card.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';

interface Cell {
  customers: number;
  value: number;
}

const SCORES = [1, 2, 3, 4, 5] as const;

/** Sums over the monetary scores; the key is recency then frequency. */
function gridOf(cells: RfmCellTotals[]): Map<string, Cell> {
  const grid = new Map<string, Cell>();
  for (const { recency, frequency, customers, historicalValue, predictedValue } of cells) {
    if (recency === 0 || customers === 0) continue;
    const key = `${recency}${frequency}`;
    const cell = grid.get(key) ?? { customers: 0, value: 0 };
    grid.set(key, { customers: cell.customers + customers, value: cell.value + historicalValue + predictedValue });
  }
  return grid;
}

export function RfmGrid({ cells }: { cells: RfmCellTotals[] }) {
  const { count, money, percent } = useFormats();
  const grid = gridOf(cells);
  const all = [...grid.values()];
  const customers = all.reduce((sum, cell) => sum + cell.customers, 0);
  const value = all.reduce((sum, cell) => sum + cell.value, 0);
  const best = [...grid].filter(([key]) => Number(key[0]) >= 4 && Number(key[1]) >= 4).map(([, cell]) => cell);
  const bestCustomers = best.reduce((sum, cell) => sum + cell.customers, 0);
  const bestValue = best.reduce((sum, cell) => sum + cell.value, 0);
  const most = Math.max(1, ...all.map((cell) => cell.value));
  const title =
    bestCustomers > 0 && value > 0
      ? `Recent and frequent buyers, ${percent(bestCustomers / customers)} of customers, hold ${percent(bestValue / value)} of the value`
      : 'Customers by how recently and how often they bought';
  return (
    <Card title={title} note="Customers in each cell; the darker, the more they are worth together. Choose a cell to see them.">
      {customers === 0 ? (
        <p className="py-6 text-muted">Scores appear with the first counted orders.</p>
      ) : (
        <div className="grid grid-cols-[1.25rem_1fr] gap-x-1">
          <p aria-hidden className="flex rotate-180 items-center justify-center gap-1 text-12 text-muted [writing-mode:vertical-rl]">bought lately <ArrowDown className="size-3 rotate-180" /></p>
          <table className="figures w-full table-fixed border-separate border-spacing-1 text-13">
            <caption className="sr-only">Customers by recency score (rows, 5 is most recent) and frequency score (columns, 5 is most often)</caption>
            <colgroup><col className="w-6" /></colgroup>
            <thead>
              <tr>
                <td />
                {SCORES.map((frequency) => <th key={frequency} scope="col" className="text-center text-12 font-normal text-muted"><span className="sr-only">Frequency </span>{frequency}</th>)}
              </tr>
            </thead>
            <tbody>
              {SCORES.toReversed().map((recency) => (
                <tr key={recency}>
                  <th scope="row" className="text-center text-12 font-normal text-muted"><span className="sr-only">Recency </span>{recency}</th>
                  {SCORES.map((frequency) => {
                    const cell = grid.get(`${recency}${frequency}`);
                    if (!cell) return <td key={frequency} className="h-11 rounded-[4px] bg-heat-none lg:h-16 text-center text-muted"><span aria-label="none">·</span></td>;
                    return (
                      <td key={frequency} className="p-0">
                        <Link
                          to={`/customers?rfm=${recency}${frequency}`}
                          title={`Recency ${recency}, frequency ${frequency}: ${count(cell.customers)} customers worth ${money(cell.value)}`}
                          className={`${heatClass(Math.sqrt(Math.max(0, cell.value) / most))} flex h-11 lg:h-16 items-center justify-center rounded-[4px] font-strong`}
                        >
                          <LiveFigure>{count(cell.customers)}</LiveFigure>
                          <span className="sr-only"> customers worth {money(cell.value)}</span>
                        </Link>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
          <span />
          <p aria-hidden className="flex items-center justify-center gap-1 text-12 text-muted">bought often <ArrowRight className="size-3" /></p>
        </div>
      )}
    </Card>
  );
}
