/** Google: OpenID Connect (https://developers.google.com/identity/openid-connect/openid-connect). */
import { z } from 'zod';
import { addressOf } from './exchange.ts';
import { discover, readIdToken } from './openid.ts';
import type { IdentityProvider } from './provider.ts';

const ISSUER = 'https://accounts.google.com';

const claims = z.object({ email: z.email().optional(), email_verified: z.union([z.boolean(), z.string()]).optional(), hd: z.string().optional() });

export const google: IdentityProvider = {
  id: 'google',
  name: 'Google',
  origin: ISSUER,
  async authorizationUrl(access, attempt) {
    const { authorization_endpoint: endpoint } = await discover(access, ISSUER);
    return await addressOf(endpoint, access, attempt, { scope: 'openid email profile', nonce: attempt.nonce, prompt: 'select_account' });
  },
  async identify(access, attempt, parameters) {
    const token = await readIdToken(access, await discover(access, ISSUER), attempt, parameters);
    const { email, email_verified: verified, hd } = claims.catch({}).parse(token);
    // Google hosts these itself. Another address was confirmed when the Google account was made, and may have changed hands since.
    const hosted = hd !== undefined || /@(gmail|googlemail)\.com$/i.test(email ?? '');
    return { issuer: token.iss, subject: token.sub, email: email ?? null, emailIsProven: email !== undefined && String(verified) === 'true' && hosted, name: token.name ?? null };
  },
};
