/** What came and what is likely to come, with its 80 % band. */
import { useMemo, type ReactNode } from 'react';
import { minorDigits } from '#core/commerce/money';
import type { ForecastView } from '#operations/forecast-views';
import { useFormats } from '../../format/use-formats.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import type { PlotSpec } from '../charts/plot-spec.ts';
import { finding, periodWords } from './forecast-words.ts';

interface ForecastChartProps {
  view: ForecastView;
  /** Periods of the past that are shown. */
  past: number;
  note: ReactNode;
  height?: string;
}

export function ForecastChart({ view, past, note, height }: ForecastChartProps) {
  const formats = useFormats();
  const { currency } = view;
  const title = finding(view, formats);
  const { spec, tableSpec } = useMemo(() => {
    const history = view.history.slice(-past);
    const all = [...history, ...view.periods];
    const name = view.measure === 'revenue' ? 'Net revenue' : 'Orders';
    const exact = (value: number): string => (view.measure === 'revenue' ? formats.money(value, 'exact') : formats.decimal(value));
    /** The band begins where the past ends, or there would be a hole between them. */
    const draw = (joined: boolean): PlotSpec => {
      const before = history.map((point, t) => (joined && t === history.length - 1 ? point.value : null));
      const ahead = (read: (period: ForecastView['periods'][number]) => number): (number | null)[] => [...before, ...view.periods.map(read)];
      return {
        labels: all.map((period) => periodWords(period, view.by, formats)),
        ticks: all.map(({ from }) => (view.by === 'month' ? formats.month(from) : formats.dayShort(from))),
        series: [
          { label: name, values: all.map((_, t) => history[t]?.value ?? null), color: 'series-1', look: 'line' },
          { label: 'Likely', values: ahead(({ value }) => value), color: 'series-1', look: 'dashed' },
          { label: '80% likely', values: ahead(({ high }) => high), lows: ahead(({ low }) => low), color: 'series-1', look: 'band' },
        ],
        stacked: false,
        exact,
        axis: (value) => (view.measure === 'revenue' ? formats.money(value, 'compact') : formats.compact(value)),
      };
    };
    return { spec: draw(true), tableSpec: draw(false) };
  }, [view, past, formats]);
  const scale = view.measure === 'revenue' ? 10 ** minorDigits(currency) : 1;
  const unit = view.measure === 'revenue' ? `net_${currency}` : 'orders';
  return (
    <ChartFrame
      title={title}
      note={note}
      summary={`${title}. A line of the past goes on as a dashed one with a band around it.`}
      spec={spec}
      tableSpec={tableSpec}
      keyHeader={view.by === 'day' ? 'Day' : view.by === 'week' ? 'Week' : 'Month'}
      csvHeader={['from', 'through', unit, 'likely', 'low_80', 'high_80']}
      csvRows={[
        ...view.history.map((point) => [point.from, point.to, point.value / scale, '', '', '']),
        ...view.periods.map((point) => [point.from, point.to, point.soFar === null ? '' : point.soFar / scale, point.value / scale, point.low / scale, point.high / scale]),
      ]}
      fileName={`forecast-${view.measure}-by-${view.by}`}
      height={height}
    />
  );
}
