/** Segments of a test tenant: made by their filters, who is in them, and why. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Filter } from '#core/segments/filter';
import { filter } from '#core/segments/filter';
import { createSegment } from '#operations/segments';
import type { SegmentView } from '#operations/segment-views';
import type { TenantContext } from '#worker/ports';

export async function segmentOf(ctx: TenantContext, name: string, tree: unknown): Promise<SegmentView> {
  const parsed: Filter = filter.parse(tree);
  return createSegment(ctx, { name, description: '', filter: parsed, status: 'live', origin: 'made' });
}

/** Shopify's names of the members, sorted. */
export async function membersOf(ctx: TenantContext, id: string): Promise<string[]> {
  return (await ctx.db.rows(z.object({ name: z.string() }), sql`select c.external_id as name from segment_members m join customers c on c.company_id = m.company_id and c.id = m.customer_id
    where m.company_id = ${ctx.companyId} and m.segment_id = ${id} order by 1`)).map((row) => row.name);
}

const changeRow = z.object({ name: z.string(), change: z.string(), at: z.string(), kind: z.string(), what: z.string().nullable() });

/** In the order of the sequence. */
export async function changesOf(ctx: TenantContext, id: string): Promise<z.infer<typeof changeRow>[]> {
  return ctx.db.rows(changeRow, sql`select coalesce(c.external_id, 'gone') as name, h.change, h.at, h.cause ->> 'kind' as kind, h.cause ->> 'what' as what
    from segment_changes h left join customers c on c.company_id = h.company_id and c.id = h.customer_id where h.company_id = ${ctx.companyId} and h.segment_id = ${id} order by h.seq, h.customer_id`);
}
