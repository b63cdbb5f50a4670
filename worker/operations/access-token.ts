/** Access tokens: signed statements of who is asking, good for 15 minutes. */
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Actor } from '#worker/ports';

export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'perennial';
/** The REST API; a token made for anything else is none here. */
const AUDIENCE = 'perennial-api';
const ALGORITHM = 'EdDSA';

/** Ed25519 keys by id: the first signs, all of them check, so that one can follow the other without signing anybody out. */
export interface TokenKeys {
  signing(): Promise<{ keyId: string; key: CryptoKey }>;
  /** Null for a key that is not ours, or not any more. */
  checking(keyId: string): Promise<CryptoKey | null>;
  /** What anybody may know of them. */
  published(): Promise<PublishedKey[]>;
}

/** RFC 8037 */
export interface PublishedKey {
  kty: 'OKP';
  crv: 'Ed25519';
  /** The public key, base64url. */
  x: string;
  kid: string;
  use: 'sig';
  alg: typeof ALGORITHM;
}

const claims = z.object({
  sub: z.uuid(),
  company: z.uuid(),
  session: z.uuid(),
  email: z.string(),
  role: z.enum(['admin', 'manager', 'analyst', 'viewer']),
  must_enrol: z.boolean().default(false),
});

export interface Identity {
  companyId: string;
  actor: Extract<Actor, { kind: 'user' }>;
  /** The company wants a second factor of this role, and this user has none: nothing but setting it up is open. */
  mustEnrol: boolean;
}

export async function issueAccessToken(keys: TokenKeys, identity: Identity, now: Date): Promise<string> {
  const { userId, sessionId, email, role } = identity.actor;
  const seconds = Math.floor(now.getTime() / 1000);
  const { keyId, key } = await keys.signing();
  return await new SignJWT({ company: identity.companyId, session: sessionId, email, role, ...(identity.mustEnrol && { must_enrol: true }) })
    .setProtectedHeader({ alg: ALGORITHM, kid: keyId, typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(userId)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ACCESS_TOKEN_SECONDS)
    .sign(key);
}

/** What the token states; null when it is not ours, was changed, or has expired. */
export async function readAccessToken(keys: TokenKeys, token: string, now: Date): Promise<Identity | null> {
  try {
    const { payload } = await jwtVerify(token, async ({ kid }) => {
      const key = kid === undefined ? null : await keys.checking(kid);
      if (key === null) throw new Error('not a key of ours');
      return key;
    }, { issuer: ISSUER, audience: AUDIENCE, algorithms: [ALGORITHM], typ: 'at+jwt', requiredClaims: ['exp', 'iat'], currentDate: now });
    const found = claims.parse(payload);
    return {
      companyId: found.company, mustEnrol: found.must_enrol,
      actor: { kind: 'user', userId: found.sub, email: found.email, role: found.role, sessionId: found.session },
    };
  } catch {
    return null;
  }
}
