/** The people of a company and those asked to join, in Postgres. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { isEmailTaken, isIdentityTaken } from './accounts.ts';
import { insertIdentityQuery } from './identities.ts';
import type { NewIdentity } from './identities.ts';
import { endSessionsQuery } from './sessions.ts';
import { command, query } from './tenant.ts';
import type { Database, TenantDb } from './tenant.ts';

const role = z.enum(['admin', 'manager', 'analyst', 'viewer']);
type Role = z.infer<typeof role>;

const memberRow = z.object({
  id: z.string(), email: z.string(), name: z.string().nullable(), role, createdAt: z.string(), deactivatedAt: z.string().nullable(), lastSeenAt: z.string().nullable(),
  hasMfa: z.boolean(),
});
export type MemberRow = z.infer<typeof memberRow>;

const MEMBER = sql`u.id, u.email, u.name, u.role, u.created_at as "createdAt", u.deactivated_at as "deactivatedAt"`;

/** Of row `u`. */
const hasMfa = sql`exists (select from user_mfa m where m.company_id = u.company_id and m.user_id = u.id and m.confirmed_at is not null)`;

/** Those who may come in first, then by address. */
export async function listMemberRows(db: TenantDb): Promise<MemberRow[]> {
  return await db.rows(memberRow, sql`select ${MEMBER}, (select max(s.last_seen_at) from sessions s where s.company_id = ${db.companyId} and s.user_id = u.id) as "lastSeenAt",
      ${hasMfa} as "hasMfa"
    from users u where u.company_id = ${db.companyId} order by u.deactivated_at is not null, lower(u.email) limit 1000`);
}

/** One who changes roles waits for another who does: else two admins could take each other's. */
function lockTeam(db: TenantDb): SQL {
  return sql`select pg_advisory_xact_lock(hashtextextended(${db.companyId}, 8))`;
}

/** True while somebody else is an admin who may come in. */
function othersAdminister(db: TenantDb, id: string): SQL {
  return sql`exists (select from users o where o.company_id = ${db.companyId} and o.id <> ${id} and o.role = 'admin' and o.deactivated_at is null)`;
}

const changedRow = memberRow.omit({ lastSeenAt: true, hasMfa: true });
const idRow = z.object({ id: z.string() });

export interface MemberChange {
  /** As they are now. */
  member: z.infer<typeof changedRow>;
  /** False when this would leave no admin, or was so before. */
  changed: boolean;
  /** Sessions that are over now, or, where they go on, of which something else is true. */
  sessionIds: string[];
}

function readNow(db: TenantDb, id: string) {
  return query(changedRow, sql`select ${MEMBER} from users u where u.company_id = ${db.companyId} and u.id = ${id}`);
}

/** Null when there is no such member. */
export async function changeRoleRow(db: TenantDb, id: string, to: Role): Promise<MemberChange | null> {
  const [, changed, sessions, [member]] = await db.transaction([
    command(lockTeam(db)),
    query(idRow, sql`update users u set role = ${to} where u.company_id = ${db.companyId} and u.id = ${id} and u.role <> ${to}
      and (u.role <> 'admin' or u.deactivated_at is not null or ${othersAdminister(db, id)}) returning u.id`),
    query(idRow, sql`select s.id from sessions s where s.company_id = ${db.companyId} and s.user_id = ${id} and s.ended_at is null and s.expires_at > now()`),
    readNow(db, id),
  ]);
  return member === undefined ? null : { member, changed: changed.length > 0, sessionIds: sessions.map((one) => one.id) };
}

/** Keeps a member out from now on and ends every session. Null when there is none. */
export async function deactivateRow(db: TenantDb, id: string, at: string): Promise<MemberChange | null> {
  const [, changed, ended, [member]] = await db.transaction([
    command(lockTeam(db)),
    query(idRow, sql`update users u set deactivated_at = ${at}::timestamptz where u.company_id = ${db.companyId} and u.id = ${id} and u.deactivated_at is null
      and (u.role <> 'admin' or ${othersAdminister(db, id)}) returning u.id`),
    endSessionsQuery(db, id, 'all', sql`exists (select from users u where u.company_id = ${db.companyId} and u.id = ${id} and u.deactivated_at is not null)`),
    readNow(db, id),
  ]);
  return member === undefined ? null : { member, changed: changed.length > 0, sessionIds: ended.map((one) => one.id) };
}

/** Lets a member in again; former sessions stay over. Null when there is none. */
export async function reactivateRow(db: TenantDb, id: string): Promise<MemberChange | null> {
  const [changed, [member]] = await db.transaction([
    query(idRow, sql`update users set deactivated_at = null where company_id = ${db.companyId} and id = ${id} and deactivated_at is not null returning id`),
    readNow(db, id),
  ]);
  return member === undefined ? null : { member, changed: changed.length > 0, sessionIds: [] };
}

/** Takes a member's second factor away, in force or only begun, and ends every session. Null when there is no such member. */
export async function resetMfaRow(db: TenantDb, id: string): Promise<MemberChange | null> {
  // Sessions first: what follows would hide that there was one.
  const [ended, , removed, [member]] = await db.transaction([
    endSessionsQuery(db, id, 'all', sql`exists (select from user_mfa m where m.company_id = ${db.companyId} and m.user_id = ${id} and m.confirmed_at is not null)`),
    command(sql`delete from recovery_codes where company_id = ${db.companyId} and user_id = ${id}`),
    query(idRow, sql`delete from user_mfa where company_id = ${db.companyId} and user_id = ${id} returning user_id as id`),
    readNow(db, id),
  ]);
  return member === undefined ? null : { member, changed: removed.length > 0, sessionIds: ended.map((one) => one.id) };
}

