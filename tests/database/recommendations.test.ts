// What a tenant's customers are offered: chosen at night, made from purchases as they stand, and without anybody who was erased.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { writeBatch } from '#data/ingest';
import { toBatch } from '#operations/ingest-batch';
import { makePrivacyRequest } from '#operations/privacy';
import { getRecommendations, makeRecommender } from '#operations/recommendations';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts, orderOf, randomOf, ref, refundOf } from '../support/records.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const NOW = new Date('2026-03-15T12:30:00Z');
type Records = Parameters<typeof toBatch>[0];

async function tell(ctx: TenantContext, records: Records): Promise<void> {
  await writeBatch(ctx.db, await toBatch(records, { companyId: ctx.companyId, identityHash: async (email) => email, makeId: () => crypto.randomUUID() }), 100);
}

const line = (product: string) => ({ productId: product, sku: null, name: `Product ${product}`, category: product.startsWith('tea') ? 'Tea' : null, quantity: 1, amount: 500 });
const buy = (id: string, who: string, daysAgo: number, ...products: string[]) =>
  orderOf(id, { occurredAt: new Date(NOW.getTime() - daysAgo * 86_400_000).toISOString(), customer: ref({ externalId: who }), amounts: amounts(500 * products.length), items: products.map(line) });

/** Drinkers of tea and of coffee, who try something new of theirs each time; one product stopped selling a year ago, one is one customer's alone. */
function drinkers(): Records {
  const random = randomOf(3);
  const records: Records[number][] = [];
  for (let u = 0; u < 80; u++) {
    const kind = u % 2 === 0 ? 'tea' : 'coffee';
    const order = Array.from({ length: 8 }, (_, i) => `${kind}${i}`).sort(() => random() - 0.5);
    for (let n = 0; n < 6; n++) records.push(buy(`${u}-${n}`, `c${u}`, 600 - n * 110 - Math.floor(random() * 50), order[n] ?? '', ...(n === 0 ? ['old'] : [])));
  }
  records.push(buy('secret', 'c0', 30, 'for one alone'), buy('newcomer', 'new', 2, 'tea1'), buy('nobody', 'stranger', 2, 'unheard of'));
  records.push(buy('back', 'returner', 9, 'coffee2'), refundOf('r-back', 'back', { occurredAt: NOW.toISOString(), amounts: amounts(500) }));
  return records;
}

it('offers what others of the same taste buy, says why, and knows what it does not know', { timeout: 60_000 }, async () => {
  const ctx = await makeTestTenant(made, { now: () => NOW });
  expect(await makeRecommender(ctx)).toEqual({ products: 0, model: null });
  await tell(ctx, drinkers());
  const idOf = async (name: string): Promise<string> => (await ctx.db.first(z.object({ id: z.string() }), sql`select customer_id as id from customer_identities where company_id = ${ctx.companyId} and value = ${name}`))?.id ?? '';
  const newcomer = await idOf('new');
  expect(await getRecommendations(ctx, newcomer)).toMatchObject({ basis: 'none', products: [], made: null, notes: [expect.stringContaining('made at night')] });

  const night = await makeRecommender(ctx);
  expect(night).toEqual({ products: 17, model: expect.stringMatching(/item-cosine|implicit-als/) });
  const [key] = [...ctx.fileMap.keys()];
  expect([ctx.fileMap.size, key]).toEqual([1, expect.stringContaining(`/${ctx.companyId}/`)]);
  const list = await getRecommendations(ctx, newcomer, 5);
  expect(list).toMatchObject({ basis: 'own', made: { asOf: '2026-03-15', test: { customers: expect.any(Number) } } });
  expect((list.made?.test?.hitRate ?? 0) > 0.5).toBe(true);
  const others = list.products.filter(({ productId }) => productId !== 'tea1');
  expect(others.map(({ category }) => category)).toEqual(others.map(() => 'Tea'));
  expect(others[0]?.reason).toEqual({ kind: 'with', productId: 'tea1', name: 'Product tea1', customers: expect.toSatisfy((n: number) => n > 10 && n <= 40) });
  // Not sold for a year: left out everywhere. What one customer alone bought is kept nowhere.
  const all = await getRecommendations(ctx, newcomer, 50);
  expect([all.products.length, all.notes.join()]).toEqual([16, expect.stringContaining('1 of 17 products have not sold for long')]);
  expect(new TextDecoder().decode(ctx.fileMap.get(key ?? ''))).not.toContain('for one alone');
  expect(await getRecommendations(ctx, await idOf('stranger'), 3)).toMatchObject({ basis: 'popular', products: Array.from({ length: 3 }, () => ({ reason: { kind: 'popular' } })), notes: expect.arrayContaining([expect.stringContaining('1 of the products bought are new')]) });
  // All of it went back: that is no purchase.
  expect((await getRecommendations(ctx, await idOf('returner'), 3)).basis).toBe('popular');

  // As of the last order, with no night between.
  await tell(ctx, [buy('later', 'stranger', 0, 'coffee1', 'coffee3')]);
  const now = await getRecommendations(ctx, await idOf('stranger'), 3);
  expect([now.basis, now.products.every(({ productId }) => productId.startsWith('coffee'))]).toEqual(['own', true]);

  // The file names nobody, so that erasing a person leaves nothing of her in it; her list goes with her purchases.
  expect(new TextDecoder().decode(ctx.fileMap.get(key ?? ''))).not.toContain(newcomer);
  await makePrivacyRequest(ctx, { kind: 'erasure', customerId: newcomer });
  await expect(getRecommendations(ctx, newcomer)).rejects.toThrow('no such customer');

  // The next night takes the place of the last one, file and all; a damaged file recommends nothing and says so.
  await makeRecommender(ctx);
  const [next] = [...ctx.fileMap.keys()];
  expect([ctx.fileMap.size, next === key]).toEqual([1, false]);
  ctx.fileMap.set(next ?? '', new Uint8Array(40));
  ctx.log.error = () => undefined;
  const returner = await idOf('returner');
  expect(await getRecommendations(ctx, returner)).toMatchObject({ basis: 'none', notes: [expect.stringContaining('could not be read')] });
  await expect(getRecommendations(ctx, crypto.randomUUID())).rejects.toThrow('no such customer');
  await expect(getRecommendations(ctx, returner, 51)).rejects.toThrow('1 to 50 products');
});
