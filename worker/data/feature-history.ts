/** Purchase histories as learned models read them: day sums, channels and products, events and a few facts of each customer, grouped in SQL. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { dayNumber } from '#core/calendar/days';
import { addDayLines, toOrderLines } from '#core/features/day-lines';
import type { GrowingLines } from '#core/features/day-lines';
import type { History } from '#core/features/history';
import type { CategoryColumn } from '#core/learning/table';
import { localDayOf } from './derive-sql.ts';
import { pgArray } from './sql-arrays.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const whole = z.array(z.number());
const dayRow = z.object({
  customer_id: z.string(), country: z.string().nullable(), channel: z.string().nullable(), days: whole, gross: z.array(z.number().nullable()), refunded: whole, net: whole,
});
const mixRow = z.object({ customer_id: z.string(), channel: z.string().nullable(), product: z.string().nullable(), category: z.string().nullable(), days: whole, lines: whole, pieces: z.array(z.number().nullable()) });
const eventRow = z.object({ customer_id: z.string(), type: z.string(), days: whole, times: whole });

export interface CustomerHistories {
  /** By customer index of `history`. */
  ids: string[];
  history: History;
}

/** What of a history is read besides the days on which somebody bought. */
export interface HistoryReach {
  asOf: string;
  /** Channels and products of orders. */
  mix: boolean;
  /** First day of events; null for none. */
  eventsFrom: string | null;
  /** Single sales of before are gone (`companies.closed_before`). */
  closedBefore: string | null;
}

/** Customers read at once: a page of long histories must fit in memory as text. */
const PAGE = 2000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** Days, groups of lines and groups of events of one sample: past so many it ends with fewer customers, so that it fits an isolate. */
const MOST_ENTRIES = 600_000;
/** Orders looked at to see whether this company's name a channel. */
const LOOKED_AT = 1000;

const EPOCH = sql.raw(`'1970-01-01'::date`);

function daysOf(company: string, among: SQL, { asOf }: HistoryReach): SQL {
  return sql`select d.customer_id, min(c.country) as country, min(c.acquisition_channel) as channel,
      array_agg(d.day - ${EPOCH} order by d.day) as days, array_agg(case when d.orders > 0 then d.gross::float8 end order by d.day) as gross,
      array_agg(d.refunded::float8 order by d.day) as refunded, array_agg(d.order_net::float8 order by d.day) as net
    from (${among}) s join customer_day d on d.company_id = ${company} and d.customer_id = s.customer_id and d.day <= ${asOf}
    left join customers c on c.company_id = ${company} and c.id = s.customer_id
    group by d.customer_id order by d.customer_id`;
}

/** Orders as the day sums count them, whatever was sent back later: that was not known on the day. */
function mixOf(company: string, among: SQL, { asOf, mix }: HistoryReach) {
  const day = sql.raw(localDayOf('t'));
  return !mix ? null : query(mixRow, sql`select l.customer_id, l.channel, l.product, l.category, array_agg(l.day order by l.day) as days, array_agg(l.lines order by l.day) as lines, array_agg(l.pieces order by l.day) as pieces
    from (select t.customer_id, t.channel, i.name as product, i.category, ${day} - ${EPOCH} as day, count(*)::int as lines, sum(i.quantity)::int as pieces
      from (${among}) s join companies c on c.id = ${company} join transactions t on t.company_id = ${unseen(company)} and t.customer_id = s.customer_id and t.kind = 'order' and t.counted
      left join transaction_items i on i.company_id = ${unseen(company)} and i.transaction_id = t.id
      where ${day} <= ${asOf}::date group by 1, 2, 3, 4, 5) l
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`);
}

function eventsOf(company: string, among: SQL, { asOf, eventsFrom }: HistoryReach) {
  // A day of leeway on both sides for the time zone, so that only the chunks in question are read.
  return eventsFrom === null ? null : query(eventRow, sql`select g.customer_id, g.type, array_agg(g.day order by g.day) as days, array_agg(g.times order by g.day) as times
    from (select e.customer_id, e.type, (e.occurred_at at time zone c.time_zone)::date - ${EPOCH} as day, count(*)::int as times
      from (${among}) s join companies c on c.id = ${company} join events e on e.company_id = ${unseen(company)} and e.customer_id = s.customer_id
        and e.occurred_at >= ${eventsFrom}::date - 1 and e.occurred_at < ${asOf}::date + 2
      where (e.occurred_at at time zone c.time_zone)::date between ${eventsFrom}::date and ${asOf}::date group by 1, 2, 3) g
    group by 1, 2 order by 1, 2`);
}

/** Whether orders of this company say anything of channels or products, and whether it has events at all. */
export async function readSources(db: TenantDb): Promise<{ mix: boolean; events: boolean }> {
  const company = db.companyId;
  // Asked in the order of an index: a shop that has none must not have the rows of all others looked through.
  const found = await db.first(z.object({ mix: z.boolean(), events: z.boolean() }), sql`select
    exists (select from (select i.line from transaction_items i where i.company_id = ${company} order by i.transaction_id limit 1) l)
      or exists (select from (select t.channel from transactions t where t.company_id = ${company} order by t.customer_id limit ${LOOKED_AT}) o where o.channel is not null) as mix,
    exists (select from (select e.id from events e where e.company_id = ${company} and e.customer_id > ${FIRST_ID}::uuid order by e.customer_id limit 1) e) as events`);
  return found ?? { mix: false, events: false };
}

