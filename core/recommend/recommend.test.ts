/** Recommenders beyond the reference: hand-made shops, invariances, and shops with hardly anything in them. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { chooseRecommender, recommenders } from './choose.ts';
import { factorise, implicitAls } from './implicit-als.ts';
import { interactions, transpose, type PurchaseLines } from './interactions.ts';
import { itemCosine } from './item-cosine.ts';
import { rankingMetrics } from './ranking-metrics.ts';
import { recommendAll } from './recommend.ts';
import { topItems } from './top-items.ts';

/** Lines as [customer, item, day]. */
function lines(rows: readonly (readonly [number, number, number])[], items = Math.max(0, ...rows.map((row) => row[1] + 1))): PurchaseLines {
  return {
    customer: Int32Array.from(rows, (row) => row[0]), item: Int32Array.from(rows, (row) => row[1]), day: Int32Array.from(rows, (row) => row[2]),
    customers: Math.max(0, ...rows.map((row) => row[0] + 1)), items,
  };
}

/** Two kinds of customer, each with ten items of its own. */
function twoTastes(seed: string, customers = 200): (readonly [number, number, number])[] {
  const draw = createRandom(seed);
  return Array.from({ length: customers * 12 }, (_, n) => {
    const u = n % customers;
    return [u, (u % 2) * 10 + Math.floor(10 * draw() ** 1.5), Math.floor(300 * draw())] as const;
  });
}

describe('interactions', () => {
  it('counts lines of one customer and item together, within the window', () => {
    const table = interactions(lines([[1, 2, 5], [0, 0, 1], [1, 0, 5], [1, 2, 6], [1, 1, 9], [0, 0, 0]]), 0, 8);
    expect([...table.start]).toEqual([0, 1, 3]);
    expect([[...table.item], [...table.count], [...table.buyers]]).toEqual([[0, 0, 2], [1, 1, 2], [2, 0, 1]]);
    expect([...transpose(table).customer]).toEqual([0, 1, 1]);
  });
});

describe('topItems', () => {
  it('breaks ties by index and skips what is not allowed or not a number', () => {
    expect(topItems(Float64Array.of(1, 3, 3, NaN, 2, 3), 3, (i) => i !== 1)).toEqual([2, 5, 4]);
    expect(topItems(Float64Array.of(1, 1), 5, () => true)).toEqual([0, 1]);
    expect(topItems(Float64Array.of(1), 0, () => true)).toEqual([]);
  });

  it('equals sorting', () => {
    const draw = createRandom('top');
    for (let round = 0; round < 50; round++) {
      const scores = Float64Array.from({ length: 30 }, () => Math.floor(8 * draw()));
      const sorted = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
      expect(topItems(scores, 7, () => true)).toEqual(sorted.slice(0, 7));
    }
  });
});

describe('metrics', () => {
  it('are those of a list worked out by hand', () => {
    const past = interactions(lines([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 2, 0], [2, 0, 0]], 4), -1, 0);
    const future = interactions(lines([[0, 2, 1], [0, 3, 1], [1, 1, 1], [1, 0, 1]], 4), -1, 1);
    // The list is 0, 1, 2 for everyone; item 3 is unknown to the past.
    const { metrics } = rankingMetrics({ score: (_, scores) => scores.set([9, 5, 5, 99]) }, past, future, { k: 2, newOnly: false });
    expect(metrics).toEqual({ customers: 2, hitRate: 0.5, precision: 0.5, recall: 0.5, recallCapped: 0.5, ndcg: 0.5, mrr: 0.5 });
    const fresh = rankingMetrics({ score: (_, scores) => scores.set([9, 5, 5, 99]) }, past, future, { k: 2, newOnly: true }).metrics;
    expect(fresh).toMatchObject({ customers: 2, hitRate: 1, mrr: 1, precision: 0.5, ndcg: 1 });
  });
});

describe('item cosine', () => {
  it('is the textbook figure', () => {
    // Items 0 and 1 share two buyers of three and two.
    const table = interactions(lines([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0], [2, 0, 0]]), -1, 0);
    const scores = new Float64Array(2);
    itemCosine().fit(table).score(2, scores);
    expect(scores[1]).toBeCloseTo(2 / Math.sqrt(6), 14);
    expect(scores[0]).toBe(0);
  });
});

