/** Who matches a filter that nobody has kept yet: how many, what they are worth, where they stand, and some of them. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { hashMemory } from './filter-to-sql.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const cellRow = z.object({
  stage: z.string().nullable(), r: z.number(), f: z.number(), band: z.number().nullable(), n: z.number(), value: z.number(),
});
export type PreviewCell = z.infer<typeof cellRow>;
const sampleRow = z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable(), externalId: z.string(), totalValue: z.number(), stage: z.string().nullable() });
export type PreviewSample = z.infer<typeof sampleRow>;

const SAMPLE = 8;
/** Ids are made of hashes: those that begin with the lowest of so many are as good as a random part. */
const PARTS = 32;

export interface PreviewRows {
  cells: PreviewCell[];
  sample: PreviewSample[];
  everybody: { n: number; value: number };
}

/** Customers with statistics, counted; what they are worth. */
export async function readBase(db: TenantDb): Promise<{ n: number; value: number }> {
  return await db.first(z.object({ n: z.number(), value: z.number() }),
    sql`select count(*)::int as n, coalesce(sum(total_value), 0)::bigint as value from customer_stats where company_id = ${db.companyId}`) ?? { n: 0, value: 0 };
}

/**
 * @param holds over `customers c join customer_stats s`
 * @param isPart looks at a part of everybody only, of which `everybody` tells
 */
export async function previewRows(db: TenantDb, holds: SQL, isPart: boolean): Promise<PreviewRows> {
  const company = db.companyId;
  const part = isPart ? sql` and s.customer_id < ${`${(256 / PARTS).toString(16).padStart(2, '0')}000000-0000-0000-0000-000000000000`}::uuid` : sql``;
  const [, cells, sample, base] = await db.transaction([
    command(hashMemory),
    query(cellRow, sql`with m as materialized (select s.customer_id as id, s.total_value, s.stage, s.recency_score as r, s.frequency_score as f
        from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id
        where c.company_id = ${company} and s.company_id = ${company} and c.merged_into is null${part} and (${holds}))
      select stage, r, f, case when total_value > 0 then floor(log(total_value))::int end as band, count(*)::int as n, coalesce(sum(total_value), 0)::bigint as value,
        set_config('app.sample', coalesce((select jsonb_agg(t.id) from (select id from m order by total_value desc, id limit ${SAMPLE}) t), '[]')::text, true)
      from m group by stage, r, f, band`),
    query(sampleRow, sql`select c.id, c.name, c.email, c.external_id as "externalId", s.total_value as "totalValue", s.stage
      from jsonb_array_elements_text(coalesce(nullif(current_setting('app.sample', true), ''), '[]')::jsonb) with ordinality x(id, place)
      cross join lateral (select * from customers c where c.company_id = ${company} and c.id = x.id::uuid offset 0) c
      cross join lateral (select * from customer_stats s where s.company_id = ${company} and s.customer_id = c.id offset 0) s order by x.place`),
    query(z.object({ n: z.number(), value: z.number() }), sql`select count(*)::int as n, coalesce(sum(s.total_value), 0)::bigint as value from customer_stats s where s.company_id = ${company}${part}`),
  ]);
  return { cells, sample, everybody: base[0] ?? { n: 0, value: 0 } };
}
