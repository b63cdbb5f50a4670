/** Models in the product, on real orders: chosen on evidence, totals as wide as they were wrong, pinned by people, pooled for the small. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { choiceSchema } from '#core/clv/choose-model';
import { holdoutEvidenceSchema } from '#core/clv/evidence';
import { armOf } from '#core/clv/version-test';
import { totalSchema } from '#core/clv/total-forecast';
import { readLearnedStanding } from '#data/learned-models';
import { keepSharedParameters, readPooledPrior } from '#data/shared-parameters';
import { judgeDueTest, listModelTests, startModelTest, stopModelTest } from '#operations/model-tests';
import { fitModel } from '#operations/fit-model';
import { changeSharing, getModelRun, getModelStatus, pinModel, refitModel } from '#operations/models';
import type { TenantContext } from '#worker/ports';
import { totalWords } from '../../app/components/models/total-words.ts';
import { createFormats } from '../../app/format/formats.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { seedOrderDays } from '../support/order-days.ts';
import { hasReference, referenceOrders } from '../support/reference-orders.ts';
import { makeTestTenant } from '../support/tenant.ts';

const CDNOW = 'data/cdnow_full.csv', SAMPLE = 'data/cdnow_sample.csv';
let made: TestDatabase, owner: pg.Client;

beforeAll(async () => {
  made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
});
afterAll(() => owner.end());

describe.skipIf(!hasReference('models on CDNOW', CDNOW, SAMPLE))('a shop with a history', () => {
  const shopOf = async (file: string): Promise<TenantContext> => {
    const ctx = await makeTestTenant(made, { currency: 'USD', timeZone: 'UTC', countZeroOrders: true, analysisDate: '1998-06-30' });
    await seedOrderDays(owner, ctx.companyId, referenceOrders(file).events);
    return ctx;
  };

  it('chooses on earlier days than those it reports, and widens totals until each of them is held', async () => {
    const ctx = await shopOf(CDNOW);
    expect(await fitModel(ctx, 'night')).toBe(true);
    const status = await getModelStatus(ctx);
    const run = await getModelRun(ctx, status.runId ?? '');
    const choice = choiceSchema.parse(run.evidence['choice']);
    expect(choice).toMatchObject({ standing: 'mbg-nbd', chosen: 'mbg-nbd', pinned: false });
    expect(choice.origins.map((origin) => origin.customers)).toEqual([23_570, 23_570, 23_570]);
    for (const { calibrationEnd, horizonDays } of choice.origins) expect(addDays(calibrationEnd, horizonDays) < String(run.evidence['holdoutFrom'])).toBe(true);
    expect(choice.trials.map(({ model, usable }) => [model, usable])).toEqual([['mbg-nbd', true], ['bg-nbd', true], ['pareto-nbd', true]]);
    expect(status).toMatchObject({ why: choice.why, pinned: null, model: 'mbg-nbd' });

    const total = totalSchema.parse(run.evidence['total']);
    const holds = ({ low, high }: { low: number; high: number }, actual: number): boolean => low <= actual && actual <= high;
    expect(total.past).toHaveLength(4);
    expect(total.past.filter(({ orders, value }) => holds(orders, orders.actual) && holds(value, value.actual)).length).toBeLessThan(4);
    for (const { orders, value, widened } of total.past) expect([holds(widened.orders, orders.actual), holds(widened.value, value.actual)]).toEqual([true, true]);
    expect(status.total).toMatchObject({ widenedBy: total.widenedBy, origins: 4 });
    expect(totalWords(status.total, total.value.expected, createFormats({ locale: 'en-GB', currency: 'USD', timeZone: 'UTC' }))).toMatch(/widened until each of them would have held what came/);

    const holdout = holdoutEvidenceSchema.parse(run.evidence['holdout']);
    // "No order" cannot be split, so more is held than is aimed for, never less.
    expect(holdout.intervalCoverage).toBeGreaterThan(0.8);
    const tracking = z.object({ mape: z.number(), actual: z.array(z.number()), expected: z.array(z.number()) }).parse(run.evidence['tracking']);
    expect(tracking.actual).toHaveLength(tracking.expected.length);
    expect(tracking.mape).toBeLessThan(10);
    // It told the pool what it found, and takes it back.
    const shared = async (): Promise<number | null> => (await owner.query('select from shared_parameters where company_id = $1', [ctx.companyId])).rowCount;
    expect(await shared()).toBe(2);
    await changeSharing(ctx, { share: false });
    expect(await shared()).toBe(0);
  });

  it('serves the model that people pin, whatever the evidence says, until they let go', async () => {
    const ctx = await shopOf(SAMPLE);
    await changeSharing(ctx, { share: false });
    expect(await pinModel(ctx, { model: 'pareto-nbd' })).toMatchObject({ model: 'pareto-nbd', pinned: 'pareto-nbd', why: expect.stringContaining('Pinned') });
    const after = await pinModel(ctx, { model: null });
    // Let go, the one that served stands, and gives way only beyond noise.
    expect(after.pinned).toBeNull();
    const { evidence } = await getModelRun(ctx, after.runId ?? '');
    const choice = choiceSchema.parse(evidence['choice']);
    expect(choice.standing).toBe('pareto-nbd');
    expect(choice.verdicts.find(({ challenger }) => challenger === 'mbg-nbd')?.better).toBe(choice.chosen === 'mbg-nbd');
    // What customers' pages show is in sum what is expected of all, but for rounding.
    const [stored] = (await owner.query<{ value: number }>('select sum(predicted_value)::float8 as value from customer_stats where company_id = $1', [ctx.companyId])).rows;
    expect((stored?.value ?? 0) / totalSchema.parse(evidence['total']).value.expected).toBeCloseTo(1, 2);
    // Two versions side by side: each customer always at the same, judged by what came when the days have passed.
    const today = (day: string) => owner.query('update companies set analysis_date = $2 where id = $1', [ctx.companyId, day]);
    await today('1998-01-31');
    await fitModel(ctx, 'night');
    const serving = (await getModelStatus(ctx)).model;
    const test = await startModelTest(ctx, { challenger: serving === 'bg-nbd' ? 'mbg-nbd' : 'bg-nbd', share: 0.3, days: 150 });
    await expect(startModelTest(ctx, { challenger: test.b, share: 0.5, days: 150 })).rejects.toThrow(/running already/);
    // One who bought once has surely not left under BG/NBD, and may have under the others: the split is seen in what is stored.
    const once = (await owner.query<{ id: string; alive: number }>('select customer_id as id, p_alive as alive from customer_stats where company_id = $1 and purchase_days = 1', [ctx.companyId])).rows;
    for (const { id, alive } of once) expect(alive === 1).toBe((armOf(id, test.id, 0.3) === 'a' ? test.a : test.b) === 'bg-nbd');
    await judgeDueTest(ctx);
    expect((await listModelTests(ctx))[0]).toMatchObject({ state: 'running', result: null });
    await today('1998-06-30');
    await judgeDueTest(ctx);
    const [judged] = await listModelTests(ctx);
    expect(judged).toMatchObject({ state: 'done', endsFor: '1998-06-30', result: { a: { model: test.a }, b: { model: test.b } } });
    const { a, b } = judged?.result ?? { a: null, b: null };
    expect((a?.customers ?? 0) + (b?.customers ?? 0)).toBe(2357);
    expect((b?.customers ?? 0) / 2357).toBeCloseTo(0.3, 1);
    expect((a?.actualOrders ?? 0) + (b?.actualOrders ?? 0)).toBeGreaterThan(500);
    await expect(stopModelTest(ctx, test.id)).rejects.toThrow(/No such test/);
    await expect(pinModel({ ...ctx, actor: { kind: 'api_key', keyId: 'k', name: 'k', role: 'viewer' } }, { model: null })).rejects.toThrow(/may not fit the model anew/);
    await expect(pinModel(ctx, { model: 'crystal-ball' })).rejects.toThrow(/There is no model crystal-ball/);
    await expect(pinModel(ctx, { model: 'mbg-nbd', of: 'churn' })).rejects.toThrow(/there are rhythm, logistic, forest, boosted/);
  });
});

it('a small shop begins with what ten others have in common, and only then; who leaves takes theirs along', async () => {
  const shop = (): Promise<TenantContext> => makeTestTenant(made, { currency: 'EUR', timeZone: 'UTC', analysisDate: '2026-03-31' });
  const small = await shop();
  await seedOrderDays(owner, small.companyId, { customer: Int32Array.of(0, 0, 1, 2), day: Int32Array.of(20_500, 20_520, 20_510, 20_530), amount: Float64Array.of(1000, 1200, 900, 1500) });
  const fitted = async (): Promise<Record<string, unknown>> => {
    const { runId } = await refitModel(small, { cause: 'asked' });
    return (await getModelRun(small, runId ?? '')).parameters;
  };
  // A pin of who says who leaves is kept until there is enough to learn from.
  expect(await pinModel(small, { model: 'forest', of: 'churn' })).toMatchObject({ pinnedChurn: 'forest', pinned: null });
  expect(await readLearnedStanding(small.db, 'churn')).toEqual({ serving: null, pinned: 'forest' });
  expect(await pinModel(small, { model: null, of: 'churn' })).toMatchObject({ pinnedChurn: null });
  const before = await readPooledPrior(small.db);
  expect(before).toBeUndefined();
  const shipped = await fitted();
  const others: TenantContext[] = [];
  for (let n = 0; n < 10; n++) {
    const other = await shop();
    others.push(other);
    expect(await readPooledPrior(small.db)).toBeUndefined();
    // One shop is odd by a factor of a thousand: it is drawn in.
    await keepSharedParameters(other.db, '2026-03-31', { 'mbg-nbd': { r: n === 9 ? 800 : 0.4 + n * 0.02, alpha: 12, a: 0.7, b: 2 }, 'gamma-gamma': { p: 5, q: 3.5 } });
  }
  const pooled = await readPooledPrior(small.db);
  expect(pooled).toMatchObject({ shops: 10, models: { 'mbg-nbd': { alpha: 12, a: 0.7, b: 2 }, 'gamma-gamma': { p: 5, q: 3.5 } } });
  expect(pooled?.models['mbg-nbd']?.['r']).toBeGreaterThan(0.4);
  expect(pooled?.models['mbg-nbd']?.['r']).toBeLessThan(1.5);
  const now = await fitted();
  expect(now).toMatchObject({ alpha: 12, a: 0.7, b: 2 });
  expect(now).not.toEqual(shipped);
  expect((await getModelStatus(small)).notes.join(' ')).toMatch(/10 and more other shops have in common/);
  // The pool is of others: one of the ten sees nine.
  expect(await readPooledPrior(others[0]?.db ?? small.db)).toBeUndefined();
  await changeSharing(others[3] ?? small, { share: false });
  expect(await readPooledPrior(small.db)).toBeUndefined();
  expect((await owner.query('select from shared_parameters where company_id = $1', [others[3]?.companyId])).rowCount).toBe(0);
  await keepSharedParameters((others[3] ?? small).db, '2026-04-01', { 'mbg-nbd': { r: 1, alpha: 1, a: 1, b: 1 } });
  expect((await owner.query('select from shared_parameters where company_id = $1', [others[3]?.companyId])).rowCount).toBe(0);
});
