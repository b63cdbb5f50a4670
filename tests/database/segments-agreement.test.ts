/** One meaning, two executions: random trees over random customers say the same in Postgres and in memory. */
import pg from 'pg';
import { beforeAll, afterAll, expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { CONDITIONS } from '#core/segments/conditions/registry';
import { conditionsOf, type Filter } from '#core/segments/filter';
import { readsOf } from '#core/segments/reads';
import { loadFacts } from '#data/segment-facts';
import { openDatabase } from '#data/tenant';
import { createTestDatabase } from '../support/database.ts';
import { disagreements, shrunk, withCuts } from '../support/segment-agreement.ts';
import { randomCondition, randomFilter, randomSiblings } from '../support/segment-trees.ts';
import { insert, makeWorld, MOMENTS } from '../support/segment-world.ts';

const CUSTOMERS = 40;
const TREES = 12;
const SIBLINGS = 12;
/** Of each condition alone. */
const EACH = 2;
let owner: pg.Client;
let made: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
});
afterAll(() => owner.end());

it('agrees for every condition and for random trees, on the edges of windows and days, in several zones', async () => {
  let pairs = 0, held = 0;
  const asked = new Set<string>();
  for (const [n, { timeZone, at }] of MOMENTS.entries()) {
    const bare = await makeWorld(owner, { seed: `world ${n}`, timeZone, at: new Date(at), customers: CUSTOMERS, countZeroOrders: n % 2 === 1 });
    const db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(bare.moment.companyId);
    const random = createRandom(`trees ${n}`);
    const trees: Filter[] = [...CONDITIONS.flatMap((definition) => Array.from({ length: EACH }, () => randomCondition(random, definition, bare))), ...Array.from({ length: TREES }, () => randomFilter(random, bare)),
      ...Array.from({ length: SIBLINGS }, () => randomSiblings(random, bare))];
    const world = await withCuts(db, trees, bare);
    const found = await disagreements(db, trees, world);
    pairs += found.pairs;
    held += found.held;
    for (const one of trees.flatMap(conditionsOf)) asked.add(one.is);
    const [worst] = found.wrong;
    if (worst) expect.fail(await shrunk(db, worst, world));
  }
  expect([...asked].toSorted()).toEqual(CONDITIONS.map(({ id }) => id).toSorted());
  expect(pairs).toBeGreaterThanOrEqual(5_000);
  // Trees that hold of nobody, or of everybody, would agree whatever they say.
  expect(held / pairs).toBeGreaterThan(0.15);
  expect(held / pairs).toBeLessThan(0.85);
});

it('takes lines at the rate of their order, less the share of it that was paid back', async () => {
  const { moment, customers: [customer = ''] } = await makeWorld(owner, { seed: 'lines', timeZone: 'Europe/Berlin', at: new Date(MOMENTS[0]?.at ?? ''), customers: 1 });
  await owner.query('delete from transactions where company_id = $1', [moment.companyId]);
  const order = (id: string, over: Record<string, unknown>) => ({
    company_id: moment.companyId, id, transaction_date: moment.at.toISOString(), customer_id: customer, source: 'api', external_id: id, kind: 'order', type: 'purchase', status: 'paid', source_counts: true, of_record: true,
    counted: true, channel: null, currency: 'EUR', given: null, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0, amount: 0, refunded: 0, created_at: moment.at.toISOString(), ...over,
  });
  const ids = [1, 2, 3, 4, 5].map((n) => `00000000-0000-4000-8000-00000000000${String(n)}`), [own = '', half = '', gone = '', foreign = '', free = ''] = ids;
  await insert(owner, 'transactions', [
    order(own, { goods: 3_000, discount: 500, tax: 475, amount: 2_500 }),
    // A third of it went back: each line has two thirds left.
    order(half, { given: 3_000, amount: 3_000, refunded: 1_000 }),
    order(gone, { given: 3_000, amount: 3_000, refunded: 3_000 }),
    // 100.00 dollars of goods less 20.00 came to 72.00 euros, whatever tax and shipping were.
    order(foreign, { currency: 'USD', goods: 10_000, discount: 2_000, tax: 700, shipping: 900, amount: 7_200 }),
    order(free, { currency: 'USD', given: 0, amount: 0 }),
  ]);
  await insert(owner, 'transaction_items', ids.map((id) => ({ company_id: moment.companyId, transaction_id: id, line: 0, product_id: 'p1', sku: null, name: 'Beans', category: null, quantity: 1, amount: 1_001 })));
  const db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(moment.companyId);
  const [facts] = await loadFacts(db, [customer], readsOf({ is: 'products.total', op: 'gt', value: 1, product: 'p1' }), moment.at);
  const worth = new Map(facts?.orders.map(({ id, items: [item] }) => [id, [item?.gross, item?.net]]));
  expect(ids.map((id) => worth.get(id))).toEqual([[1_001, 1_001], [1_001, 667], [1_001, 0], [901, 901], [0, 0]]);
});
