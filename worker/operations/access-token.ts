/** Access tokens: signed statements of who is asking, good for 15 minutes and checked without any store. */
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Actor } from '#worker/ports';

export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'perennial';

const claims = z.object({
  sub: z.uuid(),
  company: z.uuid(),
  session: z.uuid(),
  email: z.string(),
  role: z.enum(['admin', 'manager', 'analyst', 'viewer']),
});

export interface Identity {
  companyId: string;
  actor: Extract<Actor, { kind: 'user' }>;
}

export async function issueAccessToken(secret: Uint8Array, identity: Identity, now: Date): Promise<string> {
  const { userId, sessionId, email, role } = identity.actor;
  const seconds = Math.floor(now.getTime() / 1000);
  return await new SignJWT({ company: identity.companyId, session: sessionId, email, role })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ACCESS_TOKEN_SECONDS)
    .sign(secret);
}

/** Null when the token is not ours, was changed, or has expired. */
export async function readAccessToken(secret: Uint8Array, token: string, now: Date): Promise<Identity | null> {
  try {
    const { payload } = await jwtVerify(token, secret, { issuer: ISSUER, algorithms: ['HS256'], currentDate: now });
    const found = claims.parse(payload);
    return {
      companyId: found.company,
      actor: { kind: 'user', userId: found.sub, email: found.email, role: found.role, sessionId: found.session },
    };
  } catch {
    return null;
  }
}
