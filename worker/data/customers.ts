/** Reading customers: lists by any sort with a cursor, search by prefix, one profile. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { STAGES } from '#core/clv/lifecycle';
import { statedAmount } from './derive-sql.ts';
import { pgArray } from './sql-arrays.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

export const customerRow = z.object({
  id: z.string(), external_id: z.string(), source: z.string(), name: z.string().nullable(), email: z.string().nullable(), country: z.string().nullable(),
  acquisition_channel: z.string().nullable(), stage: z.enum(STAGES).nullable(), orders: z.number(), first_day: z.string().nullable(), last_day: z.string().nullable(),
  historical_value: z.number(), predicted_value: z.number(), predicted_low: z.number(), predicted_high: z.number(), total_value: z.number(),
  p_alive: z.number().nullable(), recency_score: z.number(), frequency_score: z.number(), monetary_score: z.number(),
});
export type CustomerDataRow = z.infer<typeof customerRow>;

const rowColumns = sql.raw(`c.id, c.external_id, c.source, c.name, c.email, c.country, c.acquisition_channel, s.stage, s.orders, s.first_day, s.last_day,
  s.historical_value, s.predicted_value, s.predicted_low, s.predicted_high, s.total_value, s.p_alive, s.recency_score, s.frequency_score, s.monetary_score`);

/** Sort columns; each has an index (company_id, column desc, customer_id). */
const SORT_COLUMNS = {
  total: { column: 's.total_value', type: 'bigint' },
  historical: { column: 's.historical_value', type: 'bigint' },
  predicted: { column: 's.predicted_value', type: 'bigint' },
  last_order: { column: 's.last_day', type: 'date' },
  orders: { column: 's.orders', type: 'int' },
} as const;
export type SortKey = keyof typeof SORT_COLUMNS;

export interface CustomerFilter {
  /** Lower-cased prefix of name, surname, e-mail or external id. */
  prefix: string | null;
  stage: string | null;
  recency: number | null;
  frequency: number | null;
  monetary: number | null;
  /** Cells of the recency × frequency grid, as 10 r + f. */
  cells: readonly number[] | null;
  /** First purchase month, YYYY-MM-01. */
  cohort: string | null;
  /** Id of a segment that they are in. */
  segment: string | null;
}

export interface CustomerPage {
  sort: SortKey;
  descending: boolean;
  limit: number;
  after: { value: string | null; id: string } | null;
}

/** Counting stops here: nobody reads further digits of a live count. */
const COUNT_LIMIT = 10_000;
/** A search that finds more is answered by walking the sort order until the page is full; ranking all its hits would take longer. */
const SEARCH_LIMIT = 2_000;

/** Above every text that begins with the prefix, in byte order. */
const HIGHEST = '\u{10ffff}';
const SEARCH_KEYS = ['name_key', 'surname_key', 'email_key', 'external_key'] as const;

/** Everything but the search. */
function where(company: string, filter: CustomerFilter): SQL {
  const parts: SQL[] = [sql`s.company_id = ${company}`];
  if (filter.stage !== null) parts.push(sql`s.stage = ${filter.stage}`);
  if (filter.recency !== null) parts.push(sql`s.recency_score = ${filter.recency}`);
  if (filter.frequency !== null) parts.push(sql`s.frequency_score = ${filter.frequency}`);
  if (filter.monetary !== null) parts.push(sql`s.monetary_score = ${filter.monetary}`);
  if (filter.cells !== null) parts.push(sql`s.recency_score * 10 + s.frequency_score = any(${pgArray('int', filter.cells)})`);
  if (filter.cohort !== null) parts.push(sql`s.first_day >= ${filter.cohort}::date and s.first_day < ${filter.cohort}::date + interval '1 month'`);
  if (filter.segment !== null) parts.push(sql`s.customer_id in (select m.customer_id from ${membersOf(company, filter.segment)})`);
  return sql.join(parts, sql` and `);
}

function membersOf(company: string, segment: string): SQL {
  return sql`segment_members m where m.company_id = ${company} and m.segment_id = ${segment}::uuid`;
}

function begins(alias: string, key: string, prefix: string): SQL {
  const column = sql.raw(`${alias}.${key}`);
  return sql`${column} >= ${prefix} and ${column} < ${prefix + HIGHEST}`;
}

/** Ids of those whose name, surname, e-mail or external id begins so: all of them, or more than the limit and no more than four times that. */
function hits(company: string, prefix: string): SQL {
  const ranges = SEARCH_KEYS.map((key) => sql`(select h.id from customers h where h.company_id = ${company} and h.merged_into is null
    and ${begins('h', key, prefix)} limit ${SEARCH_LIMIT + 1})`);
  return sql`hits as materialized (${sql.join(ranges, sql` union `)}), found as materialized (select count(*) > ${SEARCH_LIMIT} as many from hits)`;
}

const counted = z.object({ n: z.number() });
const searched = counted.extend({ many: z.boolean() });

