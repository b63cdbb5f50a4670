/** Who matches a filter that nobody has kept yet: how many, what they are worth, where they stand, and some of them. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { everybody } from './everybody.ts';
import type { ProfileReads } from './everybody.ts';
import { hashMemory } from './filter-to-sql.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const cell = z.object({ stage: z.string().nullable(), r: z.int(), f: z.int(), band: z.int().nullable(), n: z.int(), value: z.int() });
export type PreviewCell = z.infer<typeof cell>;
const sampled = z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable(), externalId: z.string(), totalValue: z.int(), stage: z.string().nullable() });
export type PreviewSample = z.infer<typeof sampled>;
const found = z.object({ cells: z.array(cell), sample: z.array(sampled) });
const base = z.object({ n: z.number(), value: z.number() });
/** Customers, and what they are worth together; minor units. */
export type PreviewBase = z.infer<typeof base>;

const SAMPLE = 8;
/** Ids are made of hashes: those that begin with the lowest of so many are as good as a random part. */
const PARTS = 32;
const PART_END = `${(256 / PARTS).toString(16).padStart(2, '0')}000000-0000-0000-0000-000000000000`;

export interface PreviewQuestion {
  /** Over `everybody`. */
  holds: SQL;
  reads: ProfileReads;
  /** Looks at a part of everybody only. */
  isPart: boolean;
  /** Whether all customers are counted as well. */
  wantsBase: boolean;
}

export interface PreviewRows {
  cells: PreviewCell[];
  sample: PreviewSample[];
  /** Customers who were looked at; null where everybody was. */
  looked: number | null;
  /** Null where it was not asked for. */
  base: PreviewBase | null;
}

/** One round trip, and one pass over those who match for everything that is told of them. */
export async function previewRows(db: TenantDb, { holds, reads, isPart, wantsBase }: PreviewQuestion): Promise<PreviewRows> {
  const company = db.companyId;
  const all = everybody(company, reads);
  const part = (column: string): SQL => (isPart ? sql` and ${sql.raw(column)} < ${PART_END}::uuid` : sql``);
  const [, answers, looked, bases] = await db.transaction([
    command(hashMemory),
    query(found, sql`with m as materialized (select s.customer_id as id, s.total_value, s.stage, s.recency_score as r, s.frequency_score as f
        from ${all.from} where ${all.where}${part('s.customer_id')} and (${holds})),
      best as (select id, total_value from m order by total_value desc, id limit ${SAMPLE})
      select (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (
          select stage, r, f, case when total_value > 0 then floor(log(total_value))::int end as band, count(*) as n, sum(total_value) as value from m group by 1, 2, 3, 4) x) as cells,
        (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'email', c.email, 'externalId', c.external_id, 'totalValue', s.total_value, 'stage', s.stage) order by b.total_value desc, b.id), '[]')
          from best b cross join lateral (select * from customers c where c.company_id = ${company} and c.id = b.id offset 0) c
          cross join lateral (select * from customer_stats s where s.company_id = ${company} and s.customer_id = b.id offset 0) s) as sample`),
    isPart ? query(z.object({ n: z.number() }), sql`select count(*)::int as n from customers c where c.company_id = ${company}${part('c.id')} and c.merged_into is null`) : null,
    // Each of the three off an index alone; whoever was merged into another is worth nothing of her own.
    wantsBase ? query(base, sql`select (select count(*) from customers c where c.company_id = ${company})::int - (select count(*) from customers c where c.company_id = ${company} and c.merged_into is not null)::int as n,
      (select coalesce(sum(s.total_value), 0)::bigint from customer_stats s where s.company_id = ${company}) as value`) : null,
  ] as const);
  return { cells: answers[0]?.cells ?? [], sample: answers[0]?.sample ?? [], looked: looked[0]?.n ?? null, base: bases[0] ?? null };
}
