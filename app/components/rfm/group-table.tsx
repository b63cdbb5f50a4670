/** The ten named groups with their size and worth; each leads to its customers. */
import { Link } from '@remix-run/react';
import type { RfmView } from '#operations/dashboard-views';
import { RFM_GROUPS, rfmGroupMeaning, rfmGroupName } from '../../format/rfm-words.ts';
import { useFormats } from '../../format/use-formats.tsx';
import { Bar } from '../ui/bar.tsx';
import { Card } from '../ui/card.tsx';
import { sumOf, valueOf } from './measure.ts';

export function GroupTable({ view }: { view: RfmView }) {
  const { count, money, percent } = useFormats();
  const whole = sumOf(view.segments);
  const groups = new Map(view.segments.map((one) => [one.name, one]));
  const head = 'h-9 px-3 text-12 font-strong text-muted whitespace-nowrap';
  const figure = 'px-3 py-2 text-right whitespace-nowrap';
  return (
    <Card flush title="Ten groups, best first" note="Value: net so far, and likely to come.">
      <div className="relative overflow-x-auto border-t border-line">
        <table className="figures w-full text-14">
          <caption className="sr-only">The ten groups of customers by recency and frequency</caption>
          <thead>
            <tr>
              <th scope="col" className={`${head} pl-5 text-left`}>Group</th>
              <th scope="col" className={`${head} text-right`}>Customers</th>
              <th scope="col" className={`${head} text-right max-sm:hidden`}>Share</th>
              <th scope="col" className={`${head} text-right`}>Value</th>
              <th scope="col" className={`${head} w-40 text-right max-sm:hidden`}>Share of value</th>
              <th scope="col" className={`${head} pr-5 text-right max-md:hidden`}>Per customer</th>
            </tr>
          </thead>
          <tbody>
            {RFM_GROUPS.map((name) => {
              const group = groups.get(name) ?? { customers: 0, historicalValue: 0, predictedValue: 0 };
              const value = valueOf(group);
              const share = valueOf(whole) > 0 ? value / valueOf(whole) : 0;
              return (
                <tr key={name} className="relative border-t border-line hover:bg-sunken">
                  <th scope="row" className="py-2 pr-3 pl-5 text-left font-normal">
                    <Link to={`/customers?rfm=${name}`} className="font-strong after:absolute after:inset-0">{rfmGroupName(name)}</Link>
                    <span className="block text-12 text-muted">{rfmGroupMeaning(name)}</span>
                  </th>
                  <td className={figure}>{count(group.customers)}</td>
                  <td className={`${figure} max-sm:hidden`}>{whole.customers > 0 ? percent(group.customers / whole.customers, 1, 1) : '–'}</td>
                  <td className={figure}>{money(value, 'compact')}</td>
                  <td className={`${figure} max-sm:hidden`}>{percent(share, 1, 1)}<Bar share={share} className="mt-1 h-1" /></td>
                  <td className={`${figure} pr-5 max-md:hidden`}>{group.customers > 0 ? money(Math.round(value / group.customers)) : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
