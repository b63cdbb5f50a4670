/** The cohort triangle as a heat map: figures to read, colour as second reading. */
import { Link, useNavigate } from '@remix-run/react';
import type { CohortsView } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { heatClass } from '../charts/heat.ts';
import { cellText, cellValue, measureMeaning, type Measure } from './measure.ts';
import { useCellFocus } from './use-cell-focus.ts';

export function CohortGrid({ cohorts, measure }: { cohorts: CohortsView['cohorts']; measure: Measure }) {
  const formats = useFormats();
  const navigate = useNavigate();
  const focus = useCellFocus(cohorts.map((cohort) => cohort.cells.length));
  const columns = Math.max(0, ...cohorts.map((cohort) => cohort.cells.length));
  // The first month is everyone by definition: it would drown the colours of what follows.
  const later = cohorts.flatMap((cohort) => cohort.cells.filter((cell) => cell.offset > 0).map((cell) => cellValue(cell, cohort.size, measure)));
  const most = Math.max(0, ...later) || 1;
  return (
    <div className="relative max-h-[75vh] overflow-auto rounded-card border border-line bg-surface">
      <table className="figures border-separate border-spacing-0 text-13">
        <caption className="sr-only">{measureMeaning(measure)}</caption>
        <thead>
          <tr>
            <th scope="col" className="sticky top-0 left-0 z-20 h-10 border-b border-line bg-surface pr-3 pl-5 text-12 whitespace-nowrap text-muted">First bought</th>
            <th scope="col" className="sticky top-0 z-10 h-10 border-b border-line bg-surface px-3 text-right text-12 text-muted max-sm:hidden">Customers</th>
            {Array.from({ length: columns }, (_, offset) => (
              <th key={offset} scope="col" className="sticky top-0 z-10 h-10 min-w-14 border-b border-line bg-surface px-2 text-center text-12 font-normal text-muted">
                <span className="sr-only">Month </span>{offset === 0 ? 'Same' : `+${offset}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={focus.onKeyDown}>
          {cohorts.map((cohort, row) => (
            <tr key={cohort.month}>
              <th scope="row" className="sticky left-0 z-10 h-9 bg-surface pr-3 pl-5 font-normal whitespace-nowrap">
                <Link to={`/customers?cohort=${cohort.month}`} className="hover:underline">{formats.month(cohort.month)}</Link>
              </th>
              <td className="px-3 text-right text-muted max-sm:hidden">{formats.count(cohort.size)}</td>
              {cohort.cells.map((cell, column) => {
                const value = cellValue(cell, cohort.size, measure);
                const text = cellText(value, measure, formats);
                const unfinished = cell.complete ? '' : ', month not finished';
                return (
                  <td
                    key={cell.offset}
                    data-cell={`${row}-${column}`}
                    tabIndex={focus.tabIndex(row, column)}
                    onFocus={() => focus.onFocus(row, column)}
                    onKeyDown={(event) => { if (event.key === 'Enter') navigate(`/customers?cohort=${cohort.month}`); }}
                    title={`${formats.month(cohort.month)}, in ${formats.month(cell.month)}: ${formats.count(cell.customers)} of ${formats.count(cohort.size)} customers, ${formats.money(cell.net, 'exact')} net${unfinished}`}
                    className={`h-9 border-2 border-surface px-2 text-center focus-visible:-outline-offset-2 ${cell.offset === 0 ? 'bg-heat-none' : heatClass(value / most)} ${cell.complete ? '' : 'italic underline decoration-dotted underline-offset-4'} rounded-[6px]`}
                  >
                    {text}{unfinished !== '' && <span className="sr-only">{unfinished}</span>}
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
