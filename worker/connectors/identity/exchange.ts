/** The protocol that all providers share: authorisation code with PKCE (RFC 6749, 7636, 9700), over oauth4webapi. */
import * as oauth from 'oauth4webapi';
import { AppError } from '#core/errors';
import { SignInRefused } from './provider.ts';
import type { Attempt, ProviderAccess } from './provider.ts';

/** Our clocks and theirs may differ by this. */
const TOLERANCE_SECONDS = 30;

export function clientOf(access: ProviderAccess): oauth.Client {
  return { client_id: access.clientId, id_token_signed_response_alg: 'RS256', [oauth.clockTolerance]: TOLERANCE_SECONDS };
}

/** Everything the library asks for goes by our one way out, and follows no redirect. */
export function through(access: ProviderAccess): { [oauth.customFetch]: (url: string, options: oauth.CustomFetchOptions<string, URLSearchParams | undefined>) => Promise<Response> } {
  return {
    [oauth.customFetch]: (url, { method, headers, body }) => access.fetch(url, { method, headers, ...(body === undefined ? {} : { body: body.toString() }), redirect: 'manual' }),
  };
}

export async function addressOf(endpoint: string | undefined, access: ProviderAccess, attempt: Attempt, more: Record<string, string>): Promise<URL> {
  if (endpoint === undefined) throw new SignInRefused('unavailable', 'authorization_endpoint');
  const url = new URL(endpoint);
  const parameters = {
    response_type: 'code', client_id: access.clientId, redirect_uri: access.redirectUri, state: attempt.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier), code_challenge_method: 'S256', ...more,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Turns the code of a callback into the answer of the token endpoint, unread. */
export async function redeem(access: ProviderAccess, server: oauth.AuthorizationServer, attempt: Attempt, parameters: URLSearchParams): Promise<Response> {
  const client = clientOf(access);
  const checked = oauth.validateAuthResponse(server, client, parameters, attempt.state);
  const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.ClientSecretPost(access.clientSecret), checked, access.redirectUri, attempt.verifier, through(access));
  if (response.status >= 500 || response.status === 429) {
    await response.body?.cancel();
    throw new SignInRefused('unavailable', `token ${String(response.status)}`);
  }
  return response;
}

/** Runs a check of the library; what it throws becomes a refusal in our words. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): SignInRefused {
  if (error instanceof oauth.AuthorizationResponseError) {
    return error.error === 'access_denied' ? new SignInRefused('cancelled') : new SignInRefused('not_accepted', error.error, error);
  }
  if (error instanceof oauth.ResponseBodyError) {
    if (error.error === 'invalid_grant') return new SignInRefused('used', null, error);
    return new SignInRefused(error.error === 'invalid_client' || error.error === 'unauthorized_client' ? 'misconfigured' : 'not_accepted', error.error, error);
  }
  return new SignInRefused('not_accepted', checkOf(error), error);
}

/** What in the answer failed: the name of a claim, or of a step. */
function checkOf(error: unknown): string {
  if (!(error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)) return 'answer';
  const { cause } = error;
  if (typeof cause === 'object' && cause !== null && 'claim' in cause && typeof cause.claim === 'string') return cause.claim;
  // The library names a missing claim in its message alone.
  const missing = /^JWT "(\w+)"/.exec(error.message)?.[1];
  if (missing !== undefined) return missing;
  switch (error.code) {
    case oauth.KEY_SELECTION: return 'signature';
    case oauth.JWT_TIMESTAMP_CHECK: return 'exp';
    default: return /signature/.test(error.message) ? 'signature' : /alg/.test(error.message) ? 'alg' : 'answer';
  }
}
