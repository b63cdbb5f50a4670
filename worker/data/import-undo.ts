/** Takes out again what an import brought, some at a time, by the same differences as everything else is written. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { deriveTouched } from './derive.ts';
import { linkRefundsOf } from './refunds.ts';
import { daysOf, kinOfSales, namesOfSales, salesOfNames, settleSales, touchedSales } from './sales.ts';
import { scorable, selectUnscored } from './scores.ts';
import type { Scorable } from './scores.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { lockTenant, takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/** Deliveries of a platform have ranks from here on: such a version is no longer the file's, and stays. */
const DELIVERED_RANK = 10;

/** Keys that the import brought first and that nobody else has told of since, as a condition on `k`. */
function broughtBy(company: string, importId: string): SQL {
  return sql`k.company_id = ${unseen(company)} and k.import_id = ${importId}::uuid and k.version_rank < ${DELIVERED_RANK}`;
}

const brought = z.object({ removes: z.number(), stays: z.number(), closed: z.number() });

/**
 * How many sales and refunds undoing the import would take out, how many stay because the platform told of them since, and
 * how many are sums of closed days by now, which nobody can tell apart any more.
 */
export async function countBrought(db: TenantDb, importId: string): Promise<z.infer<typeof brought>> {
  const found = await db.first(brought, sql`
    select n.removes, n.stays, case when c.closed_before is null then 0 else greatest(i.inserted - i.undone - n.removes - n.stays, 0) end as closed
    from imports i join companies c on c.id = i.company_id cross join (
      select (count(*) filter (where k.version_rank < ${DELIVERED_RANK}))::int as removes, (count(*) filter (where k.version_rank >= ${DELIVERED_RANK}))::int as stays
      from transaction_keys k where k.company_id = ${db.companyId} and k.import_id = ${importId}::uuid) n
    where i.company_id = ${db.companyId} and i.id = ${importId}`);
  return found ?? { removes: 0, stays: 0, closed: 0 };
}

/** From now on it is being undone. False when it is not over, or was undone already. */
export async function markUndoing(db: TenantDb, importId: string): Promise<boolean> {
  const found = await db.first(z.object({ id: z.string() }), sql`
    update imports set state = 'undoing', lease_until = null, error = null
    where company_id = ${db.companyId} and id = ${importId} and state in ('done', 'cancelled', 'failed') returning id`);
  return found !== null;
}

const gone = sql.raw(`(select * from jsonb_to_recordset(current_setting('app.gone')::jsonb)
  as g(source text, external_id text, order_external_id text, transaction_id uuid, transaction_date timestamptz))`);

/**
 * (customer, day) of the removed records, of the orders they refund with their other refunds, of the refunds that lose
 * their order, and of every record of a sale they took part in, as they stand now.
 */
function touchedPairs(company: string): SQL {
  return sql`with touched as (${touchedSales}) ${daysOf(company, sql`select g.transaction_id, g.transaction_date from ${gone} g
      union select k.transaction_id, k.transaction_date from ${gone} g cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = g.source and k.external_id = g.order_external_id offset 0) k where g.order_external_id is not null
      union select k.transaction_id, k.transaction_date from ${gone} g cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = g.source and k.order_external_id in (g.external_id, g.order_external_id) and k.order_external_id is not null offset 0) k
      union select k.transaction_id, k.transaction_date from (${kinOfSales(company)}) k`)}`;
}

export interface UndoStep {
  removed: number;
  unscored: Scorable[];
}

const step = z.object({ removed: z.number() });

/**
 * Takes out at most `most` records, under the tenant's lock, as long as `token` holds the import. None removed: done.
 * @throws AppError `unavailable`
 */
export async function removeStep(db: TenantDb, importId: string, token: string, most: number, unscoredLimit: number): Promise<UndoStep> {
  const company = db.companyId;
  const [, , steps, , , , , , , , , unscored] = await db.transaction([
    command(lockTenant(company)),
    command(takeSequence(company)),
    query(step, sql`with g as materialized (select k.source, k.external_id, k.order_external_id, k.transaction_id, k.transaction_date
        from transaction_keys k where ${broughtBy(company, importId)}
          and exists (select from imports i where i.company_id = ${company} and i.id = ${importId} and i.state = 'undoing' and i.lease_token = ${token})
        order by k.source, k.external_id limit ${most}),
      sales as materialized (${salesOfNames(company, sql`select source, external_id from g union select source, order_external_id from g where order_external_id is not null`)}),
      kept as (select set_config('app.gone', coalesce((select jsonb_agg(g) from g), '[]')::text, true), set_config('app.sales', coalesce((select jsonb_agg(distinct sale_id) from sales), '[]')::text, true))
      select (select count(*)::int from g) as removed from kept`),
    command(sql`select set_config('app.pairs', coalesce(jsonb_agg(jsonb_build_object('customer_id', p.customer_id, 'day', p.day)), '[]')::text, true) from (${touchedPairs(company)}) p`),
    command(sql`delete from transaction_items t where t.company_id = ${unseen(company)} and t.transaction_id = any(array(select transaction_id from ${gone} g))`),
    command(sql`delete from transactions t using ${gone} g where t.company_id = ${unseen(company)} and t.id = any(array(select transaction_id from ${gone} x))
      and t.id = g.transaction_id and t.transaction_date = g.transaction_date`),
    command(sql`delete from transaction_keys k using ${gone} g where k.company_id = ${unseen(company)} and k.import_id = ${importId}::uuid and k.source = g.source and k.external_id = g.external_id`),
    // Of the records that stay in a sale another is of record now.
    command(settleSales(company)),
    command(linkRefundsOf(company, sql`select g.source, g.external_id from ${gone} g union select g.source, g.order_external_id from ${gone} g where g.order_external_id is not null
      union select n.source, n.external_id from (${namesOfSales(company, touchedSales)}) n`, sql`select g.source, g.order_external_id as external_id from ${gone} g where g.order_external_id is not null`)),
    command(deriveTouched(company, sql`select p.customer_id, p.day from (${touchedPairs(company)}) p
      union select b.customer_id, b.day from jsonb_to_recordset(current_setting('app.pairs')::jsonb) as b(customer_id uuid, day date)`)),
    command(sql`update imports set undone = undone + jsonb_array_length(current_setting('app.gone')::jsonb), lease_until = now() + interval '45 seconds'
      where company_id = ${company} and id = ${importId}`),
    query(scorable, selectUnscored(company, unscoredLimit)),
  ]);
  return { removed: steps[0]?.removed ?? 0, unscored };
}

/** Ends it, if it is still ours; what stays is the platform's from now on. */
export async function markUndone(db: TenantDb, importId: string, token: string): Promise<void> {
  await db.run(sql`with done as (update imports set state = 'undone', finished_at = now(), lease_until = null
      where company_id = ${db.companyId} and id = ${importId} and state = 'undoing' and lease_token = ${token} returning id)
    update transaction_keys k set import_id = null from done where k.company_id = ${db.companyId} and k.import_id = done.id`);
}
