/** Values that the tenant's own data hold, for whoever writes a filter. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';

const choiceRow = z.object({ value: z.string(), label: z.string() });
export type ChoiceRow = z.infer<typeof choiceRow>;

/** Of a list. */
const MOST = 200;
/** Newest sales that channels and products are read from: what nobody has bought for long is typed. */
const SALES = 20_000;
/** Customers whose attributes are looked at, and newest events whose properties are. */
const PEOPLE = 5_000;
const EVENTS = 5_000;

export interface ChoiceLists {
  countries: ChoiceRow[];
  acquisitionChannels: ChoiceRow[];
  platforms: ChoiceRow[];
  channels: ChoiceRow[];
  currencies: ChoiceRow[];
  products: ChoiceRow[];
  categories: ChoiceRow[];
  attributes: ChoiceRow[];
  eventTypes: ChoiceRow[];
  /** Those that are numbers. */
  eventProperties: ChoiceRow[];
}

export async function readChoices(db: TenantDb): Promise<ChoiceLists> {
  const company = db.companyId;
  const list = (from: SQL): Query<ChoiceRow> => query(choiceRow, sql`select value, coalesce(label, value) as label from (${from}) x where value is not null and value <> '' order by n desc, value limit ${MOST}`);
  const ofPeople = (column: string): Query<ChoiceRow> => list(sql`select ${sql.raw(column)} as value, null as label, count(*) as n from customers where company_id = ${company} group by 1`);
  const sales = sql`(select * from transactions t where t.company_id = ${company} and t.counted and t.kind = 'order' order by t.transaction_date desc limit ${SALES})`;
  const ofSales = (column: string): Query<ChoiceRow> => list(sql`select ${sql.raw(column)} as value, null as label, count(*) as n from ${sales} t group by 1`);
  const items = sql`${sales} t join transaction_items i on i.company_id = t.company_id and i.transaction_id = t.id where i.company_id = ${company}`;
  const [countries, acquisitionChannels, platforms, channels, currencies, products, categories, attributes, eventTypes, eventProperties] = await db.transaction([
    ofPeople('country'), ofPeople('acquisition_channel'), ofPeople('source'), ofSales('t.channel'), ofSales('t.currency'),
    list(sql`select coalesce(i.product_id, i.sku, i.name) as value, max(i.name) as label, count(*) as n from ${items} group by 1`),
    list(sql`select i.category as value, null as label, count(*) as n from ${items} group by 1`),
    list(sql`select k.key as value, null as label, count(*) as n from (select attributes from customers where company_id = ${company} and attributes <> '{}' limit ${PEOPLE}) c cross join lateral jsonb_object_keys(c.attributes) k(key) group by 1`),
    list(sql`select type as value, null as label, sum(events) as n from event_metrics where company_id = ${company} group by 1`),
    list(sql`select k.key as value, null as label, count(*) as n from (select e.properties from events e where e.company_id = ${company} and e.properties <> '{}' order by e.occurred_at desc limit ${EVENTS}) e
      cross join lateral jsonb_each(e.properties) k(key, value) where jsonb_typeof(k.value) = 'number' group by 1`),
  ]);
  return { countries, acquisitionChannels, platforms, channels, currencies, products, categories, attributes, eventTypes, eventProperties };
}
