/**
 * Writes one batch of canonical records for one tenant: a single non-interactive transaction under the tenant's lock.
 * Values that a later statement needs travel in transaction-local settings, so there is one round trip and no temp table.
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { IngestBatch, SaleRow } from './batch-rows.ts';
import { appraised, NOBODY } from './derive-sql.ts';
import { deriveTouched } from './derive.ts';
import { writeEvents } from './events.ts';
import { namedIds, resolvePeople, updateProfiles } from './ingest-people.ts';
import { countReceived } from './receipts.ts';
import { linkRefundsOf } from './refunds.ts';
import { attachRecords, daysOf, joinSales, kinOfSales, namesOfSales, salesOfNames, settleSales, touchedSales } from './sales.ts';
import { scorable, selectUnscored } from './scores.ts';
import type { Scorable } from './scores.ts';
import { markOrders } from './segment-touches.ts';
import { unnest } from './sql-arrays.ts';
import { writeSubscriptions } from './subscriptions.ts';
import { command, optional, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { taken, takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

export interface IngestOutcome {
  /** Records that were new, and newer versions of known ones; the rest were known already. */
  inserted: number;
  updated: number;
  /** Currencies other than the company's that came for the first time. */
  newCurrencies: number;
  /** Customers whose statistics are newer than their scores, up to a limit. */
  unscored: Scorable[];
  /** Somebody looks: the live object is to be fed. */
  looked: boolean;
}

const outcome = z.object({ inserted: z.number().int(), updated: z.number().int(), newCurrencies: z.number().int() });

/** What the books have none of: then nothing is asked of it. Whoever believes so wrongly is told to make the batch anew. */
export interface Lacks {
  /** Names of payments, which join several records to one sale. */
  payments: boolean;
  /** Refunds that name an order. */
  refunds: boolean;
  /** Live segments. */
  segments: boolean;
}

export const LACKS_NOTHING: Lacks = { payments: false, refunds: false, segments: false };

/** What the books will still have none of when the batch is in them. */
export function stillLacks(lacks: Lacks, { sales, links }: Pick<IngestBatch, 'sales' | 'links'>): Lacks {
  return {
    ...lacks,
    payments: lacks.payments && links.length === 0 && sales.every(({ paymentKeys }) => paymentKeys.length === 0),
    refunds: lacks.refunds && sales.every(({ kind, orderExternalId }) => kind === 'order' && orderExternalId === null),
  };
}

/**
 * @param unscoredLimit how many customers in need of a score to hand back
 * @throws AppError `unavailable` (nothing was written, try again), `stale` (the books have more than was believed) or `invalid_input` (some record is refused by Postgres)
 */
export async function writeBatch(db: TenantDb, batch: IngestBatch, unscoredLimit: number, believed: Lacks = LACKS_NOTHING): Promise<IngestOutcome> {
  const company = db.companyId;
  const { sales } = batch;
  const lacks = stillLacks(believed, batch);
  const moves = sales.length > 0 || batch.links.length > 0;
  const sale = (statement: () => SQL, isWanted = true): Query<unknown> | null => (moves && isWanted ? command(statement()) : null);
  const [clock, , , , , written, , , , , , unscored] = await db.write([
    query(taken, takeSequence(company)),
    command(resolvePeople(company, batch.people)),
    optional(updateProfiles(company, batch.profiles)),
    sale(() => joinSales(company, sales, batch.links), !lacks.payments),
    sale(() => rememberFresh(company, sales, lacks)),
    moves ? query(outcome, writeSales(company, sales, batch.importId)) : null,
    sale(() => attachRecords(company), !lacks.payments),
    sale(() => settleSales(company), !lacks.payments),
    sale(() => linkRefunds(company, sales), !lacks.refunds),
    sale(() => deriveTouched(company, touchedAfter(company, sales, lacks))),
    sale(() => markOrders(company, sales), !lacks.segments),
    query(scorable, selectUnscored(company, unscoredLimit)),
    optional(countReceived(company, batch.receipts)),
    optional(writeEvents(company, batch.events)),
    optional(writeSubscriptions(company, batch.subscriptions)),
  ]);
  const counts = written[0] ?? { inserted: 0, updated: 0, newCurrencies: 0 };
  return { ...counts, unscored, looked: clock[0]?.looked ?? false };
}

/**
 * The key that stands for each row of `alias`, by index row by row. `offset 0` keeps the planner from reading a whole
 * tenant instead: for a new tenant it knows no statistics, and guesses that there is next to nothing to read.
 */
function standingKey(company: string, alias: string): SQL {
  return sql`left join lateral (select k.transaction_id, k.transaction_date, k.version_at, k.version_rank, k.order_external_id from transaction_keys k
    where k.company_id = ${unseen(company)} and k.source = ${sql.raw(alias)}.source and k.external_id = ${sql.raw(alias)}.external_id offset 0) k on true`;
}

