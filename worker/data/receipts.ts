/**
 * Counts what came from each source on each local day, and what became of it, inside the transaction that takes it into
 * the books. A queue's mark tells how far it has been counted: what is worked on twice after a crash counts once.
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { unnest } from './sql-arrays.ts';

/** One record as it was received. */
export interface Receipt {
  source: string;
  /** ISO 8601; its local day is the day it counts on. */
  receivedAt: string;
  /** Whether it came by itself and not because we fetched it or a person sent a file: the source's rhythm is made of these. */
  live: boolean;
  /** Happened more than a day before it came. */
  late: boolean;
  /** Index into the batch's sales; the database knows what became of it. Null: see `fate`. */
  sale: number | null;
  /** Within the batch: the version that stands, one that a newer one overtook, or the same version again. */
  version: 'standing' | 'overtaken' | 'same';
  /** What is no sale: we do not ask whether it was known. */
  fate: 'inserted' | 'updated' | 'ignored';
  /** It was counted as rejected when it came, and is replayed now. */
  wasRejected: boolean;
  /** Null: counted whenever it comes. */
  queue: string | null;
  /** Rises along the queue. */
  ordinal: number;
}

const COUNTS = ['received', 'inserted', 'updated', 'repeated', 'rejected', 'ignored', 'late'] as const;

/** How an upsert into `source_day as d` adds up; also for the rows that dead letters write. */
export const addToDay: SQL = sql.raw(`on conflict (company_id, source, day) do update set
  ${COUNTS.map((name) => `${name} = d.${name} + excluded.${name}`).join(', ')},
  hours = d.hours | excluded.hours, last_received_at = greatest(d.last_received_at, excluded.last_received_at)`);

/** The bit of the local hour in which `at` falls, for company `c`. */
export function hourBit(at: string): SQL {
  return sql.raw(`(1 << extract(hour from ${at} at time zone c.time_zone)::int)`);
}

const indexes = (setting: string): SQL =>
  sql.raw(`(select value::int as idx from jsonb_array_elements_text(coalesce(nullif(current_setting('${setting}', true), ''), '[]')::jsonb))`);

/** Reads `app.fresh` and `app.inserted`, the batch's sales that were news and those that were new. */
export function countReceived(company: string, receipts: readonly Receipt[]): SQL | null {
  if (receipts.length === 0) return null;
  return sql`with r as materialized (select r.*, r.queue is null or r.ordinal > coalesce(m.ordinal, -1) as uncounted from ${unnest('r', [
      ['source', 'text', receipts.map((r) => r.source)],
      ['received_at', 'timestamptz', receipts.map((r) => r.receivedAt)],
      ['live', 'bool', receipts.map((r) => r.live)],
      ['late', 'bool', receipts.map((r) => r.late)],
      ['sale', 'int', receipts.map((r) => r.sale)],
      ['version', 'text', receipts.map((r) => r.version)],
      ['fate', 'text', receipts.map((r) => r.fate)],
      ['was_rejected', 'bool', receipts.map((r) => r.wasRejected)],
      ['queue', 'text', receipts.map((r) => r.queue)],
      ['ordinal', 'bigint', receipts.map((r) => r.ordinal)],
    ])} left join receipt_marks m on m.company_id = ${company} and m.queue = r.queue),
    marked as (insert into receipt_marks as m (company_id, queue, ordinal) select ${company}::uuid, queue, max(ordinal) from r where queue is not null group by queue order by queue
      on conflict (company_id, queue) do update set ordinal = greatest(m.ordinal, excluded.ordinal)),
    told as (select r.source, r.received_at, r.live, r.was_rejected, (r.received_at at time zone c.time_zone)::date as day, ${hourBit('r.received_at')} as hour,
        r.late and n.idx is not null and r.version = 'standing' as late,
        case when r.sale is null then r.fate when r.version = 'same' or f.idx is null then 'repeated'
          when n.idx is not null and r.version = 'standing' then 'inserted' else 'updated' end as fate
      from r join companies c on c.id = ${company} left join ${indexes('app.fresh')} f on f.idx = r.sale left join ${indexes('app.inserted')} n on n.idx = r.sale
      where r.uncounted)
    insert into source_day as d (company_id, source, day, received, inserted, updated, repeated, rejected, ignored, late, hours, last_received_at)
      select ${company}::uuid, source, day, count(*) filter (where not was_rejected), count(*) filter (where fate = 'inserted'), count(*) filter (where fate = 'updated'),
        count(*) filter (where fate = 'repeated'), -count(*) filter (where was_rejected), count(*) filter (where fate = 'ignored'), count(*) filter (where late),
        coalesce(bit_or(hour) filter (where live), 0), max(received_at)
      from told group by source, day order by source, day
      ${addToDay}`;
}
