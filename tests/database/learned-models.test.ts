/** Learned models in the product, on real orders: who will leave, in a file that is checked, with reasons; and what they spend, which is learned only where that foretells better. */
import pg from 'pg';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dayText } from '#core/calendar/days';
import { churnEvidenceSchema } from '#core/churn/learn-churn';
import { spendEvidenceSchema } from '#core/clv/learn-spend';
import { armOf } from '#core/clv/version-test';
import { listLearnedRuns } from '#data/learned-models';
import { writePin } from '#data/models';
import { explainChurn } from '#operations/churn-reasons';
import { getCustomer } from '#operations/customers';
import { fitModel } from '#operations/fit-model';
import { learnModels } from '#operations/learn-models';
import { getModelCard, getModels } from '#operations/model-cards';
import type { ModelCardView } from '#operations/model-cards';
import { getModelStatus, pinModel, rescoreAll } from '#operations/models';
import { startModelTest, stopModelTest } from '#operations/model-tests';
import { catchUp } from '#operations/scoring';
import { watchDrift } from '#operations/watch-drift';
import { ModelCardBody } from '../../app/components/models/model-card-body.tsx';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { seededId, seedOrderDays } from '../support/order-days.ts';
import { spendShop } from '../support/spend-shop.ts';
import { hasReference, referenceOrders } from '../support/reference-orders.ts';
import { makeTestTenant } from '../support/tenant.ts';

const CDNOW = process.env['FULL'] === '1' ? 'data/cdnow_full.csv' : 'data/cdnow_sample.csv';
let made: TestDatabase, owner: pg.Client;

beforeAll(async () => {
  made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
});
afterAll(() => owner.end());

/** Orders with a channel and a product behind the days that are there, and looks around the shop some weeks before most purchases. */
async function seedSources(client: pg.Client, companyId: string): Promise<void> {
  await client.query(`with o as (insert into transactions (company_id, id, transaction_date, customer_id, source, external_id, kind, type, status, source_counts, counted, channel, currency, goods, discount, tax, shipping, tip, amount)
      select company_id, gen_random_uuid(), day + time '12:00', customer_id, 'api', customer_id || ' ' || day, 'order', 'purchase', 'completed', true, true, (array['web', 'shop', 'app'])[1 + (hashtext(customer_id::text) & 1) + (extract(day from day)::int & 1)], 'USD', gross, 0, 0, 0, 0, gross
      from customer_day where company_id = $1 returning company_id, id, customer_id, transaction_date, amount)
    insert into transaction_items (company_id, transaction_id, line, name, quantity, amount) select company_id, id, 0, 'Disc ' || ((hashtext(customer_id::text) + extract(day from transaction_date)::int) & 7), 1 + extract(day from transaction_date)::int % 3, amount from o`, [companyId]);
  await client.query(`insert into events (company_id, occurred_at, id, type, customer_id, source, properties, received_at)
    select company_id, day - interval '1 day' * back + interval '20 hours', gen_random_uuid(), case when back = 25 then 'look' else 'search' end, customer_id, 'site', '{}', now()
    from customer_day, unnest(array[25, 60, 110]) as back where company_id = $1 and hashtext(customer_id || day::text) % 5 <> 0`, [companyId]);
  await client.query('analyze transactions, transaction_items, events');
}

