/** Quantiles of a number over everybody who has ordered, frozen until the next night. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { CUT_POINTS, NUMBER_NAMES } from '#core/segments/numbers';
import type { Cuts, NumberName } from '#core/segments/numbers';
import { numberColumn } from './filter-values.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const cutRow = z.object({ measure: z.enum(NUMBER_NAMES), points: z.array(z.number()) });
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

/** Cuts these numbers as of `day` (R-7, as `percentile_cont` does). */
export async function freezeCuts(db: TenantDb, numbers: ReadonlySet<NumberName>, day: string): Promise<void> {
  const company = db.companyId;
  await db.transaction([...numbers].map((number) => command(sql`insert into percentile_cuts (company_id, measure, cut_on, points)
    select ${company}::uuid, ${number}, ${day}::date, coalesce(to_jsonb((percentile_cont(array(select g / ${CUT_POINTS - 1}::float8 from generate_series(0, ${CUT_POINTS - 1}) g order by g))
        within group (order by (${numberColumn(number).value})::float8))), '[]')
      from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id
      where c.company_id = ${company} and s.company_id = ${company} and c.merged_into is null and s.orders > 0
    on conflict (company_id, measure, cut_on) do update set points = excluded.points`)));
}
