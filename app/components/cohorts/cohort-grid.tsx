/** The cohort triangle as a heat map: figures to read, colour as second reading. */
import { useNavigate } from '@remix-run/react';
import type { CohortsView } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { heatClass } from '../charts/heat.ts';
import { CohortTable, type DrawnCell } from './cohort-table.tsx';
import { cellText, cellValue, measureMeaning, type Measure } from './measure.ts';

type Cohort = CohortsView['cohorts'][number];

export function CohortGrid({ cohorts, measure }: { cohorts: CohortsView['cohorts']; measure: Measure }) {
  const formats = useFormats();
  const navigate = useNavigate();
  // The first month is everyone by definition: it would drown the colours of what follows.
  const later = cohorts.flatMap((cohort) => cohort.cells.filter((cell) => cell.offset > 0).map((cell) => cellValue(cell, cohort.size, measure)));
  const most = Math.max(0, ...later) || 1;
  const cellOf = (cohort: Cohort, cell: Cohort['cells'][number]): DrawnCell => {
    const value = cellValue(cell, cohort.size, measure);
    const unfinished = cell.complete ? '' : ', month not finished';
    return {
      title: `${formats.month(cohort.month)}, in ${formats.month(cell.month)}: ${formats.count(cell.customers)} of ${formats.count(cohort.size)} customers, ${formats.money(cell.net, 'exact')} net${unfinished}`,
      className: `${cell.offset === 0 ? 'bg-heat-none' : heatClass(value / most)} ${cell.complete ? '' : 'italic underline decoration-dotted underline-offset-4'}`,
      content: <>{cellText(value, measure, formats)}{unfinished !== '' && <span className="sr-only">{unfinished}</span>}</>,
    };
  };
  return <CohortTable caption={measureMeaning(measure)} rows={cohorts} cells={(cohort) => cohort.cells.map((cell) => cellOf(cohort, cell))} offsetWord="Month" onOpen={({ month }) => { navigate(`/customers?cohort=${month}`); }} />;
}
