/**
 * Records of one sale: names of a payment lead to a sale, records named so belong to it, one of them is of record.
 * Payment names only ever grow together; what a person takes apart is marked on the record itself (`separated`).
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { groupNames } from '#core/commerce/payment-names';
import type { PaymentLinkRecord } from '#core/commerce/record';
import type { SaleRow } from './batch-rows.ts';
import { appraised, firstOfSale, localDayOf } from './derive-sql.ts';
import { unnest } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

/** The sales that this transaction touches, `app.sales`. */
export const touchedSales: SQL = sql.raw(`select value::uuid as sale_id from jsonb_array_elements_text(current_setting('app.sales')::jsonb)`);

/** A payment's name as source and external id; sources have no colon. */
const nameParts = sql.raw(`split_part(p.key, ':', 1) as source, substr(p.key, strpos(p.key, ':') + 1) as external_id`);

/** Sales that the payments named by `names` (source, external_id) belong to. Costs one look where the company has none. */
export function salesOfNames(company: string, names: SQL): SQL {
  return sql`select p.sale_id from (${names}) n
    cross join lateral (select p.sale_id from payment_keys p where p.company_id = ${unseen(company)} and p.key = n.source || ':' || n.external_id offset 0) p
    where exists (select from payment_keys p where p.company_id = ${company})`;
}

/** Names (source, external_id) of the sales `of`. */
export function namesOfSales(company: string, of: SQL): SQL {
  return sql`select p.sale_id, ${nameParts} from (${of}) s
    cross join lateral (select p.key, p.sale_id from payment_keys p where p.company_id = ${unseen(company)} and p.sale_id = s.sale_id offset 0) p`;
}

/** Every record that the names of the sales `touched` name, and every refund that names one of them. */
export function kinOfSales(company: string): SQL {
  return sql`select k.transaction_id, k.transaction_date from (${namesOfSales(company, sql`select sale_id from touched`)}) n
    cross join lateral (
      select k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = n.source and k.external_id = n.external_id
      union all select k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = n.source and k.order_external_id = n.external_id and k.order_external_id is not null
      offset 0) k`;
}

/** The (customer, day) pairs of the rows `of` (transaction_id, transaction_date), as they stand now. */
export function daysOf(company: string, of: SQL): SQL {
  return sql`select distinct t.customer_id, (t.transaction_date at time zone c.time_zone)::date as day
    from (${of}) r
    cross join lateral (select t.customer_id, t.transaction_date from transactions t
      where t.company_id = ${unseen(company)} and t.id = r.transaction_id and t.transaction_date = r.transaction_date offset 0) t
    join companies c on c.id = ${company}`;
}

/** Takes down which payments the batch says are one (`app.sales`); sales that turn out to be one become one. */
export function joinSales(company: string, sales: readonly SaleRow[], links: readonly PaymentLinkRecord[]): SQL {
  return joinNames(company, [
    ...sales.filter((s) => s.paymentKeys.length > 0).map((s) => [`${s.source}:${s.externalId}`, ...s.paymentKeys]),
    ...links.map((l) => l.paymentKeys),
  ]);
}

/** A new sale's id is derived from its first name: the same names in whatever order make the same books. Version 8, RFC 9562. */
const saleIdOf = (company: string): SQL => sql`overlay(overlay(md5(${company} || ' ' || min(n.key)) placing '8' from 13) placing 'a' from 17)::uuid`;

