/** What filters read of up to a thousand customers, in one round trip. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { CustomerFacts, EventFacts, ItemFacts, OrderFacts } from '#core/segments/facts';
import type { Reads } from '#core/segments/reads';
import { companyOf, lineGross, lineNet } from './line-worth.ts';
import { pgArray } from './sql-arrays.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const profile = z.object({
  source: z.string(), externalId: z.string(), email: z.string().nullable(), name: z.string().nullable(), country: z.string().nullable(), acquisitionChannel: z.string().nullable(),
  acquisitionCost: z.number().nullable(), acquiredOn: z.string().nullable(), consentEmail: z.string(), createdAt: z.string(),
});
const stats = z.object({
  orders: z.number(), purchaseDays: z.number(), firstDay: z.string().nullable(), lastDay: z.string().nullable(), previousDay: z.string().nullable(), gross: z.number(), refunded: z.number(),
  historicalValue: z.number(), pAlive: z.number().nullable(), churn: z.number().nullable(), expectedOrders: z.number().nullable(), expectedSpend: z.number().nullable(), predictedValue: z.number(),
  predictedLow: z.number(), predictedHigh: z.number(), totalValue: z.number(), nextOrderDay: z.string().nullable(), recencyScore: z.number(), frequencyScore: z.number(), monetaryScore: z.number(),
  stage: z.string().nullable(),
});
const customerRow = z.object({ id: z.string(), ...profile.shape, ...stats.shape, attributes: z.record(z.string(), z.unknown()).nullable() });
const orderRow = z.object({ customerId: z.string(), id: z.string(), at: z.string(), amount: z.number(), refunded: z.number(), platform: z.string(), channel: z.string().nullable(), currency: z.string() });
const itemRow = z.object({ orderId: z.string(), productId: z.string().nullable(), sku: z.string().nullable(), name: z.string(), category: z.string().nullable(), quantity: z.number(), gross: z.number(), net: z.number() });
const eventRow = z.object({ customerId: z.string(), id: z.string(), at: z.string(), type: z.string(), properties: z.record(z.string(), z.unknown()).nullable() });
const memberRow = z.object({ customerId: z.string(), segmentId: z.string() });
const listedRow = z.object({ customerId: z.string(), listId: z.string() });

/** Of the named keys of a jsonb column those that are there. */
function keysOf(column: string, keys: ReadonlySet<string>): SQL {
  if (keys.size === 0) return sql.raw('null::jsonb');
  return sql`(select jsonb_object_agg(k.key, ${sql.raw(column)} -> k.key) from unnest(${pgArray('text', [...keys])}) k(key) where ${sql.raw(column)} ? k.key)`;
}

/**
 * Facts by customer, in no order. Who was merged into another or erased has no statistics, and is left out.
 * @param reads of all the filters that will be asked; what they do not read is not loaded
 */
