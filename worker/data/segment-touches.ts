/** What happens to customers leaves a mark in the transaction of the deed, where a live segment could hear of it. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { SaleRow } from './batch-rows.ts';
import { NOBODY } from './derive-sql.ts';
import { unnest } from './sql-arrays.ts';
import { seqNow } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/** True once for the statement: without live segments nothing behind it is read. */
function anyLive(company: string, reading?: SQL): SQL {
  return sql`(select exists (select from segments s where s.company_id = ${company} and s.status = 'live'${reading === undefined ? sql`` : sql` and s.reads && ${reading}`}))`;
}

/** Rows `of` are (customer_id, kind, at, what); the newest of a customer and kind stands. A statement, or a part of one. */
export function markTouched(company: string, of: SQL, reading?: SQL): SQL {
  return sql`insert into segment_touches as t (company_id, customer_id, kind, seq, at, what)
    select distinct on (r.customer_id, r.kind) ${company}::uuid, r.customer_id, r.kind, ${seqNow}, r.at, r.what from (${of}) r
    where ${anyLive(company, reading)} and r.customer_id <> ${NOBODY} order by r.customer_id, r.kind, r.at desc
    on conflict (company_id, customer_id, kind) do update set seq = excluded.seq, at = excluded.at, what = excluded.what`;
}

/** Whose records were fresh, after they were written; reads `app.fresh`. */
export function markOrders(company: string, sales: readonly SaleRow[]): SQL {
  return markTouched(company, sql`select t.customer_id, 'order' as kind, t.transaction_date as at, i.source || ':' || i.external_id as what
    from ${unnest('i', [
      ['idx', 'int', sales.map((_, n) => n)],
      ['source', 'text', sales.map((s) => s.source)],
      ['external_id', 'text', sales.map((s) => s.externalId)],
    ])} join (select value::int as idx from jsonb_array_elements_text(current_setting('app.fresh')::jsonb)) n on n.idx = i.idx
    cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
      where k.company_id = ${unseen(company)} and k.source = i.source and k.external_id = i.external_id offset 0) k
    cross join lateral (select t.customer_id, t.transaction_date from transactions t
      where t.company_id = ${unseen(company)} and t.id = k.transaction_id and t.transaction_date = k.transaction_date offset 0) t`);
}

/** People who were given somebody else's past. */
export function markPeople(company: string, ids: SQL, kind: 'merge'): SQL {
  return markTouched(company, sql`select x.id as customer_id, ${kind} as kind, now() as at, null as what from (${ids}) x(id) where x.id is not null`);
}

/**
 * Parts of a `with`: whoever `ids` are is in no segment any more, and what was being found out about them is not written.
 * `x_segment_members` holds the rows that went.
 */
export function leaveSegments(company: string, ids: SQL): SQL {
  const hers = sql`company_id = ${unseen(company)} and customer_id in (${ids})`;
  return sql`x_segment_members as (delete from segment_members where ${hers} returning segment_id, customer_id),
    fewer as (update segments s set members = s.members - m.n from (select segment_id, count(*)::int as n from x_segment_members group by 1) m
      where s.company_id = ${company} and s.id = m.segment_id),
    untouched as (delete from segment_touches where ${hers}),
    overtaken as (update segment_ticks set version = version + 1 where company_id = ${company})`;
}