/** As `joinSales`, for lists of names that each name one sale. */
export function joinNames(company: string, lists: readonly (readonly string[])[]): SQL {
  if (lists.length === 0) return sql`select set_config('app.sales', '[]', true)`;
  const names = groupNames(lists);
  return sql`with recursive n as materialized (select * from ${unnest('n', [
      ['g', 'int', names.map((n) => n.group)],
      ['key', 'text', names.map((n) => n.name)],
    ])}),
    hit as materialized (select distinct n.g, p.sale_id from n
      cross join lateral (select p.sale_id from payment_keys p where p.company_id = ${unseen(company)} and p.key = n.key offset 0) p),
    reach as (select distinct n.g, n.g as root from n
      union select reach.g, b.g from reach join hit a on a.g = reach.root join hit b on b.sale_id = a.sale_id),
    root as materialized (select g, min(root) as root from reach group by g),
    target as materialized (select root.root, coalesce((array_agg(hit.sale_id order by hit.sale_id))[1], ${saleIdOf(company)}) as sale_id
      from root join n on n.g = root.g left join hit on hit.g = root.g group by root.root),
    moving as materialized (select distinct hit.sale_id as was, target.sale_id from hit join root on root.g = hit.g join target on target.root = root.root where hit.sale_id <> target.sale_id),
    moved_names as (update payment_keys p set sale_id = moving.sale_id from moving
      where p.company_id = ${unseen(company)} and p.sale_id = any(array(select was from moving)) and p.sale_id = moving.was),
    moved_records as (update transaction_keys k set sale_id = moving.sale_id from moving
      where k.company_id = ${unseen(company)} and k.sale_id = any(array(select was from moving)) and k.sale_id = moving.was),
    named as (insert into payment_keys (company_id, key, sale_id)
      select ${company}::uuid, n.key, target.sale_id from n join root on root.g = n.g join target on target.root = root.root order by n.key on conflict do nothing)
    select set_config('app.sales', (select jsonb_agg(distinct sale_id) from target)::text, true)`;
}

/** Orders named by the touched sales belong to them, unless a person set them apart. */
export function attachRecords(company: string): SQL {
  return sql`with own as materialized (select k.source, k.external_id, n.sale_id from (${namesOfSales(company, touchedSales)}) n
      cross join lateral (select k.source, k.external_id, k.transaction_id, k.transaction_date, k.sale_id, k.separated from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = n.source and k.external_id = n.external_id offset 0) k
      cross join lateral (select t.kind from transactions t
        where t.company_id = ${unseen(company)} and t.id = k.transaction_id and t.transaction_date = k.transaction_date offset 0) t
      where t.kind = 'order' and k.sale_id is distinct from (case when k.separated then null else n.sale_id end))
    update transaction_keys k set sale_id = case when k.separated then null else own.sale_id end from own
      where k.external_id = any(array(select external_id from own)) and k.company_id = ${unseen(company)} and k.source = own.source and k.external_id = own.external_id`;
}

/**
 * Decides anew which record of each touched sale is of record. A record named by a sale but set apart stands for
 * itself. What was refunded is summed after this, by `linkRefundsOf`.
 */
export function settleSales(company: string): SQL {
  return sql`with c as materialized (select * from companies where id = ${company}),
    record as materialized (select n.sale_id as named_by, k.sale_id, k.precedence, k.transaction_id, k.transaction_date
      from (${namesOfSales(company, touchedSales)}) n
      cross join lateral (select k.sale_id, k.precedence, k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = n.source and k.external_id = n.external_id offset 0) k),
    placed as materialized (select i.id, i.transaction_date,
        k.sale_id is null or row_number() over (partition by k.sale_id order by ${firstOfSale}) = 1 as of_record,
        i.source_counts and ${appraised(company, localDayOf('i'))} is not null as could
      from record k cross join lateral (select * from transactions i
        where i.company_id = ${unseen(company)} and i.id = k.transaction_id and i.transaction_date = k.transaction_date and i.kind = 'order' offset 0) i
      cross join c)
    update transactions t set of_record = placed.of_record, counted = placed.of_record and placed.could, refunded = 0 from placed
      where t.id = any(array(select id from placed)) and t.company_id = ${unseen(company)} and t.id = placed.id and t.transaction_date = placed.transaction_date
        and (t.of_record, t.counted, t.refunded) is distinct from (placed.of_record, placed.of_record and placed.could, 0)`;
}

/** Forgets the names of payments at `source` that no record bears or names: what stands in the books keeps its sale. */
export async function forgetPaymentNames(db: TenantDb, source: string): Promise<void> {
  const company = db.companyId;
  const named = (column: string): SQL => sql`exists (select from transaction_keys k where k.company_id = ${company} and k.source = ${source} and k.${sql.raw(column)} = substr(p.key, ${source.length + 2}))`;
  await db.run(sql`delete from payment_keys p where p.company_id = ${company} and starts_with(p.key, ${`${source}:`}) and not ${named('external_id')} and not ${named('order_external_id')}`);
}
