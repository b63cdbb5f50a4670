// Sales, merges and erasures in any order, with repeats and crashes: equal to a plain recount of who owns what.
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { CanonicalRecord, OrderRecord } from '#core/commerce/record';
import { AppError } from '#core/errors';
import { listCustomerRows } from '#data/customers';
import { verifyTenant } from '#data/rebuild';
import { ingestUnits } from '#operations/ingest';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { peopleTenant } from '../support/people.ts';
import { amounts, mergeOf, orderOf, privacyOf, randomOf, ref, refundOf, unitOf } from '../support/records.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const tenant = (over: Parameters<typeof peopleTenant>[1] = {}) => peopleTenant(made, over);

/** Every record names people by one name, so that this recount needs no more than names, owners and tombstones. */
class Recount {
  owners = new Map<string, number>();
  erased = new Set<string>();
  orders = new Map<string, { record: OrderRecord; owner: number | null }>();
  private people = 0;

  find(name: string): number | null {
    if (this.erased.has(name)) return null;
    const known = this.owners.get(name) ?? this.people++;
    this.owners.set(name, known);
    return known;
  }

  replace(from: number, to: number | null): void {
    for (const [name, owner] of this.owners) {
      if (owner !== from) continue;
      if (to === null) {
        this.owners.delete(name);
        this.erased.add(name);
      } else this.owners.set(name, to);
    }
    for (const order of this.orders.values()) if (order.owner === from) order.owner = to;
  }

  take(records: readonly CanonicalRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'order') continue;
      const person = record.customer?.externalId == null ? null : this.find(record.customer.externalId);
      const known = this.orders.get(record.externalId);
      if (known && known.record.version.updatedAt >= record.version.updatedAt) continue;
      this.orders.set(record.externalId, { record, owner: person ?? known?.owner ?? null });
    }
    for (const record of records) {
      if (record.kind === 'merge') {
        const [kept, gone] = [this.find(record.kept.externalId ?? ''), this.find(record.gone.externalId ?? '')];
        if (kept !== null && gone !== null && kept !== gone) this.replace(gone, kept);
      } else if (record.kind === 'privacy') {
        const name = record.subject?.externalId ?? '';
        const owner = this.owners.get(name);
        this.erased.add(name);
        if (owner !== undefined) this.replace(owner, null);
      }
    }
  }
}

it.each([1, 2, 3])('any shuffle with merges, erasures, repeats and crashes equals a recount (seed %i)', async (seed) => {
  const next = randomOf(seed);
  const pick = (n: number) => Math.floor(next() * n);
  let crashes = 0;
  const ctx = await tenant({
    timeZone: 'America/New_York',
    reach: (point) => {
      if (next() >= 0.05) return;
      crashes++;
      throw new AppError('unavailable', `Crash ${point}`);
    },
  });
  const day = (n: number) => new Date(Date.UTC(2025, 9, 1 + n, pick(24))).toISOString();
  const name = () => `c${pick(30)}`;
  const records: CanonicalRecord[] = [];
  for (let n = 0; n < 60; n++) {
    for (let version = 0; version <= pick(3); version++) {
      records.push(orderOf(`o${n}`, {
        version: { updatedAt: day(200 + version), rank: 1 }, occurredAt: day(pick(120)), amounts: amounts(100 + n),
        customer: pick(9) === 0 ? null : ref({ externalId: name() }),
      }));
    }
    if (pick(4) === 0) records.push(refundOf(`r${n}`, `o${n}`, { amounts: amounts(pick(300)), occurredAt: day(pick(150)) }));
    if (pick(5) === 0) records.push(mergeOf({ externalId: name() }, { externalId: name() }));
    if (pick(20) === 0) records.push(privacyOf('erasure', { externalId: name() }));
  }
  const shuffled = [...records, ...records.filter(() => pick(4) === 0)].map((r) => [next(), r] as const).sort((a, b) => a[0] - b[0]).map(([, r]) => r);
  const recount = new Recount();
  for (let i = 0; i < shuffled.length;) {
    const size = 1 + pick(25);
    // Several versions of one order in a batch are one: its newest. Its older ones name nobody.
    const batch = shuffled.slice(i, i + size).filter((r, at, all) => r.kind !== 'order' || !all.some((o, n) => o.kind === 'order' && o.externalId === r.externalId
      && (o.version.updatedAt > r.version.updatedAt || (o.version.updatedAt === r.version.updatedAt && n < at))));
    const units = batch.map((record) => unitOf([record]));
    for (;;) {
      try {
        expect((await ingestUnits(ctx, await requireState(ctx), units)).dead).toEqual([]);
        break;
      } catch (error) {
        if (!(error instanceof AppError) || !error.retryable) throw error;
      }
    }
    recount.take(batch);
    i += size;
  }
  expect(crashes).toBeGreaterThan(0);
  expect(await verifyTenant(ctx.db)).toEqual([]);

  const mine = await ctx.db.rows(z.object({ value: z.string(), orders: z.number(), gross: z.number() }), sql`select ci.value, s.orders, s.gross
    from customer_identities ci join customer_stats s on s.company_id = ci.company_id and s.customer_id = ci.customer_id where ci.company_id = ${ctx.companyId} order by 1`);
  const theirs = [...recount.owners].map(([value, owner]) => {
    const own = [...recount.orders.values()].filter((o) => o.owner === owner);
    return { value, orders: own.length, gross: own.reduce((sum, o) => sum + (o.record.amounts.given ?? 0), 0) };
  }).sort((a, b) => (a.value < b.value ? -1 : 1));
  expect(theirs.some((t) => t.orders > 2) && recount.erased.size > 0).toBe(true);
  expect(mine).toEqual(theirs);
  const unattributed = [...recount.orders.values()].filter((o) => o.owner === null).length;
  expect(await ctx.db.first(z.object({ n: z.number() }), sql`select sum(unattributed)::int as n from daily_rollup where company_id = ${ctx.companyId}`)).toEqual({ n: unattributed });
  const { matched } = await listCustomerRows(ctx.db, { prefix: null, stage: null, recency: null, frequency: null, monetary: null, cells: null, cohort: null, segment: null }, { sort: 'total', descending: true, limit: 1, after: null });
  expect(matched).toBe(new Set(recount.owners.values()).size);
});
