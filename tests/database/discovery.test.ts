// Discovery: planted groups are found, told as rules that Postgres confirms, looked inside of, stopped, and forgotten with the people in them.
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { addDays } from '#core/calendar/days';
import { ruleFilter } from '#core/discovery/rule-filter';
import { filterToSql } from '#data/filter-to-sql';
import { erasePeople } from '#data/erase';
import { unnest } from '#data/sql-arrays';
import type { TenantDb } from '#data/tenant';
import { segmentDefinition } from '#core/segments/definition';
import { momentAt } from '#core/segments/moment';
import { loadFacts } from '#data/segment-facts';
import { clusterRule } from '#operations/cluster-rule';
import { runDiscovery } from '#operations/discover';
import { cancelDiscovery, getDiscovery, listDiscoveries, removeDiscovery, startDiscovery } from '#operations/discoveries';
import { saveCluster } from '#operations/save-cluster';
import { explainMembership } from '#operations/segment-explain';
import { renewSegments } from '#operations/segment-night';
import { judgeOf } from '#operations/segment-plan';
import { changeSegment, duplicateSegment, requireSegment } from '#operations/segments';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { randomOf } from '../support/records.ts';
import { makeTestTenant } from '../support/tenant.ts';
import type { Job } from '#worker/ports';

const TODAY = '2026-11-20';
const NOW = new Date(`${TODAY}T12:00:00Z`);
const TOMORROW = new Date(NOW.getTime() + 86_400_000);
let now = NOW;
let made: TestDatabase;
let reach: (point: string) => void = () => undefined;
let ctx: Awaited<ReturnType<typeof makeTestTenant>>;
const rung: Job[] = [];
/** Which of the planted groups each customer belongs to: regulars, lapsed big spenders, newcomers. */
const planted = new Map<string, number>();
const SIZES = [160, 90, 50];
/** One of them was erased. */
const BIG_SPENDERS_LEFT = 89;

beforeAll(async () => {
  made = await createTestDatabase();
  ctx = await makeTestTenant(made, { now: () => now, reach: (point) => { reach(point); } });
  ctx.jobs.enqueue = async (job) => { rung.push(job); };
  const random = randomOf(11);
  const rows = SIZES.flatMap((size, type) => Array.from({ length: size }, () => {
    const id = v7();
    planted.set(id, type);
    const near = (value: number): number => Math.round(value * (0.8 + 0.4 * random()));
    const days = near([12, 6, 1][type] ?? 1);
    return { id, days, recency: near([20, 400, 8][type] ?? 0), tenure: near([700, 900, 9][type] ?? 0), value: near([30_000, 90_000, 2_500][type] ?? 0), alive: [0.95, 0.1, 0.6][type] ?? 0, orders: [6, 0.2, 1][type] ?? 0 };
  }));
  await insertCustomers(ctx.db, rows);
});

async function insertCustomers(db: TenantDb, rows: { id: string; days: number; recency: number; tenure: number; value: number; alive: number; orders: number }[]): Promise<void> {
  const company = db.companyId;
  const u = unnest('u', [
    ['id', 'uuid', rows.map((r) => r.id)], ['days', 'int', rows.map((r) => r.days)], ['first', 'date', rows.map((r) => addDays(TODAY, -Math.max(r.tenure, r.recency)))], ['last', 'date', rows.map((r) => addDays(TODAY, -r.recency))],
    ['value', 'bigint', rows.map((r) => r.value)], ['alive', 'real', rows.map((r) => r.alive)], ['expected', 'real', rows.map((r) => r.orders)],
  ]);
  await db.transaction([
    { query: sql`insert into customers (company_id, id, source, external_id) select ${company}::uuid, id, 'api', id::text from ${u}`, row: z.unknown() },
    { query: sql`insert into customer_stats (company_id, customer_id, orders, purchase_days, first_day, last_day, gross, historical_value, p_alive, expected_orders, expected_spend, predicted_value, total_value, scored_version)
      select ${company}::uuid, id, days, days, first, last, value, value, alive, expected, 2000, round(expected * 2000), value, 0 from ${u}`, row: z.unknown() },
  ]);
}

const membersOf = async (id: string): Promise<Map<number, string[]>> => new Map((await ctx.db.rows(z.object({ label: z.number(), ids: z.array(z.string()) }),
  sql`select label, customer_ids::text[] as ids from discovery_clusters where company_id = ${ctx.companyId} and discovery_id = ${id}`)).map((row) => [row.label, row.ids]));

const FEATURES = ['recency_days', 'purchase_days', 'historical_value', 'p_alive', 'tenure_days'] as const;

