/** Draws the map with chart.js; fetched only where a map is on screen. */
import { Chart as ChartJs, LinearScale, PointElement, ScatterController, Tooltip, type ChartData, type ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { Chart } from 'react-chartjs-2';
import type { ChartColors } from '../charts/chart-colors.ts';
import { markOf } from './cluster-marks.ts';

ChartJs.register(LinearScale, PointElement, ScatterController, Tooltip);

export interface ScatterGroup {
  label: number;
  name: string;
  points: { x: number; y: number }[];
}

const FONT = { family: "'Inter Variable', system-ui, sans-serif", size: 12 };

export default function Scatter({ groups, colors }: { groups: readonly ScatterGroup[]; colors: ChartColors }) {
  const data = useMemo((): ChartData<'scatter'> => ({
    datasets: groups.map(({ label, name, points }) => {
      const { color, shape } = markOf(label);
      const tone = colors[color];
      return { label: name, data: points, pointStyle: shape, radius: label < 0 ? 2.5 : 3, backgroundColor: `color-mix(in srgb, ${tone} 55%, transparent)`, borderColor: tone, borderWidth: shape === 'cross' ? 1 : 0 };
    }),
  }), [groups, colors]);
  const options = useMemo((): ChartOptions<'scatter'> => {
    const axis = () => ({ grid: { color: colors.line }, border: { color: colors.line }, ticks: { display: false } });
    return {
      responsive: true, maintainAspectRatio: false, animation: false, scales: { x: axis(), y: axis() },
      plugins: { tooltip: { backgroundColor: colors.ink, bodyColor: colors.surface, bodyFont: FONT, padding: 8, cornerRadius: 6, displayColors: false, callbacks: { label: (item) => item.dataset.label ?? '' } } },
    };
  }, [colors]);
  return <Chart type="scatter" data={data} options={options} />;
}
