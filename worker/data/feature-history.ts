/** Purchase histories as learned models read them: day sums and a few facts of each customer, packed a row a customer. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { addDayLines, toOrderLines } from '#core/features/day-lines';
import type { GrowingLines } from '#core/features/day-lines';
import type { History } from '#core/features/history';
import type { CategoryColumn } from '#core/learning/table';
import { pgArray } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';

const whole = z.array(z.number());
const row = z.object({
  customer_id: z.string(), country: z.string().nullable(), channel: z.string().nullable(), days: whole, gross: z.array(z.number().nullable()), refunded: whole, net: whole,
});

export interface CustomerHistories {
  /** By customer index of `history`. */
  ids: string[];
  history: History;
}

/** Customers read at once: a page of long histories must fit in memory as text. */
const PAGE = 2000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

function select(company: string, among: SQL, asOf: string): SQL {
  return sql`select d.customer_id, min(c.country) as country, min(c.acquisition_channel) as channel,
      array_agg(d.day - '1970-01-01'::date order by d.day) as days, array_agg(case when d.orders > 0 then d.gross::float8 end order by d.day) as gross,
      array_agg(d.refunded::float8 order by d.day) as refunded, array_agg(d.order_net::float8 order by d.day) as net
    from (${among}) s join customer_day d on d.company_id = ${company} and d.customer_id = s.customer_id and d.day <= ${asOf}
    left join customers c on c.company_id = ${company} and c.id = s.customer_id
    group by d.customer_id order by d.customer_id`;
}

/** Those of `ids` who bought anything up to `asOf`. */
export async function readHistoriesOf(db: TenantDb, ids: readonly string[], asOf: string): Promise<CustomerHistories> {
  const rows = await db.rows(row, select(db.companyId, sql`select unnest(${pgArray('uuid', [...ids])}) as customer_id`, asOf));
  return toHistories([rows]);
}

/** The first `limit` customers by id, which is as good as by chance: ids are hashes. */
export async function readSampleHistories(db: TenantDb, asOf: string, limit: number): Promise<CustomerHistories> {
  const pages: z.infer<typeof row>[][] = [];
  let after = FIRST_ID;
  for (let taken = 0; taken < limit; taken += PAGE) {
    const page = await db.rows(row, select(db.companyId, sql`select customer_id from customer_stats where company_id = ${db.companyId} and purchase_days > 0 and customer_id > ${after} order by customer_id limit ${Math.min(PAGE, limit - taken)}`, asOf));
    pages.push(page);
    const last = page.at(-1);
    if (!last || page.length < Math.min(PAGE, limit - taken)) break;
    after = last.customer_id;
  }
  return toHistories(pages);
}

function toHistories(pages: readonly z.infer<typeof row>[][]): CustomerHistories {
  const lines: GrowingLines = { customer: [], day: [], amount: [], known: [] };
  const ids: string[] = [];
  const country = growing('country');
  const channel = growing('acquisition_channel');
  for (const page of pages) {
    for (const customer of page) {
      addDayLines(lines, ids.length, customer);
      ids.push(customer.customer_id);
      country.add(customer.country);
      channel.add(customer.channel);
    }
  }
  return { ids, history: { orders: toOrderLines(lines), profile: [country.column(), channel.column()] } };
}

function growing(name: string): { add(value: string | null): void; column(): CategoryColumn } {
  const levels = new Map<string, number>();
  const codes: number[] = [];
  return {
    add(value) {
      if (value === null) return void codes.push(-1);
      const code = levels.get(value) ?? levels.size;
      levels.set(value, code);
      codes.push(code);
    },
    column: () => ({ kind: 'category', name, codes: Int32Array.from(codes), levels: [...levels.keys()] }),
  };
}
