/** What a customer of each first month has brought by each age, and is likely to have brought by the last: seen beside projected. */
import type { CohortProjectionView, CohortsView } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { heatClass } from '../charts/heat.ts';
import { CohortTable, type DrawnCell } from './cohort-table.tsx';

type Cohort = CohortProjectionView['cohorts'][number];

export function ProjectionGrid({ projection }: { projection: CohortProjectionView }) {
  const { month, money } = useFormats();
  const { age } = projection;
  // The newest first: they are the ones of whom most is still to come.
  const cohorts = projection.cohorts.toReversed();
  const most = Math.max(1, ...cohorts.flatMap(({ path }) => path));
  const cellOf = (cohort: Cohort, value: number, at: number): DrawnCell => {
    const isSeen = at < cohort.seen;
    return {
      title: `${month(cohort.month)}, ${at} months on: ${money(value, 'exact')} per customer${isSeen ? '' : ', projected'}`,
      className: isSeen ? heatClass(value / most) : 'hatched text-muted',
      content: <>{money(value)}{!isSeen && <span className="sr-only">, projected</span>}</>,
    };
  };
  const likely = {
    heading: `By +${age}, 80% likely`,
    content: ({ value, seen, low, high }: Cohort) => <>{money(value)}{seen <= age && <span className="text-muted"> ({money(low)} – {money(high)})</span>}</>,
  };
  return (
    <CohortTable
      caption="Net revenue per customer won, by months after the first: seen, then projected" rows={cohorts} extra={likely} offsetWord="By month"
      cells={(cohort) => cohort.path.map((value, at) => cellOf(cohort, value, at))}
    />
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
