/** The fields that payloads of each topic have been seen with. No values. */
import { sql } from 'drizzle-orm';
import { pgArray, unnest } from './sql-arrays.ts';
import { command } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { lockTenant } from './tenant-lock.ts';

export interface PayloadSample {
  source: string;
  topic: string;
  at: string;
  /** Each path once; kinds joined by | in order of the alphabet. */
  fields: { path: string; kinds: string }[];
}

const KINDS_TOGETHER = sql.raw(`(select string_agg(distinct k, '|' order by k) from unnest(string_to_array(f.kinds || '|' || excluded.kinds, '|')) k)`);
/** A kind that was never there, on a field of which more than its emptiness was known. */
const KINDS_CHANGED = sql.raw(`(f.kinds <> 'null' and exists (select from unnest(string_to_array(excluded.kinds, '|')) k where k <> 'null' and k <> all(string_to_array(f.kinds, '|'))))`);

/** Adds one sample: its fields were seen, the topic's others were missed. */
export async function keepPayloadSample(db: TenantDb, { source, topic, at, fields }: PayloadSample): Promise<void> {
  await db.transaction([
    command(lockTenant(db.companyId)),
    command(sql`update payload_fields set missed = missed + 1 where company_id = ${db.companyId} and source = ${source} and topic = ${topic}
      and path <> all(${pgArray('text', fields.map((f) => f.path))})`),
    command(sql`insert into payload_fields as f (company_id, source, topic, path, kinds, first_seen, last_seen, seen)
      select ${db.companyId}::uuid, ${source}, ${topic}, u.path, u.kinds, ${at}::timestamptz, ${at}::timestamptz, 1
      from ${unnest('u', [['path', 'text', fields.map((f) => f.path)], ['kinds', 'text', fields.map((f) => f.kinds)]])} order by u.path
      on conflict (company_id, source, topic, path) do update set last_seen = excluded.last_seen, seen = f.seen + 1, missed = 0, kinds = ${KINDS_TOGETHER},
        kinds_before = case when ${KINDS_CHANGED} then f.kinds else f.kinds_before end,
        kinds_changed_at = case when ${KINDS_CHANGED} then excluded.last_seen else f.kinds_changed_at end`),
  ]);
}
