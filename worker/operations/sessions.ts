/** Sessions: browsers by cookie, programs by access and rotating refresh tokens; begun, believed, listed and ended. */
import { v7 as uuidv7 } from 'uuid';
import { DAY_MS } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { readUser } from '#data/accounts';
import { endRefreshSession, endSessions, findSession, insertSession, listSessions, readOpenSession, rotateRefresh, touchSession } from '#data/sessions';
import type { ListedSession, SessionChoice } from '#data/sessions';
import type { TenantDb } from '#data/tenant';
import type { TenantContext } from '#worker/ports';
import { audited, auditedAs } from './audit.ts';
import type { Identity } from './access-token.ts';
import { ACCESS_TOKEN_SECONDS, issueAccessToken, readAccessToken } from './access-token.ts';
import { notify, tokenReusedMail } from './account-mails.ts';
import { lookUp } from './isolate-memory.ts';
import { requirePerson } from './permissions.ts';
import { hexToUuid, randomSecret, sameSecret, seal, sha256, uuidToHex } from './secret-token.ts';
import type { UserView } from './company-views.ts';
import type { SessionState, Visitor } from './visitor.ts';

/** A browser's session ends when nobody has used it for a week, and after a month however much it was used. */
const COOKIE = { idleDays: 7, longestDays: 30 };
/** A program's: its refresh token lasts a week, and the chain of them a quarter of a year. */
const REFRESH = { idleDays: 7, longestDays: 90 };
/** The end of a session elsewhere, another role or a deactivated user is noticed within this time. */
const SESSION_MEMORY_SECONDS = 5;
/** "Last used" is written at most this often. */
const TOUCH_EVERY_MS = 60_000;

/** Under which an inbox keeps that a session is over, for when Postgres cannot be asked. */
export const sessionEndedKey = (sessionId: string): string => `session-ended:${sessionId}`;

/** Under which an isolate remembers a token's session: what was answered for one company says nothing about another. */
export const tokenSessionKey = (companyId: string, sessionId: string): string => `${companyId}:${sessionId}`;

export interface Member {
  companyId: string;
  user: UserView;
}

export interface Device {
  userAgent: string | null;
  /** "Berlin, DE"; null where the edge does not say. */
  place: string | null;
}

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

/** Keeps that somebody signed in beside the session that begins. */
function signingIn(visitor: Visitor, { companyId, user }: Member, detail: { how: 'browser' | 'program'; provider?: string }): TenantDb {
  return auditedAs({ ...visitor, db: visitor.database.tenant(companyId) }, { id: user.id, name: user.email }, { action: 'account.signed_in', detail });
}

/**
 * Starts a browser session; the token goes into a cookie and only its hash is kept.
 * @param former the cookie whose place it takes: nobody holds that one any more, or nobody should
 * @param provider who vouched instead of a password
 * @returns with when it ends at the latest
 */
export async function startCookieSession(visitor: Visitor, member: Member, device: Device, { former, provider }: { former?: string | null; provider?: string | undefined } = {}): Promise<{ token: string; expiresAt: Date }> {
  if (former !== undefined && former !== null) await endCookieSession(visitor, former);
  const token = randomSecret();
  await insertSession(signingIn(visitor, member, { how: 'browser', ...(provider !== undefined && { provider }) }), {
    id: uuidv7(), userId: member.user.id, kind: 'cookie', tokenHash: await sha256(token), ...device, expiresAt: inDays(visitor, COOKIE.idleDays).toISOString(),
  });
  return { token, expiresAt: inDays(visitor, COOKIE.longestDays) };
}

/** Who holds this session cookie; null when it is unknown, ended or expired. */
export async function resolveCookie(visitor: Visitor, token: string): Promise<Identity | null> {
  const hash = await sha256(token);
  const { sessions } = visitor.memory;
  const now = visitor.clock.now();
  const known = sessions.get(hash, now);
  if (known !== undefined) return known;
  const found = await findSession(visitor.database, hash);
  const good = found !== null && found.kind === 'cookie' && found.ended_at === null && new Date(found.expires_at) > now;
  if (good && now.getTime() - Date.parse(found.last_seen_at) > TOUCH_EVERY_MS) await touchSession(visitor.database.tenant(found.company_id), found.session_id, COOKIE);
  const identity: Identity | null = good
    ? {
        companyId: found.company_id, mustEnrol: found.must_enrol,
        actor: { kind: 'user', userId: found.user_id, email: found.email, role: found.role, sessionId: found.session_id },
      }
    : null;
  sessions.set(hash, identity, SESSION_MEMORY_SECONDS, now);
  return identity;
}

