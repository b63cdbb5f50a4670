/** The second factor in Postgres: the sealed secret, the newest code taken, recovery codes, and who must have one. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import { endSessionsQuery } from './sessions.ts';
import type { TenantDb } from './tenant.ts';
import { command, query } from './tenant.ts';

const mfaRow = z.object({
  secret: z.string(), keyId: z.string(),
  /** When this secret was made, to the microsecond: names it, also when it is sealed anew. */
  madeAt: z.string(), confirmedAt: z.string().nullable(), codesLeft: z.number(),
});
export type MfaRow = z.infer<typeof mfaRow>;

export async function readMfa(db: TenantDb, userId: string): Promise<MfaRow | null> {
  return await db.first(mfaRow, sql`
    select secret, key_id as "keyId", created_at::text as "madeAt", confirmed_at as "confirmedAt",
      (select count(*)::int from recovery_codes r where r.company_id = m.company_id and r.user_id = m.user_id) as "codesLeft"
    from user_mfa m where company_id = ${db.companyId} and user_id = ${userId}`);
}

const one = z.object({ user_id: z.string() });

/** A secret that waits to be confirmed; false when one is in force, which only turning off removes. */
export async function putPendingMfa(db: TenantDb, userId: string, sealed: { keyId: string; sealed: string }): Promise<boolean> {
  return (await db.first(one, sql`
    insert into user_mfa (company_id, user_id, secret, key_id) values (${db.companyId}, ${userId}, ${sealed.sealed}, ${sealed.keyId})
    on conflict (company_id, user_id) do update set secret = excluded.secret, key_id = excluded.key_id, last_step = 0, created_at = now()
    where user_mfa.confirmed_at is null returning user_id`)) !== null;
}

/**
 * Puts the secret in force with its recovery codes and ends every other session: they began without it.
 * @returns the sessions it ended; null when the secret was replaced or confirmed meanwhile.
 */
export async function confirmMfa(db: TenantDb, userId: string, confirmed: { madeAt: string; step: number; codeHashes: string[]; keepSession: string }): Promise<string[] | null> {
  // now() is the transaction's: what follows happens only where the first statement did.
  const done = sql`exists (select from user_mfa m where m.company_id = ${db.companyId} and m.user_id = ${userId} and m.confirmed_at = now())`;
  const [set, , , ended] = await db.transaction([
    query(one, sql`
      update user_mfa set confirmed_at = now(), last_step = ${confirmed.step}
      where company_id = ${db.companyId} and user_id = ${userId} and created_at = ${confirmed.madeAt}::timestamptz and confirmed_at is null returning user_id`),
    ...recoveryCodesOf(db, userId, confirmed.codeHashes, done),
    endSessionsQuery(db, userId, { except: confirmed.keepSession }, done),
  ]);
  return set.length === 0 ? null : ended.map(({ id }) => id);
}

export async function replaceRecoveryCodes(db: TenantDb, userId: string, codeHashes: string[]): Promise<void> {
  await db.transaction(recoveryCodesOf(db, userId, codeHashes));
}

function recoveryCodesOf(db: TenantDb, userId: string, codeHashes: string[], given: SQL = sql`true`) {
  return [
    command(sql`delete from recovery_codes where company_id = ${db.companyId} and user_id = ${userId} and ${given}`),
    command(sql`
      insert into recovery_codes (company_id, user_id, code_hash)
      select ${db.companyId}, ${userId}, h from unnest(${pgArray('text', codeHashes)}) as h where ${given}`),
  ] as const;
}

/** Whether the code of this time step is the first taken of it and of all later ones: a code works once. */
export async function takeStep(db: TenantDb, userId: string, madeAt: string, step: number): Promise<boolean> {
  return (await db.first(one, sql`
    update user_mfa set last_step = ${step}
    where company_id = ${db.companyId} and user_id = ${userId} and created_at = ${madeAt}::timestamptz and confirmed_at is not null and last_step < ${step} returning user_id`)) !== null;
}

/** How many are left after this one was used; null when it is not one of this user's. */
export async function takeRecoveryCode(db: TenantDb, userId: string, codeHash: string): Promise<number | null> {
  const [taken, [left]] = await db.transaction([
    query(one, sql`delete from recovery_codes where company_id = ${db.companyId} and user_id = ${userId} and code_hash = ${codeHash} returning user_id`),
    query(z.object({ n: z.number() }), sql`select count(*)::int as n from recovery_codes where company_id = ${db.companyId} and user_id = ${userId}`),
  ]);
  return taken.length === 0 ? null : left?.n ?? 0;
}

export async function deleteMfa(db: TenantDb, userId: string): Promise<void> {
  await db.transaction([
    command(sql`delete from recovery_codes where company_id = ${db.companyId} and user_id = ${userId}`),
    command(sql`delete from user_mfa where company_id = ${db.companyId} and user_id = ${userId}`),
  ]);
}

const roles = z.object({ roles: z.array(z.enum(['admin', 'manager', 'analyst', 'viewer'])) });

/** Roles whose people must have a second factor. */
export async function readMfaRoles(db: TenantDb): Promise<z.infer<typeof roles>['roles']> {
  return (await db.first(roles, sql`select mfa_roles as roles from companies where id = ${db.companyId}`))?.roles ?? [];
}

export async function writeMfaRoles(db: TenantDb, wanted: string[]): Promise<void> {
  await db.run(sql`update companies set mfa_roles = ${JSON.stringify(wanted)}::jsonb where id = ${db.companyId}`);
}