it.skipIf(!hasReference('learned models on CDNOW', CDNOW))('learns who leaves, serves it at night and after an order, and says why', async () => {
  const errors: string[] = [];
  const ctx = { ...await makeTestTenant(made, { currency: 'USD', timeZone: 'UTC', countZeroOrders: true, analysisDate: '1998-06-30' }), log: { info: () => undefined, warn: () => undefined, error: (event: string) => { errors.push(event); } } };
  const one = async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T> => {
    const [row] = (await owner.query<T>(text, [ctx.companyId, ...values])).rows;
    if (!row) throw new Error(`Nothing for ${text}`);
    return row;
  };
  const byWhom = async () => (await owner.query<{ churn_by: string; n: number }>('select churn_by, count(*)::int as n from customer_stats where company_id = $1 group by 1 order by 1', [ctx.companyId])).rows;
  await seedOrderDays(owner, ctx.companyId, referenceOrders(CDNOW).events);
  await seedSources(owner, ctx.companyId);
  await fitModel(ctx, 'night');

  // With a horizon of two years there is nothing to learn from, and the rhythm of purchases serves, with words.
  await owner.query('update companies set horizon_days = 500 where id = $1', [ctx.companyId]);
  expect(await learnModels(ctx, 'night')).toBe(true);
  for (const refused of await listLearnedRuns(ctx.db, 2)) expect(refused).toMatchObject({ model: 'none', file_key: null, serving: false, notes: [expect.stringContaining('takes 560 days of orders, and there are 545')] });
  await owner.query('update companies set horizon_days = 181 where id = $1', [ctx.companyId]);
  await expect(explainChurn(ctx, v7())).rejects.toThrow(/no such customer/);

  await writePin(ctx.db, 'spend', 'probabilistic');
  expect(await learnModels(ctx, 'night')).toBe(true);
  // Fresh: another night learns nothing anew.
  expect(await learnModels(ctx, 'night')).toBe(false);
  const [spend, churn] = await listLearnedRuns(ctx.db, 2);
  const evidence = churnEvidenceSchema.parse(churn?.evidence);
  expect(churn).toMatchObject({ kind: 'churn', serving: true, error: null, horizon_days: 181 });
  expect(evidence).toMatchObject({ origin: '1997-12-31', end: '1998-06-30' });
  // Three days, each judged on customers that neither it nor the report learned from; better than the rhythm at each and beyond chance.
  expect(evidence.choice).toMatchObject({ standing: 'rhythm', pinned: false, origins: [{ origin: '1997-12-31', end: '1998-06-30' }, { origin: '1997-08-01' }, { origin: '1997-03-02' }] });
  expect(evidence.choice?.chosen).toBe(churn?.model);
  expect(evidence.tried.map(({ model }) => model)).toEqual(['rhythm', 'logistic', 'forest', 'boosted']);
  const verdict = evidence.choice?.verdicts.find(({ challenger }) => challenger === churn?.model);
  expect(verdict?.difference).toBeLessThan(-2 * (verdict?.standardError ?? NaN));
  // Events, channels and products were read; looking around before buying is what tells.
  const listed = evidence.importance.map(({ name }) => name);
  expect(listed).toEqual(expect.arrayContaining(['first_channel', 'last_channel', 'first_product', 'products', 'events_30', 'events_90:look']));
  expect(listed.slice(0, 5).some((name) => name.startsWith('event'))).toBe(true);
  // On customers that neither fit nor choice saw: clearly better than a coin, and no worse than the rhythm by more than noise.
  expect(evidence.test.learned.auc).toBeGreaterThan(0.74);
  expect(evidence.test.learned.logloss).toBeLessThan(evidence.test.rhythm.logloss);
  expect(evidence.importance[0]?.permutation).toBeGreaterThan(0);
  expect(evidence.drift.map(({ name }) => name)).toContain('prediction');
  // Spend: each day asked of what was known on it, the window before it included. Events tell of it too, but people kept what they had.
  const asked = spendEvidenceSchema.parse(spend?.evidence);
  expect(spend).toMatchObject({ kind: 'spend', model: 'probabilistic', serving: false, file_key: null });
  expect(asked).toMatchObject({ standing: 'probabilistic', chosen: 'probabilistic', pinned: true, served: null, why: expect.stringContaining('Pinned') });
  expect(asked.trials.map(({ model }) => model)).toEqual(['probabilistic', 'boosted', 'ridge']);
  expect(asked.verdicts.find(({ challenger }) => challenger === 'boosted')?.better).toBe(true);
  expect(asked.origins.map(({ origin, learnedFrom }) => [learnedFrom, origin])).toEqual([['1997-07-03', '1997-12-31'], ['1997-05-03', '1997-10-31'], ['1997-03-03', '1997-08-31']]);

  const customers = (await one<{ n: number }>('select count(*)::int as n from customer_stats where company_id = $1')).n;
  await rescoreAll(ctx);
  expect(await byWhom()).toEqual([{ churn_by: 'learned', n: customers }]);
  const rate = (await one<{ mean: number }>('select avg(churn)::float8 as mean from customer_stats where company_id = $1')).mean;
  expect(Math.abs(rate - evidence.churnRate)).toBeLessThan(0.15);

  // Reasons add up to what is stored, and the strongest come first.
  const { id, churn: stored } = await one<{ id: string; churn: number }>('select customer_id as id, churn from customer_stats where company_id = $1 order by purchase_days desc limit 1');
  const why = await explainChurn(ctx, id);
  expect(why.churn).toBeCloseTo(stored, 5);
  expect(why.reasons.length).toBeGreaterThan(2);
  expect(Math.abs(why.reasons[0]?.effect ?? 0)).toBeGreaterThanOrEqual(Math.abs(why.reasons[1]?.effect ?? 0));

  // After an order: a few customers by the learned model at once, a flood by the rhythm until the night.
  await owner.query('update customer_stats set version = version + 1 where company_id = $1 and customer_id = $2', [ctx.companyId, id]);
  await catchUp(ctx);
  expect(await byWhom()).toEqual([{ churn_by: 'learned', n: customers }]);
  // Read alone, a customer has the probability that she has among all others, also one who never looked around.
  const again = async (who: string): Promise<number> => (await one<{ churn: number }>('select churn from customer_stats where company_id = $1 and customer_id = $2', [who])).churn;
  expect(await again(id)).toBeCloseTo(stored, 6);
  const quiet = await one<{ id: string; churn: number }>('select s.customer_id as id, s.churn from customer_stats s where s.company_id = $1 and not exists (select from events e where e.customer_id = s.customer_id) limit 1');
  await owner.query('update customer_stats set version = version + 1 where company_id = $1 and customer_id = $2', [ctx.companyId, quiet.id]);
  await catchUp(ctx);
  expect(await again(quiet.id)).toBeCloseTo(quiet.churn, 6);

  // Each night it is seen how far customers have moved: of both models, kept with the runs and dated.
  expect((await watchDrift(ctx)).watched).toBe(evidence.drift.length);
  await owner.query(`update model_runs set evidence = jsonb_set(evidence, '{inputs,asOf}', '"1998-05-31"') where company_id = $1`, [ctx.companyId]);
  expect(await watchDrift(ctx)).toEqual({ watched: evidence.drift.length + 6, moved: expect.any(Number) });
  const still = (await getModels(ctx)).value;
  expect(still?.kind === 'value' && still.evidence.drift).toMatchObject({ since: '1998-05-31', asOf: '1998-06-30', customers });
  expect(still?.kind === 'value' && still.evidence.drift?.drift.every(({ psi }) => psi < 1e-9)).toBe(true);
  await owner.query('update companies set analysis_date = $2 where id = $1', [ctx.companyId, '1998-12-31']);
  const moved = await watchDrift(ctx);
  expect(moved.moved).toBeGreaterThan(2);
  const later = await getModels(ctx);
  expect(later.churn?.kind === 'churn' && later.churn.evidence).toMatchObject({ driftAsOf: '1998-12-31', origin: '1997-12-31' });
  expect(later.value?.kind === 'value' && later.value.evidence.drift?.drift[0]?.psi).toBeGreaterThan(0.25);
  // All of it stands on the cards, in words and with its days.
  const words = (card: ModelCardView | null): string => (card ? renderToStaticMarkup(createElement(ModelCardBody, { card })) : '');
  for (const [card, said] of [
    [later.churn, ['Asked on 31 Dec 1997', 'Rhythm of purchases', 'better beyond chance', 'Customers of 31 Dec 1998 against those it learned from', 'look in 90 days']],
    [later.spend, ['Verdict', 'the verdict rests as well on windows of the same length from 31 Oct 1997 and 31 Aug 1997']],
    [later.value, ['Customers of 31 Dec 1998 against those of 31 May 1998', 'Value expected']],
  ] as const) for (const each of said) expect(words(card)).toContain(each);
  await owner.query('update companies set analysis_date = $2 where id = $1', [ctx.companyId, '1998-06-30']);

  await owner.query('update customer_stats set version = version + 1 where company_id = $1 and customer_id in (select customer_id from customer_stats where company_id = $1 limit 300)', [ctx.companyId]);
  await catchUp(ctx);
  expect(await byWhom()).toEqual([{ churn_by: 'learned', n: customers - 300 }, { churn_by: 'rhythm', n: 300 }]);

  // A file that was altered, here by another isolate's eyes, is refused and said; values are scored all the same.
  expect(errors).toEqual([]);
  const [key] = [...ctx.fileMap.keys()];
  expect(key?.startsWith(`${ctx.companyId}/`)).toBe(true);
  const bytes = ctx.fileMap.get(key ?? '');
  const other = v7();
  if (bytes) ctx.fileMap.set(`${ctx.companyId}/altered`, bytes.map((byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte)));
  await owner.query(`insert into learned_models (company_id, id, kind, model, model_version, as_of, horizon_days, file_key, evidence, cause) values ($1, $2, 'churn', 'logistic', 1, '1998-06-30', 181, $3, '{}', 'night')`, [ctx.companyId, other, `${ctx.companyId}/altered`]);
  await owner.query('update tenant_clock set serving_churn = $2 where company_id = $1', [ctx.companyId, other]);
  await rescoreAll(ctx);
  expect(new Set(errors)).toEqual(new Set(['churn_model_unreadable']));
  expect(await byWhom()).toEqual([{ churn_by: 'rhythm', n: customers }]);
  expect(await explainChurn(ctx, id)).toMatchObject({ by: 'rhythm', modelId: null, reasons: [] });
  // Cards read back all that was kept.
  const view = await getModels(ctx);
  expect(view.runs.map((run) => run.kind).toSorted()).toEqual(['churn', 'churn', 'churn', 'spend', 'spend', 'value']);
  expect([view.value?.kind, view.spend?.kind]).toEqual(['value', 'spend']);
  expect(await getModelCard(ctx, churn?.id ?? '')).toMatchObject({ kind: 'churn', evidence: { origin: '1997-12-31' } });
  await expect(getModelCard(ctx, 'nobody')).rejects.toThrow(/no such model run/);
}, 120_000);