it.each(['kmeans', 'hierarchical', 'dbscan'] as const)('%s finds what was planted, and a rule for each that Postgres confirms', async (method) => {
  const asked = await startDiscovery(ctx, { method, features: [...FEATURES] });
  expect(asked).toMatchObject({ state: 'waiting', progress: 0, result: null, request: { method, winsorise: 0.01 } });
  expect(rung.pop()).toEqual({ type: 'discover', companyId: ctx.companyId, discoveryId: asked.id });
  await runDiscovery(ctx, asked.id);
  const { state, result, customers, clusters } = await getDiscovery(ctx, asked.id);
  expect({ state, customers, clusters }).toEqual({ state: 'done', customers: 300, clusters: 3 });
  if (result === null) throw new Error('nothing found');
  // DBSCAN leaves out who stands apart.
  const left = method === 'dbscan' ? 0.95 : 1;
  result.clusters.map(({ size }) => size).toSorted((a, b) => b - a).forEach((size, i) => { expect(size).toBeGreaterThanOrEqual(left * (SIZES[i] ?? 0)); });
  expect(result.clusters.reduce((sum, { size }) => sum + size, result.noise)).toBe(300);
  expect(result.silhouette).toBeGreaterThan(0.6);
  expect(result.points).toHaveLength(300);
  const members = await membersOf(asked.id);
  const moment = { companyId: ctx.companyId, ...momentAt({ timeZone: 'Europe/Berlin', currencyDigits: 2, countZeroOrders: false, cuts: new Map() }, NOW) };
  for (const cluster of result.clusters) {
    const ids = members.get(cluster.label) ?? [];
    expect(new Set(ids.map((id) => planted.get(id))).size, cluster.name).toBe(1);
    expect(cluster.stability).toBeGreaterThan(0.8);
    expect(cluster.nearestFidelity?.recall).toBe(1);
    expect(cluster.nearestFidelity?.precision).toBeGreaterThanOrEqual(left);
    const filter = ruleFilter(cluster.rule);
    if (filter === null) throw new Error(`${cluster.name} has no rule`);
    const named = await ctx.db.rows(z.object({ id: z.string() }), sql`select c.id from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id where c.company_id = ${ctx.companyId} and ${filterToSql(filter, moment)}`);
    const both = named.filter(({ id }) => ids.includes(id)).length;
    expect({ named: named.length, precision: both / named.length, recall: both / ids.length }, cluster.name).toEqual({ named: cluster.ruleFidelity.named, precision: cluster.ruleFidelity.precision, recall: cluster.ruleFidelity.recall });
    expect(cluster.ruleFidelity.recall).toBeGreaterThanOrEqual(left);
    expect(cluster.ruleFidelity.precision).toBeGreaterThanOrEqual(left);
  }
  expect(new Set(result.clusters.map(({ name }) => name)).size).toBe(3);
});

it('looks inside a cluster, and refuses what is not there', async () => {
  const outer = await startDiscovery(ctx, { features: [...FEATURES], k: 3 });
  await runDiscovery(ctx, outer.id);
  const inner = await startDiscovery(ctx, { features: ['historical_value', 'recency_days'], k: 2, within: { discovery: outer.id, cluster: 0 } });
  await runDiscovery(ctx, inner.id);
  const found = await getDiscovery(ctx, inner.id);
  expect(found).toMatchObject({ state: 'done', customers: 160, clusters: 2, withinName: expect.stringMatching(/./) });
  const outside = new Set((await membersOf(outer.id)).get(0));
  for (const ids of (await membersOf(inner.id)).values()) for (const id of ids) expect(outside.has(id)).toBe(true);
  await expect(startDiscovery(ctx, { features: ['recency_days'], within: { discovery: outer.id, cluster: 7 } })).rejects.toMatchObject({ code: 'not_found' });
  await expect(startDiscovery(ctx, { features: ['recency_days'], within: { segment: v7() } })).rejects.toMatchObject({ code: 'not_found' });
  await expect(startDiscovery(ctx, { features: [] })).rejects.toMatchObject({ issues: [{ path: ['features'], message: 'Choose at least one feature' }] });
  await expect(startDiscovery(ctx, { features: ['recency_days'], method: 'dbscan', k: 3 })).rejects.toMatchObject({ issues: [{ path: ['k'] }] });
  const empty = await makeTestTenant(made);
  await expect(startDiscovery(empty, { features: ['recency_days'] })).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('0 customers') });
});