export interface CustomerMatches {
  rows: CustomerDataRow[];
  matched: number;
  /** False when counting stopped: there are at least as many as it says. */
  exact: boolean;
}

/** One page and the number of matches (up to a limit), in one round trip. */
export async function listCustomerRows(db: TenantDb, filter: CustomerFilter, page: CustomerPage): Promise<CustomerMatches> {
  const company = db.companyId;
  const { column, type } = SORT_COLUMNS[page.sort];
  const [key, direction, compare] = [sql.raw(column), sql.raw(page.descending ? 'desc' : 'asc'), sql.raw(page.descending ? '<' : '>')];
  // `<=` lets the index start at the cursor; people without an order (null day) come last in either direction.
  const after = page.after === null ? sql`true`
    : page.after.value === null ? sql`(${key} is null and s.customer_id > ${page.after.id})`
    : sql`(${key} ${compare}= ${page.after.value}::${sql.raw(type)} and (${key} <> ${page.after.value}::${sql.raw(type)} or s.customer_id > ${page.after.id})${page.sort === 'last_order' ? sql` or ${key} is null` : sql``})`;
  const order = sql`order by ${key} ${direction} nulls last, s.customer_id limit ${page.limit}`;
  const joined = sql`join customers c on c.company_id = s.company_id and c.id = s.customer_id`;
  const matching = sql`${where(company, filter)} and ${after}`;
  const { prefix } = filter;

  if (prefix === null) {
    // Who was merged into another has bare statistics, which no filter finds; only the count of all would count them.
    const { segment, ...others } = filter;
    const unfiltered = Object.values(others).every((value) => value === null);
    const all = unfiltered && segment === null;
    // Only people with statistics are members: nothing else is to be looked up to count them.
    const counting = unfiltered && segment !== null ? membersOf(company, segment) : sql`customer_stats s where ${where(company, filter)}`;
    const [rows, counts, merged] = await db.transaction([
      query(customerRow, sql`select ${rowColumns} from customer_stats s ${joined} where ${matching} and c.merged_into is null ${order}`),
      query(counted, sql`select count(*)::int as n from (select from ${counting} limit ${COUNT_LIMIT + 1}) x`),
      query(counted, sql`select count(*)::int as n from customers m where m.company_id = ${company} and m.merged_into is not null and ${all}`),
    ]);
    const n = (counts[0]?.n ?? 0) - (merged[0]?.n ?? 0);
    return { rows, matched: Math.min(n, COUNT_LIMIT), exact: n <= COUNT_LIMIT };
  }

  const anyKey = sql.join(SEARCH_KEYS.map((one) => sql`(${begins('c', one, prefix)})`), sql` or `);
  const [rows, counts] = await db.transaction([
    // One of the two branches runs: the other's condition is false before its first row.
    query(customerRow, sql`with ${hits(company, prefix)}
      select ${rowColumns} from (
        (select s.* from customer_stats s where not (select many from found) and s.customer_id in (select id from hits) and ${matching} ${order})
        union all
        (select s.* from customer_stats s ${joined} where (select many from found) and c.merged_into is null and (${anyKey}) and ${matching} ${order})
      ) s ${joined} ${order}`),
    query(searched, sql`with ${hits(company, prefix)}
      select count(*)::int as n, (select many from found) as many from ${Object.entries(filter).some(([name, value]) => name !== 'prefix' && value !== null)
        ? sql`customer_stats s where ${where(company, filter)} and s.customer_id in (select id from hits)`
        // Everybody has statistics: what is only searched for need not be looked up there.
        : sql`(select from hits limit ${SEARCH_LIMIT + 1}) x`}`),
  ]);
  return { rows, matched: Math.min(counts[0]?.n ?? 0, SEARCH_LIMIT), exact: counts[0]?.many !== true };
}

const profileRow = customerRow.extend({
  acquisition_cost: z.number().nullable(), acquired_on: z.string().nullable(), consent_email: z.string(), attributes: z.record(z.string(), z.unknown()),
  gross: z.number(), refunded: z.number(), purchase_days: z.number(), repeat_spend: z.number(), expected_orders: z.number().nullable(), expected_spend: z.number().nullable(),
  next_order_day: z.string().nullable(), predicted_by: z.enum(['learned', 'probabilistic']).nullable(), scored_for: z.string().nullable(), created_at: z.string(),
});
const identityRow = z.object({ kind: z.string(), value: z.string() });
const historyRow = z.object({ day: z.string(), net: z.number() });

export type ProfileRow = z.infer<typeof profileRow>;

/** Who answers to an id: the customer, or the one she was merged into. */
export function standing(company: string, id: string): SQL {
  return sql`(select coalesce(x.merged_into, x.id) from customers x where x.company_id = ${company} and x.id = ${id})`;
}

