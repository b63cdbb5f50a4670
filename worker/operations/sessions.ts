/** Signing in and out: browser sessions by cookie, programs by access and rotating refresh tokens. */
import { v7 as uuidv7 } from 'uuid';
import { DAY_MS } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { endSession, findSession, findUserByEmail, insertSessions, readUser, rotateRefresh } from '#data/accounts';
import type { Identity } from './access-token.ts';
import { ACCESS_TOKEN_SECONDS, issueAccessToken } from './access-token.ts';
import { verifyPassword } from './password.ts';
import { hexToUuid, randomSecret, sameSecret, seal, sha256, uuidToHex } from './secret-token.ts';
import type { UserView } from './company-views.ts';
import type { Visitor } from './visitor.ts';

const COOKIE_SESSION_DAYS = 30;
const REFRESH_DAYS = 30;
/** A sign-out elsewhere is noticed within this time. */
const SESSION_MEMORY_SECONDS = 30;

export interface Member {
  companyId: string;
  user: UserView;
}

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

/**
 * Who has this e-mail address and password.
 * @throws AppError `unauthenticated`, the same in words and time for an unknown address and a wrong password.
 */
export async function checkPassword(visitor: Visitor, given: { email: string; password: string }): Promise<Member> {
  const found = await findUserByEmail(visitor.database, given.email.trim());
  if (!(await verifyPassword(given.password, found?.password_hash ?? null)) || found === null) {
    throw new AppError('unauthenticated', 'The e-mail address or the password is not right');
  }
  return { companyId: found.company_id, user: { id: found.user_id, email: found.email, name: found.name, role: found.role } };
}

/** Starts a browser session; the token goes into a cookie and only its hash is kept. */
export async function startCookieSession(visitor: Visitor, member: Member, userAgent: string | null): Promise<{ token: string; expiresAt: Date }> {
  const token = randomSecret();
  const expiresAt = inDays(visitor, COOKIE_SESSION_DAYS);
  await insertSessions(visitor.database.tenant(member.companyId), [{
    id: uuidv7(), userId: member.user.id, kind: 'cookie', tokenHash: await sha256(token),
    userAgent: userAgent?.slice(0, 300) ?? null, expiresAt: expiresAt.toISOString(),
  }]);
  return { token, expiresAt };
}

/** Who holds this session cookie; null when it is unknown, ended or expired. */
export async function resolveCookie(visitor: Visitor, token: string): Promise<Identity | null> {
  const hash = await sha256(token);
  const { sessions } = visitor.memory;
  const known = sessions.get(hash, visitor.clock.now());
  if (known !== undefined) return known;
  const found = await findSession(visitor.database, hash);
  const good = found !== null && found.kind === 'cookie' && found.ended_at === null && new Date(found.expires_at) > visitor.clock.now();
  const identity: Identity | null = good
    ? { companyId: found.company_id, actor: { kind: 'user', userId: found.user_id, email: found.email, role: found.role, sessionId: found.session_id } }
    : null;
  sessions.set(hash, identity, SESSION_MEMORY_SECONDS, visitor.clock.now());
  return identity;
}

/** Ends the session of this cookie; nothing happens when there is none. Answers whose it was. */
export async function endCookieSession(visitor: Visitor, token: string): Promise<Identity | null> {
  const identity = await resolveCookie(visitor, token);
  visitor.memory.sessions.delete(await sha256(token));
  if (identity !== null) await endSession(visitor.database.tenant(identity.companyId), identity.actor.sessionId);
  return identity;
}

/** Starts a session of a program: an access token and a refresh token that changes with each use. */
export async function startTokenSession(visitor: Visitor, member: Member, userAgent: string | null): Promise<TokenPair> {
  const sessionId = uuidv7();
  const refreshToken = await makeRefreshToken(visitor, member.companyId, sessionId);
  await insertSessions(visitor.database.tenant(member.companyId), [{
    id: sessionId, userId: member.user.id, kind: 'refresh', tokenHash: await sha256(refreshToken),
    userAgent: userAgent?.slice(0, 300) ?? null, expiresAt: inDays(visitor, REFRESH_DAYS).toISOString(),
  }]);
  return await pairOf(visitor, member, sessionId, refreshToken);
}

/**
 * The next pair of tokens for a refresh token. A token that was used before ends its whole session: either a thief or
 * the rightful owner is late, and we cannot tell which.
 *
 * @throws AppError `unauthenticated`.
 */
export async function refreshTokens(visitor: Visitor, refreshToken: string): Promise<TokenPair & { member: Member }> {
  const named = await readRefreshToken(visitor, refreshToken);
  if (named === null) throw refreshRefused();
  const db = visitor.database.tenant(named.companyId);
  const next = await makeRefreshToken(visitor, named.companyId, named.sessionId);
  const moved = await rotateRefresh(db, {
    sessionId: named.sessionId, from: await sha256(refreshToken), to: await sha256(next),
    expiresAt: inDays(visitor, REFRESH_DAYS).toISOString(),
  });
  const user = moved === null ? null : await readUser(db, moved.userId);
  if (user === null) {
    visitor.log.warn('refresh.refused', { companyId: named.companyId, sessionId: named.sessionId });
    throw refreshRefused();
  }
  const member: Member = { companyId: named.companyId, user };
  return { ...(await pairOf(visitor, member, named.sessionId, next)), member };
}

/** Ends the session of a refresh token, also by an older token of it. */
export async function endTokenSession(visitor: Visitor, refreshToken: string): Promise<void> {
  const named = await readRefreshToken(visitor, refreshToken);
  if (named !== null) await endSession(visitor.database.tenant(named.companyId), named.sessionId);
}

async function pairOf(visitor: Visitor, member: Member, sessionId: string, refreshToken: string): Promise<TokenPair> {
  const actor = { kind: 'user' as const, userId: member.user.id, email: member.user.email, role: member.user.role, sessionId };
  const accessToken = await issueAccessToken(visitor.authSecret, { companyId: member.companyId, actor }, visitor.clock.now());
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