describe('implicit ALS', () => {
  it('solves the normal equations whether purchases are fewer than factors or more', () => {
    const table = interactions(lines([...twoTastes('als', 40), ...Array.from({ length: 20 }, (_, i) => [40, i, 1] as const), [41, 3, 1]]), -1, 400);
    const settings = { factors: 6, regularisation: 2, alpha: 5, iterations: 3 };
    const { customers, items } = factorise(table, settings);
    const back = transpose(table);
    // After the last half step each item's vector zeroes the gradient of the cost with the customers' fixed.
    for (let i = 0; i < table.items; i++) {
      const y = items.subarray(i * 6, i * 6 + 6);
      const gradient = new Float64Array(6).map((_, f) => settings.regularisation * (y[f] ?? 0));
      const count = new Map<number, number>();
      for (let k = back.start[i] ?? 0; k < (back.start[i + 1] ?? 0); k++) count.set(back.customer[k] ?? 0, back.count[k] ?? 0);
      for (let u = 0; u < table.customers; u++) {
        const x = customers.subarray(u * 6, u * 6 + 6);
        const n = count.get(u) ?? 0;
        const miss = (n > 0 ? 1 : 0) - x.reduce((sum, value, f) => sum + value * (y[f] ?? 0), 0);
        for (let f = 0; f < 6; f++) gradient[f] = (gradient[f] ?? 0) - (1 + settings.alpha * Math.log1p(n)) * miss * (x[f] ?? 0);
      }
      for (const g of gradient) expect(Math.abs(g)).toBeLessThan(1e-9);
    }
  });

  it('tells two tastes apart', () => {
    const table = interactions(lines(twoTastes('tastes')), -1, 400);
    const lists = recommendAll(implicitAls({ factors: 4, regularisation: 1, alpha: 5 }), table, { k: 5, newOnly: false });
    const own = lists.flatMap(({ customer, items }) => items.map(({ item }) => Math.floor(item / 10) === customer % 2));
    expect(own.filter((right) => right).length / own.length).toBeGreaterThan(0.99);
  });
});

describe('the choice', () => {
  it('prefers what knows tastes to what everybody buys', () => {
    const choice = chooseRecommender(lines(twoTastes('choice')), { k: 5, newOnly: false });
    expect(choice.chosen.name).not.toBe('popularity');
    const test = (name: string) => choice.candidates.find((each) => each.name === name && each.test !== null)?.test?.ndcg ?? NaN;
    expect(test(choice.chosen.name)).toBeGreaterThan(test('popularity') + 0.05);
  });

  it('does not depend on the order of lines', () => {
    const rows = twoTastes('order');
    const [a, b] = [rows, [...rows].reverse()].map((each) => {
      const choice = chooseRecommender(lines(each), { k: 5, newOnly: true });
      return [choice.candidates, recommendAll(choice.chosen, interactions(lines(each), -1, 400), { k: 5, newOnly: true })];
    });
    expect(a).toEqual(b);
  });

  it('does not see the test window', () => {
    const rows = twoTastes('blind');
    const choose = (all: typeof rows) => chooseRecommender(lines(all), { k: 5, newOnly: false, calibrationEnd: 200 }).candidates.map((each) => each.validation);
    expect(choose(rows.map(([u, i, day]) => [u, day > 200 ? 19 - i : i, day] as const))).toEqual(choose(rows));
  });

  it.each([
    ['one line', [[0, 0, 5]]],
    ['one item', Array.from({ length: 30 }, (_, n) => [n % 15, 0, n] as const)],
    ['one customer', Array.from({ length: 30 }, (_, n) => [0, n % 4, n] as const)],
    ['one day', Array.from({ length: 30 }, (_, n) => [n % 15, n % 4, 7] as const)],
  ] as const)('has an answer for %s', (_, rows) => {
    const all = lines(rows);
    const choice = chooseRecommender(all, { k: 3, newOnly: false });
    expect(choice.notes.join()).toMatch(/Too little history/);
    for (const recommender of recommenders()) {
      for (const { items } of recommendAll(recommender, interactions(all, -1, 1e6), { k: 3, newOnly: false })) {
        expect(items.length).toBe(Math.min(3, all.items));
        for (const { score } of items) expect(Number.isFinite(score)).toBe(true);
      }
    }
  });

  it('refuses a name it does not know', () => {
    expect(() => chooseRecommender(lines([[0, 0, 0]]), { k: 3, newOnly: false, model: 'magic' })).toThrow(/magic/);
  });
});
