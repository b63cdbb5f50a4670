/** What a customer of each first month has brought by each age, and is likely to have brought by the last: seen beside projected. */
import { Link } from '@remix-run/react';
import type { CohortProjectionView, CohortsView } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { heatClass } from '../charts/heat.ts';
import { useCellFocus } from './use-cell-focus.ts';

const head = 'sticky top-0 z-10 h-10 border-b border-line bg-surface text-12 text-muted';

export function ProjectionGrid({ projection }: { projection: CohortProjectionView }) {
  const { month, money, count } = useFormats();
  const { age } = projection;
  // The newest first: they are the ones of whom most is still to come.
  const cohorts = projection.cohorts.toReversed();
  const focus = useCellFocus(cohorts.map(({ path }) => path.length));
  const most = Math.max(1, ...cohorts.flatMap(({ path }) => path));
  return (
    <div className="relative max-h-[75vh] overflow-auto rounded-card border border-line bg-surface">
      <table className="figures border-separate border-spacing-0 text-13">
        <caption className="sr-only">Net revenue per customer won, by months after the first: seen, then projected</caption>
        <thead>
          <tr>
            <th scope="col" className={`${head} left-0 z-20! pr-3 pl-5 whitespace-nowrap`}>First bought</th>
            <th scope="col" className={`${head} px-3 text-right max-sm:hidden`}>Customers</th>
            <th scope="col" className={`${head} px-3 text-right whitespace-nowrap`}>By +{age}, 80% likely</th>
            {Array.from({ length: age + 1 }, (_, at) => (
              <th key={at} scope="col" className={`${head} min-w-14 px-2 text-center font-normal`}><span className="sr-only">By month </span>{at === 0 ? 'Same' : `+${at}`}</th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={focus.onKeyDown}>
          {cohorts.map((cohort, row) => (
            <tr key={cohort.month}>
              <th scope="row" className="sticky left-0 z-10 h-9 bg-surface pr-3 pl-5 font-normal whitespace-nowrap">
                <Link to={`/customers?cohort=${cohort.month}`} className="hover:underline">{month(cohort.month)}</Link>
              </th>
              <td className="px-3 text-right text-muted max-sm:hidden">{count(cohort.size)}</td>
              <td className="px-3 text-right whitespace-nowrap">
                {money(cohort.value)}{cohort.seen <= age && <span className="text-muted"> ({money(cohort.low)} – {money(cohort.high)})</span>}
              </td>
              {cohort.path.map((value, at) => {
                const isSeen = at < cohort.seen;
                return (
                  <td
                    key={at}
                    data-cell={`${row}-${at}`}
                    tabIndex={focus.tabIndex(row, at)}
                    onFocus={() => focus.onFocus(row, at)}
                    title={`${month(cohort.month)}, ${at} months on: ${money(value, 'exact')} per customer${isSeen ? '' : ', projected'}`}
                    className={`h-9 rounded-[6px] border-2 border-surface px-2 text-center focus-visible:-outline-offset-2 ${isSeen ? heatClass(value / most) : 'hatched text-muted'}`}
                  >
                    {money(value)}{!isSeen && <span className="sr-only">, projected</span>}
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

/** What stands behind the projection, in sentences. */
export function ProjectionWords({ projection, asOf }: { projection: CohortProjectionView; asOf: CohortsView['asOf'] }) {
  const { money, percent, count, day } = useFormats();
  const { age, average, check, notes, firstMonthShare } = projection;
  const points = [
    `Hatched cells are projected: each month grows as older first months grew at that age. The brackets hold 8 of 10 outcomes, by how unevenly those grew and how far two ways of carrying on differ.`,
    ...(average ? [`By month +${age} a customer has brought ${money(average.value)} on average over all first months, seen and projected together. By the other way, the share that still buys (${percent(firstMonthShare, 1)} in the month after the first, then falling), it would be ${money(average.bySurvivors)}.`] : []),
    check === null
      ? `No first month has reached month +${age} in the last half year, so this has not been tested on your figures yet.`
      : `The same worked out on ${day(check.from)} expected ${money(check.expected)} from the ${count(check.cohorts)} first ${check.cohorts === 1 ? 'month' : 'months'} that have reached month +${age} since; ${money(check.actual)} came, and ${count(check.held)} of ${count(check.cohorts)} lay within their brackets.`,
    ...notes.map((note) => `${note}.`),
  ];
  return (
    <ul className="flex max-w-3xl flex-col gap-1.5 text-14" aria-label={`About the projection, as of ${day(asOf)}`}>
      {points.map((point) => <li key={point} className="flex gap-2"><span aria-hidden className="text-muted">–</span><span>{point}</span></li>)}
    </ul>
  );
}