/** Those of `ids` who bought anything up to the day. One round trip. */
export async function readHistoriesOf(db: TenantDb, ids: readonly string[], reach: HistoryReach): Promise<CustomerHistories> {
  const made = new Histories(reach);
  await made.read(db, sql`select unnest(${pgArray('uuid', [...ids])}) as customer_id`);
  return made.done();
}

/** The first `limit` customers by id, which is as good as by chance: ids are hashes. Fewer where their histories are very long. One round trip a page. */
export async function readSampleHistories(db: TenantDb, reach: HistoryReach, limit: number): Promise<CustomerHistories> {
  const made = new Histories(reach);
  let after = FIRST_ID;
  for (let taken = 0; taken < limit && made.entries < MOST_ENTRIES; taken += PAGE) {
    const size = Math.min(PAGE, limit - taken);
    const last = await made.read(db, sql`select customer_id from customer_stats where company_id = ${db.companyId} and purchase_days > 0 and customer_id > ${after} order by customer_id limit ${size}`);
    if (last === null || last.customers < size) break;
    after = last.id;
  }
  return made.done();
}

/** Grows page by page; what has come as text is packed before the next page is asked for. */
class Histories {
  entries = 0;
  private readonly reach: HistoryReach;
  private readonly lines: GrowingLines = { customer: [], day: [], amount: [], known: [] };
  private readonly ids: string[] = [];
  private readonly country = growing();
  private readonly acquired = growing();
  private readonly channel = growing();
  private readonly product = growing();
  private readonly category = growing();
  private readonly kind = growing();
  private readonly mix: Record<'customer' | 'day' | 'lines' | 'quantity', number[]> = { customer: [], day: [], lines: [], quantity: [] };
  private readonly events: Record<'customer' | 'day' | 'count', number[]> = { customer: [], day: [], count: [] };

  constructor(reach: HistoryReach) {
    this.reach = reach;
  }

  /** @returns how many came, and the last of them; null when none did */
  async read(db: TenantDb, among: SQL): Promise<{ customers: number; id: string } | null> {
    const company = db.companyId;
    const [days, mix, events] = await db.transaction([query(dayRow, daysOf(company, among, this.reach)), mixOf(company, among, this.reach), eventsOf(company, among, this.reach)]);
    const index = new Map<string, number>();
    for (const customer of days) {
      index.set(customer.customer_id, this.ids.length);
      addDayLines(this.lines, this.ids.length, customer);
      this.ids.push(customer.customer_id);
      this.country.add(customer.country);
      this.acquired.add(customer.channel);
      this.entries += customer.days.length;
    }
    for (const { customer_id: id, channel, product, category, days: on, lines, pieces } of mix) {
      const customer = index.get(id);
      if (customer === undefined) continue;
      on.forEach((day, i) => {
        this.channel.add(channel);
        this.product.add(product);
        this.category.add(category);
        this.mix.customer.push(customer);
        this.mix.day.push(day);
        this.mix.lines.push(lines[i] ?? 1);
        this.mix.quantity.push(pieces[i] ?? NaN);
      });
      this.entries += on.length;
    }
    for (const { customer_id: id, type, days: on, times } of events) {
      const customer = index.get(id);
      if (customer === undefined) continue;
      on.forEach((day, i) => {
        this.kind.add(type);
        this.events.customer.push(customer);
        this.events.day.push(day);
        this.events.count.push(times[i] ?? 1);
      });
      this.entries += on.length;
    }
    const last = days.at(-1);
    return last ? { customers: days.length, id: last.customer_id } : null;
  }

  done(): CustomerHistories {
    const { reach, mix, events } = this;
    const [channel, product, category, kind] = [this.channel.column('channel'), this.product.column('product'), this.category.column('category'), this.kind.column('kind')];
    return {
      ids: this.ids,
      history: {
        orders: toOrderLines(this.lines),
        profile: [this.country.column('country'), this.acquired.column('acquisition_channel')],
        ...(reach.mix ? {
          // What no order names is no column: nothing would be said by it.
          mix: {
            customer: Int32Array.from(mix.customer), day: Int32Array.from(mix.day), lines: Int32Array.from(mix.lines),
            ...(channel.levels.length > 0 ? { channel: channel.codes } : {}),
            ...(category.levels.length > 0 ? { category: category.codes } : {}),
            ...(product.levels.length > 0 ? { product: product.codes, quantity: Float64Array.from(mix.quantity) } : {}),
          },
          channels: channel.levels, products: product.levels, categories: category.levels,
          ...(reach.closedBefore === null ? {} : { mixFrom: dayNumber(reach.closedBefore) }),
        } : {}),
        ...(reach.eventsFrom === null ? {} : { events: { customer: Int32Array.from(events.customer), day: Int32Array.from(events.day), kind: kind.codes, count: Int32Array.from(events.count) }, kinds: kind.levels }),
      },
    };
  }
}

interface GrowingCodes {
  add(value: string | null): void;
  column(name: string): CategoryColumn;
}

function growing(): GrowingCodes {
  const levels = new Map<string, number>();
  const codes: number[] = [];
  return {
    add(value) {
      if (value === null) return void codes.push(-1);
      const code = levels.get(value) ?? levels.size;
      levels.set(value, code);
      codes.push(code);
    },
    column: (name) => ({ kind: 'category', name, codes: Int32Array.from(codes), levels: [...levels.keys()] }),
  };
}
