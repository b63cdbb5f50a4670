// What came in is counted once, whatever crashes or repeats; dead letters go through the real pipe again, exactly once.
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { orderDelivery } from '#core/commerce/demo/shopify-payload';
import { DEMO_SEED, demoShop } from '#local/demo/shop';
import { verifyTenant } from '#data/rebuild';
import { discardLetter, getDeadLetter, listDeadLetters, mendDeadLetter, reopenLetter } from '#operations/dead-letters';
import { processInbox } from '#operations/process-inbox';
import { replayLetter, replayLetters } from '#operations/replay';
import type { InboxOwner, PulledDelivery, TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { memoryInbox } from '../support/memory-inbox.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const shop = demoShop({ seed: DEMO_SEED, now: new Date('2026-11-22T09:00:00Z'), customers: 40 });
const NOW = new Date('2026-11-22T10:00:00Z');
const owner: InboxOwner = { kind: 'integration', companyId: '', integrationId: '0193a000-0000-7000-8000-000000000001', platform: 'shopify' };

const dayRow = z.object({
  source: z.string(), day: z.string(), received: z.number(), inserted: z.number(), updated: z.number(), repeated: z.number(), rejected: z.number(),
  ignored: z.number(), late: z.number(), hours: z.number(),
});
const days = (ctx: TenantContext) => ctx.db.rows(dayRow, sql`select source, day, received, inserted, updated, repeated, rejected, ignored, late, hours
  from source_day where company_id = ${ctx.companyId} order by source, day`);
const NONE = { received: 0, inserted: 0, updated: 0, repeated: 0, rejected: 0, ignored: 0, late: 0 };

/** `n` orders of the demo shop as deliveries, dated just now. */
function deliveriesOf(count: number, over: (n: number) => Partial<PulledDelivery> = () => ({})): PulledDelivery[] {
  return shop.orders.slice(-count).map((order, n) => {
    const { body, topic } = orderDelivery({ ...order, at: new Date(NOW.getTime() - 600_000).toISOString() });
    return { position: n + 1, attempts: 1, deliveryId: `d${n + 1}`, topic, headers: {}, body, receivedAt: NOW.toISOString(), ...over(n) };
  });
}

async function tenant(reach: (point: string) => void = () => undefined) {
  return await makeTestTenant(made, { now: () => NOW, reach });
}

describe('what came in', () => {
  it('is counted by what became of it, and late when it happened more than a day before', async () => {
    const ctx = await tenant();
    const orders = deliveriesOf(12);
    const [first] = orders;
    if (!first) throw new Error('no orders');
    const old = orderDelivery({ ...(shop.orders[0] ?? (() => { throw new Error('no orders'); })()), at: '2026-11-20T08:00:00.000Z' });
    ctx.inbox = memoryInbox(owner, [
      ...orders, { ...first, position: 13, deliveryId: 'again' }, { ...first, position: 14, deliveryId: 'other', topic: 'carts/update' },
      { ...first, position: 15, deliveryId: 'poison', body: '{' }, { ...first, position: 16, deliveryId: 'late', body: old.body },
    ], 500);
    await processInbox(ctx, owner);
    // 10 o'clock UTC is 11 in Berlin.
    expect(await days(ctx)).toEqual([{ ...NONE, source: 'shopify', day: '2026-11-22', received: 16, inserted: 13, repeated: 1, ignored: 1, rejected: 1, late: 1, hours: 1 << 11 }]);
  });

  it.each(['after-write', 'before-write', 'before-finish'])('is counted once when the process dies %s, again and again', async (point) => {
    let deaths = 0;
    let visits = 0;
    const ctx = await tenant((reached) => {
      if (reached !== point) return;
      visits += 1;
      if (visits % 3 !== 0 && deaths < 6) { deaths += 1; throw new Error('killed'); }
    });
    ctx.inbox = memoryInbox(owner, deliveriesOf(30, (n) => (n === 7 ? { body: 'no json' } : {})), 11);
    for (let tries = 0; tries < 20; tries++) {
      try { if (!(await processInbox(ctx, owner))) break; } catch (error) { expect(String(error)).toContain('killed'); }
    }
    expect(deaths).toBeGreaterThan(1);
    expect(await days(ctx)).toEqual([{ ...NONE, source: 'shopify', day: '2026-11-22', received: 30, inserted: 29, rejected: 1, hours: 1 << 11 }]);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  });
});

describe('dead letters', () => {
  async function poisoned(count = 1) {
    const ctx = await tenant();
    const good = deliveriesOf(count + 1);
    ctx.inbox = memoryInbox(owner, good.map((d, n) => (n < count ? { ...d, body: d.body.replaceAll('_at":"2026', '_at":"MMXXVI') } : d)), 500);
    await processInbox(ctx, owner);
    const { rows } = await listDeadLetters(ctx);
    return { ctx, rows, good };
  }

  it('are mended, read again before anything is done, and become an order once under a double press', async () => {
    const { ctx, rows: [letter], good: [delivery] } = await poisoned();
    if (!letter || !delivery) throw new Error('nothing died');
    expect(letter).toMatchObject({ source: 'shopify', door: 'webhook', edited: false, resolution: null });
    const asItCame = await getDeadLetter(ctx, letter.id);
    expect(asItCame.reading.readable).toBe(false);
    expect(asItCame.reading.errors[0]?.path).toMatch(/_at$/);
    expect(await replayLetter(ctx, letter.id)).toBe(false);
    expect((await getDeadLetter(ctx, letter.id)).history.filter((entry) => entry.error !== undefined)).toHaveLength(2);

    await expect(mendDeadLetter(ctx, letter.id, '{ "id": 1,')).rejects.toMatchObject({ code: 'invalid_input', errors: [{ path: 'payload' }] });
    const mended = await mendDeadLetter(ctx, letter.id, delivery.body);
    expect(mended).toMatchObject({ edited: true, payload: letter.payload, reading: { readable: true, problem: null } });

    const presses = await Promise.allSettled(Array.from({ length: 4 }, () => replayLetter(ctx, letter.id)));
    expect(presses.filter((p) => p.status === 'fulfilled')).toHaveLength(1);
    for (const p of presses) if (p.status === 'rejected') expect(p.reason).toMatchObject({ code: 'conflict' });
    const done = await getDeadLetter(ctx, letter.id);
    expect(done).toMatchObject({ resolution: 'replayed', resolvedAt: NOW.toISOString(), became: mended.reading.records.map((r) => ({ ...r, source: 'shopify' })) });
    expect(done.history.at(-1)).toMatchObject({ event: 'replayed', by: 'system' });
    expect((await listDeadLetters(ctx)).rows).toEqual([]);
    expect((await listDeadLetters(ctx, { state: 'resolved' })).rows).toHaveLength(1);
    // Counted as rejected when it came, and as new once it was taken: never twice as received.
    expect(await days(ctx)).toEqual([{ ...NONE, source: 'shopify', day: '2026-11-22', received: 2, inserted: 2, hours: 1 << 11 }]);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  });

  it('go in once when the replay dies after the books were written', async () => {
    let armed = false;
    const { rows, good } = await poisoned();
    const ctx = await makeTestTenant(made, { now: () => NOW, reach: (point) => { if (armed && point === 'after-write') { armed = false; throw new Error('killed'); } } });
    ctx.inbox = memoryInbox(owner, good.slice(0, 1).map((d) => ({ ...d, body: rows[0]?.payload ?? '' })), 5);
    await processInbox(ctx, owner);
    const [letter] = (await listDeadLetters(ctx)).rows;
    if (!letter) throw new Error('nothing died');
    await mendDeadLetter(ctx, letter.id, good[0]?.body ?? '');
    armed = true;
    await expect(replayLetter(ctx, letter.id)).rejects.toThrow('killed');
    expect((await getDeadLetter(ctx, letter.id)).resolution).toBeNull();
    expect(await replayLetter(ctx, letter.id)).toBe(true);
    expect(await days(ctx)).toEqual([{ ...NONE, source: 'shopify', day: '2026-11-22', received: 1, inserted: 1, hours: 1 << 11 }]);
  });

  it('are set aside with a reason, taken up again, and never replayed meanwhile', async () => {
    const { ctx, rows: [letter] } = await poisoned();
    if (!letter) throw new Error('nothing died');
    expect(await discardLetter(ctx, letter.id, ' A test order ')).toMatchObject({ resolution: 'discarded' });
    await expect(replayLetter(ctx, letter.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(discardLetter(ctx, letter.id, 'twice')).rejects.toMatchObject({ code: 'conflict' });
    const again = await reopenLetter(ctx, letter.id);
    expect(again).toMatchObject({ resolution: null, resolvedAt: null });
    expect(again.history.slice(1)).toMatchObject([{ event: 'discarded', detail: 'A test order' }, { event: 'reopened' }]);
  });

  it('are replayed many at once, page by page, by those who may', async () => {
    const { ctx, rows } = await poisoned(7);
    expect(rows).toHaveLength(7);
    const first = await listDeadLetters(ctx, { limit: 3 });
    const second = await listDeadLetters(ctx, { limit: 3, cursor: first.nextCursor ?? '' });
    const third = await listDeadLetters(ctx, { limit: 3, cursor: second.nextCursor ?? '' });
    expect([...first.rows, ...second.rows, ...third.rows].map((r) => r.id)).toEqual(rows.map((r) => r.id));
    expect(third.nextCursor).toBeNull();
    expect(first.open).toEqual([{ source: 'shopify', count: 7 }]);
    for (const row of rows.slice(0, 5)) await mendDeadLetter(ctx, row.id, row.payload.replaceAll('MMXXVI', '2026'));
    expect(await replayLetters(ctx, { source: 'shopify' })).toEqual({ replayed: 5, failed: 2, skipped: 0, more: false });
    expect((await listDeadLetters(ctx)).open).toEqual([{ source: 'shopify', count: 2 }]);
    const analyst = { ...ctx, actor: { kind: 'api_key' as const, keyId: 'k', name: 'Reports', role: 'analyst' as const } };
    await expect(replayLetters(analyst, { source: null })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listDeadLetters(analyst)).rows).toHaveLength(2);
  });

  it('of the API and of files are canonical records, and go back the same way', async () => {
    const ctx = await tenant();
    const api: InboxOwner = { kind: 'api', companyId: ctx.companyId };
    const record = {
      kind: 'order', source: 'api', externalId: 'o1', version: { updatedAt: NOW.toISOString(), rank: 1 }, occurredAt: NOW.toISOString(), customer: null,
      amounts: { currency: 'EUR', given: 1000, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 }, status: 'paid', counts: true, type: 'purchase',
      // More than the column holds: refused by Postgres alone.
      channel: null, items: [{ productId: null, sku: null, name: 'Beans', category: null, quantity: 3e9, amount: 1000 }], label: null, paymentKeys: [], precedence: 80,
    };
    const inbox = memoryInbox(owner, [{ position: 1, attempts: 1, deliveryId: 'batch', topic: 'records/transactions', headers: {}, body: JSON.stringify([{ ...record, externalId: 'o0', items: [] }, record]), receivedAt: NOW.toISOString() }], 5);
    ctx.inbox = { ...inbox, pull: async (...args) => { const lease = await inbox.pull(...args); return lease === null ? null : { ...lease, owner: api }; } };
    await processInbox(ctx, api);
    const [letter] = (await listDeadLetters(ctx)).rows;
    if (!letter) throw new Error('nothing died');
    expect(letter).toMatchObject({ door: 'api', source: 'api', deliveryId: 'batch#1' });
    await mendDeadLetter(ctx, letter.id, JSON.stringify({ ...record, items: [] }));
    expect(await replayLetter(ctx, letter.id)).toBe(true);
    expect(await days(ctx)).toMatchObject([{ source: 'api', received: 2, inserted: 2, rejected: 0 }]);
  });
});