/** Key columns of the batch as table `i`. */
function keyColumns(sales: SaleRow[]): SQL {
  return unnest('i', [
    ['idx', 'int', sales.map((_, n) => n)],
    ['source', 'text', sales.map((s) => s.source)],
    ['external_id', 'text', sales.map((s) => s.externalId)],
    ['order_external_id', 'text', sales.map((s) => s.orderExternalId)],
    ['at', 'timestamptz', sales.map((s) => s.occurredAt)],
    ['version_at', 'timestamptz', sales.map((s) => s.versionAt)],
    ['version_rank', 'smallint', sales.map((s) => s.versionRank)],
  ]);
}

const freshIndexes = sql.raw(`(select value::int as idx from jsonb_array_elements_text(current_setting('app.fresh')::jsonb))`);

/**
 * The (customer, day) pairs that the fresh records `f` and the sales `touched` touch, as they stand now: their own rows,
 * the orders of fresh refunds and their other refunds, the refunds of fresh orders, all records of a sale. Asked before and after the write,
 * since an order may change day or hands.
 */
function touchedPairs(company: string, lacks: Lacks): SQL {
  const own = sql`select k.transaction_id, k.transaction_date from f cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
      where k.company_id = ${unseen(company)} and k.source = f.source and k.external_id = f.external_id offset 0) k`;
  const refunds = sql`union select k.transaction_id, k.transaction_date from f cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
      where k.company_id = ${unseen(company)} and k.source = f.source and k.external_id = f.order_external_id offset 0) k where f.order_external_id is not null
    union select k.transaction_id, k.transaction_date from f cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
      where k.company_id = ${unseen(company)} and k.source = f.source and k.order_external_id = f.order_external_id offset 0) k where f.order_external_id is not null
    union select k.transaction_id, k.transaction_date from f cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
      where k.company_id = ${unseen(company)} and k.source = f.source and k.order_external_id = f.external_id and k.order_external_id is not null offset 0) k`;
  const kin = sql`union select k.transaction_id, k.transaction_date from (${kinOfSales(company)}) k`;
  return daysOf(company, sql`${own} ${lacks.refunds ? sql`` : refunds} ${lacks.payments ? sql`` : kin}`);
}

/** True when the books have what they are believed to have none of. */
function hasMore(company: string, lacks: Lacks): SQL {
  return sql.join([
    ...(lacks.payments ? [sql`exists (select from payment_keys p where p.company_id = ${company})`] : []),
    ...(lacks.refunds ? [sql`exists (select from transaction_keys k where k.company_id = ${company} and k.order_external_id is not null)`] : []),
    ...(lacks.segments ? [sql`exists (select from segments s where s.company_id = ${company} and s.status = 'live')`] : []),
    sql`false`,
  ], sql` or `);
}

/**
 * Which records are newer than what stands (`app.fresh`), which sales they or the batch's links touch (`app.sales`), which
 * orders their refunds named until now (`app.left`), and what all these touch before anything is written (`app.pairs`).
 * Whoever made the batch has refused what lies in closed days; a night may have closed more of them since.
 *
 * A hypertable row cannot move to another chunk: where the time changed, the old row goes; its customer is kept in
 * `app.owners`. Every part reads what stood before this statement, so what goes is among the pairs.
 */
