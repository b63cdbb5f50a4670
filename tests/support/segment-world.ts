/** Random customers straight in Postgres: with gaps, odd attributes, and orders and events on the very edges of windows. */
import type pg from 'pg';
import { v7 } from 'uuid';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { between, chance, createRandom, pick, type Random } from '#core/math/random';
import { dayStart, momentAt } from '#core/segments/moment';
import type { SqlMoment } from '#data/filter-to-sql';
import { POOL, randomCuts } from './segment-trees.ts';

export interface WorldOptions {
  seed: string;
  timeZone: string;
  at: Date;
  customers: number;
  countZeroOrders?: boolean;
}

export interface World {
  moment: SqlMoment;
  customers: readonly string[];
  segments: readonly string[];
}

const HOUR = 3_600_000;
const some = <T>(random: Random, value: () => T, unknown = 0.2): T | null => (chance(random, unknown) ? null : value());
const TEXTS = [...POOL.texts, ...POOL.countries, ...POOL.cohorts];

export async function makeWorld(owner: pg.Client, { seed, timeZone, at, customers, countZeroOrders = false }: WorldOptions): Promise<World> {
  const random = createRandom(seed), companyId = v7();
  const moment: SqlMoment = { companyId, ...momentAt({ timeZone, currencyDigits: 2, countZeroOrders, cuts: randomCuts(random) }, at) };
  const ids = Array.from({ length: customers }, () => v7()), segments = [v7(), v7()];
  await insert(owner, 'companies', [{ id: companyId, slug: companyId, name: 'World', currency: 'EUR', time_zone: timeZone, count_zero_orders: countZeroOrders }]);
  await insert(owner, 'customers', ids.map((id, n) => customerRow(random, moment, id, n)));
  const orders = ids.flatMap((id) => (chance(random, 0.2) ? [] : Array.from({ length: between(random, 1, 5) }, () => orderRow(random, moment, id))));
  await insert(owner, 'customer_stats', ids.map((id) => statsRow(random, moment, id, orders.filter((order) => order.customer_id === id))));
  await insert(owner, 'transactions', orders);
  await insert(owner, 'transaction_items', orders.flatMap((order) => Array.from({ length: between(random, 0, 3) }, (_, line) => itemRow(random, companyId, order.id, line))));
  await insert(owner, 'events', ids.flatMap((id) => (chance(random, 0.3) ? [] : Array.from({ length: between(random, 1, 8) }, () => eventRow(random, moment, id)))));
  await insert(owner, 'segment_members', segments.flatMap((segment) => ids.filter(() => chance(random, 0.4)).map((customer) => ({ company_id: companyId, segment_id: segment, customer_id: customer, since: at.toISOString() }))));
  await insert(owner, 'list_entries', segments.flatMap((list) => ids.filter(() => chance(random, 0.3)).map((customer) => ({ company_id: companyId, list_id: list, customer_id: customer }))));
  return { moment, customers: ids, segments };
}

