/** One meaning, two executions: random trees over random customers say the same in Postgres and in memory. */
import pg from 'pg';
import { beforeAll, afterAll, expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { CONDITIONS } from '#core/segments/conditions/registry';
import type { Filter } from '#core/segments/filter';
import { openDatabase } from '#data/tenant';
import { createTestDatabase } from '../support/database.ts';
import { disagreements, shrunk } from '../support/segment-agreement.ts';
import { randomCondition, randomFilter } from '../support/segment-trees.ts';
import { makeWorld, MOMENTS } from '../support/segment-world.ts';

const CUSTOMERS = 40;
const TREES = 40;
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
  for (const [n, { timeZone, at }] of MOMENTS.entries()) {
    const world = await makeWorld(owner, { seed: `world ${n}`, timeZone, at: new Date(at), customers: CUSTOMERS, countZeroOrders: n % 2 === 1 });
    const db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(world.moment.companyId);
    const random = createRandom(`trees ${n}`);
    const trees: Filter[] = [...CONDITIONS.map((definition) => randomCondition(random, definition, world)), ...Array.from({ length: TREES }, () => randomFilter(random, world))];
    const found = await disagreements(db, trees, world);
    pairs += found.pairs;
    held += found.held;
    const [worst] = found.wrong;
    if (worst) expect.fail(await shrunk(db, worst, world));
  }
  expect(pairs).toBeGreaterThanOrEqual(5_000);
  // Trees that hold of nobody, or of everybody, would agree whatever they say.
  expect(held / pairs).toBeGreaterThan(0.15);
  expect(held / pairs).toBeLessThan(0.85);
});