/** Ends the session of this cookie; nothing happens when there is none. */
export async function endCookieSession(visitor: Visitor, token: string): Promise<void> {
  const identity = await resolveCookie(visitor, token);
  if (identity === null) return;
  const { companyId, actor } = identity;
  await visitor.sessions(companyId).ended(await endSessions(visitor.database.tenant(companyId), actor.userId, { only: actor.sessionId }));
}

/** Starts a session of a program: an access token and a refresh token that changes with each use. */
export async function startTokenSession(visitor: Visitor, member: Member, device: Device): Promise<TokenPair> {
  const sessionId = uuidv7();
  const refreshToken = await makeRefreshToken(visitor, member.companyId, sessionId);
  const mustEnrol = await insertSession(signingIn(visitor, member, { how: 'program' }), {
    id: sessionId, userId: member.user.id, kind: 'refresh', tokenHash: await sha256(refreshToken), ...device, expiresAt: inDays(visitor, REFRESH.idleDays).toISOString(),
  });
  return await pairOf(visitor, member, { sessionId, mustEnrol }, refreshToken);
}

/**
 * Who holds this access token, as of now: a session that ended, a deactivated user and another role count within
 * seconds, whatever the token states. While Postgres is away the token is believed, except of a session known to be over.
 * Null when the token is not good.
 */
export async function resolveAccessToken(visitor: Visitor, token: string): Promise<Identity | null> {
  const stated = await readAccessToken(visitor.tokenKeys, token, visitor.clock.now());
  if (stated === null) return null;
  const state = await sessionState(visitor, stated);
  return state === null ? null : { companyId: stated.companyId, mustEnrol: state.mustEnrol, actor: { ...stated.actor, email: state.email, role: state.role } };
}

