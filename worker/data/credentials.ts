/** Passwords, addresses and the single-use links of mails, in Postgres. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { endSessionsQuery } from './sessions.ts';
import type { SessionChoice } from './sessions.ts';
import type { TenantDb } from './tenant.ts';
import { command, query } from './tenant.ts';

export type TokenPurpose = 'verify_email' | 'reset_password' | 'change_email';

export interface NewAccountToken {
  tokenHash: string;
  userId: string;
  purpose: TokenPurpose;
  /** Where it is sent. */
  email: string;
  expiresAt: string;
}

/** Keeps a new link; earlier ones of this purpose do not work any more. */
export async function insertAccountToken(db: TenantDb, token: NewAccountToken): Promise<void> {
  await db.transaction([
    command(sql`delete from account_tokens where company_id = ${db.companyId} and user_id = ${token.userId} and (purpose = ${token.purpose} or expires_at < now())`),
    command(sql`
      insert into account_tokens (company_id, token_hash, user_id, purpose, email, expires_at)
      values (${db.companyId}, ${token.tokenHash}, ${token.userId}, ${token.purpose}, ${token.email}, ${token.expiresAt})`),
  ]);
}

const openToken = z.object({ userId: z.string(), purpose: z.enum(['verify_email', 'reset_password', 'change_email']), email: z.string(), currentEmail: z.string() });
export type OpenToken = z.infer<typeof openToken>;

/** What a link is good for, without using it; null when it was used, is old or unknown. */
export async function readAccountToken(db: TenantDb, tokenHash: string): Promise<OpenToken | null> {
  return await db.first(openToken, sql`
    select t.user_id as "userId", t.purpose, t.email, u.email as "currentEmail" from account_tokens t
    join users u on u.company_id = t.company_id and u.id = t.user_id
    where t.company_id = ${db.companyId} and t.token_hash = ${tokenHash} and t.expires_at > now() and u.deactivated_at is null`);
}

/** Takes the link out, so that it works once: whoever deletes it goes on. A link of another address confirms nothing. */
const taken = (db: TenantDb, tokenHash: string, purpose: TokenPurpose) => sql`
  delete from account_tokens where company_id = ${db.companyId} and token_hash = ${tokenHash} and purpose = ${purpose} and expires_at > now()
  returning user_id, email`;

const changed = z.object({ id: z.string() });

/** Whether the link was good; the address it was sent to is verified then. */
export async function verifyEmail(db: TenantDb, tokenHash: string): Promise<boolean> {
  return (await db.first(changed, sql`
    with t as (${taken(db, tokenHash, 'verify_email')})
    update users u set email_verified_at = coalesce(u.email_verified_at, now()) from t
    where u.company_id = ${db.companyId} and u.id = t.user_id and lower(u.email) = lower(t.email) and u.deactivated_at is null returning u.id`)) !== null;
}

/**
 * Whether the link was good; the user then has the address it was sent to, and it is verified.
 * @throws AppError `invalid_input` when the address has come to have another account (`isEmailTaken`).
 */
export async function moveEmail(db: TenantDb, tokenHash: string): Promise<boolean> {
  return (await db.first(changed, sql`
    with t as (${taken(db, tokenHash, 'change_email')})
    update users u set email = t.email, email_verified_at = now() from t
    where u.company_id = ${db.companyId} and u.id = t.user_id and u.deactivated_at is null returning u.id`)) !== null;
}

/**
 * The user whose password was set and the sessions it ended; null when the link was not good. The link proves the address:
 * if nobody had proven it before, whoever made the account may be a stranger, and their identities do not open it any more.
 */
export async function resetPassword(db: TenantDb, tokenHash: string, userId: string, passwordHash: string): Promise<{ ended: string[] } | null> {
  const [, set, ended] = await db.transaction([
    command(sql`
      delete from user_identities i using users u, account_tokens t
      where i.company_id = ${db.companyId} and i.user_id = ${userId} and u.company_id = i.company_id and u.id = i.user_id and u.email_verified_at is null
        and t.company_id = i.company_id and t.user_id = i.user_id and t.token_hash = ${tokenHash} and t.purpose = 'reset_password' and t.expires_at > now()
        and lower(u.email) = lower(t.email)`),
    query(changed, sql`
      with t as (${taken(db, tokenHash, 'reset_password')})
      update users u set password_hash = ${passwordHash}, password_changed_at = now(), email_verified_at = coalesce(u.email_verified_at, now()) from t
      where u.company_id = ${db.companyId} and u.id = t.user_id and u.id = ${userId} and lower(u.email) = lower(t.email) and u.deactivated_at is null returning u.id`),
    // now() is the transaction's: only where the statement before has set it.
    endSessionsQuery(db, userId, 'all', sql`exists (select from users u where u.company_id = ${db.companyId} and u.id = ${userId} and u.password_changed_at = now())`),
  ]);
  return set.length === 0 ? null : { ended: ended.map(({ id }) => id) };
}

/** Sets a password and ends sessions; answers which. */
export async function changePassword(db: TenantDb, userId: string, passwordHash: string, ending: SessionChoice): Promise<string[]> {
  const [, , ended] = await db.transaction([
    command(sql`update users set password_hash = ${passwordHash}, password_changed_at = now() where company_id = ${db.companyId} and id = ${userId}`),
    command(sql`delete from account_tokens where company_id = ${db.companyId} and user_id = ${userId} and purpose = 'reset_password'`),
    endSessionsQuery(db, userId, ending),
  ]);
  return ended.map(({ id }) => id);
}

/** The same password under newer parameters, unless it was changed meanwhile. */
export async function replacePasswordHash(db: TenantDb, userId: string, from: string, to: string): Promise<void> {
  await db.run(sql`update users set password_hash = ${to} where company_id = ${db.companyId} and id = ${userId} and password_hash = ${from}`);
}

const credentials = z.object({ email: z.string(), name: z.string().nullable(), role: z.enum(['admin', 'manager', 'analyst', 'viewer']), passwordHash: z.string().nullable(), emailVerifiedAt: z.string().nullable(), passwordChangedAt: z.string().nullable() });
export type Credentials = z.infer<typeof credentials>;

export async function readCredentials(db: TenantDb, userId: string): Promise<Credentials | null> {
  return await db.first(credentials, sql`
    select email, name, role, password_hash as "passwordHash", email_verified_at as "emailVerifiedAt", password_changed_at as "passwordChangedAt"
    from users where company_id = ${db.companyId} and id = ${userId} and deactivated_at is null`);
}

export async function renameUser(db: TenantDb, userId: string, name: string | null): Promise<void> {
  await db.run(sql`update users set name = ${name} where company_id = ${db.companyId} and id = ${userId}`);
}
