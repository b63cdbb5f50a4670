/** Draws a plot with chart.js; this file and chart.js are fetched only where a chart is on screen. */
import {
  BarController, BarElement, CategoryScale, Chart as ChartJs, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip,
  type ChartDataset, type ChartOptions, type Plugin,
} from 'chart.js';
import { useMemo } from 'react';
import { Chart } from 'react-chartjs-2';
import type { ChartColors } from './chart-colors.ts';
import type { PlotSeries, PlotSpec } from './plot-spec.ts';

ChartJs.register(BarController, BarElement, CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip);

const FONT = { family: "'Inter Variable', system-ui, sans-serif", size: 12 };

type Mixed = 'bar' | 'line';

/** Adds an alpha to any CSS colour. */
const faded = (color: string, share: number): string => `color-mix(in srgb, ${color} ${share}%, transparent)`;

function dataset(series: PlotSeries, colors: ChartColors): ChartDataset<Mixed, (number | null)[]> {
  const color = colors[series.color];
  const common = { label: series.label, data: series.values };
  switch (series.look) {
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
        callbacks: { label: (item) => ` ${item.dataset.label ?? ''}: ${item.parsed.y === null ? '–' : spec.exact(item.parsed.y)}` },
      },
    },
  };
}

export default function Plot({ spec, colors }: { spec: PlotSpec; colors: ChartColors }) {
  const still = useMemo(() => matchMedia('(prefers-reduced-motion: reduce)').matches, []);
  const data = useMemo(() => ({ labels: spec.labels, datasets: spec.series.map((series) => dataset(series, colors)) }), [spec, colors]);
  const settings = useMemo(() => options(spec, colors, still), [spec, colors, still]);
  const plugins = useMemo(() => [crosshair(colors.muted)], [colors]);
  return <Chart type="bar" data={data} options={settings} plugins={plugins} />;
}
