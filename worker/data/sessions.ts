/** Sessions of browsers and programs in Postgres. A refresh token's session is the family of all tokens it turns into. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Query, TenantDb } from './tenant.ts';
import { command, query } from './tenant.ts';

const role = z.enum(['admin', 'manager', 'analyst', 'viewer']);

const sessionRow = z.object({
  company_id: z.string(), session_id: z.string(), user_id: z.string(), kind: z.enum(['cookie', 'refresh']),
  email: z.string(), name: z.string().nullable(), role, expires_at: z.string(), ended_at: z.string().nullable(),
  last_seen_at: z.string(), must_enrol: z.boolean(),
});
export type SessionRow = z.infer<typeof sessionRow>;

/** Null also when its user was deactivated. */
export async function findSession(database: Database, tokenHash: string): Promise<SessionRow | null> {
  return (await database.lookup(sessionRow, sql`select * from find_session(${tokenHash})`))[0] ?? null;
}

/** Whether the user of row `u` in company `c` must have a second factor and has none. */
const mustEnrol = sql`(c.mfa_roles ? u.role and not exists (
  select from user_mfa m where m.company_id = u.company_id and m.user_id = u.id and m.confirmed_at is not null))`;

const openSession = z.object({ email: z.string(), role, must_enrol: z.boolean() });

/** Who holds this session now; null when it is over or its user was deactivated. */
export async function readOpenSession(db: TenantDb, sessionId: string): Promise<z.infer<typeof openSession> | null> {
  return await db.first(openSession, sql`
    select u.email, u.role, ${mustEnrol} as must_enrol
    from sessions s join users u on u.company_id = s.company_id and u.id = s.user_id join companies c on c.id = s.company_id
    where s.company_id = ${db.companyId} and s.id = ${sessionId} and s.ended_at is null and s.expires_at > now() and u.deactivated_at is null`);
}

/** When a session began; null when it is over. */
export async function readSessionStart(db: TenantDb, sessionId: string): Promise<string | null> {
  return (await db.first(z.object({ at: z.string() }), sql`
    select created_at as at from sessions where company_id = ${db.companyId} and id = ${sessionId} and ended_at is null and expires_at > now()`))?.at ?? null;
}

export interface NewSession {
  id: string;
  userId: string;
  kind: 'cookie' | 'refresh';
  tokenHash: string;
  userAgent: string | null;
  place: string | null;
  expiresAt: string;
}

/** Whether its user must have a second factor and has none. */
export async function insertSession(db: TenantDb, session: NewSession): Promise<boolean> {
  const [, [row]] = await db.transaction([
    command(sql`
      insert into sessions (company_id, id, user_id, kind, token_hash, user_agent, place, expires_at)
      values (${db.companyId}, ${session.id}, ${session.userId}, ${session.kind}, ${session.tokenHash}, ${session.userAgent}, ${session.place}, ${session.expiresAt})`),
    query(z.object({ must_enrol: z.boolean() }), sql`
      select ${mustEnrol} as must_enrol from users u join companies c on c.id = u.company_id
      where u.company_id = ${db.companyId} and u.id = ${session.userId}`),
  ]);
  return row?.must_enrol ?? false;
}

/** It was used: it goes on for `idleDays` from now, and no longer than `longestDays` from its beginning. */
export async function touchSession(db: TenantDb, sessionId: string, { idleDays, longestDays }: { idleDays: number; longestDays: number }): Promise<void> {
  await db.run(sql`update sessions set last_seen_at = now(), expires_at = least(now() + ${idleDays} * interval '1 day', created_at + ${longestDays} * interval '1 day') where company_id = ${db.companyId} and id = ${sessionId} and ended_at is null`);
}

const ended = z.object({ id: z.string() });

/** Which sessions of this user to end: one, all but one, or all. */
export type SessionChoice = { only: string } | { except: string } | 'all';