async function sessionState(visitor: Visitor, { companyId, actor, mustEnrol }: Identity): Promise<SessionState | null> {
  const { memory, clock, log } = visitor;
  try {
    return await lookUp<SessionState>({
      memory: memory.tokenSessions, key: tokenSessionKey(companyId, actor.sessionId), seconds: SESSION_MEMORY_SECONDS, inbox: null, clock, log,
      async load() {
        const open = await readOpenSession(visitor.database.tenant(companyId), actor.sessionId);
        return open === null ? null : { email: open.email, role: open.role, mustEnrol: open.must_enrol };
      },
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
    const isOver = (await visitor.inbox.recall({ kind: 'api', companyId }, sessionEndedKey(actor.sessionId))) !== null;
    const state = isOver ? null : { email: actor.email, role: actor.role, mustEnrol };
    memory.tokenSessions.set(tokenSessionKey(companyId, actor.sessionId), state, SESSION_MEMORY_SECONDS, clock.now());
    return state;
  }
}

/**
 * The next pair of tokens for a refresh token. A token that was used before ends its whole session, and the user is
 * told: either a thief or the rightful owner is late, and we cannot tell which.
 *
 * @param origin our address, for the mail
 * @throws AppError `unauthenticated`.
 */
export async function refreshTokens(visitor: Visitor, refreshToken: string, origin: string): Promise<TokenPair & { member: Member }> {
  const named = await readRefreshToken(visitor, refreshToken);
  if (named === null) throw refreshRefused();
  const { companyId, sessionId } = named;
  const db = visitor.database.tenant(companyId);
  const next = await makeRefreshToken(visitor, companyId, sessionId);
  const rotation = await rotateRefresh(db, { sessionId, from: await sha256(refreshToken), to: await sha256(next), expiresAt: inDays(visitor, REFRESH.idleDays).toISOString(), longestDays: REFRESH.longestDays });
  if (rotation.kind === 'reused') {
    visitor.log.warn('refresh.reused', { companyId, sessionId });
    await visitor.sessions(companyId).ended([sessionId]);
    await notify(visitor, tokenReusedMail(rotation.email, origin));
  }
  const user = rotation.kind === 'moved' ? await readUser(db, rotation.userId) : null;
  if (rotation.kind !== 'moved' || user === null) throw refreshRefused();
  const member: Member = { companyId, user };
  return { ...(await pairOf(visitor, member, { sessionId, mustEnrol: rotation.mustEnrol }, next)), member };
}

/** Ends the session of a refresh token, also by an older token of it. */
export async function endTokenSession(visitor: Visitor, refreshToken: string): Promise<void> {
  const named = await readRefreshToken(visitor, refreshToken);
  if (named === null) return;
  await endRefreshSession(visitor.database.tenant(named.companyId), named.sessionId);
  await visitor.sessions(named.companyId).ended([named.sessionId]);
}

/** The open sessions of whoever asks, the one used last first. */
export async function listOwnSessions(ctx: TenantContext): Promise<(ListedSession & { isCurrent: boolean })[]> {
  const actor = requirePerson(ctx);
  return (await listSessions(ctx.db, actor.userId)).map((session) => ({ ...session, isCurrent: session.id === actor.sessionId }));
}

/** Ends one of one's own sessions, or all but the one that asks. @throws AppError `not_found` when it is not open */
export async function endOwnSessions(ctx: TenantContext, which: 'others' | { id: string }): Promise<number> {
  const { userId, sessionId } = requirePerson(ctx);
  const noted = audited(ctx, { action: 'account.sessions_ended', detail: which === 'others' ? { all: 'others' } : which });
  const ended = await endSessionsOf(noted, userId, which === 'others' ? { except: sessionId } : { only: which.id });
  if (which !== 'others' && ended === 0) throw new AppError('not_found', 'This session is over already');
  return ended;
}

/**
 * Ends sessions of a user; pages say goodbye and tokens stop within seconds. Whoever calls has asked whether they may.
 * @returns how many were open
 */
export async function endSessionsOf(ctx: Pick<TenantContext, 'db' | 'sessions' | 'log'>, userId: string, which: SessionChoice = 'all'): Promise<number> {
  const ended = await endSessions(ctx.db, userId, which);
  await ctx.sessions.ended(ended);
  if (ended.length > 0) ctx.log.info('sessions.ended', { userId, count: ended.length });
  return ended.length;
}

async function pairOf(visitor: Visitor, member: Member, session: { sessionId: string; mustEnrol: boolean }, refreshToken: string): Promise<TokenPair> {
  const { companyId, user } = member;
  const actor = { kind: 'user' as const, userId: user.id, email: user.email, role: user.role, sessionId: session.sessionId };
  const accessToken = await issueAccessToken(visitor.tokenKeys, { companyId, actor, mustEnrol: session.mustEnrol }, visitor.clock.now());
  return { accessToken, refreshToken, expiresIn: ACCESS_TOKEN_SECONDS };
}

/**
 * `rt.<company>.<session>.<random>.<seal>`. It names its session, so that an old one can be told from a foreign one;
 * the seal keeps those who merely know the ids from ending a session.
 */
async function makeRefreshToken(visitor: Visitor, companyId: string, sessionId: string): Promise<string> {
  const body = `rt.${uuidToHex(companyId)}.${uuidToHex(sessionId)}.${randomSecret()}`;
  return `${body}.${await seal(visitor.authSecret, body)}`;
}

async function readRefreshToken(visitor: Visitor, token: string): Promise<{ companyId: string; sessionId: string } | null> {
  const [prefix, company = '', session = '', random = '', sealed = '', ...rest] = token.split('.');
  const companyId = hexToUuid(company);
  const sessionId = hexToUuid(session);
  if (prefix !== 'rt' || companyId === null || sessionId === null || rest.length > 0) return null;
  const expected = await seal(visitor.authSecret, `rt.${company}.${session}.${random}`);
  return (await sameSecret(sealed, expected)) ? { companyId, sessionId } : null;
}

function refreshRefused(): AppError {
  return new AppError('unauthenticated', 'This refresh token is not valid any more; sign in again');
}

function inDays(visitor: Visitor, days: number): Date {
  return new Date(visitor.clock.now().getTime() + days * DAY_MS);
}
