/** What a forecast says of itself: the figures it was tested by, and no more certainty than they give. */
import { expect, it } from 'vitest';
import type { ForecastView } from '#operations/forecast-views';
import { createFormats } from '../../format/formats.ts';
import { finding, trustPoints } from './forecast-words.ts';

const formats = createFormats({ locale: 'en-GB', currency: 'EUR', timeZone: 'UTC' });
const view: ForecastView = {
  currency: 'EUR', measure: 'revenue', by: 'month', asOf: '2026-03-15', madeAt: '2026-03-16T00:10:00Z', chosen: 'ets', form: 'A,N,A',
  history: Array.from({ length: 14 }, (_, t) => ({ from: `${2025 + Math.floor(t / 12)}-${String((t % 12) + 1).padStart(2, '0')}-01`, to: '', value: 1_000_000 })),
  periods: [{ from: '2026-03-01', to: '2026-03-31', value: 1_080_000, low: 950_000, high: 1_200_000, soFar: 500_000 }],
  backtest: [{ name: 'ets', mae: 80_000, relative: 0.5, bias: -0.031, share: 0.08 }, { name: 'naive', mae: 160_000, relative: 1, bias: 0, share: 0.16 }],
  origins: 12, errors: 90, horizon: 12, buyers: 1200, notes: [],
};

it('finds what the running month will end at, against the one a year before', () => {
  expect(finding(view, formats)).toBe('Mar 2026 is likely to end at €10,800 (€9,500 – €12,000), 8% above Mar 2025');
  const week: ForecastView = { ...view, by: 'week', measure: 'orders', history: [], periods: [{ from: '2026-03-16', to: '2026-03-22', value: 31.4, low: 25, high: 38, soFar: 0 }] };
  expect(finding(week, formats)).toBe('16 Mar – 22 Mar 2026 is likely to end at 31 orders (25 – 38)');
  expect(finding({ ...view, history: [], periods: [] }, formats)).toBe('There is nothing to foresee from yet');
});

it('says what it was tested on, and where it was not', () => {
  const points = trustPoints(view, formats);
  expect(points[0]).toBe('Asked at 12 past points, each knowing only what came before it, for up to 12 months ahead: off by 8% of what then came, on average. “The same as the month before” would have been off by 16%.');
  expect(points[1]).toContain('3% too low');
  expect(points[2]).toContain('2 of 10 will fall outside');
  const young = trustPoints({ ...view, origins: 0, errors: 0, buyers: 0, backtest: [], notes: ['2 whole months are too few'] }, formats);
  expect(young).toEqual([expect.stringContaining('the band is a guess'), expect.stringContaining('has not happened before'), '2 whole months are too few.']);
});
