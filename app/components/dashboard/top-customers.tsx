/** The customers worth most, each with what they brought and what is likely to come. */
import { Link } from '@remix-run/react';
import type { CustomerRow } from '#operations/customer-views';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import { customerName } from '../customers/customer-name.ts';
import { buttonClass } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { LiveFigure } from '../ui/live-figure.tsx';
import { StageBadge } from '../ui/stage-badge.tsx';
import { ValueInterval } from '../ui/value-interval.tsx';

export function TopCustomers({ rows, horizonDays }: { rows: CustomerRow[]; horizonDays: number }) {
  const { money, count, day } = useFormats();
  if (rows.length === 0) return null;
  const head = 'h-9 px-3 text-12 font-strong text-muted';
  return (
    <Card flush title="Worth most" note={`So far plus what is likely in the ${horizonWords(horizonDays)}`} actions={<Link to="/customers" className={buttonClass('plain', true)}>All customers</Link>}>
      <div className="relative overflow-x-auto max-md:hidden">
        <table className="figures w-full text-14">
          <caption className="sr-only">Customers by total value</caption>
          <thead>
            <tr className="border-t border-line">
              <th scope="col" className={`${head} pl-5`}>Customer</th>
              <th scope="col" className={head}>Stage</th>
              <th scope="col" className={`${head} text-right`}>Orders</th>
              <th scope="col" className={`${head} text-right`}>Last order</th>
              <th scope="col" className={`${head} text-right`}>So far</th>
              <th scope="col" className={`${head} text-right`}>Likely to come</th>
              <th scope="col" className={`${head} pr-5 text-right`}>Total value</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.id} className="relative h-10 border-t border-line transition-colors hover:bg-sunken">
                <th scope="row" className="max-w-56 truncate pl-5 font-normal">
                  <Link to={`/customers/${row.id}`} prefetch="intent" className="after:absolute after:inset-0">{customerName(row)}</Link>
                </th>
                <td className="px-3"><StageBadge stage={row.stage} /></td>
                <td className="px-3 text-right">{count(row.orders)}</td>
                <td className="px-3 text-right whitespace-nowrap">{row.lastDay === null ? '–' : day(row.lastDay)}</td>
                <td className="px-3 text-right"><LiveFigure>{money(row.historicalValue)}</LiveFigure></td>
                <td className="px-3 text-right"><ValueInterval value={row.predictedValue} low={row.predictedLow} high={row.predictedHigh} withWords={index === 0} /></td>
                <td className="pr-5 pl-3 text-right font-strong"><LiveFigure>{money(row.totalValue)}</LiveFigure></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="md:hidden">
        {rows.map((row, index) => (
          <li key={row.id} className="border-t border-line">
            <Link to={`/customers/${row.id}`} className="flex flex-col gap-0.5 px-5 py-3">
              <span className="flex justify-between gap-3"><span className="truncate">{customerName(row)}</span><LiveFigure className="font-strong">{money(row.totalValue)}</LiveFigure></span>
              <span className="flex flex-wrap justify-between gap-x-3 text-13 text-muted">
                <StageBadge stage={row.stage} />
                <span>to come <ValueInterval value={row.predictedValue} low={row.predictedLow} high={row.predictedHigh} withWords={index === 0} /></span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
