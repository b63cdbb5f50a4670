/** Orders of which a batch tells no more than a new state: the rest is taken from the books. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { SaleRow } from './batch-rows.ts';
import { unnest } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const item = z.object({ productId: z.string().nullable(), sku: z.string().nullable(), name: z.string(), category: z.string().nullable(), quantity: z.number(), amount: z.number() });
const standing = z.object({
  n: z.number(), occurredAt: z.string(), type: z.string(), label: z.string().nullable(), channel: z.string().nullable(), precedence: z.number(), currency: z.string(),
  given: z.number().nullable(), goods: z.number(), discount: z.number(), tax: z.number(), shipping: z.number(), tip: z.number(), items: z.array(item),
});

/**
 * Fills each sale that is `stateOnly` with what the books say of it; one they do not know stays as it is. Read before the
 * tenant's lock: a version that another door writes meanwhile is either newer, and stands, or as old as what is read here.
 */
export async function fillFromBooks(db: TenantDb, sales: readonly SaleRow[]): Promise<SaleRow[]> {
  const wanted = sales.flatMap((sale, n) => (sale.stateOnly ? [{ n, source: sale.source, externalId: sale.externalId }] : []));
  if (wanted.length === 0) return [...sales];
  const company = unseen(db.companyId);
  const found = await db.rows(standing, sql`select w.n, t.transaction_date as "occurredAt", t.type, t.label, t.channel, k.precedence, t.currency::text as currency,
      t.given, t.goods, t.discount, t.tax, t.shipping, t.tip, coalesce(i.items, '[]') as items
    from ${unnest('w', [
      ['n', 'int', wanted.map(({ n }) => n)],
      ['source', 'text', wanted.map(({ source }) => source)],
      ['external_id', 'text', wanted.map(({ externalId }) => externalId)],
    ])}
    cross join lateral (select k.transaction_id, k.transaction_date, k.precedence from transaction_keys k
      where k.company_id = ${company} and k.source = w.source and k.external_id = w.external_id offset 0) k
    cross join lateral (select t.* from transactions t
      where t.company_id = ${company} and t.id = k.transaction_id and t.transaction_date = k.transaction_date and t.kind = 'order' offset 0) t
    left join lateral (select jsonb_agg(jsonb_build_object('productId', i.product_id, 'sku', i.sku, 'name', i.name, 'category', i.category,
        'quantity', i.quantity, 'amount', i.amount) order by i.line) as items
      from transaction_items i where i.company_id = ${company} and i.transaction_id = k.transaction_id offset 0) i on true`);
  const byPlace = new Map(found.map(({ n, ...known }) => [n, known]));
  return sales.map((sale, n) => ({ ...sale, ...byPlace.get(n) }));
}
