/** Recommenders on the reference basket data: every published figure, within rounding where the method is exact. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDay } from '#core/calendar/days';
import { hasReference, referenceJson } from '../../tests/support/reference-orders.ts';
import { referenceFile } from '../../tests/support/reference.ts';
import { ownFrequency, popularity } from './baselines.ts';
import { chooseRecommender } from './choose.ts';
import { implicitAls } from './implicit-als.ts';
import { interactions, type PurchaseLines } from './interactions.ts';
import { itemCosine } from './item-cosine.ts';
import { rankingMetrics } from './ranking-metrics.ts';
import type { Recommender } from './recommender.ts';

const figures = z.object({ users: z.number(), recall10: z.number(), recall10_capped: z.number(), hit10: z.number(), ndcg10: z.number() });
const schema = z.object({
  users_train: z.number(), items_train: z.number(), interactions: z.number(),
  results: z.record(z.string(), z.object({ including_repurchases: figures, new_items_only: figures })),
  als_grid: z.array(z.object({ f: z.number(), reg: z.number(), alpha: z.number(), all: figures, new: figures })),
});
const files = ['reference/cf_groceries_items.json', 'data/groceries_items.csv'] as const;
const day = (text: string): number => parseDay(text) ?? NaN;

function lines(): PurchaseLines {
  const rows = referenceFile(files[1]).toString('utf8').trim().split('\n').slice(1).map((line) => line.split(','));
  const items = [...new Set(rows.map((row) => row[2] ?? ''))].sort();
  const number = new Map(items.map((id, i) => [id, i]));
  const customers = [...new Set(rows.map((row) => row[0] ?? ''))];
  const who = new Map(customers.map((id, i) => [id, i]));
  return {
    customer: Int32Array.from(rows, (row) => who.get(row[0] ?? '') ?? -1),
    day: Int32Array.from(rows, (row) => day(row[1] ?? '')),
    item: Int32Array.from(rows, (row) => number.get(row[2] ?? '') ?? -1),
    customers: customers.length,
    items: items.length,
  };
}

describe.runIf(hasReference('recommenders on the groceries', ...files))('the groceries', () => {
  const load = () => {
    const all = lines();
    return { reference: schema.parse(referenceJson(files[0])), past: interactions(all, -Infinity, day('2015-06-30')), future: interactions(all, day('2015-06-30'), day('2015-12-30')) };
  };
  let loaded: ReturnType<typeof load> | undefined;
  const data = () => (loaded ??= load());
  const both = (recommender: Recommender) => {
    const { past, future } = data();
    const fitted = recommender.fit(past);
    return [true, false].map((newOnly) => rankingMetrics(fitted, past, future, { k: 10, newOnly }).metrics);
  };

  it('has the reference table', () => {
    const { reference, past } = data();
    expect(past.item.length).toBe(reference.interactions);
    expect(past.buyers.filter((n) => n > 0).length).toBe(reference.items_train);
    expect(past.start.filter((_, u) => u < past.customers && past.start[u] !== past.start[u + 1]).length).toBe(reference.users_train);
  });

  const agrees = (got: ReturnType<typeof both>[number] | undefined, want: z.infer<typeof figures> | undefined, tolerance: number) => {
    expect(got?.customers).toBe(want?.users);
    for (const [mine, theirs] of [[got?.recall, want?.recall10], [got?.recallCapped, want?.recall10_capped], [got?.hitRate, want?.hit10], [got?.ndcg, want?.ndcg10]] as const) {
      expect(Math.abs((mine ?? NaN) - (theirs ?? NaN)), `${mine} against ${theirs}`).toBeLessThanOrEqual(tolerance);
    }
  };

  it.each([
    ['popularity', popularity, 6e-6],
    ['own_frequency_then_popularity', ownFrequency, 6e-6],
    ['item_cosine_full', itemCosine(), 6e-6],
    ['cosine_count_weighted_with_self', itemCosine({ selfAndCounts: true }), 6e-6],
    // Which of several equally near items is the hundredth is a matter of taste.
    ['item_cosine_top100_neighbours', itemCosine({ most: 100 }), 2e-3],
  ])('%s', (name, recommender, tolerance) => {
    const expected = data().reference.results[name];
    const [fresh, all] = both(recommender);
    agrees(fresh, expected?.new_items_only, tolerance);
    agrees(all, expected?.including_repurchases, tolerance);
  });

  // Where the search starts is chance, and so are the third digits.
  it('implicit ALS over the grid', () => {
    for (const { f, reg, alpha, all: wantAll, new: wantNew } of data().reference.als_grid.filter((point) => point.f === 8)) {
      const [fresh, all] = both(implicitAls({ factors: f, regularisation: reg, alpha }));
      agrees(fresh, wantNew, 0.02);
      agrees(all, wantAll, 0.02);
    }
  });

  it('implicit ALS with 64 factors', () => {
    const [fresh, all] = both(implicitAls({ factors: 64, regularisation: 50, alpha: 10 }));
    agrees(fresh, data().reference.results['implicit_als_tuned']?.new_items_only, 0.01);
    agrees(all, data().reference.results['implicit_als_tuned']?.including_repurchases, 0.01);
  }, 60_000);

  it('chooses on a window before the test and is no worse there than the best published', () => {
    const made = chooseRecommender(lines(), { k: 10, newOnly: false, calibrationEnd: day('2015-06-30') });
    expect(made.windows.validation?.to).toBe(day('2015-06-30'));
    expect(made.chosen.name).toBe('popularity');
    expect(made.candidates.find((each) => each.name === made.chosen.name)?.test?.ndcg).toBeCloseTo(0.29331, 5);
  }, 90_000);
});
