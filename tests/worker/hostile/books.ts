/** Everything kept of some companies, as one fingerprint a table: what must not change. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { databaseOf } from '../stocked-company.ts';

/** Noted when somebody comes with good credentials, whatever they ask. */
const WHEN_LAST_SEEN = ['last_seen_at', 'last_used_at'];

/** A session lasts longer for being used. */
const OF_SESSIONS = ['expires_at'];

/** All that is kept when somebody reads: who took the audit log away as a file, and who looked at a signing secret, who took somebody's data. */
const KEPT_OF_READING = ['audit.exported', 'integration.secret_revealed', 'privacy.exported'];

const tableName = z.object({ name: z.string() });
const print = z.object({ name: z.string(), rows: z.number(), hash: z.string() });

/** What time and reading alone move: how far segments' windows are worked off, and forecasts made anew when they are asked for. */
const MOVED_BY_TIME = ['segment_ticks', 'forecasts'];

/** Table to row count and hash of contents, of what row security shows to the company. */
export async function fingerprint(companyId: string): Promise<Record<string, string>> {
  const db = databaseOf(companyId);
  const tables = await db.rows(tableName, sql`select relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and has_table_privilege(oid, 'select') and relname <> all(array[${sql.join(MOVED_BY_TIME.map((name) => sql`${name}`), sql`, `)}]::text[]) order by 1`);
  const ignored = (name: string) => sql.join([...WHEN_LAST_SEEN, ...(name === 'sessions' ? OF_SESSIONS : [])].map((column) => sql`- ${column}::text`), sql` `);
  const kept = sql.join(KEPT_OF_READING.map((action) => sql`${action}`), sql`, `);
  const each = tables.map(({ name }) => sql`select ${name}::text as name, count(*)::int as rows,
    coalesce(md5(string_agg(line, '' order by line)), '') as hash from (select md5((to_jsonb(t) ${ignored(name)})::text) as line from ${sql.identifier(name)} t
      where coalesce(to_jsonb(t) ->> 'action', '') not in (${kept})) lines`);
  const prints = await db.rows(print, sql.join(each, sql` union all `));
  return Object.fromEntries(prints.map(({ name, rows, hash }) => [name, `${String(rows)} rows ${hash}`]));
}
