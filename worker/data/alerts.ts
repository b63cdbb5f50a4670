/** Alerts as rows: one open a rule and subject, raised and resolved by what is found. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { SEVERITIES } from '#core/quality/alert-rules';
import { unnest } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { Database, TenantDb } from './tenant.ts';

const detail = z.object({ meaning: z.string(), link: z.object({ label: z.string(), to: z.string() }).nullable() });
const alertRow = z.object({
  id: z.string(), rule: z.string(), subject: z.string(), severity: z.enum(SEVERITIES), title: z.string(), detail,
  raised_at: z.string(), seen_at: z.string(), acknowledged_at: z.string().nullable(), resolved_at: z.string().nullable(),
});
export type AlertRow = z.infer<typeof alertRow>;
const COLUMNS = sql.raw('id, rule, subject, severity, title, detail, raised_at, seen_at, acknowledged_at, resolved_at');

export interface FoundAlert {
  /** Used if it is new. */
  id: string;
  rule: string;
  subject: string;
  severity: string;
  title: string;
  detail: z.infer<typeof detail>;
}

/** Raises what is new, keeps what goes on in its newest words, resolves what is over. @returns what is open now */
export async function syncAlerts(db: TenantDb, found: readonly FoundAlert[], at: string): Promise<AlertRow[]> {
  const table = unnest('u', [
    ['id', 'uuid', found.map((f) => f.id)], ['rule', 'text', found.map((f) => f.rule)], ['subject', 'text', found.map((f) => f.subject)],
    ['severity', 'text', found.map((f) => f.severity)], ['title', 'text', found.map((f) => f.title)], ['detail', 'jsonb', found.map((f) => JSON.stringify(f.detail))],
  ]);
  const [, , open] = await db.transaction([
    command(sql`update alerts a set resolved_at = ${at}::timestamptz where a.company_id = ${db.companyId} and a.resolved_at is null
      and not exists (select from ${table} where u.rule = a.rule and u.subject = a.subject)`),
    command(sql`insert into alerts as a (company_id, id, rule, subject, severity, title, detail, raised_at, seen_at)
      select ${db.companyId}::uuid, u.id, u.rule, u.subject, u.severity, u.title, u.detail, ${at}::timestamptz, ${at}::timestamptz from ${table} order by u.rule, u.subject
      on conflict (company_id, rule, subject) where resolved_at is null do update set severity = excluded.severity, title = excluded.title, detail = excluded.detail, seen_at = excluded.seen_at`),
    query(alertRow, sql`select ${COLUMNS} from alerts where company_id = ${db.companyId} and resolved_at is null order by raised_at desc`),
  ]);
  return open;
}

/** Newest first. */
export async function listAlertRows(db: TenantDb, state: 'open' | 'resolved' | 'all', limit: number): Promise<AlertRow[]> {
  const standing = state === 'all' ? sql`true` : state === 'open' ? sql`resolved_at is null` : sql`resolved_at is not null`;
  return db.rows(alertRow, sql`select ${COLUMNS} from alerts where company_id = ${db.companyId} and ${standing} order by raised_at desc, id limit ${limit}`);
}

/** Null when there is no such alert; a second time changes nothing. */
export async function acknowledgeAlertRow(db: TenantDb, id: string, at: string): Promise<AlertRow | null> {
  return db.first(alertRow, sql`update alerts set acknowledged_at = coalesce(acknowledged_at, ${at}::timestamptz) where company_id = ${db.companyId} and id = ${id} returning ${COLUMNS}`);
}

export async function writeAlertRule(db: TenantDb, rule: string, enabled: boolean, settings: Record<string, number>): Promise<void> {
  await db.run(sql`insert into alert_rules (company_id, rule, enabled, settings) values (${db.companyId}, ${rule}, ${enabled}, ${JSON.stringify(settings)}::jsonb)
    on conflict (company_id, rule) do update set enabled = excluded.enabled, settings = excluded.settings`);
}

const watched = z.object({ company_id: z.string() });
/** Tenants whose turn it is to be looked at. */
export async function listToWatch(database: Database, slot: number, slots: number): Promise<string[]> {
  return (await database.lookup(watched, sql`select company_id from companies_to_watch(${slot}, ${slots})`)).map((row) => row.company_id);
}
