/** What is kept recommends as what was chosen, to somebody it has never seen, and is refused when it was altered. */
import { expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { recommenders } from './choose.ts';
import { interactions, type PurchaseLines } from './interactions.ts';
import { readRecommender, writeRecommender } from './model-file.ts';
import { recommendAll } from './recommend.ts';
import { makeServing, recommendFor, type Product } from './serving.ts';

/** Two kinds of customer, each with ten items of its own. */
function shop(customers: number): PurchaseLines {
  const draw = createRandom('serving');
  const rows = Array.from({ length: customers * 8 }, (_, n) => [n % customers, (n % 2) * 10 + Math.floor(10 * draw() ** 1.5), Math.floor(300 * draw())] as const);
  return { customer: Int32Array.from(rows, (r) => r[0]), item: Int32Array.from(rows, (r) => r[1]), day: Int32Array.from(rows, (r) => r[2]), customers, items: 20 };
}

const table = interactions(shop(200), -Infinity, 300);
const products = Array.from({ length: 20 }, (_, i): Product => ({ id: `p${i}`, name: `P ${i}`, category: null, gone: false }));
const boughtBy = (u: number) => Array.from(table.item.slice(table.start[u], table.start[u + 1]), (item, k) => ({ item, count: table.count[(table.start[u] ?? 0) + k] ?? 0 }));

it.each(recommenders())('$name $settings gives customers the lists that were judged', (recommender) => {
  const judged = recommendAll(recommender, table, { k: 5, newOnly: false });
  const model = readRecommender(writeRecommender(makeServing(table, recommender.name, recommender.settings, products)));
  let same = 0;
  for (const { customer, items } of judged) {
    const served = recommendFor(model, boughtBy(customer), 5).map(({ item }) => item);
    same += served.filter((item) => items.some((each) => each.item === item)).length / 5;
  }
  // Factors of customers are half a step older than those of items; all else is the same to the last place.
  expect(same / judged.length).toBeGreaterThan(recommender.name === 'implicit-als' ? 0.97 : 0.999);
});

it('says why, with as many customers as bought both', () => {
  const model = makeServing(table, 'item-cosine', {}, products);
  const [first] = recommendFor(model, [{ item: 3, count: 1 }], 1);
  const both = Array.from({ length: 200 }, (_, u) => boughtBy(u).map(({ item }) => item)).filter((items) => items.includes(3) && items.includes(first?.item ?? -1)).length;
  expect(first).toEqual({ item: expect.toSatisfy((item: number) => item < 10), reason: { kind: 'with', item: 3, customers: both } });
  expect(recommendFor(model, [], 1)[0]?.reason).toEqual({ kind: 'popular', customers: Math.max(...table.buyers) });
  expect(recommendFor(makeServing(table, 'own-frequency', {}, products), [{ item: 19, count: 4 }], 1)).toEqual([{ item: 19, reason: { kind: 'again', times: 4 } }]);
  const gone = products.map((product, i) => ({ ...product, gone: i === first?.item }));
  expect(recommendFor(makeServing(table, 'item-cosine', {}, gone), [{ item: 3, count: 1 }], 20).map(({ item }) => item)).not.toContain(first?.item);
});

it('refuses what is not whole', () => {
  const bytes = writeRecommender(makeServing(table, 'item-cosine', {}, products));
  const altered = bytes.slice();
  altered[bytes.length - 9] = (altered[bytes.length - 9] ?? 0) ^ 1;
  expect(() => readRecommender(altered)).toThrow('checksum');
  expect(() => readRecommender(bytes.slice(0, -8))).toThrow('bytes');
  expect(() => readRecommender(writeRecommender({ ...makeServing(table, 'item-cosine', {}, products), products: products.slice(1) }))).toThrow('do not fit together');
});