it('learns what they spend where that foretells better, serves it with a range of its own, and gives it back', async () => {
  // What comes hangs on the country, of which the model of repeat buying knows nothing; the last horizon is still to come.
  const [today, horizon] = [330, 60];
  const shop = spendShop({ customers: 1400, days: today + horizon });
  const { customer, day, amount } = shop.orders;
  const isPast = (_: number, i: number): boolean => (day[i] ?? 0) <= today;
  const errors: string[] = [];
  const ctx = { ...await makeTestTenant(made, { currency: 'USD', timeZone: 'UTC', analysisDate: dayText(today) }), log: { info: () => undefined, warn: () => undefined, error: (event: string) => { errors.push(event); } } };
  const run = <T extends pg.QueryResultRow>(text: string, values: unknown[] = []) => owner.query<T>(text, [ctx.companyId, ...values]).then(({ rows }) => rows);
  await seedOrderDays(owner, ctx.companyId, { customer: customer.filter(isPast), day: day.filter(isPast), amount: amount.filter(isPast) });
  await run(`insert into customers (company_id, id, source, external_id, country) select $1, ${seededId('c')}, 'api', c, k from unnest($2::int[], $3::text[]) as n (c, k)`, [[...shop.profile[0].codes.keys()], Array.from(shop.profile[0].codes, (code) => shop.profile[0].levels[code])]);
  await run('update companies set horizon_days = $2, discount_rate = 0 where id = $1', [horizon]);
  const said = async (): Promise<{ n: number; by: string | null; value: number; low: number; high: number }[]> =>
    run(`select c.external_id::int as n, s.predicted_by as by, s.predicted_value::float8 as value, s.predicted_low::float8 as low, s.predicted_high::float8 as high
      from customer_stats s join customers c on c.company_id = s.company_id and c.id = s.customer_id where s.company_id = $1 order by 1`);
  await fitModel(ctx, 'night');
  await rescoreAll(ctx);
  const before = await said();
  expect(new Set(before.map(({ by }) => by))).toEqual(new Set(['probabilistic']));

  expect(await learnModels(ctx, 'night', ['spend'])).toBe(true);
  const [learned] = await listLearnedRuns(ctx.db, 1);
  const { served, ...evidence } = spendEvidenceSchema.parse(learned?.evidence);
  expect(learned).toMatchObject({ kind: 'spend', serving: true, error: null, model: 'boosted' });
  expect(evidence).toMatchObject({ standing: 'probabilistic', chosen: 'boosted', pinned: false });
  expect(evidence.origins).toHaveLength(3);
  expect(served?.importance[0]?.name).toBe('country');
  expect(served?.test.intervalCoverage).toBeGreaterThan(0.74);
  await rescoreAll(ctx);
  const after = await said();
  // A few have bought more than anybody it learned from: of them the model of repeat buying speaks, as before.
  const spoken = after.filter(({ by }) => by === 'learned');
  expect(spoken.length).toBeGreaterThan(0.9 * after.length);
  after.forEach((each, i) => { if (each.by === 'probabilistic') expect(each).toEqual(before[i]); });
  const came = new Float64Array(1400);
  day.forEach((on, i) => { if (on > today) came[customer[i] ?? 0] = (came[customer[i] ?? 0] ?? 0) + (amount[i] ?? 0); });
  for (const { value, low, high } of after) expect(low >= 0 && low <= value && value <= high).toBe(true);
  const held = spoken.filter(({ n, low, high }) => (came[n] ?? 0) >= low && (came[n] ?? 0) <= high).length / spoken.length;
  expect(held).toBeGreaterThan(0.75);
  expect(held).toBeLessThan(0.85);
  const missed = (all: typeof after): number => all.reduce((sum, { n, value }) => sum + Math.abs(value - (came[n] ?? 0)), 0);
  expect(missed(after)).toBeLessThan(0.95 * missed(before));
  // Its total is as sure as it was on earlier days.
  const status = await getModelStatus(ctx);
  expect(status).toMatchObject({ spend: { runId: learned?.id, model: 'boosted' }, pinnedSpend: null, total: { origins: 3, level: 0.8 } });
  const total = (all: typeof after): number => all.reduce((sum, { value }) => sum + value, 0);
  const all = after.reduce((sum, { n }) => sum + (came[n] ?? 0), 0);
  expect(Math.abs(Math.log(all / total(after)))).toBeLessThan(3 * Math.log(status.total?.high ?? NaN));

  // Who says it is said: of a customer, in words, and on the card.
  const one = spoken[0]?.n ?? 0;
  const [found] = await run<{ id: string }>('select id from customers where company_id = $1 and external_id = $2', [String(one)]);
  const profile = await getCustomer(ctx, found?.id ?? '');
  expect(profile.predictedBy).toBe('learned');
  expect(profile.valueReasons).toMatchObject({ modelId: learned?.id, reasons: expect.arrayContaining([expect.objectContaining({ name: 'country', value: one % 2 === 0 ? 'NO' : 'CL' })]) });
  expect(profile.explanation.map(({ label, detail }) => `${label}: ${detail}`).join('\n')).toMatch(/By orders and spend alone: .*Boosted trees foretell spend from more[^]*Expected value, the next 60 days: By boosted trees/);
  const card = (await getModels(ctx)).spend;
  const words = card ? renderToStaticMarkup(createElement(ModelCardBody, { card })) : '';
  for (const each of ['Serves', 'boosted trees on facts about customers', 'It goes by country most', 'of customers stayed within their range', 'Boosted trees (serves)']) expect(words).toContain(each);
  // After an order at once; while two versions are tested, B values its own.
  await run('update customer_stats set version = version + 1 where company_id = $1 and customer_id = $2', [found?.id]);
  await catchUp(ctx);
  expect((await said())[one]).toEqual(after[one]);
  const test = await startModelTest(ctx, { challenger: status.model === 'bg-nbd' ? 'mbg-nbd' : 'bg-nbd', share: 0.5, days: 60 });
  const arms = await run<{ id: string; by: string }>('select customer_id as id, predicted_by as by from customer_stats where company_id = $1', []);
  for (const { id, by } of arms) if (by === 'learned') expect(armOf(id, test.id, 0.5)).toBe('a');
  expect(arms.filter(({ by }) => by === 'learned').length).toBeGreaterThan(500);
  await stopModelTest(ctx, test.id);
  // Amounts that mean something else are none of its business.
  await run(`update companies set revenue_basis = 'total_paid' where id = $1`);
  await run('update customer_stats set version = version + 1 where company_id = $1 and customer_id = $2', [found?.id]);
  await catchUp(ctx);
  expect((await said())[one]).toEqual(before[one]);
  await run(`update companies set revenue_basis = 'net_sales' where id = $1`);

  // Pinned back, every number is what it was.
  expect(await pinModel(ctx, { model: 'probabilistic', of: 'spend' })).toMatchObject({ pinnedSpend: 'probabilistic', spend: null });
  expect(await said()).toEqual(before);
  await expect(pinModel(ctx, { model: 'forest', of: 'spend' })).rejects.toThrow(/there are probabilistic, boosted, ridge/);
  expect(errors).toEqual([]);
}, 120_000);