function rememberFresh(company: string, sales: SaleRow[], lacks: Lacks): SQL {
  const touched = lacks.payments ? sql`` : sql`touched as materialized (${touchedSales} union ${salesOfNames(company, sql`select source, external_id from f union all select source, order_external_id from f where order_external_id is not null
      union all select source, left_order from f where left_order is not null`)}),`;
  const left = lacks.refunds ? sql`` : sql`union ${daysOf(company, sql`select k.transaction_id, k.transaction_date from f cross join lateral (
        select k.transaction_id, k.transaction_date from transaction_keys k where k.company_id = ${unseen(company)} and k.source = f.source and k.external_id = f.left_order
        union all select k.transaction_id, k.transaction_date from transaction_keys k where k.company_id = ${unseen(company)} and k.source = f.source and k.order_external_id = f.left_order offset 0) k
      where f.left_order is not null`)}`;
  return sql`with f as materialized (select i.*, k.transaction_id, k.transaction_date, k.transaction_id is null as is_new, case when k.order_external_id is distinct from i.order_external_id then k.order_external_id end as left_order from ${keyColumns(sales)}
      ${standingKey(company, 'i')}
      where k.transaction_id is null or (i.version_at, i.version_rank) > (k.version_at, k.version_rank)),
    ${touched}
    pairs as (${touchedPairs(company, lacks)} ${left}),
    owners as (select f.idx, t.customer_id from f
      cross join lateral (select t.customer_id from transactions t
        where t.company_id = ${unseen(company)} and t.id = f.transaction_id and t.transaction_date = f.transaction_date offset 0) t
      where not f.is_new and t.customer_id <> ${NOBODY}),
    gone as (delete from transactions t using f where t.id = any(array(select transaction_id from f where not is_new and transaction_date <> at)) and t.company_id = ${unseen(company)}
      and t.id = f.transaction_id and t.transaction_date = f.transaction_date and f.transaction_date <> f.at)
    select set_config('app.left', coalesce((select jsonb_agg(jsonb_build_object('source', source, 'external_id', left_order)) from f where left_order is not null), '[]')::text, true),
      set_config('app.fresh', coalesce((select jsonb_agg(idx) from f), '[]')::text, true),
      set_config('app.sales', ${lacks.payments ? sql`'[]'` : sql`coalesce((select jsonb_agg(sale_id) from touched), '[]')::text`}, true),
      set_config('app.pairs', coalesce((select jsonb_agg(jsonb_build_object('customer_id', customer_id, 'day', day)) from pairs), '[]')::text, true),
      set_config('app.owners', coalesce((select jsonb_object_agg(idx, customer_id) from owners), '{}')::text, true),
      case when ${hasMore(company, lacks)} then retry_later('The books have more than they had when this batch was made') end,
      (select retry_later('Days of this batch were closed while it was made') from companies c
        where c.id = ${company} and (select min(at) from f where is_new) < (c.closed_before::timestamp at time zone c.time_zone))`;
}

/** Keys, transactions and items of the fresh records; items of an updated record are replaced line by line. */
function writeSales(company: string, sales: SaleRow[], importId: string | null): SQL {
  const lines = sales.flatMap((s, idx) => s.items.map((item, line) => ({ idx, line, ...item })));
  return sql`with i as materialized (select u.*, coalesce(k.transaction_id, u.id) as row_id, k.transaction_id is not null as known
      from ${unnest('u', [
        ['idx', 'int', sales.map((_, n) => n)],
        ['id', 'uuid', sales.map((s) => s.id)],
        ['source', 'text', sales.map((s) => s.source)],
        ['external_id', 'text', sales.map((s) => s.externalId)],
        ['kind', 'text', sales.map((s) => s.kind)],
        ['type', 'text', sales.map((s) => s.type)],
        ['at', 'timestamptz', sales.map((s) => s.occurredAt)],
        ['order_external_id', 'text', sales.map((s) => s.orderExternalId)],
        ['label', 'text', sales.map((s) => s.label)],
        ['status', 'text', sales.map((s) => s.status)],
        ['counts', 'bool', sales.map((s) => s.counts)],
        ['channel', 'text', sales.map((s) => s.channel)],
        ['currency', 'text', sales.map((s) => s.currency)],
        ['given', 'bigint', sales.map((s) => s.given)],
        ['goods', 'bigint', sales.map((s) => s.goods)],
        ['discount', 'bigint', sales.map((s) => s.discount)],
        ['tax', 'bigint', sales.map((s) => s.tax)],
        ['shipping', 'bigint', sales.map((s) => s.shipping)],
        ['tip', 'bigint', sales.map((s) => s.tip)],
        ['version_at', 'timestamptz', sales.map((s) => s.versionAt)],
        ['version_rank', 'smallint', sales.map((s) => s.versionRank)],
        ['person', 'int', sales.map((s) => s.person)],
        ['precedence', 'smallint', sales.map((s) => s.precedence)],
        ['lines', 'int', sales.map((s) => s.items.length)],
      ])} join ${freshIndexes} n on n.idx = u.idx
      ${standingKey(company, 'u')}),
    person as materialized (${namedIds('app.people', 'g')}),
    owner as materialized (${namedIds('app.owners', 'idx')}),
    keys as (insert into transaction_keys (company_id, source, external_id, transaction_id, transaction_date, version_at, version_rank, order_external_id, import_id, precedence)
      select ${company}::uuid, source, external_id, row_id, at, version_at, version_rank, order_external_id, ${importId}::uuid, precedence from i order by source, external_id
      on conflict (company_id, source, external_id) do update set transaction_date = excluded.transaction_date,
        version_at = excluded.version_at, version_rank = excluded.version_rank, order_external_id = excluded.order_external_id, precedence = excluded.precedence),
    fewer as (delete from transaction_items t using i where t.transaction_id = any(array(select row_id from i where known)) and t.company_id = ${unseen(company)} and t.transaction_id = i.row_id and t.line >= i.lines),
    items as (insert into transaction_items (company_id, transaction_id, line, product_id, sku, name, category, quantity, amount)
      select ${company}::uuid, i.row_id, l.line, l.product_id, l.sku, l.name, l.category, l.quantity, l.amount
      from ${unnest('l', [
        ['idx', 'int', lines.map((l) => l.idx)],
        ['line', 'int', lines.map((l) => l.line)],
        ['product_id', 'text', lines.map((l) => l.productId)],
        ['sku', 'text', lines.map((l) => l.sku)],
        ['name', 'text', lines.map((l) => l.name)],
        ['category', 'text', lines.map((l) => l.category)],
        ['quantity', 'int', lines.map((l) => l.quantity)],
        ['amount', 'bigint', lines.map((l) => l.amount)],
      ])} join i on i.idx = l.idx
      order by 2, 3
      on conflict (company_id, transaction_id, line) do update set product_id = excluded.product_id, sku = excluded.sku,
        name = excluded.name, category = excluded.category, quantity = excluded.quantity, amount = excluded.amount),
    foreigners as (${noteForeignCurrencies(company)} returning 1),
    rows as (insert into transactions as t (company_id, id, transaction_date, customer_id, source, external_id, kind, type, order_external_id,
        label, status, source_counts, counted, channel, currency, given, goods, discount, tax, shipping, tip, amount)
      select ${company}::uuid, i.row_id, i.at,
        coalesce(person.id, owner.id, ${NOBODY}),
        i.source, i.external_id, i.kind, i.type, i.order_external_id, i.label, i.status, i.counts,
        i.counts and a.amount is not null, i.channel, i.currency, i.given, i.goods, i.discount, i.tax, i.shipping, i.tip,
        coalesce(a.amount, 0)
      from i join companies c on c.id = ${company} cross join lateral (select ${appraised(company, '(i.at at time zone c.time_zone)::date')} as amount offset 0) a
      left join person on person.g = i.person left join owner on owner.idx = i.idx
      order by i.row_id
      on conflict (company_id, id, transaction_date) do update set customer_id = excluded.customer_id, kind = excluded.kind, type = excluded.type,
        order_external_id = excluded.order_external_id, label = excluded.label, status = excluded.status, source_counts = excluded.source_counts,
        counted = excluded.counted, channel = excluded.channel, currency = excluded.currency, given = excluded.given, goods = excluded.goods,
        discount = excluded.discount, tax = excluded.tax, shipping = excluded.shipping, tip = excluded.tip, amount = excluded.amount)
    select (count(*) filter (where not known))::int as inserted, (count(*) filter (where known))::int as updated,
      (select count(*)::int from foreigners) as "newCurrencies",
      set_config('app.inserted', coalesce(jsonb_agg(idx) filter (where not known), '[]')::text, true) from i`;
}

