/** What the customer has brought, adding up over time. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { CustomerProfile } from '#operations/views';
import { useFormats } from '../../format/use-formats.tsx';
import type { PlotSpec } from '../charts/plot-spec.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';

export function ValueHistory({ history, orders }: { history: CustomerProfile['history']; orders: number }) {
  const { money, day, dayShort, month, currency } = useFormats();
  const first = history[0];
  const last = history.at(-1);
  const spec = useMemo<PlotSpec>(() => {
    const long = first !== undefined && last !== undefined && Date.parse(last.day) - Date.parse(first.day) > 300 * 86_400_000;
    return {
      labels: history.map((point) => day(point.day)),
      ticks: history.map((point) => (long ? month(point.day) : dayShort(point.day))),
      series: [{ label: 'Net so far', values: history.map((point) => point.cumulative), color: 'series-1', look: 'step' }],
      stacked: false,
      exact: (value) => money(value, 'exact'),
      axis: (value) => money(value, 'compact'),
    };
  }, [history, first, last, day, dayShort, month, money]);
  if (!first || !last) return null;
  const title = `${money(last.cumulative)} in ${orders} ${orders === 1 ? 'order' : 'orders'} since ${month(first.day)}`;
  const plain = (minor: number) => minor / 10 ** minorDigits(currency);
  return (
    <ChartFrame
      title={title}
      note={`Net revenue adding up, by day of purchase or refund, in ${currency}`}
      summary={`${title}, from ${day(first.day)} to ${day(last.day)}.`}
      spec={spec}
      keyHeader="Day"
      csvHeader={['day', `net_${currency}`, `cumulative_${currency}`]}
      csvRows={history.map((point) => [point.day, plain(point.net), plain(point.cumulative)])}
      fileName="customer-value"
    />
  );
}
