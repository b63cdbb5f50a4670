/** Identities at providers that open an account, in Postgres. Issuer and subject are one person in all companies together. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Query, TenantDb } from './tenant.ts';
import { command, query } from './tenant.ts';

const foundRow = z.object({
  company_id: z.string(), identity_id: z.string(), user_id: z.string(), email: z.string(), name: z.string().nullable(),
  role: z.enum(['admin', 'manager', 'analyst', 'viewer']), has_mfa: z.boolean(), deactivated_at: z.string().nullable(),
});
export type FoundIdentity = z.infer<typeof foundRow>;

/** Whose account it opens, in whatever company; also of those who were deactivated. */
export async function findIdentity(database: Database, issuer: string, subject: string): Promise<FoundIdentity | null> {
  return (await database.lookup(foundRow, sql`select * from find_identity(${issuer}, ${subject})`))[0] ?? null;
}

export interface NewIdentity {
  id: string;
  provider: string;
  issuer: string;
  subject: string;
  /** As the provider told it. */
  email: string | null;
}

const idRow = z.object({ id: z.string() });

/** As part of a larger transaction: nothing when there is no such user, who may come in. Breaks `user_identities_subject` when it opens another account. */
export function insertIdentityQuery(db: TenantDb, userId: string, { id, provider, issuer, subject, email }: NewIdentity): Query<z.infer<typeof idRow>> {
  return query(idRow, sql`
    insert into user_identities (company_id, id, user_id, provider, issuer, subject, email, last_used_at)
    select u.company_id, ${id}::uuid, u.id, ${provider}, ${issuer}, ${subject}, ${email}, now()
    from users u where u.company_id = ${db.companyId} and u.id = ${userId} and u.deactivated_at is null returning id`);
}

/** Whether it is this user's from now on. @throws when it opens another account (`isIdentityTaken`). */
export async function insertIdentity(db: TenantDb, userId: string, identity: NewIdentity): Promise<boolean> {
  const [made] = await db.transaction([insertIdentityQuery(db, userId, identity)]);
  return made.length > 0;
}

export async function touchIdentity(db: TenantDb, id: string): Promise<void> {
  await db.run(sql`update user_identities set last_used_at = now() where company_id = ${db.companyId} and id = ${id}`);
}

const listedRow = z.object({ id: z.string(), provider: z.string(), email: z.string().nullable(), createdAt: z.string(), lastUsedAt: z.string().nullable() });
export type IdentityRow = z.infer<typeof listedRow>;

const LISTED = sql`id, provider, email, created_at as "createdAt", last_used_at as "lastUsedAt"`;

/** Those of one user, the oldest first. */
export async function listIdentityRows(db: TenantDb, userId: string): Promise<IdentityRow[]> {
  return await db.rows(listedRow, sql`select ${LISTED} from user_identities where company_id = ${db.companyId} and user_id = ${userId} order by created_at, id`);
}

/** Removes one, unless nothing else would let its user in: `last`. Null when there is none of this id. */
export async function deleteIdentity(db: TenantDb, userId: string, id: string): Promise<IdentityRow | 'last' | null> {
  const [, [there], [removed]] = await db.transaction([
    // Two at once would each count on the other's. Not the row's own lock: that counts as a change, and would be kept as a deed.
    command(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 9))`),
    query(idRow, sql`select id from user_identities where company_id = ${db.companyId} and user_id = ${userId} and id = ${id}`),
    query(listedRow, sql`delete from user_identities where company_id = ${db.companyId} and user_id = ${userId} and id = ${id}
      and (exists (select from users u where u.company_id = ${db.companyId} and u.id = ${userId} and u.password_hash is not null)
        or exists (select from user_identities o where o.company_id = ${db.companyId} and o.user_id = ${userId} and o.id <> ${id})) returning ${LISTED}`),
  ]);
  return removed ?? (there === undefined ? null : 'last');
}
