// Forecasts of a tenant: from the roll-up alone when first asked, by the customers' histories at night, and never from what has changed since.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { writeBatch } from '#data/ingest';
import { toBatch } from '#operations/ingest-batch';
import { getForecast, makeForecasts } from '#operations/forecast';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts, orderOf, randomOf, ref, refundOf } from '../support/records.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const DAY = 86_400_000;
const BEGIN = Date.UTC(2024, 0, 1);
/** In Auckland it is the 16th of March already. */
const NOW = new Date('2026-03-15T12:30:00Z');
const DAYS = Math.round((Date.UTC(2026, 2, 16) - BEGIN) / DAY);

/** Twice as much at weekends, one refund in twenty, one order in ten by nobody, and a wild one on the day that is still running. */
function history(): Parameters<typeof toBatch>[0] {
  const random = randomOf(5);
  const records: Parameters<typeof toBatch>[0][number][] = [];
  for (let t = 0; t < DAYS; t++) {
    const weekend = [0, 6].includes(new Date(BEGIN + t * DAY).getUTCDay());
    for (let n = 0; n < (weekend ? 4 : 2); n++) {
      const id = `${t}-${n}`;
      // Noon in Auckland.
      const occurredAt = new Date(BEGIN + t * DAY - DAY / 2 + 13 * 3_600_000).toISOString();
      records.push(orderOf(id, { occurredAt, customer: random() < 0.1 ? null : ref({ externalId: `c${Math.floor(random() * 300)}` }), amounts: amounts(1000 + Math.floor(random() * 200)) }));
      if (random() < 0.05) records.push(refundOf(`r${id}`, id, { occurredAt, amounts: amounts(1000) }));
    }
  }
  records.push(orderOf('wild', { occurredAt: NOW.toISOString(), customer: ref({ externalId: 'wild' }), amounts: amounts(99_000_000) }));
  return records;
}

async function tell(ctx: TenantContext, records: Parameters<typeof toBatch>[0]): Promise<void> {
  let n = 0;
  for (let at = 0; at < records.length; at += 1000) {
    await writeBatch(ctx.db, await toBatch(records.slice(at, at + 1000), { companyId: ctx.companyId, identityHash: async (email) => email, makeId: () => crypto.randomUUID() }), 100 + n++);
  }
}

it('foresees from the days that are over, says how it would have done, and makes anew what no longer holds', { timeout: 60_000 }, async () => {
  const ctx = await makeTestTenant(made, { now: () => NOW, timeZone: 'Pacific/Auckland' });
  expect(await makeForecasts(ctx)).toEqual({ forecasts: 0, customers: 0 });
  const empty = await getForecast(ctx, { measure: 'revenue', by: 'month' });
  expect([empty.history, empty.periods.every(({ value, low, high }) => value === 0 && low === 0 && high === 0)]).toEqual([[], true]);

  await tell(ctx, history());
  const first = await getForecast(ctx, { measure: 'revenue', by: 'week', periods: 3 });
  expect([first.asOf, first.buyers, first.periods.length]).toEqual(['2026-03-15', 0, 3]);
  expect(first.notes.join()).toContain('asked at night');
  // A week of 2 × 5 + 4 × 2 orders of 10.50 on average, a twentieth of them refunded. What came today is in no figure.
  const usual = 18 * (1100 - 50);
  for (const { from, value, low, high } of first.periods) {
    expect(value / usual, from).toBeCloseTo(1, 1);
    expect(low < value && value < high, from).toBe(true);
  }
  const sums = z.object({ net: z.number(), orders: z.number() });
  const stored = await ctx.db.first(sums, sql`select sum(gross - refunded)::bigint as net, sum(orders)::bigint as orders from daily_rollup where company_id = ${ctx.companyId} and day < '2026-03-16'`);
  expect(first.history.reduce((sum, { value }) => sum + value, 0)).toBe(stored?.net);

  // The night asks the customers as well; what it kept is what is answered.
  expect(await makeForecasts(ctx)).toEqual({ forecasts: 6, customers: expect.closeTo(298, -1) });
  const orders = await getForecast(ctx, { measure: 'orders', by: 'day' });
  expect(orders.buyers).toBeGreaterThan(250);
  const ways = Object.fromEntries(orders.backtest.map((way) => [way.name, way]));
  expect([orders.chosen, ways.naive?.relative, orders.origins, orders.backtest.length]).toEqual([expect.stringMatching(/ets|seasonal-naive/), 1, 12, 4]);
  expect((ways['seasonal-naive']?.mae ?? 9) < (ways.naive?.mae ?? 0)).toBe(true);
  expect(Math.abs(ways.buyers?.bias ?? 1)).toBeLessThan(0.2);
  expect(orders.periods.map(({ from, value }) => [new Date(from).getUTCDay() % 6 === 0, Math.round(value)]).slice(0, 7).sort()).toEqual([...Array.from({ length: 5 }, () => [false, 2]), [true, 4], [true, 4]].sort());
  const months = await getForecast(ctx, { measure: 'revenue', by: 'month', periods: 1 });
  expect(months.periods).toHaveLength(1);
  expect(months.periods[0]).toMatchObject({ from: '2026-03-01', to: '2026-03-31', soFar: expect.closeTo(15 / 7 * usual, -4) });

  // A little late is borne with; a file with half a year of sales is not.
  await tell(ctx, [orderOf('late', { occurredAt: '2025-05-05T01:00:00Z', customer: null, amounts: amounts(1000) })]);
  expect((await getForecast(ctx, { measure: 'revenue', by: 'month' })).buyers).toBe(months.buyers);
  // Sales that count otherwise are another epoch, of which nothing is kept.
  const epoch = (by: number): Promise<void> => ctx.db.run(sql`update tenant_clock set epoch = epoch + ${by} where company_id = ${ctx.companyId}`);
  await epoch(1);
  expect((await getForecast(ctx, { measure: 'orders', by: 'week' })).buyers).toBe(0);
  await epoch(-1);
  expect((await getForecast(ctx, { measure: 'revenue', by: 'month' })).buyers).toBe(months.buyers);
  await tell(ctx, Array.from({ length: 180 }, (_, t) => orderOf(`file${t}`, { occurredAt: new Date(BEGIN + (300 + t) * DAY).toISOString(), customer: null, amounts: amounts(2000) })));
  const anew = await getForecast(ctx, { measure: 'revenue', by: 'month' });
  expect([anew.buyers, anew.history.at(-6)?.value]).toEqual([0, months.history.at(-6)?.value]);
  await expect(getForecast(ctx, { measure: 'revenue', by: 'month', periods: 13 })).rejects.toThrow('A forecast by month reaches 1 to 12 months');
});
