/** Where nobody bought twice: what silence leaves open shrinks with customers and days, and is never nothing. */
import { expect, it } from 'vitest';
import { models } from './registry.ts';
import { fitTenant } from './tenant-model.ts';
import { nobodyRepeated, unseenRepeats } from './unseen-repeats.ts';

const silent = (customers: number, days: number) => ({ x: new Float64Array(customers), tx: new Float64Array(customers), T: new Float64Array(customers).fill(days) });

it.each(Object.values(models))('$name bounds the repeats of as long a time as was watched at about half of one, at most one and a half', (model) => {
  for (const [customers, days] of [[200, 60], [2000, 60], [2000, 400], [100_000, 200]] as const) {
    const data = silent(customers, days);
    expect(nobodyRepeated(data)).toBe(true);
    const { best, draws } = unseenRepeats(model, model.prior, data, 7);
    const repeats = (params: typeof best): number => customers * model.expectedNew(params, days / 7);
    const all = draws.map(repeats).sort((a, b) => a - b);
    // Poisson with Jeffreys' prior: Gamma(½) has mean 0.5, median 0.23 and 1.35 at nine in ten; heterogeneity moves it little.
    expect(repeats(best), `${customers} × ${days}`).toBeGreaterThan(0.3);
    expect(repeats(best)).toBeLessThan(0.8);
    expect(all[21]).toBeGreaterThan(0.9);
    expect(all[21]).toBeLessThan(2);
    expect(draws).toHaveLength(24);
  }
});

it('is what a tenant is told, with why', () => {
  const made = fitTenant(silent(400, 200), { meanOrderValue: 2000 });
  expect([made.source, made.notes.join()]).toEqual(['prior', expect.stringContaining('Nobody has bought twice yet')]);
  expect(400 * models['mbg-nbd'].expectedNew(made.behaviour.params, 200 / 7)).toBeLessThan(0.8);
  expect(nobodyRepeated({ ...silent(2, 9), x: Float64Array.of(0, 1) })).toBe(false);
});
