/** Net revenue over the chosen range, with gross beside it in the table and the file. */
import { useMemo } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { Dashboard, TrendPoint } from '#operations/dashboard-views';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { rangeWords, type RangeFigures } from './window.ts';

interface RevenueTrendProps {
  points: TrendPoint[];
  bucket: Dashboard['bucket'];
  range: Dashboard['range'];
  figures: RangeFigures;
}

export function RevenueTrend({ points, bucket, range, figures }: RevenueTrendProps) {
  const formats = useFormats();
  const { money, day, dayShort, month, change, currency } = formats;
  const spec = useMemo(() => {
    const span = (point: TrendPoint) =>
      bucket === 'day' ? day(point.day) : bucket === 'month' ? month(point.day) : `${dayShort(point.day)} – ${day(point.through)}`;
    return {
      labels: points.map(span),
      ticks: points.map((point) => (bucket === 'month' ? month(point.day) : dayShort(point.day))),
      series: [{ label: 'Net revenue', values: points.map((point) => point.net), color: 'series-1', look: points.length > 40 ? 'line' : 'bar' }],
      stacked: false,
      exact: (value: number) => money(value, 'exact'),
      axis: (value: number) => money(value, 'compact'),
    } as const;
  }, [points, bucket, day, dayShort, month, money]);
  const before = figures.previous?.net ?? 0;
  const fraction = before > 0 ? (figures.net - before) / before : null;
  const title =
    fraction === null ? `Net revenue, ${rangeWords(range)}: ${money(figures.net)}`
    : Math.abs(fraction) < 0.005 ? 'Net revenue is level with the time before'
    : `Net revenue is ${fraction > 0 ? 'up' : 'down'} ${change(Math.abs(fraction)).replace('+', '')} on the time before`;
  const best = points.reduce<TrendPoint | null>((top, point) => (top === null || point.net > top.net ? point : top), null);
  const digits = minorDigits(currency);
  const plain = (minor: number) => minor / 10 ** digits;
  return (
    <ChartFrame
      title={title}
      note={`By ${bucket}, ${rangeWords(range)}, in ${currency}`}
      summary={`${title}. ${best === null ? '' : `The best ${bucket} began on ${day(best.day)} with ${money(best.net)}.`}`}
      spec={{ ...spec, series: [...spec.series] }}
      keyHeader={bucket === 'day' ? 'Day' : bucket === 'week' ? 'Week' : 'Month'}
      csvHeader={['from', 'through', `net_${currency}`, `gross_${currency}`, 'orders', 'new_customers']}
      csvRows={points.map((point) => [point.day, point.through, plain(point.net), plain(point.gross), point.orders, point.newCustomers])}
      fileName={`revenue-${range}`}
    />
  );
}
