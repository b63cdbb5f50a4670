// Next best action on real Postgres: both executions agree, nobody held out is named, and a planted lift is found where there is one.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { decide } from '#core/actions/decide';
import { STAGES } from '#core/clv/lifecycle';
import { addDays, dayNumber, dayText } from '#core/calendar/days';
import { createRandom, pick } from '#core/math/random';
import { readEveryAction } from '#data/actions';
import { unnest } from '#data/sql-arrays';
import { reckonActions } from '#operations/action-plan';
import { changeAssumptions, getHoldout, renewLift, startHoldout, stopHoldout } from '#operations/action-holdout';
import { exportActionCustomers, getActions, getCustomerActions, listActionCustomers } from '#operations/actions';
import { makePrivacyRequest } from '#operations/privacy';
import { createSegment, newSegmentSchema } from '#operations/segments';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const TODAY = '2026-03-15';
const at = (day: string): Date => new Date(`${day}T11:00:00Z`);

/** Customers with scores of every kind, some at the edges; contracts of some. */
async function people(ctx: TenantContext, count: number, seed: string): Promise<void> {
  const random = createRandom(seed);
  const maybe = <T>(value: T): T | null => (random() < 0.05 ? null : value);
  const rows = Array.from({ length: count }, () => {
    const days = pick(random, [0, 1, 1, 2, 3, 8]), last = dayNumber(TODAY) - pick(random, [0, 3, 6, 7, 20, 90, 400, 900]), has = days > 0;
    return {
      id: crypto.randomUUID(), email: random() < 0.9, consent: pick(random, ['granted', 'granted', 'denied', 'unknown']), sms: random() < 0.15, days,
      first: has ? dayText(last - (days > 1 ? 30 * days : 0)) : null, last: has ? dayText(last) : null,
      alive: has ? maybe(Math.fround(random())) : null, churn: has ? maybe(pick(random, [0, 1, Math.fround(random()), Math.fround(random())])) : null,
      spend: has ? maybe(pick(random, [0, 1, 3_900, 12_345, 1_000_000_000_000])) : null, score: has ? pick(random, [0, 1, 4, 5]) : 0, stage: has ? maybe(pick(random, STAGES)) : null,
      contract: pick(random, [null, null, null, null, 'active', 'ending', 'past_due', 'paused', 'foreign']),
    };
  });
  const company = ctx.companyId, ofContracts = rows.filter(({ contract }) => contract !== null);
  await ctx.db.transaction([
    { row: z.unknown(), query: sql`insert into customers (company_id, id, source, external_id, name, email, consent_email, attributes)
      select ${company}::uuid, u.id, 'api', u.id::text, 'C', case when u.mail then u.id || '@x.example' end, u.consent, case when u.sms then '{"sms_consent":"Subscribed"}' else '{}' end::jsonb
      from ${unnest('u', [['id', 'uuid', rows.map((r) => r.id)], ['mail', 'bool', rows.map((r) => r.email)], ['consent', 'text', rows.map((r) => r.consent)], ['sms', 'bool', rows.map((r) => r.sms)]])}` },
    { row: z.unknown(), query: sql`insert into customer_stats (company_id, customer_id, orders, purchase_days, first_day, last_day, p_alive, churn, expected_spend, recency_score, frequency_score, monetary_score, stage)
      select ${company}::uuid, u.id, u.days, u.days, u.first, u.last, u.alive, u.churn, u.spend, u.score, u.score, u.score, u.stage from ${unnest('u', [
        ['id', 'uuid', rows.map((r) => r.id)], ['days', 'int', rows.map((r) => r.days)], ['first', 'date', rows.map((r) => r.first)], ['last', 'date', rows.map((r) => r.last)], ['alive', 'real', rows.map((r) => r.alive)],
        ['churn', 'real', rows.map((r) => r.churn)], ['spend', 'bigint', rows.map((r) => r.spend)], ['score', 'smallint', rows.map((r) => r.score)], ['stage', 'text', rows.map((r) => r.stage)],
      ])}` },
    { row: z.unknown(), query: sql`insert into subscriptions (company_id, source, external_id, customer_id, status, currency, monthly_amount, started_at, cancel_at, version_at, version_rank)
      select ${company}::uuid, 'api', u.id::text, u.id, case when u.state in ('ending', 'foreign') then 'active' else u.state end, case when u.state = 'foreign' then 'USD' else 'EUR' end, 1990, now(), case when u.state in ('ending', 'foreign') then now() end, now(), 0
      from ${unnest('u', [['id', 'uuid', ofContracts.map((r) => r.id)], ['state', 'text', ofContracts.map((r) => r.contract)]])}` },
  ]);
}

