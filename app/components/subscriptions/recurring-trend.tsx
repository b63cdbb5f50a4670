/** Recurring revenue by month, and what moved it. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { RecurringMonth } from '#operations/subscription-views';
import { useFormats } from '../../format/use-formats.tsx';
import type { PlotSpec } from '../charts/plot-spec.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';

export function RecurringTrend({ months }: { months: RecurringMonth[] }) {
  const { money, month, currency } = useFormats();
  const labels = useMemo(() => months.map((row) => `${month(row.month)}${row.complete ? '' : ' so far'}`), [months, month]);
  const picture = useMemo<PlotSpec>(
    () => ({
      labels, ticks: months.map((row) => month(row.month)), stacked: false,
      series: [{ label: 'Recurring revenue a month', values: months.map((row) => row.mrr), color: 'series-1', look: 'bar' }],
      exact: (value) => money(value, 'exact'), axis: (value) => money(value, 'compact'),
    }),
    [months, labels, month, money],
  );
  const table = useMemo<PlotSpec>(() => {
    const column = (label: string, of: (row: RecurringMonth) => number): PlotSpec['series'][number] => ({ label, values: months.map(of), color: 'series-1', look: 'bar' });
    return {
      ...picture,
      series: [
        column('As it ended', (row) => row.mrr), column('New', (row) => row.new), column('Back', (row) => row.reactivated), column('More', (row) => row.expansion),
        column('Less', (row) => row.contraction), column('Left', (row) => row.churned),
      ],
    };
  }, [months, picture]);
  const plain = (minor: number) => minor / 10 ** minorDigits(currency);
  const title = finding(months, money, month);
  return (
    <ChartFrame
      title={title}
      note={`What contracts bring a month, as each month ended, in ${currency}`}
      summary={`${title}. One bar a month.`}
      spec={picture} tableSpec={table} keyHeader="Month"
      csvHeader={['month', ...['mrr', 'new', 'reactivated', 'expansion', 'contraction', 'churned'].map((name) => `${name}_${currency}`), 'customers', 'customers_new', 'customers_churned']}
      csvRows={months.map((row) => [
        row.month, ...[row.mrr, row.new, row.reactivated, row.expansion, row.contraction, row.churned].map(plain), row.customers, row.newCustomers, row.churnedCustomers,
      ])}
      fileName="recurring-revenue"
    />
  );
}

/** How far it came in up to twelve months. */
function finding(months: RecurringMonth[], money: (minor: number) => string, month: (month: string) => string): string {
  const now = months.at(-1);
  const before = months.at(-13) ?? months[0];
  if (now === undefined || before === undefined || before === now || before.mrr === now.mrr) return 'Recurring revenue by month';
  return `Recurring revenue is ${now.mrr > before.mrr ? 'up' : 'down'} ${money(Math.abs(now.mrr - before.mrr))} since ${month(before.month)}`;
}
