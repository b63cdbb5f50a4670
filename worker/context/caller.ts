/** Who is asking: a session cookie, an access token, an API key or the operator's token. */
import { AppError } from '#core/errors';
import { companyOf, noteKeyUse, resolveApiKey } from '#operations/api-keys';
import { findCompanyBySlug } from '#operations/company-access';
import { sameSecret } from '#operations/secret-token';
import { resolveAccessToken, resolveCookie } from '#operations/sessions';
import type { Actor } from '#worker/ports';
import type { Edge } from './edge.ts';
import { readSessionCookie } from './session-cookie.ts';

export interface Caller {
  companyId: string;
  actor: Actor;
  /** A cookie comes along by itself, so writes with it must prove that our own page asked. */
  viaCookie: boolean;
  /** A person who must set up a second factor before anything else. */
  mustEnrol: boolean;
  /** A limit of its own, where the caller is a key that has one. */
  perMinute?: number | null;
}

/**
 * Null when no credentials came.
 * @throws AppError `unauthenticated` when credentials came and are not good.
 */
export async function findCaller(edge: Edge, request: Request): Promise<Caller | null> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new AppError('unauthenticated', 'Write the header as: Authorization: Bearer YOUR_TOKEN');
    return await byBearer(edge, request, token);
  }
  const cookie = readSessionCookie(request);
  if (cookie === null) return null;
  const identity = await resolveCookie(edge.visitor, cookie);
  if (identity === null) throw new AppError('unauthenticated', 'Your session has ended; sign in again');
  return { ...identity, viaCookie: true };
}

async function byBearer(edge: Edge, request: Request, token: string): Promise<Caller> {
  if (companyOf(token) !== null) {
    const key = await resolveApiKey(edge.visitor, token);
    if (key === null) throw new AppError('unauthenticated', 'This API key is unknown, has expired or was revoked');
    edge.later(noteKeyUse(edge.visitor, key));
    const { companyId, keyId, name, role, scopes, perMinute } = key;
    return { companyId, actor: { kind: 'api_key', keyId, name, role, ...(scopes !== null && { scopes }) }, viaCookie: false, mustEnrol: false, perMinute };
  }
  const { operatorToken } = edge.settings;
  if (operatorToken !== null && (await sameSecret(token, operatorToken))) {
    const slug = request.headers.get('x-perennial-company');
    if (slug === null) throw new AppError('invalid_input', 'With the operator token, name the company in the header X-Perennial-Company');
    const companyId = await findCompanyBySlug(edge.visitor, slug);
    if (companyId === null) throw new AppError('not_found', `There is no company "${slug.slice(0, 60)}"`);
    return { companyId, actor: { kind: 'operator' }, viaCookie: false, mustEnrol: false };
  }
  const identity = await resolveAccessToken(edge.visitor, token);
  if (identity === null) throw new AppError('unauthenticated', 'This token is not valid, has expired, or its session is over');
  return { ...identity, viaCookie: false };
}
