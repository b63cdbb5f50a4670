/** Quantiles of numbers over customers, frozen until the next night. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { CUT_POINTS, cutKey, type Cuts } from '#core/segments/cuts';
import { NUMBER_NAMES } from '#core/segments/numbers';
import type { Quantity } from '#core/segments/term';
import { quantityValues, type SqlMoment } from './filter-to-sql.ts';
import { jsonNumber, jsonUnder, numberColumn } from './filter-values.ts';
import { pgArray } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const cutRow = z.object({ measure: z.string(), points: z.array(z.number()) });
type CutRow = z.infer<typeof cutRow>;

/** The newest cut of each number. */
export function cutQuery(company: string): Query<CutRow> {
  return query(cutRow, sql`select distinct on (p.measure) p.measure, p.points from percentile_cuts p where p.company_id = ${unseen(company)} order by p.measure, p.cut_on desc`);
}

export function toCuts(rows: readonly CutRow[]): Cuts {
  return new Map(rows.map(({ measure, points }) => [measure, points]));
}

export async function readCuts(db: TenantDb): Promise<Cuts> {
  return toCuts(await db.rows(cutRow, cutQuery(db.companyId).query));
}

/** Its values at all points (R-7, as `percentile_cont` does). Of what is kept of everybody, over those who have ordered; of anything else, over those of whom it is known. */
function pointsOf(quantity: Quantity, moment: SqlMoment): SQL {
  const company = moment.companyId, people = sql`customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id`;
  const somebody = sql`c.company_id = ${company} and s.company_id = ${company} and c.merged_into is null`;
  const over = (value: SQL, from: SQL): SQL => sql`select coalesce(to_jsonb((percentile_cont(array(select g / ${CUT_POINTS - 1}::float8 from generate_series(0, ${CUT_POINTS - 1}) g order by g))
    within group (order by (${value})::float8))), '[]') as points from ${from}`;
  switch (quantity.q) {
    case 'kept': return over(numberColumn(quantity.name).value, sql`${people} where ${somebody} and s.orders > 0`);
    case 'attribute': return over(jsonNumber(jsonUnder(sql.raw('c.attributes'), quantity.path)), sql`${people} where ${somebody}`);
    case 'rows': case 'property': return over(sql.raw('q.value'), sql`(${quantityValues(quantity, moment)}) q join customers c on c.id = q.customer_id join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id where ${somebody}`);
  }
}

/** Keeps these as of `day`. */
export async function freezeCuts(db: TenantDb, quantities: readonly Quantity[], moment: SqlMoment, day: string): Promise<void> {
  await db.transaction(quantities.map((one) => command(sql`insert into percentile_cuts (company_id, measure, cut_on, points)
    select ${db.companyId}::uuid, ${cutKey(one)}, ${day}::date, x.points from (${pointsOf(one, moment)}) x
    on conflict (company_id, measure, cut_on) do update set points = excluded.points`)));
}

/** For once: nothing is kept. */
export async function reckonCuts(db: TenantDb, quantities: readonly Quantity[], moment: SqlMoment): Promise<Cuts> {
  const found = await db.transaction(quantities.map((one) => query(cutRow.pick({ points: true }), pointsOf(one, moment))));
  return new Map(quantities.map((one, n) => [cutKey(one), found[n]?.[0]?.points ?? []]));
}

/**
 * Of cuts that were made for a filter those before `day` go; those of what is kept of everybody stay, for there are few.
 * @param wanted others go as well, whenever they were made; null while a segment that nobody knows yet may have made one
 */
export async function forgetCuts(db: TenantDb, day: string, wanted: readonly Quantity[] | null): Promise<void> {
  const others = wanted === null ? sql`false` : sql`measure <> all(${pgArray('text', wanted.map(cutKey))})`;
  await db.transaction([command(sql`delete from percentile_cuts where company_id = ${db.companyId} and measure <> all(${pgArray('text', NUMBER_NAMES)}) and (cut_on < ${day}::date or ${others})`)]);
}