/** The ids of those that were open and are over now. */
export async function endSessions(db: TenantDb, userId: string, which: SessionChoice): Promise<string[]> {
  const [rows] = await db.transaction([endSessionsQuery(db, userId, which)]);
  return rows.map(({ id }) => id);
}

/** As part of a larger transaction. @param given what must hold besides */
export function endSessionsQuery(db: TenantDb, userId: string, which: SessionChoice, given: SQL = sql`true`): Query<z.infer<typeof ended>> {
  const choice = which === 'all' ? sql`true` : 'only' in which ? sql`id = ${which.only}` : sql`id <> ${which.except}`;
  return query(ended, sql`update sessions set ended_at = now()
    where company_id = ${db.companyId} and user_id = ${userId} and ended_at is null and ${choice} and ${given} returning id`);
}

const listed = z.object({
  id: z.string(), kind: z.enum(['cookie', 'refresh']), userAgent: z.string().nullable(), place: z.string().nullable(),
  createdAt: z.string(), lastSeenAt: z.string(), expiresAt: z.string(),
});
export type ListedSession = z.infer<typeof listed>;

/** Open sessions of a user, the one used last first; the first hundred. */
export async function listSessions(db: TenantDb, userId: string): Promise<ListedSession[]> {
  return await db.rows(listed, sql`
    select id, kind, user_agent as "userAgent", place, created_at as "createdAt", last_seen_at as "lastSeenAt", expires_at as "expiresAt"
    from sessions where company_id = ${db.companyId} and user_id = ${userId} and ended_at is null and expires_at > now()
    order by last_seen_at desc, id limit 100`);
}

const rotated = z.object({ user_id: z.string(), must_enrol: z.boolean() });
const stolen = z.object({ email: z.string() });

export type Rotation = { kind: 'moved'; userId: string; mustEnrol: boolean } | { kind: 'reused'; email: string } | { kind: 'refused' };

/**
 * Moves a refresh session from one token to the next, until `expiresAt` and no longer than `longestDays` from its beginning. A token that is not the newest ends the session, for somebody
 * else has used it: `reused`, said once. One transaction, so two who hold one token cannot both win.
 */
export async function rotateRefresh(db: TenantDb, change: { sessionId: string; from: string; to: string; expiresAt: string; longestDays: number }): Promise<Rotation> {
  const [moved, reused] = await db.transaction([
    query(rotated, sql`
      update sessions s set token_hash = ${change.to}, last_seen_at = now(), expires_at = least(${change.expiresAt}::timestamptz, s.created_at + ${change.longestDays} * interval '1 day')
      from users u, companies c
      where s.company_id = ${db.companyId} and s.id = ${change.sessionId} and s.kind = 'refresh' and s.token_hash = ${change.from}
        and s.ended_at is null and s.expires_at > now() and u.company_id = s.company_id and u.id = s.user_id and u.deactivated_at is null
        and c.id = s.company_id
      returning s.user_id, ${mustEnrol} as must_enrol`),
    query(stolen, sql`
      update sessions s set ended_at = now() from users u
      where s.company_id = ${db.companyId} and s.id = ${change.sessionId} and s.kind = 'refresh' and s.token_hash not in (${change.to}, ${change.from})
        and s.ended_at is null and u.company_id = s.company_id and u.id = s.user_id
      returning u.email`),
  ]);
  if (moved[0] !== undefined) return { kind: 'moved', userId: moved[0].user_id, mustEnrol: moved[0].must_enrol };
  return reused[0] === undefined ? { kind: 'refused' } : { kind: 'reused', email: reused[0].email };
}

/** Ends a refresh session by its id, as its token names it. */
export async function endRefreshSession(db: TenantDb, sessionId: string): Promise<void> {
  await db.run(sql`update sessions set ended_at = now() where company_id = ${db.companyId} and id = ${sessionId} and kind = 'refresh' and ended_at is null`);
}
