/** Events, sessions and customers by day. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { EventsOverview } from '#operations/events';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';

export function EventChart({ overview, type }: { overview: EventsOverview; type: string | null }) {
  const { count, compact, day, dayShort, currency } = useFormats();
  const { days, customers, sessions } = overview;
  const spec = useMemo(() => ({
    labels: days.map((point) => day(point.day)),
    ticks: days.map((point) => dayShort(point.day)),
    series: [
      { label: 'Events', values: days.map((point) => point.events), color: 'series-1', look: days.length > 40 ? 'line' : 'soft-bar' },
      { label: 'Sessions', values: days.map((point) => point.sessions), color: 'series-2', look: 'line' },
      { label: 'Known customers', values: days.map((point) => point.customers), color: 'series-3', look: 'line' },
    ],
    stacked: false, exact: count, axis: compact,
  } as const), [days, day, dayShort, count, compact]);
  const events = days.reduce((sum, point) => sum + point.events, 0);
  const title = `${count(events)} events from ${count(customers)} known customers in ${count(sessions)} sessions`;
  const digits = minorDigits(currency);
  return (
    <ChartFrame
      title={title}
      note={`By day, last ${count(days.length)} days${type === null ? '' : `, ${type} only`}. Over the whole time each customer and session counts once.`}
      summary={`${title}, by day.`}
      spec={{ ...spec, series: [...spec.series] }}
      keyHeader="Day"
      csvHeader={['day', 'events', 'sessions', 'customers', `value_${currency}`]}
      csvRows={days.map((point) => [point.day, point.events, point.sessions, point.customers, point.value / 10 ** digits])}
      fileName={`events-${type ?? 'all'}`}
    />
  );
}