const invitationRow = z.object({
  id: z.string(), email: z.string(), role, invitedBy: z.string(), createdAt: z.string(), sentAt: z.string(), expiresAt: z.string(),
});
export type InvitationRow = z.infer<typeof invitationRow>;

const INVITATION = sql`id, email, role, invited_by as "invitedBy", created_at as "createdAt", sent_at as "sentAt", expires_at as "expiresAt"`;
const OPEN = sql`accepted_at is null and revoked_at is null`;

/** Those that nobody has answered, newest first; expired ones too, since they can be sent again. */
export async function listInvitationRows(db: TenantDb): Promise<InvitationRow[]> {
  return await db.rows(invitationRow, sql`select ${INVITATION} from invitations where company_id = ${db.companyId} and ${OPEN} order by created_at desc limit 500`);
}

export interface NewInvitation {
  id: string;
  email: string;
  role: Role;
  tokenHash: string;
  invitedBy: string;
  at: string;
  expiresAt: string;
}

/** Null when the address is a member's, or asked already. */
export async function insertInvitation(db: TenantDb, { id, email, role: as, tokenHash, invitedBy, at, expiresAt }: NewInvitation): Promise<InvitationRow | null> {
  return await db.first(invitationRow, sql`insert into invitations (company_id, id, email, role, token_hash, invited_by, created_at, sent_at, expires_at)
    select ${db.companyId}::uuid, ${id}::uuid, ${email}, ${as}, ${tokenHash}, ${invitedBy}, ${at}::timestamptz, ${at}::timestamptz, ${expiresAt}::timestamptz
    where not exists (select from users u where u.company_id = ${db.companyId} and lower(u.email) = lower(${email}))
    on conflict (company_id, lower(email)) where accepted_at is null and revoked_at is null do nothing returning ${INVITATION}`);
}

/** Another secret for the same invitation: the former link stops working. Not within a minute of the last. */
export async function renewInvitation(db: TenantDb, id: string, { tokenHash, at, expiresAt }: { tokenHash: string; at: string; expiresAt: string }): Promise<InvitationRow | null> {
  return await db.first(invitationRow, sql`update invitations set token_hash = ${tokenHash}, sent_at = ${at}::timestamptz, expires_at = ${expiresAt}::timestamptz
    where company_id = ${db.companyId} and id = ${id} and ${OPEN} and sent_at < ${at}::timestamptz - interval '1 minute' returning ${INVITATION}`);
}

export async function readInvitation(db: TenantDb, id: string): Promise<InvitationRow | null> {
  return await db.first(invitationRow, sql`select ${INVITATION} from invitations where company_id = ${db.companyId} and id = ${id} and ${OPEN}`);
}

export async function revokeInvitationRow(db: TenantDb, id: string, at: string): Promise<InvitationRow | null> {
  return await db.first(invitationRow, sql`update invitations set revoked_at = ${at}::timestamptz where company_id = ${db.companyId} and id = ${id} and ${OPEN} returning ${INVITATION}`);
}

const foundRow = z.object({
  company_id: z.string(), invitation_id: z.string(), company_name: z.string(), email: z.string(), role,
  expires_at: z.string(), accepted_at: z.string().nullable(), revoked_at: z.string().nullable(),
});
export type FoundInvitation = z.infer<typeof foundRow>;

export async function findInvitation(database: Database, tokenHash: string): Promise<FoundInvitation | null> {
  return (await database.lookup(foundRow, sql`select * from find_invitation(${tokenHash})`))[0] ?? null;
}

export interface Joining {
  invitationId: string;
  tokenHash: string;
  at: string;
  user: { id: string; name: string; passwordHash: string | null };
  /** Opens the account as well. */
  identity: NewIdentity | null;
}

/**
 * Spends the invitation and makes its account, with the address and role that stand in it. Of two at once one wins.
 * @returns whether it did; `taken` when the address has an account elsewhere, `identity_taken` when the identity opens another
 */
export async function insertJoined(db: TenantDb, { invitationId, tokenHash, at, user, identity }: Joining): Promise<{ email: string; role: Role } | 'taken' | 'identity_taken' | null> {
  try {
    const [[made]] = await db.transaction([query(z.object({ email: z.string(), role }), sql`with spent as (
        update invitations set accepted_at = ${at}::timestamptz
        where company_id = ${db.companyId} and id = ${invitationId} and token_hash = ${tokenHash} and ${OPEN} and expires_at > ${at}::timestamptz returning email, role)
      insert into users (company_id, id, email, name, role, password_hash, email_verified_at)
      select ${db.companyId}::uuid, ${user.id}::uuid, spent.email, ${user.name}, spent.role, ${user.passwordHash}, ${at}::timestamptz from spent returning email, role`),
    identity === null ? null : insertIdentityQuery(db, user.id, identity)]);
    return made ?? null;
  } catch (error) {
    if (isEmailTaken(error)) return 'taken';
    if (isIdentityTaken(error)) return 'identity_taken';
    throw error;
  }
}
