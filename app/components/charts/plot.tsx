/** Draws a plot with chart.js; this file and chart.js are fetched only where a chart is on screen. */
import {
  BarController, BarElement, CategoryScale, Chart as ChartJs, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip,
  type ChartDataset, type ChartOptions, type Plugin,
} from 'chart.js';
import { useMemo } from 'react';
import { Chart } from 'react-chartjs-2';
import type { ChartColors } from './chart-colors.ts';
import { rangeWords, type PlotSeries, type PlotSpec } from './plot-spec.ts';

ChartJs.register(BarController, BarElement, CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip);

const FONT = { family: "'Inter Variable', system-ui, sans-serif", size: 12 };

type Mixed = 'bar' | 'line';

/** The lower edge of a band: told with the upper one. */
const UNTOLD = '';

/** Adds an alpha to any CSS colour. */
const faded = (color: string, share: number): string => `color-mix(in srgb, ${color} ${share}%, transparent)`;

/** One dataset a series; a band is two lines without a stroke, the lower one first. */
function datasets(series: PlotSeries, colors: ChartColors): ChartDataset<Mixed, (number | null)[]>[] {
  if (series.look !== 'band') return [dataset(series, colors)];
  const line = { type: 'line', borderWidth: 0, pointRadius: 0, pointHoverRadius: 0, tension: 0 } as const;
  return [
    { ...line, label: UNTOLD, data: series.lows ?? [], fill: false },
    { ...line, label: series.label, data: series.values, fill: '-1', backgroundColor: faded(colors[series.color], 18), pointBackgroundColor: faded(colors[series.color], 18) },
  ];
}

function dataset(series: PlotSeries, colors: ChartColors): ChartDataset<Mixed, (number | null)[]> {
  const color = colors[series.color];
  const common = { label: series.label, data: series.values };
  switch (series.look) {
    case 'dashed':
    case 'band':
      return { ...common, type: 'line', borderColor: color, borderDash: [5, 4], borderWidth: 2, fill: false, pointRadius: 0, pointBackgroundColor: color, pointHoverRadius: 4, tension: 0 };
    case 'line':
    case 'step':
      return {
        ...common, type: 'line', borderColor: color, backgroundColor: faded(color, 10), fill: series.color === 'series-1' ? 'origin' : false,
        borderWidth: 2, pointRadius: series.values.length === 1 ? 4 : 0, pointBackgroundColor: color, pointHoverRadius: 4, pointHoverBackgroundColor: color, tension: 0, stepped: series.look === 'step',
      };
    case 'bar':
      return { ...common, type: 'bar', backgroundColor: color, hoverBackgroundColor: color, borderRadius: 2, maxBarThickness: 36 };
    case 'soft-bar':
      return { ...common, type: 'bar', backgroundColor: faded(color, 32), hoverBackgroundColor: faded(color, 45), borderRadius: 2, maxBarThickness: 36 };
  }
}

/** A hairline through everything at the pointed-at place. */
function crosshair(color: string): Plugin<Mixed> {
  return {
    id: 'crosshair',
    afterDatasetsDraw(chart) {
      const active = chart.getActiveElements()[0];
      if (!active) return;
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.strokeStyle = color;
      ctx.setLineDash([3, 3]);
      ctx.beginPath();
      ctx.moveTo(active.element.x, chartArea.top);
      ctx.lineTo(active.element.x, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
}

function tooltipLine(label: string, index: number, value: number | null, spec: PlotSpec): string {
  const band = spec.series.find((series) => series.label === label && series.look === 'band');
  if (!band) return ` ${label}: ${value === null ? '–' : spec.exact(value)}`;
  return ` ${label}: ${rangeWords(band, index, spec.exact)}`;
}

function options(spec: PlotSpec, colors: ChartColors, still: boolean): ChartOptions<Mixed> {
  const ticks = { color: colors.muted, font: FONT };
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: still ? false : { duration: 180 },
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: { stacked: spec.stacked, grid: { display: false }, border: { color: colors.line }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 20, callback: (_value, index) => spec.ticks[index] ?? '' } },
      y: { stacked: spec.stacked, beginAtZero: true, grid: { color: colors.line }, border: { display: false }, ticks: { ...ticks, maxTicksLimit: 5, padding: 8, callback: (value) => spec.axis(Number(value)) } },
    },
    plugins: {
      tooltip: {
        backgroundColor: colors.ink, titleColor: colors.surface, bodyColor: colors.surface, titleFont: { ...FONT, weight: 600 }, bodyFont: FONT,
        padding: 10, cornerRadius: 6, displayColors: spec.series.length > 1, boxWidth: 8, boxHeight: 8,
        filter: ({ dataset: { label } }) => label !== UNTOLD,
        callbacks: { label: (item) => tooltipLine(item.dataset.label ?? '', item.dataIndex, item.parsed.y, spec) },
      },
    },
  };
}

export default function Plot({ spec, colors }: { spec: PlotSpec; colors: ChartColors }) {
  const still = useMemo(() => matchMedia('(prefers-reduced-motion: reduce)').matches, []);
  const data = useMemo(() => ({ labels: spec.labels, datasets: spec.series.flatMap((series) => datasets(series, colors)) }), [spec, colors]);
  const settings = useMemo(() => options(spec, colors, still), [spec, colors, still]);
  const plugins = useMemo(() => [crosshair(colors.muted)], [colors]);
  return <Chart type="bar" data={data} options={settings} plugins={plugins} />;
}
