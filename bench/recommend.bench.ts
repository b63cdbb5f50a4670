/** How fast recommenders learn and answer, beside one pass that multiplies every purchase once. */
import { implicitAls } from '#core/recommend/implicit-als';
import { interactions, type Interactions } from '#core/recommend/interactions';
import { itemCosine } from '#core/recommend/item-cosine';
import { recommendAll } from '#core/recommend/recommend';
import { createRandom } from '#core/math/random';
import type { Bench, Row } from './bench.ts';
import { timed } from './timed.ts';

const CUSTOMERS = 20_000;
const ITEMS = 1_000;
const ITERATIONS = 12;

/** About eight purchases a customer, few items in most baskets. */
function table(): Interactions {
  const draw = createRandom('baskets');
  const lines = CUSTOMERS * 8;
  return interactions(
    {
      customer: Int32Array.from({ length: lines }, () => Math.floor(CUSTOMERS * draw())), item: Int32Array.from({ length: lines }, () => Math.floor(ITEMS * draw() ** 2)),
      day: new Int32Array(lines), customers: CUSTOMERS, items: ITEMS,
    },
    -1, 0,
  );
}

/** The least a factorisation could do: every purchase times every factor, on both sides, each iteration. */
function onePass(purchases: Interactions, factors: number): number {
  const rows = new Float64Array(ITEMS * factors).fill(0.1);
  let sum = 0;
  for (let step = 0; step < 2 * ITERATIONS; step++) for (const item of purchases.item) for (let f = 0; f < factors; f++) sum += rows[item * factors + f] ?? 0;
  return sum;
}

function run(): Row[] {
  const purchases = table();
  const size = `${CUSTOMERS / 1000}k × ${ITEMS}, ${purchases.item.length} pairs`;
  const rows = [8, 64].map((factors): Row => ({
    name: `implicit ALS, ${factors} factors, ${size}`, figure: timed(1, () => implicitAls({ factors, regularisation: 10, alpha: 10, iterations: ITERATIONS }).fit(purchases)).seconds, unit: 's',
    peer: { name: 'one product a purchase, factor and half step', figure: timed(1, () => onePass(purchases, factors)).seconds }, target: null,
  }));
  rows.push({ name: `item cosine, ${size}`, figure: timed(1, () => itemCosine().fit(purchases)).seconds, unit: 's', peer: null, target: null });
  rows.push({ name: `lists of 10 by item cosine, ${size}`, figure: timed(1, () => recommendAll(itemCosine(), purchases, { k: 10, newOnly: false })).seconds, unit: 's', peer: null, target: null });
  return rows;
}

export const bench: Bench = { name: 'recommend', seconds: 20, run: async () => run() };
