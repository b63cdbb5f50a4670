/** The table of customers' intervals against the exact distribution it stands for. */
import { describe, expect, it } from 'vitest';
import type { Params } from './behaviour.ts';
import { IntervalTable } from './interval-table.ts';
import { addCounts, countsNeeded, MOST_COUNTS, spendAtMost } from './predictive.ts';
import { models, type ModelName } from './registry.ts';

const SPEND = { p: 6.25, q: 3.74, v: 1544 };
const FITS: [ModelName, Params][] = [
  ['mbg-nbd', { r: 0.53, alpha: 6.2, a: 0.9, b: 1.6 }],
  ['bg-nbd', { r: 0.24, alpha: 4.4, a: 0.79, b: 2.43 }],
  ['pareto-nbd', { r: 0.55, alpha: 10.6, s: 0.61, beta: 11.7 }],
];
const YEAR = 365;

/** P(total ≤ multiple · mean | at least one order), by the distribution itself. */
function exactly(name: ModelName, params: Params, x: number, days: number, multiple: number): number {
  const model = models[name];
  const [T, horizon] = [days / 7, YEAR / 7];
  const needed = countsNeeded(model.expectedIfAlive(params, horizon, x, T), model.pairsIfAlive(params, horizon, x, T));
  const pmf = new Float64Array(needed + 1);
  addCounts(pmf, model.countsIfAlive(params, horizon, x, T, needed), 1, 1);
  const none = pmf[0] ?? 0;
  const mean = ((model.expectedIfAlive(params, horizon, x, T) / (1 - model.silentIfAlive(params, horizon, x, T))) * SPEND.p) / (SPEND.p * x + SPEND.q - 1);
  return (spendAtMost(pmf, SPEND, x, multiple * mean) - none) / (1 - none);
}

describe.each(FITS)('%s', (name, params) => {
  const table = new IntervalTable(models[name], params, [], SPEND, YEAR, 7);

  it('holds as much as it promises, on its nodes and between them', () => {
    for (const x of [0, 1, 3, 5, 8, 14]) {
      for (const days of [0, 4, 30, 100, 417, 1500]) {
        if (x > days) continue;
        for (const share of [0.1, 0.5, 0.9]) {
          const multiple = table.multiple(x, days, share);
          expect(multiple, `${x} ${days}`).not.toBeNull();
          expect(Math.abs(exactly(name, params, x, days, multiple ?? NaN) - share), `x ${x}, ${days} days, ${share}`).toBeLessThan(0.02);
        }
      }
    }
  });

  it('rises with the share asked for, and is the same however often and in which order it is asked', () => {
    const other = new IntervalTable(models[name], params, [], SPEND, YEAR, 7);
    other.multiple(40, 3000, 0.9);
    for (const x of [0, 2, 7, 40]) {
      let before = 0;
      for (let share = 0.02; share < 0.99; share += 0.03) {
        const multiple = table.multiple(x, 200, share) ?? NaN;
        expect(multiple).toBeGreaterThan(before);
        expect(other.multiple(x, 200, share)).toBe(multiple);
        before = multiple;
      }
    }
  });

  it('does not depend on the unit of time or of money, and widens with doubt about the parameters', () => {
    const { times } = models[name];
    const inDays = Object.fromEntries(Object.entries(params).map(([symbol, value]) => [symbol, times.includes(symbol) ? 7 * value : value]));
    const days = new IntervalTable(models[name], inDays, [], { ...SPEND, v: 100 * SPEND.v }, YEAR, 1);
    expect(days.multiple(3, 200, 0.9)).toBeCloseTo(table.multiple(3, 200, 0.9) ?? NaN, 6);
    const purchases = (factor: number): Params => ({ ...params, alpha: (params['alpha'] ?? NaN) * factor });
    const doubted = new IntervalTable(models[name], params, [purchases(0.05), purchases(12)], SPEND, YEAR, 7);
    const width = (of: IntervalTable): number => (of.multiple(3, 200, 0.9) ?? NaN) / (of.multiple(3, 200, 0.1) ?? NaN);
    expect(width(doubted)).toBeGreaterThan(1.01 * width(table));
  });

  it('says so where more orders are to be expected than it keeps counts of', () => {
    expect(models[name].expectedIfAlive(params, YEAR / 7, 100_000, 10)).toBeGreaterThan(MOST_COUNTS / 4);
    expect(table.multiple(100_000, 70, 0.5)).toBeNull();
  });
});
