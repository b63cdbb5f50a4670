/** GitHub: OAuth 2.0 without ID tokens; who it is, is asked of its API (https://docs.github.com/apps/oauth-apps). */
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { addressOf, clientOf, redeem, refusing } from './exchange.ts';
import { SignInRefused } from './provider.ts';
import type { IdentityProvider, ProviderAccess } from './provider.ts';

const ORIGIN = 'https://github.com';
const API = 'https://api.github.com';
const SERVER: oauth.AuthorizationServer = { issuer: ORIGIN, authorization_endpoint: `${ORIGIN}/login/oauth/authorize`, token_endpoint: `${ORIGIN}/login/oauth/access_token` };

/** GitHub refuses with status 200. */
const refusal = z.object({ error: z.string() });
const userShape = z.object({ id: z.int().positive(), login: z.string(), name: z.string().nullable().optional() });
const emailsShape = z.array(z.object({ email: z.email(), primary: z.boolean(), verified: z.boolean() }));

async function ask<T>(access: ProviderAccess, token: string, path: string, shape: z.ZodType<T>): Promise<T> {
  const response = await access.fetch(`${API}${path}`, { headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new SignInRefused(response.status >= 500 || response.status === 429 ? 'unavailable' : 'not_accepted', `${path} ${String(response.status)}`);
  }
  const parsed = shape.safeParse(await response.json());
  if (!parsed.success) throw new SignInRefused('not_accepted', path, parsed.error);
  return parsed.data;
}

async function accessToken(access: ProviderAccess, response: Response): Promise<string> {
  const refused = refusal.safeParse(await response.clone().json());
  if (refused.success) {
    const { error } = refused.data;
    if (error === 'bad_verification_code') throw new SignInRefused('used');
    throw new SignInRefused(error === 'incorrect_client_credentials' ? 'misconfigured' : 'not_accepted', error);
  }
  return (await oauth.processAuthorizationCodeResponse(SERVER, clientOf(access), response)).access_token;
}

export const github: IdentityProvider = {
  id: 'github',
  name: 'GitHub',
  origin: ORIGIN,
  async authorizationUrl(access, attempt) {
    return await addressOf(SERVER.authorization_endpoint, access, attempt, { scope: 'read:user user:email' });
  },
  async identify(access, attempt, parameters) {
    return await refusing(async () => {
      const token = await accessToken(access, await redeem(access, SERVER, attempt, parameters));
      const [user, emails] = await Promise.all([ask(access, token, '/user', userShape), ask(access, token, '/user/emails', emailsShape)]);
      // Logins can be given up and taken by others; the number stays.
      const email = emails.find(({ primary, verified }) => primary && verified)?.email ?? null;
      return { issuer: ORIGIN, subject: String(user.id), email, emailIsProven: email !== null, name: user.name ?? user.login };
    });
  },
};
