/** How a cluster looks on the map and in lists: colour and shape together, so that neither has to be told by itself. */
import type { SeriesColor } from '../charts/plot-spec.ts';

export interface Mark {
  color: SeriesColor;
  shape: 'circle' | 'triangle' | 'rect' | 'rectRot' | 'cross';
}

const COLORS = ['series-1', 'series-2', 'series-3', 'series-4'] as const;
const SHAPES = ['circle', 'triangle', 'rect', 'rectRot', 'cross'] as const;

/** @param label −1 for who is in no cluster */
export function markOf(label: number): Mark {
  if (label < 0) return { color: 'muted', shape: 'cross' };
  return { color: COLORS[label % COLORS.length] ?? 'series-1', shape: SHAPES[Math.floor(label / COLORS.length) % SHAPES.length] ?? 'circle' };
}

export const markSigns: Record<Mark['shape'], string> = { circle: '●', triangle: '▲', rect: '■', rectRot: '◆', cross: '✚' };
export const markText: Record<SeriesColor, string> = { 'series-1': 'text-series-1', 'series-2': 'text-series-2', 'series-3': 'text-series-3', 'series-4': 'text-series-4', muted: 'text-muted' };
