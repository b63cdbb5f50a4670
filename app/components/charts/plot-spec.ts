/** What a chart shows, without a word of how it is drawn. */

export type SeriesColor = 'series-1' | 'series-2' | 'series-3' | 'series-4' | 'muted';

export interface PlotSeries {
  label: string;
  /** One per label, in the axis' unit; null leaves a gap. */
  values: (number | null)[];
  color: SeriesColor;
  /** `soft`: the colour at 30 %, for what is predicted; `band`: from `lows` to the values, at 18 %. */
  look: 'line' | 'dashed' | 'band' | 'bar' | 'soft-bar' | 'step';
  /** Of a band. */
  lows?: (number | null)[];
}

export interface PlotSpec {
  /** In full, for the crosshair. */
  labels: string[];
  /** Short, for the axis. */
  ticks: string[];
  series: PlotSeries[];
  stacked: boolean;
  /** Figures of the crosshair. */
  exact: (value: number) => string;
  /** Figures of the axis. */
  axis: (value: number) => string;
}

/** A band at one place: "€260 – €610". */
export function rangeWords({ lows, values }: PlotSeries, index: number, exact: (value: number) => string): string {
  const [low, high] = [lows?.[index] ?? null, values[index] ?? null];
  return low === null || high === null ? '–' : `${exact(low)} – ${exact(high)}`;
}
