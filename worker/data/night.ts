/** The lists that schedules walk across tenants, and what a night writes. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Difference } from './rebuild.ts';
import { markTouched } from './segment-touches.ts';
import { command, query } from './tenant.ts';
import type { Database, TenantDb } from './tenant.ts';
import { takeSequence } from './tenant-lock.ts';

const due = z.object({ company_id: z.string(), day: z.string() });
/** Tenants whose local day has begun without its night's work. */
export async function listDueForNight(database: Database, at: Date): Promise<{ companyId: string; day: string }[]> {
  const rows = await database.lookup(due, sql`select company_id, day from companies_due_for_night(${at.toISOString()})`);
  return rows.map((r) => ({ companyId: r.company_id, day: r.day }));
}

const behind = z.object({ company_id: z.string(), unscored: z.boolean(), import_id: z.string().nullable(), rebuild: z.boolean(), rates: z.boolean() });
/** Tenants with work that a lost job may have left. */
export async function listToCatchUp(database: Database): Promise<{ companyId: string; unscored: boolean; importId: string | null; rebuild: boolean; rates: boolean }[]> {
  const rows = await database.lookup(behind, sql`select company_id, unscored, import_id, rebuild, rates from companies_to_catch_up()`);
  return rows.map((r) => ({ companyId: r.company_id, unscored: r.unscored, importId: r.import_id, rebuild: r.rebuild, rates: r.rates }));
}

/** Keeps today's values beside those of other days, so that a change can be explained later. */
export async function keepCalculations(db: TenantDb, day: string): Promise<void> {
  await db.run(sql`insert into clv_calculations (company_id, customer_id, calculated_for, model_run_id, historical_value, predicted_value, predicted_low, predicted_high, total_clv, p_alive)
    select s.company_id, s.customer_id, ${day}::date, k.serving_model, s.historical_value, s.predicted_value, s.predicted_low, s.predicted_high, s.total_value, s.p_alive
    from customer_stats s join tenant_clock k on k.company_id = s.company_id where s.company_id = ${db.companyId} and s.purchase_days > 0
    on conflict (company_id, customer_id, calculated_for) do update set model_run_id = excluded.model_run_id, historical_value = excluded.historical_value,
      predicted_value = excluded.predicted_value, predicted_low = excluded.predicted_low, predicted_high = excluded.predicted_high, total_clv = excluded.total_clv, p_alive = excluded.p_alive`);
}

export async function keepVerification(db: TenantDb, id: string, differences: readonly Difference[], seconds: number): Promise<void> {
  await db.run(sql`insert into verifications (company_id, id, differences, seconds) values (${db.companyId}, ${id}, ${JSON.stringify(differences)}::jsonb, ${seconds})`);
}

const removed = z.object({ values: z.number(), deadLetters: z.number(), runs: z.number(), events: z.number(), chunks: z.number() });

/**
 * Removes what is kept for a time only: daily values after 90 days but for the first of each month, resolved dead letters
 * after 90 days, reports of nights after 400 days, sessions 30 days after their end, links of mails once they are too old, invitations
 * 90 days after they were taken, withdrawn or too old, secrets of second factors that nobody confirmed within a week, behaviour events after 25 months. Takes the grants off new chunks.
 * @returns rows removed
 */
export async function applyRetention(db: TenantDb, day: string): Promise<z.infer<typeof removed>> {
  const company = db.companyId;
  const [, rows] = await db.write([command(takeSequence(company)), query(removed, sql`with today as (select ${day}::date as day),
    v as (delete from clv_calculations using today where company_id = ${company} and calculated_for < today.day - 90 and extract(day from calculated_for) <> 1 returning 1),
    l as (delete from dead_letters using today where company_id = ${company} and resolved_at < today.day - 90 returning 1),
    r as (delete from job_runs using today where company_id = ${company} and started_at < today.day - 400 returning 1),
    w as (delete from verifications using today where company_id = ${company} and checked_at < today.day - 400),
    s as (delete from sessions using today where company_id = ${company} and least(coalesce(ended_at, expires_at), expires_at) < today.day - 30),
    t as (delete from account_tokens using today where company_id = ${company} and expires_at < today.day),
    i as (delete from invitations using today where company_id = ${company} and least(coalesce(accepted_at, revoked_at, expires_at), expires_at) < today.day - 90),
    m as (delete from user_mfa using today where company_id = ${company} and confirmed_at is null and created_at < today.day - 7),
    e as (delete from events using today where company_id = ${company} and occurred_at < today.day - interval '25 months' returning customer_id, type, occurred_at),
    heard as (${markTouched(company, sql`select customer_id, 'event:' || type as kind, occurred_at as at, 'retention' as what from e`)})
    select (select count(*)::int from v) as values, (select count(*)::int from l) as "deadLetters", (select count(*)::int from r) as runs,
      (select count(*)::int from e) as events, revoke_chunk_grants() as chunks`)]);
  return rows[0] ?? { values: 0, deadLetters: 0, runs: 0, events: 0, chunks: 0 };
}

/** How many customers have a score. */
export async function countScored(db: TenantDb): Promise<number> {
  return (await db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from customer_stats where company_id = ${db.companyId} and purchase_days > 0`))?.n ?? 0;
}

export async function markNightDone(db: TenantDb, day: string): Promise<void> {
  await db.run(sql`update tenant_clock set night_done_for = greatest(coalesce(night_done_for, ${day}::date), ${day}::date) where company_id = ${db.companyId}`);
}