/** Currencies of the rows `i` that the company had none of: rates are wanted for them. */
function noteForeignCurrencies(company: string): SQL {
  return sql`insert into foreign_currencies (company_id, currency) select distinct ${company}::uuid, i.currency from i
    where i.currency <> (select c.currency from companies c where c.id = ${company}) order by 2 on conflict do nothing`;
}

const leftOrders = sql.raw(`jsonb_to_recordset(current_setting('app.left')::jsonb) as l(source text, external_id text)`);

/** Gives refunds their order's customer and standing, parks those whose order has not come, and nets their orders. */
function linkRefunds(company: string, sales: SaleRow[]): SQL {
  return linkRefundsOf(company, sql`select f.source, case when s.kind = 'order' then f.external_id else f.order_external_id end as external_id
    from (select i.* from ${keyColumns(sales)} join ${freshIndexes} n on n.idx = i.idx) f
    join ${unnest('s', [
      ['idx', 'int', sales.map((_, n) => n)],
      ['kind', 'text', sales.map((s) => s.kind)],
    ])} on s.idx = f.idx
    where s.kind = 'order' or f.order_external_id is not null
    union select source, external_id from ${leftOrders}
    union select n.source, n.external_id from (${namesOfSales(company, touchedSales)}) n`, sql`select source, external_id from ${leftOrders}`);
}

/** What the fresh records touch, before and after the write. */
function touchedAfter(company: string, sales: SaleRow[], lacks: Lacks): SQL {
  return sql`with f as (select i.* from ${keyColumns(sales)} join ${freshIndexes} n on n.idx = i.idx) ${lacks.payments ? sql`` : sql`, touched as (${touchedSales})`}
    select p.customer_id, p.day from (${touchedPairs(company, lacks)}) p
    union select b.customer_id, b.day from jsonb_to_recordset(current_setting('app.pairs')::jsonb) as b(customer_id uuid, day date)`;
}
