/** Value per customer by the month they first bought: what they brought, and what is likely to come. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { Dashboard } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { horizonWords } from '../../format/words.ts';
import type { PlotSpec } from '../charts/plot-spec.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';

type CohortValue = Dashboard['valueByCohort'][number];

export function ValueByCohort({ cohorts, horizonDays }: { cohorts: CohortValue[]; horizonDays: number }) {
  const { money, month, currency } = useFormats();
  const ahead = horizonWords(horizonDays);
  const spec = useMemo<PlotSpec>(
    () => ({
      labels: cohorts.map((cohort) => month(cohort.month)),
      ticks: cohorts.map((cohort) => month(cohort.month)),
      series: [
        { label: 'So far', values: cohorts.map((cohort) => cohort.historicalPerCustomer), color: 'series-1', look: 'bar' },
        { label: `Likely, ${ahead}`, values: cohorts.map((cohort) => cohort.predictedPerCustomer), color: 'series-1', look: 'soft-bar' },
      ],
      stacked: true,
      exact: (value) => money(value, 'exact'),
      axis: (value) => money(value, 'compact'),
    }),
    [cohorts, ahead, month, money],
  );
  const title = finding(cohorts, month, money);
  const plain = (minor: number) => minor / 10 ** minorDigits(currency);
  return (
    <ChartFrame
      title={title}
      note={`Value per customer by month of first purchase, in ${currency}`}
      summary={`${title}. Bars show what one customer brought so far and is likely to bring in the ${ahead}.`}
      spec={spec}
      keyHeader="First bought in"
      csvHeader={['month', 'customers', `so_far_per_customer_${currency}`, `predicted_per_customer_${currency}`]}
      csvRows={cohorts.map((cohort) => [cohort.month, cohort.customers, plain(cohort.historicalPerCustomer), plain(cohort.predictedPerCustomer)])}
      fileName="value-by-month-joined"
    />
  );
}

/** The month whose customers are worth most, among those with enough customers to say so. */
function finding(cohorts: CohortValue[], month: (month: string) => string, money: (minor: number) => string): string {
  const worth = (cohort: CohortValue) => cohort.historicalPerCustomer + cohort.predictedPerCustomer;
  const best = cohorts.filter((cohort) => cohort.customers >= 20).sort((a, b) => worth(b) - worth(a))[0];
  return best ? `Customers who joined in ${month(best.month)} are worth most: ${money(worth(best))} each` : 'Value per customer by month of first purchase';
}
