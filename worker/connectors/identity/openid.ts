/** OpenID Connect: finding a server's keys, and believing an ID token only after every check. */
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { clientOf, redeem, refusing, through } from './exchange.ts';
import { SignInRefused } from './provider.ts';
import type { Attempt, ProviderAccess } from './provider.ts';

const REMEMBERED_SECONDS = 3_600;

/** What the issuer says of itself; it must name itself as we do. @throws AppError `unavailable`, SignInRefused. */
export async function discover(access: ProviderAccess, issuer: string): Promise<oauth.AuthorizationServer> {
  const known = access.servers.get(issuer, access.now());
  if (known !== undefined) return known;
  const server = await refusing(async () => {
    const response = await oauth.discoveryRequest(new URL(issuer), through(access));
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new SignInRefused('unavailable', `discovery ${String(response.status)}`);
    }
    return await oauth.processDiscoveryResponse(new URL(issuer), response);
  });
  access.servers.set(issuer, server, REMEMBERED_SECONDS, access.now());
  return server;
}

/** What all our issuers state; others are left to each. */
const claimsShape = z.looseObject({ iss: z.string(), sub: z.string().min(1).max(255), azp: z.string().optional(), email: z.string().optional(), name: z.string().optional() });
export type IdClaims = z.infer<typeof claimsShape>;

/**
 * Redeems the code and checks the ID token: signature by the issuer's published keys, algorithm, issuer, audience,
 * authorised party, times and nonce (OpenID Connect Core 3.1.3.7).
 *
 * @param issuing who must have signed, read from the unchecked token where there are many of them
 */
export async function readIdToken(
  access: ProviderAccess, server: oauth.AuthorizationServer, attempt: Attempt, parameters: URLSearchParams,
  issuing: (unchecked: Response) => Promise<oauth.AuthorizationServer> = async () => server,
): Promise<IdClaims> {
  return await refusing(async () => {
    const client = clientOf(access);
    const response = await redeem(access, server, attempt, parameters);
    const issuer = response.ok ? await issuing(response.clone()) : server;
    const answer = await oauth.processAuthorizationCodeResponse(issuer, client, response, { expectedNonce: attempt.nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(issuer, response, through(access));
    const claims = claimsShape.safeParse(oauth.getValidatedIdTokenClaims(answer));
    if (!claims.success) throw new SignInRefused('not_accepted', 'claims', claims.error);
    if (claims.data.azp !== undefined && claims.data.azp !== access.clientId) throw new SignInRefused('not_accepted', 'azp');
    return claims.data;
  });
}