/** Columns are those of the first row. */
export async function insert(owner: pg.Client, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).join(', ');
  await owner.query(`insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [`[${rows.map(written).join(',')}]`]);
}

/** As JSON; a text that begins with \u0001 is JSON already. */
function written(row: Record<string, unknown>): string {
  return JSON.stringify(row).replace(/"\\u0001(.*?)"/g, (_, raw: string) => raw);
}

/** On the edge of a window or a day, a millisecond beside it, or anywhere. */
function someTime(random: Random, { at, today, timeZone }: SqlMoment): string {
  const now = at.getTime(), beside = pick(random, [-1, 0, 1]);
  const ms = (span: { hours?: number; days?: number; weeks?: number }): number => ((span.hours ?? 0) + (span.days ?? 0) * 24 + (span.weeks ?? 0) * 168) * HOUR;
  switch (between(random, 0, 4)) {
    case 0: case 1: return new Date(now - ms(pick(random, POOL.spans)) + beside).toISOString();
    case 2: return new Date(dayStart(chance(random, 0.5) ? pick(random, POOL.days) : addDays(today, -pick(random, POOL.wholes)), timeZone) + beside).toISOString();
    case 3: return new Date(now - ms(pick(random, POOL.spans)) - ms(pick(random, POOL.spans)) + beside).toISOString();
    // Clocks that run ahead, too.
    default: return new Date(now + between(random, -400 * 24 * HOUR, HOUR)).toISOString();
  }
}

const someDay = (random: Random, { today }: SqlMoment): string =>
  (chance(random, 0.4) ? pick(random, POOL.days) : addDays(today, pick(random, [-366, -365, -31, -30, -7, -1, 0, 1, 7, 30])));

function customerRow(random: Random, moment: SqlMoment, id: string, n: number): Record<string, unknown> {
  return {
    company_id: moment.companyId, id, source: pick(random, POOL.platforms), external_id: `${pick(random, TEXTS)}${n}`, email: some(random, () => `${pick(random, TEXTS)}@X.io`),
    name: some(random, () => pick(random, TEXTS)), country: some(random, () => pick(random, POOL.countries)), acquisition_channel: some(random, () => pick(random, POOL.channels)),
    acquisition_cost: some(random, () => Math.round(pick(random, POOL.money) * 100)), acquired_on: some(random, () => someDay(random, moment)), consent_email: pick(random, ['granted', 'denied', 'unknown']),
    attributes: someProperties(random, moment), created_at: someTime(random, moment),
  };
}

/** Of every JSON type under every name. */
function someProperties(random: Random, moment: SqlMoment): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const name of POOL.attributes) if (chance(random, 0.7)) properties[name] = someJson(random, moment);
  if (chance(random, 0.5)) properties['address'] = chance(random, 0.8) ? { city: someJson(random, moment) } : [someJson(random, moment)];
  return properties;
}

function someJson(random: Random, moment: SqlMoment): unknown {
  switch (between(random, 0, 7)) {
    case 0: return null;
    case 1: return chance(random, 0.5);
    case 2: return pick(random, [...POOL.numbers, -0, 0.1 + 0.2, 9_007_199_254_740_991, 1e299, 5e-301]);
    case 3: return pick(random, ['\u00011e400', '\u00011e-400', '\u000112345678901234567890', '\u00010.10000000000000000001']);
    case 4: return Array.from({ length: between(random, 0, 3) }, () => pick<unknown>(random, [...TEXTS, 3, null]));
    case 5: return pick(random, [someDay(random, moment), `${someDay(random, moment)}T23:59:59Z`, '2026-02-30', '2026-13-01', '0000-01-01', '2026-11-20x', '2026-11-20 10:00']);
    default: return pick(random, TEXTS);
  }
}

/** Days and number of orders are those of her rows, and of some who have none those of rows that are gone: the product keeps them so. The rest is anything. */
function statsRow(random: Random, moment: SqlMoment, id: string, all: readonly OrderRow[]): Record<string, unknown> {
  const counted = all.filter((row) => row.kind === 'order' && row.counted && (row.amount > 0 || moment.countZeroOrders));
  const bought = counted.filter((row) => row.amount > row.refunded || row.amount === 0).map((row) => localDay(new Date(row.transaction_date), moment.timeZone));
  const gone = counted.length === 0 && chance(random, 0.4) ? [addDays(moment.today, -900), addDays(moment.today, -pick(random, [800, 1_200]))] : [];
  const days = [...new Set([...bought, ...gone])].sort();
  const money = (): number => Math.round(pick(random, POOL.money) * 100), scored = chance(random, 0.8), score = (): number => (scored ? between(random, 1, 5) : 0);
  const orders = counted.length + gone.length, share = (): number | null => (scored ? pick(random, POOL.shares) : null);
  return {
    company_id: moment.companyId, customer_id: id, orders, purchase_days: days.length, first_day: days[0] ?? null, last_day: days.at(-1) ?? null, previous_day: days.at(-2) ?? null, gross: money(), refunded: money(), historical_value: money() - money(), repeat_spend: money(), version: 1, seq: 1, p_alive: share(), churn: some(random, () => pick(random, POOL.shares), 0.5),
    expected_orders: scored ? pick(random, [0, 0.1, 0.5, 2.5, 7.3]) : null, expected_spend: some(random, money), predicted_value: money(), predicted_low: money(), predicted_high: money(), total_value: money(),
    next_order_day: some(random, () => someDay(random, moment)), recency_score: score(), frequency_score: score(), monetary_score: score(),
    stage: some(random, () => pick(random, ['new', 'active', 'at_risk', 'lapsed', 'returning'])), scored_version: 1,
  };
}

interface OrderRow extends Record<string, unknown> {
  id: string;
  customer_id: string;
  transaction_date: string;
  kind: string;
  counted: boolean;
  amount: number;
  refunded: number;
}

function orderRow(random: Random, moment: SqlMoment, customer: string): OrderRow {
  const amount = Math.round(pick(random, POOL.money) * 100), id = v7(), kind = chance(random, 0.9) ? 'order' : 'refund';
  return {
    company_id: moment.companyId, id, transaction_date: someTime(random, moment), customer_id: customer, source: pick(random, POOL.platforms), external_id: id, kind, type: 'purchase', status: 'paid', source_counts: true,
    of_record: true, counted: chance(random, 0.85), channel: some(random, () => pick(random, POOL.channels)), ...stated(random, amount), discount: 0, tax: 0, shipping: 0, tip: 0,
    amount, refunded: chance(random, 0.3) ? Math.min(amount, Math.round(pick(random, POOL.money) * 100)) : 0, created_at: moment.at.toISOString(),
  };
}

/** In the company's currency what counts is what was stated, in others whatever the rate was. */
function stated(random: Random, amount: number): { currency: string; given: number | null; goods: number } {
  const currency = pick(random, ['EUR', 'USD', 'JPY']), sum = currency === 'EUR' ? amount : Math.round(amount * pick(random, [0, 0.7, 1.1, 160]));
  return chance(random, 0.5) ? { currency, given: sum, goods: 0 } : { currency, given: null, goods: sum };
}

function itemRow(random: Random, company: string, order: string, line: number): Record<string, unknown> {
  return {
    company_id: company, transaction_id: order, line, product_id: some(random, () => pick(random, POOL.products)), sku: some(random, () => pick(random, POOL.products)), name: pick(random, POOL.products),
    category: some(random, () => pick(random, POOL.categories)), quantity: pick(random, POOL.counts), amount: pick(random, [0, 1, 1_000, 1_999, 2_000, 5_000, 10_000]),
  };
}

function eventRow(random: Random, moment: SqlMoment, customer: string): Record<string, unknown> {
  return {
    company_id: moment.companyId, occurred_at: someTime(random, moment), id: v7(), type: pick(random, POOL.eventTypes), customer_id: customer, anonymous_id: null, session_id: null, source: 'api',
    properties: someProperties(random, moment), received_at: moment.at.toISOString(),
  };
}

/** Days on which clocks change, midnights and an ordinary afternoon. */
export const MOMENTS: readonly { timeZone: string; at: string }[] = [
  { timeZone: 'Europe/Berlin', at: '2026-03-29T12:00:00.000Z' },
  { timeZone: 'America/New_York', at: '2026-11-01T06:30:00.000Z' },
  { timeZone: 'Pacific/Auckland', at: '2026-11-20T11:00:00.000Z' },
  { timeZone: 'Asia/Kolkata', at: '2026-02-28T18:29:59.999Z' },
  { timeZone: 'America/Sao_Paulo', at: '2027-03-01T03:00:00.000Z' },
];