it('is stopped between two steps, goes on after an outage, and says why it failed', async () => {
  const stopped = await startDiscovery(ctx, { features: ['recency_days', 'historical_value'] });
  const seen: string[] = [];
  const cancelling: Promise<unknown>[] = [];
  reach = (point) => {
    seen.push(point);
    if (point === 'discover-cluster') cancelling.push(cancelDiscovery(ctx, stopped.id));
  };
  await runDiscovery(ctx, stopped.id);
  await Promise.all(cancelling);
  expect(await getDiscovery(ctx, stopped.id)).toMatchObject({ state: 'cancelled', result: null, stage: null });
  expect(seen).not.toContain('discover-keep');
  expect(await membersOf(stopped.id)).toEqual(new Map());
  await runDiscovery(ctx, stopped.id);
  expect(await getDiscovery(ctx, stopped.id)).toMatchObject({ state: 'cancelled' });

  const again = await startDiscovery(ctx, { features: ['recency_days', 'historical_value'], k: 3 });
  reach = (point) => { if (point === 'discover-stability') throw new AppError('unavailable', 'The database is not available'); };
  await expect(runDiscovery(ctx, again.id)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await getDiscovery(ctx, again.id)).toMatchObject({ state: 'running', progress: expect.closeTo(0.6, 5), stage: 'cluster' });
  reach = () => undefined;
  await runDiscovery(ctx, again.id);
  expect(await getDiscovery(ctx, again.id)).toMatchObject({ state: 'done', clusters: 3 });

  const failing = await startDiscovery(ctx, { features: ['recency_days'] });
  reach = (point) => { if (point === 'discover-map') throw new Error('a defect'); };
  await runDiscovery({ ...ctx, log: { ...ctx.log, error: () => undefined } }, failing.id);
  reach = () => undefined;
  expect(await getDiscovery(ctx, failing.id)).toMatchObject({ state: 'failed', error: 'It could not be done; we have been told' });
  await removeDiscovery(ctx, failing.id);
  await expect(getDiscovery(ctx, failing.id)).rejects.toMatchObject({ code: 'not_found' });
  expect((await listDiscoveries(ctx))[0]).toMatchObject({ id: again.id, clusters: 3 });
});

it('an erased person is in no cluster any more', async () => {
  const asked = await startDiscovery(ctx, { features: ['recency_days', 'historical_value'], k: 3 });
  await runDiscovery(ctx, asked.id);
  const [person = ''] = (await membersOf(asked.id)).get(1) ?? [];
  await erasePeople(ctx.db, {
    request: { id: v7(), kind: 'erasure', source: 'api', externalId: 'one', integrationId: null, subjectHash: null, requestedAt: NOW.toISOString() }, finishedAt: NOW.toISOString(), state: 'done',
    customerIds: [person], tombstones: [], dropped: [], texts: [],
  });
  expect([...(await membersOf(asked.id)).values()].flat()).not.toContain(person);
});

