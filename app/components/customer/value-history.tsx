/** What the customer has brought, adding up over time. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { CustomerProfile } from '#operations/customer-views';
import { useFormats } from '../../format/use-formats.tsx';
import type { PlotSpec } from '../charts/plot-spec.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';

type History = CustomerProfile['history'];

const DAY_MS = 86_400_000;
const POINTS = 120;

/** The sum on evenly spaced days, so that the picture shows how long the silences were. */
function evenly(history: History, asOf: string): History {
  const from = Date.parse(history[0]?.day ?? asOf);
  const through = Math.max(Date.parse(asOf), Date.parse(history.at(-1)?.day ?? asOf));
  const step = Math.max(1, Math.ceil((through - from) / DAY_MS / POINTS)) * DAY_MS;
  const days: History = [];
  let next = 0;
  let cumulative = 0;
  for (let at = from; ; at = Math.min(at + step, through)) {
    let net = 0;
    for (let entry = history[next]; entry && Date.parse(entry.day) <= at; entry = history[++next]) {
      net += entry.net;
      cumulative = entry.cumulative;
    }
    days.push({ day: new Date(at).toISOString().slice(0, 10), net, cumulative });
    if (at >= through) return days;
  }
}

export function ValueHistory({ history, orders, asOf }: { history: History; orders: number; asOf: string }) {
  const { money, day, dayShort, month, currency } = useFormats();
  const first = history[0];
  const last = history.at(-1);
  const [spec, tableSpec] = useMemo(() => {
    const long = first !== undefined && Date.parse(asOf) - Date.parse(first.day) > 300 * DAY_MS;
    const plot = (points: History): PlotSpec => ({
      labels: points.map((point) => day(point.day)),
      ticks: points.map((point) => (long ? month(point.day) : dayShort(point.day))),
      series: [{ label: 'Net so far', values: points.map((point) => point.cumulative), color: 'series-1', look: 'step' }],
      stacked: false,
      exact: (value) => money(value, 'exact'),
      axis: (value) => money(value, 'compact'),
    });
    return [plot(evenly(history, asOf)), plot(history)];
  }, [history, first, asOf, day, dayShort, month, money]);
  if (!first || !last) return null;
  const title = `${money(last.cumulative)} in ${orders} ${orders === 1 ? 'order' : 'orders'} since ${month(first.day)}`;
  const plain = (minor: number) => minor / 10 ** minorDigits(currency);
  return (
    <ChartFrame
      title={title}
      note={`Net revenue adding up, by day of purchase or refund, in ${currency}`}
      summary={`${title}, from ${day(first.day)} to ${day(last.day)}.`}
      spec={spec}
      tableSpec={tableSpec}
      keyHeader="Day"
      csvHeader={['day', `net_${currency}`, `cumulative_${currency}`]}
      csvRows={history.map((point) => [point.day, plain(point.net), plain(point.cumulative)])}
      fileName="customer-value"
    />
  );
}