/** Everything about one customer but the orders; null when the tenant has no such customer. An id that was merged into another answers with that one. */
export async function readProfile(db: TenantDb, id: string): Promise<{ profile: ProfileRow; identities: z.infer<typeof identityRow>[]; history: z.infer<typeof historyRow>[] } | null> {
  const company = db.companyId;
  const [profiles, identities, history] = await db.transaction([
    query(profileRow, sql`select ${rowColumns}, c.acquisition_cost, c.acquired_on, c.consent_email, c.attributes, c.created_at, s.gross, s.refunded,
        s.purchase_days, s.repeat_spend, s.expected_orders, s.expected_spend, s.next_order_day, s.predicted_by, s.scored_for
      from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id where c.company_id = ${company} and c.id = ${standing(company, id)}`),
    query(identityRow, sql`select kind, value from customer_identities where company_id = ${company} and customer_id = ${standing(company, id)} order by kind, value limit 50`),
    query(historyRow, sql`select day, gross - refunded as net from customer_day where company_id = ${company} and customer_id = ${standing(company, id)} and (gross <> 0 or refunded <> 0) order by day`),
  ]);
  const profile = profiles[0];
  return profile ? { profile, identities, history } : null;
}

const itemSchema = z.object({
  name: z.string(), productId: z.string().nullable(), sku: z.string().nullable(), category: z.string().nullable(), quantity: z.number(), amount: z.number(),
});
const transactionRow = z.object({
  id: z.string(), transaction_date: z.string(), external_id: z.string(), source: z.string(), kind: z.enum(['order', 'refund']), type: z.string(), label: z.string().nullable(),
  status: z.string(), source_counts: z.boolean(), counted: z.boolean(), channel: z.string().nullable(), currency: z.string(), amount: z.number(), refunded: z.number(),
  of_record: z.boolean(), record_source: z.string().nullable(), told_by: z.array(z.string()),
  items: z.array(itemSchema),
});
export type TransactionDataRow = z.infer<typeof transactionRow>;

/** Newest first; `after` is the last row of the page before. */
export async function listTransactionRows(db: TenantDb, customerId: string, limit: number, after: { at: string; id: string } | null): Promise<TransactionDataRow[]> {
  const company = db.companyId;
  // What does not count has its amount as stated: it may have no rate to the company's currency. `case` instead of
  // `coalesce` in lookups: under row security Postgres takes the latter for leaky, and an index is then not used.
  return db.rows(transactionRow, sql`with i as (select t.* from transactions t where t.company_id = ${company} and t.customer_id = ${standing(company, customerId)}
      and ${after === null ? sql`true` : sql`(t.transaction_date < ${after.at} or (t.transaction_date = ${after.at} and t.id < ${after.id}))`}
      order by t.transaction_date desc, t.id desc limit ${limit})
    select i.id, i.transaction_date, i.external_id, i.source, i.kind, i.type, i.label, i.status, i.source_counts, i.counted,
      i.channel, i.currency, case when i.counted then i.amount else ${statedAmount} end as amount, i.refunded,
      i.of_record, sale.record_source, coalesce(sale.told_by, '{}') as told_by,
      coalesce((select jsonb_agg(jsonb_build_object('name', l.name, 'productId', l.product_id, 'sku', l.sku, 'category', l.category, 'quantity', l.quantity, 'amount', l.amount) order by l.line)
        from transaction_items l where l.company_id = ${company} and l.transaction_id = i.id), '[]') as items
    from i join companies c on c.id = ${company}
    left join lateral (select k.transaction_id, k.sale_id from transaction_keys k
      where k.company_id = ${unseen(company)} and k.source = i.source and k.external_id = case when i.order_external_id is null then i.external_id else i.order_external_id end offset 0) k on true
    left join lateral (select p.sale_id from payment_keys p
      where k.transaction_id is null and p.company_id = ${unseen(company)} and p.key = i.source || ':' || i.order_external_id offset 0) p on true
    left join lateral (select max(o.source) filter (where o.of_record) as record_source, array_agg(distinct o.source) filter (where o.source <> i.source) as told_by
      from transaction_keys m cross join lateral (select o.source, o.of_record from transactions o
        where o.company_id = ${unseen(company)} and o.id = m.transaction_id and o.transaction_date = m.transaction_date offset 0) o
      where m.company_id = ${unseen(company)} and m.sale_id = case when k.sale_id is null then p.sale_id else k.sale_id end offset 0) sale on true
    order by i.transaction_date desc, i.id desc`);
}

/** How many of the customer's counted orders are only there as sums. */
export async function countClosedOrders(db: TenantDb, customerId: string): Promise<number> {
  const found = await db.first(z.object({ orders: z.number() }), sql`select coalesce(sum(case when c.count_zero_orders then k.orders + k.zero_orders else k.orders end), 0)::int as orders
    from closed_sales k join companies c on c.id = k.company_id where k.company_id = ${db.companyId} and k.customer_id = ${standing(db.companyId, customerId)}`);
  return found?.orders ?? 0;
}

/** Whether the tenant has this customer. */
export async function customerExists(db: TenantDb, id: string): Promise<boolean> {
  return (await db.first(z.object({ id: z.string() }), sql`select id from customers where company_id = ${db.companyId} and id = ${id}`)) !== null;
}