it('a group is kept as a rule or by its nearest centre, both live, and memory and Postgres agree on who is in', async () => {
  const outer = await startDiscovery(ctx, { features: [...FEATURES], k: 3 });
  await runDiscovery(ctx, outer.id);
  const inner = await startDiscovery(ctx, { features: ['historical_value', 'recency_days', 'churn', 'average_order'], k: 2, winsorise: 0.05, within: { discovery: outer.id, cluster: 0 } });
  await runDiscovery(ctx, inner.id);
  const expected = new Set((await membersOf(inner.id)).get(1));
  const near = await saveCluster(ctx, inner.id, { cluster: 1, name: 'Near', as: 'nearest' });
  expect(near).toMatchObject({ kind: 'cluster', status: 'live', origin: 'discovery', members: expected.size, isEvaluated: true });
  const membersNow = async (id = near.id) => ctx.db.rows(z.object({ id: z.string(), score: z.number().nullable(), place: z.string() }),
    sql`select customer_id as id, score, ctid::text as place from segment_members where company_id = ${ctx.companyId} and segment_id = ${id} order by 1`);
  expect(new Set((await membersNow()).map(({ id }) => id))).toEqual(expected);
  const { definition } = await requireSegment(ctx, near.id);
  const judge = judgeOf(segmentDefinition.parse(definition), 2);
  const facts = await loadFacts(ctx.db, [...planted.keys()], judge.reads, NOW);
  const setting = { timeZone: 'Europe/Berlin', currencyDigits: 2, countZeroOrders: false, cuts: new Map() };
  const moment = momentAt(setting, NOW);
  const inMemory = facts.filter((one) => judge.verdict(one, moment).holds).map(({ id }) => id);
  expect(new Set(inMemory)).toEqual(expected);
  expect(facts.every((one) => { const { holds, score } = judge.verdict(one, moment); return holds === (score !== null); })).toBe(true);

  // How close a call it is, for one who is in and one of the other group inside; what would turn it.
  const [first] = await membersNow();
  expect(await explainMembership(ctx, near.id, first?.id ?? '')).toMatchObject({ isMember: true, explanation: { holds: true }, nearest: [{ holds: true }, { holds: true, distance: expect.closeTo(first?.score ?? -1, 9) }] });
  const [neighbour = ''] = (await membersOf(inner.id)).get(0) ?? [];
  const outside = await explainMembership(ctx, near.id, neighbour);
  expect(outside).toMatchObject({ isMember: false, last: null, nearest: [{ holds: true, features: { length: FEATURES.length } }, { holds: false, otherLabel: 0 }] });
  const [spent] = outside.nearest?.[1]?.features.filter(({ name }) => name === 'historical_value') ?? [];
  const hers = facts.find((one) => one.id === neighbour);
  expect(spent?.value).toBe((hers?.stats.historicalValue ?? 0) / 100);

  const rule = await saveCluster(ctx, outer.id, { cluster: 1, name: 'Told', as: 'rule' });
  expect(rule).toMatchObject({ kind: 'rule', origin: 'discovery', members: BIG_SPENDERS_LEFT });
  const within = await startDiscovery(ctx, { features: ['recency_days'], k: 2, within: { segment: rule.id } });
  await runDiscovery(ctx, within.id);
  expect(await getDiscovery(ctx, within.id)).toMatchObject({ state: 'done', customers: BIG_SPENDERS_LEFT, withinName: 'Told' });
  expect((await saveCluster(ctx, within.id, { cluster: 0, name: 'Told again', as: 'rule' })).filter).toMatchObject({ all: [{ is: 'segment', id: rule.id }, { is: 'last_order_day' }] });
  await expect(saveCluster(ctx, outer.id, { cluster: 1, name: 'told', as: 'rule' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(saveCluster(ctx, outer.id, { cluster: 8, name: 'None', as: 'rule' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(changeSegment(ctx, near.id, { filter: { is: 'purchase_days', op: 'gt', value: 3 } })).rejects.toMatchObject({ code: 'conflict' });

  // Another day: who stays has her new distance, without a word in the history, and what is right already is not written again.
  const told = () => ctx.db.rows(z.object({ customer: z.string() }), sql`select customer_id as customer from segment_changes where company_id = ${ctx.companyId} and segment_id = ${near.id}`);
  const [before, toldBefore] = [await membersNow(), await told()];
  now = TOMORROW;
  expect(await renewSegments(ctx)).toMatchObject({ differences: 0 });
  const after = await membersNow();
  const stayed = after.filter(({ id }) => expected.has(id));
  expect(stayed.length).toBeGreaterThan(10);
  expect(stayed.some(({ id, score }) => score !== before.find((one) => one.id === id)?.score)).toBe(true);
  const tomorrow = momentAt(setting, TOMORROW);
  for (const { id, score } of after) expect(score).toBeCloseTo(judge.verdict(facts.find((one) => one.id === id) ?? expect.fail(id), tomorrow).score ?? -1, 9);
  const moved = (await told()).slice(toldBefore.length).map(({ customer }) => customer);
  expect(moved.filter((id) => stayed.some((one) => one.id === id))).toEqual([]);
  await renewSegments(ctx);
  expect(await membersNow()).toEqual(after);

  // A copy is kept by the same centre; turned into a rule it is what the rule names, and nobody has a distance.
  await changeSegment(ctx, near.id, { folder: 'Found', tags: ['near'] });
  const copy = await duplicateSegment(ctx, near.id);
  expect(copy).toMatchObject({ kind: 'cluster', name: 'Near, copy', folder: 'Found', tags: ['near'], members: after.length, nearest: [{ groups: 3 }, { groups: 2 }] });
  const proposed = await clusterRule(ctx, copy.id);
  expect(proposed.learned).toMatchObject({ customers: 299, fidelity: { precision: expect.any(Number) } });
  expect(proposed.learned?.fidelity.agreement).toBeGreaterThan(0.95);
  await expect(changeSegment(ctx, copy.id, { kind: 'rule' })).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await changeSegment(ctx, copy.id, { kind: 'rule', filter: proposed.filter })).toMatchObject({ kind: 'rule', nearest: null, members: proposed.learned?.fidelity.named });
  expect((await membersNow(copy.id)).filter(({ score }) => score !== null)).toEqual([]);
  expect(await clusterRule(ctx, copy.id)).toEqual({ filter: proposed.filter, learned: null });
});
