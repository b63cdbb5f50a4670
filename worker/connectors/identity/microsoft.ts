/**
 * Microsoft Entra ID and personal Microsoft accounts
 * (https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc).
 *
 * Every tenant is an issuer of its own. A token's tenant is read from it unchecked, and then the token must be that very
 * issuer's, by keys that the issuer itself publishes. Its `email` is whatever an admin of that tenant typed, so it
 * counts as proven only where Microsoft says by `xms_edov` that the tenant owns the domain of the address.
 */
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { addressOf } from './exchange.ts';
import { discover, readIdToken } from './openid.ts';
import { SignInRefused } from './provider.ts';
import type { IdentityProvider } from './provider.ts';

const ORIGIN = 'https://login.microsoftonline.com';
/** Where everybody signs in, of whatever tenant; it issues nothing itself. */
const COMMON = {
  issuer: `${ORIGIN}/common/v2.0`, authorization_endpoint: `${ORIGIN}/common/oauth2/v2.0/authorize`, token_endpoint: `${ORIGIN}/common/oauth2/v2.0/token`,
};

const unchecked = z.object({ id_token: z.string() });
const tenant = z.object({ tid: z.uuid() });
const claims = z.object({ tid: z.uuid(), email: z.email().optional(), xms_edov: z.union([z.boolean(), z.number(), z.string()]).optional() });

const issuerOf = (tid: string): string => `${ORIGIN}/${tid}/v2.0`;

function tenantOf(answer: unknown): string {
  try {
    return tenant.parse(decodeJwt(unchecked.parse(answer).id_token)).tid;
  } catch (cause) {
    throw new SignInRefused('not_accepted', 'tid', cause);
  }
}

export const microsoft: IdentityProvider = {
  id: 'microsoft',
  name: 'Microsoft',
  origin: ORIGIN,
  async authorizationUrl(access, attempt) {
    return await addressOf(COMMON.authorization_endpoint, access, attempt, { scope: 'openid email profile', nonce: attempt.nonce, prompt: 'select_account', response_mode: 'query' });
  },
  async identify(access, attempt, parameters) {
    const given = new URLSearchParams(parameters);
    // Where it is sent it names the tenant; the token's own issuer is what decides.
    given.delete('iss');
    const token = await readIdToken(access, COMMON, attempt, given, async (response) => await discover(access, issuerOf(tenantOf(await response.json()))));
    const stated = claims.safeParse(token);
    if (!stated.success || token.iss !== issuerOf(stated.data.tid)) throw new SignInRefused('not_accepted', 'tid');
    const { email, xms_edov: owned } = stated.data;
    return { issuer: token.iss, subject: token.sub, email: email ?? null, emailIsProven: email !== undefined && /^(true|1)$/i.test(String(owned)), name: token.name ?? null };
  },
};