it('decides in SQL what it decides in memory, counts everybody once and names nobody beyond consent', { timeout: 60_000 }, async () => {
  const ctx = await makeTestTenant(made, { now: () => at(TODAY) });
  expect(await getActions(ctx)).toMatchObject({ customers: 0, withAction: 0, gain: 0, actions: [], leaveAlone: [] });
  expect(await listActionCustomers(ctx, {})).toMatchObject({ rows: [], nextCursor: null });
  await people(ctx, 2_000, 'agreement');
  const { moment } = await reckonActions(ctx);
  const rows = await readEveryAction(ctx.db, moment);
  expect(rows.length).toBe(2_000);
  for (const { facts, action, reason, best, heldOut } of rows) {
    const { actions: [first], leaveAlone } = decide(facts, moment.plan);
    expect({ action, reason, best, heldOut }, JSON.stringify(facts)).toEqual({ action: first?.id ?? null, reason: leaveAlone, best: first?.gain ?? null, heldOut: false });
    if (action !== null && action !== 'ask_consent') expect(['email', 'sms']).toContain(facts.channel);
  }
  expect(new Set(rows.map(({ action }) => action)).size).toBe(10);
  expect(new Set(rows.map(({ reason }) => reason)).size).toBeGreaterThan(7);
  // A contract in a currency without a rate is in danger all the same, and counts as nothing.
  expect(rows.some(({ facts }) => facts.contract === 'ending' && facts.contractMonthly === 0)).toBe(true);
  expect(rows.some(({ facts }) => facts.contract === 'past_due' && facts.contractMonthly === 1_990)).toBe(true);

  const all = await getActions(ctx);
  expect(all.actions.reduce((sum, { customers }) => sum + customers, 0) + all.leaveAlone.reduce((sum, { customers }) => sum + customers, 0)).toBe(2_000);
  expect(all.gain).toBe(rows.reduce((sum, { best }) => sum + (best ?? 0), 0));

  const wanted = rows.filter(({ action }) => action === 'win_back').map(({ id, best }) => ({ id, gain: best ?? 0 })).toSorted((a, b) => b.gain - a.gain || (a.id < b.id ? -1 : 1));
  const listed: { id: string; gain: number }[] = [];
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page = await listActionCustomers(ctx, { action: 'win_back', limit: 5, ...(cursor !== undefined && { cursor }) });
    listed.push(...page.rows.map(({ id, gain }) => ({ id, gain })));
    cursor = page.nextCursor;
  }
  expect([listed.length > 10, listed]).toEqual([true, wanted]);
  await expect(listActionCustomers(ctx, { action: 'bribe' })).rejects.toMatchObject({ code: 'invalid_input' });

  const [one] = wanted;
  const hers = await getCustomerActions(ctx, one?.id ?? '');
  expect(hers).toMatchObject({ heldOut: null, leaveAlone: null, actions: [{ id: 'win_back', gain: one?.gain, name: expect.any(String) }, ...hers.actions.slice(1)] });
  expect(hers.actions[0]?.steps.at(-1)).toMatchObject({ label: 'Expected gain' });
  await expect(getCustomerActions(ctx, crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' });

  const segment = await createSegment(ctx, newSegmentSchema.parse({ name: 'Risky', filter: { is: 'stage', op: 'eq', value: 'at_risk' } }));
  const inside = await getActions(ctx, { segment: segment.id });
  const risky = rows.filter(({ facts }) => facts.stage === 'at_risk');
  expect([inside.customers, inside.gain]).toEqual([risky.length, risky.reduce((sum, { best }) => sum + (best ?? 0), 0)]);
  await expect(getActions(ctx, { segment: crypto.randomUUID() })).rejects.toMatchObject({ code: 'not_found' });

  // What is assumed changes what is told.
  await changeAssumptions(ctx, { responses: { win_back: 100_000 } });
  expect((await getActions(ctx)).actions.find(({ id }) => id === 'win_back')?.customers ?? 0).toBeLessThan(wanted.length);
});

const idRow = z.object({ id: z.string(), heldOut: z.boolean() });

/** Orders of everybody who is measured, 50 euros each: `rate` in a thousand a day, by her place on her side, so that equal rates are equal however chance parted them. */
async function sell(ctx: TenantContext, days: number, rate: { acted: number; heldOut: number }): Promise<void> {
  await ctx.db.run(sql`insert into customer_day (company_id, customer_id, day, orders, purchases, gross, refunded, order_net, uncounted)
    select ${ctx.companyId}::uuid, p.customer_id, ${TODAY}::date + n, 1, 1, 5000, 0, 5000, 0
    from (select customer_id, held_out, row_number() over (partition by held_out order by customer_id) as place from action_holdout_people where company_id = ${ctx.companyId}) p cross join generate_series(1, ${days}) n
    where (p.place * 377 + n * 613) % 1000 < case when p.held_out then ${rate.heldOut}::int else ${rate.acted}::int end`);
}

it('finds a lift that was planted, none where there is none, and names nobody held out', { timeout: 60_000 }, async () => {
  let day = TODAY;
  const ctx = await makeTestTenant(made, { now: () => at(day) });
  await people(ctx, 3_000, 'holdout');
  await expect(startHoldout(ctx, { share: 0.6 })).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(stopHoldout(ctx)).rejects.toMatchObject({ code: 'not_found' });
  const before = await getActions(ctx);
  expect([before.heldOut, (await getHoldout(ctx)).running]).toEqual([0, null]);

  const begun = await startHoldout(ctx, { share: 0.2 });
  expect(begun.running).toMatchObject({ share: 0.2, since: addDays(TODAY, 1), lift: null });
  await expect(startHoldout(ctx, { share: 0.2 })).rejects.toMatchObject({ code: 'conflict' });
  const enrolled = await ctx.db.rows(idRow, sql`select customer_id as id, held_out as "heldOut" from action_holdout_people where company_id = ${ctx.companyId}`);
  const during = await getActions(ctx);
  expect([enrolled.length, during.customers, Math.abs(during.heldOut / 3_000 - 0.2) < 0.04]).toEqual([before.withAction, 3_000, true]);
  expect(enrolled.filter(({ heldOut }) => !heldOut).length).toBe(during.withAction);
  // Lists and files leave them out, and her page says why.
  const held = new Set(enrolled.filter(({ heldOut }) => heldOut).map(({ id }) => id));
  const { pages } = await exportActionCustomers(ctx, {});
  const lines: string[] = [];
  for await (const page of pages) lines.push(...page.map(([id]) => String(id)));
  expect([lines.length, new Set(lines).size, lines.filter((id) => held.has(id))]).toEqual([during.withAction, during.withAction, []]);
  const [someone = ''] = held;
  expect(await getCustomerActions(ctx, someone)).toMatchObject({ actions: [], heldOut: { since: addDays(TODAY, 1) }, leaveAlone: null });

  // Both buy alike.
  await sell(ctx, 20, { acted: 12, heldOut: 12 });
  day = addDays(TODAY, 21);
  const none = (await getHoldout(ctx)).running?.lift;
  expect(none).toMatchObject({ days: 20, acted: during.withAction, heldOut: held.size, orders: { isSure: false }, verdict: expect.stringContaining('not yet distinguishable from chance') });

  await ctx.db.run(sql`delete from customer_day where company_id = ${ctx.companyId}`);
  await sell(ctx, 20, { acted: 16, heldOut: 8 });
  const found = (await getHoldout(ctx)).running?.lift;
  // 0.32 orders a customer against 0.16, at 50 euros each.
  expect(found).toMatchObject({ orders: { isSure: true }, net: { isSure: true }, verdict: expect.stringContaining('by more than chance explains') });
  expect([found?.orders.acted, found?.orders.heldOut, found?.orders.difference].map((value) => value ?? 0)).toEqual([expect.closeTo(0.32, 1), expect.closeTo(0.16, 1), expect.closeTo(0.16, 1)]);
  expect((found?.orders.low ?? 1) < 0.16 && (found?.orders.high ?? 0) > 0.16).toBe(true);
  expect(found?.net.difference).toBeCloseTo((found?.orders.difference ?? 0) * 5_000, 4);
  expect(found?.series.at(-1)).toEqual({ day: addDays(TODAY, 20), acted: Math.round(found?.net.acted ?? 0), heldOut: Math.round(found?.net.heldOut ?? 0) });

  // The night keeps it, and gains are then reckoned with what was measured.
  expect((await getActions(ctx)).actions.every(({ response }) => response.measured === null)).toBe(true);
  expect(await renewLift(ctx)).toEqual({ running: true });
  const reckoned = (await getActions(ctx)).actions.flatMap(({ response: { used, assumed, measured } }) => (measured === null ? [] : [{ used, assumed, measured }]));
  expect(reckoned.length).toBeGreaterThan(3);
  for (const { used, assumed, measured } of reckoned) expect(used).toSatisfy((value: number) => value >= Math.max(0, Math.min(assumed, measured)) && value <= Math.max(assumed, measured));
  expect(reckoned.some(({ used, assumed }) => used > assumed * 1.01)).toBe(true);

  // Who is erased is forgotten here as well.
  await makePrivacyRequest(ctx, { kind: 'erasure', customerId: someone });
  expect(await ctx.db.rows(idRow, sql`select customer_id as id, held_out as "heldOut" from action_holdout_people where company_id = ${ctx.companyId} and customer_id = ${someone}`)).toEqual([]);

  const stopped = await stopHoldout(ctx);
  expect(stopped).toMatchObject({ running: null, ended: [{ share: 0.2, from: addDays(TODAY, 1), to: day, lift: { days: 20, orders: { isSure: true } } }] });
  expect(await ctx.db.rows(idRow, sql`select customer_id as id, held_out as "heldOut" from action_holdout_people where company_id = ${ctx.companyId}`)).toEqual([]);
  expect((await getActions(ctx)).heldOut).toBe(0);
});