export async function loadFacts(db: TenantDb, customerIds: readonly string[], reads: Reads, at: Date): Promise<CustomerFacts[]> {
  const company = db.companyId, ids = pgArray('uuid', customerIds);
  const since = (column: string, reach: number | null): SQL => (reach === null ? sql`` : sql`and ${sql.raw(column)} > ${new Date(at.getTime() - reach).toISOString()}::timestamptz`);
  const ordersOf = sql`t.company_id = ${unseen(company)} and t.customer_id = any(${ids}) and t.kind = 'order' and t.counted ${since('t.transaction_date', reads.reach.orders)}`;
  const [people, orders, items, events, members, listed] = await db.transaction([
    query(customerRow, sql`select c.id, c.source, c.external_id as "externalId", c.email, c.name, c.country, c.acquisition_channel as "acquisitionChannel", c.acquisition_cost as "acquisitionCost",
        c.acquired_on as "acquiredOn", c.consent_email as "consentEmail", c.created_at as "createdAt", ${keysOf('c.attributes', reads.attributes)} as attributes,
        s.orders, s.purchase_days as "purchaseDays", s.first_day as "firstDay", s.last_day as "lastDay", s.previous_day as "previousDay", s.gross, s.refunded,
        s.historical_value as "historicalValue", s.p_alive as "pAlive", s.churn, s.expected_orders as "expectedOrders", s.expected_spend as "expectedSpend", s.predicted_value as "predictedValue",
        s.predicted_low as "predictedLow", s.predicted_high as "predictedHigh", s.total_value as "totalValue", s.next_order_day as "nextOrderDay", s.recency_score as "recencyScore",
        s.frequency_score as "frequencyScore", s.monetary_score as "monetaryScore", s.stage
      from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id
      where c.company_id = ${unseen(company)} and c.id = any(${ids}) and c.merged_into is null`),
    reads.orders ? query(orderRow, sql`select t.customer_id as "customerId", t.id, t.transaction_date as at, t.amount, t.refunded, t.source as platform, t.channel, t.currency from transactions t where ${ordersOf}`) : null,
    reads.items ? query(itemRow, sql`select t.id as "orderId", i.product_id as "productId", i.sku, i.name, i.category, i.quantity, ${lineGross} as gross, ${lineNet} as net from transactions t
      join transaction_items i on i.company_id = t.company_id and i.transaction_id = t.id cross join ${companyOf(company)} where ${ordersOf}`) : null,
    reads.eventTypes.size > 0 ? query(eventRow, sql`select e.customer_id as "customerId", e.id, e.occurred_at as at, e.type, ${keysOf('e.properties', reads.eventProperties)} as properties from events e
      where e.company_id = ${unseen(company)} and e.customer_id = any(${ids}) and e.type = any(${pgArray('text', [...reads.eventTypes])}) ${since('e.occurred_at', reads.reach.events)}`) : null,
    reads.segments.size > 0 ? query(memberRow, sql`select m.customer_id as "customerId", m.segment_id as "segmentId" from segment_members m
      where m.company_id = ${unseen(company)} and m.customer_id = any(${ids}) and m.segment_id = any(${pgArray('uuid', [...reads.segments])})`) : null,
    reads.lists.size > 0 ? query(listedRow, sql`select e.customer_id as "customerId", e.list_id as "listId" from list_entries e
      where e.company_id = ${unseen(company)} and e.customer_id = any(${ids}) and e.list_id = any(${pgArray('uuid', [...reads.lists])})`) : null,
  ]);
  return gathered({ people, orders, items, events, members, listed });
}

interface Loaded {
  people: z.infer<typeof customerRow>[];
  orders: z.infer<typeof orderRow>[];
  items: z.infer<typeof itemRow>[];
  events: z.infer<typeof eventRow>[];
  members: z.infer<typeof memberRow>[];
  listed: z.infer<typeof listedRow>[];
}

function gathered({ people, orders, items, events, members, listed }: Loaded): CustomerFacts[] {
  const itemsOf = grouped(items, (item) => item.orderId, ({ orderId: _, ...item }): ItemFacts => item);
  const ordersOf = grouped(orders, (order) => order.customerId, ({ customerId: _, at, ...order }): OrderFacts => ({ ...order, at: Date.parse(at), items: itemsOf.get(order.id) ?? [] }));
  const eventsOf = grouped(events, (event) => event.customerId, ({ id, at, type, properties }): EventFacts => ({ id, at: Date.parse(at), type, properties: properties ?? {} }));
  const segmentsOf = grouped(members, (member) => member.customerId, (member) => member.segmentId);
  const listsOf = grouped(listed, (entry) => entry.customerId, (entry) => entry.listId);
  return people.map(({ id, attributes, ...row }) => ({
    id, profile: { ...profile.parse(row), attributes: attributes ?? {} }, stats: stats.parse(row),
    orders: ordersOf.get(id) ?? [], events: eventsOf.get(id) ?? [], segments: new Set(segmentsOf.get(id)), lists: new Set(listsOf.get(id)),
  }));
}

function grouped<Row, Part>(rows: readonly Row[], key: (row: Row) => string, part: (row: Row) => Part): Map<string, Part[]> {
  const groups = new Map<string, Part[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(part(row));
    else groups.set(key(row), [part(row)]);
  }
  return groups;
}
