/**
 * Which other sites' pages may use the API: those whose origins the caller's company has named (decision 0035).
 *
 * A preflight carries no credentials, so it is answered alike for everybody and tells nothing; whether the origin is on
 * the list is decided with the caller, before anything is done. Cookies never come from another site's page: nothing here
 * allows credentials, and callers by cookie get no answer that a foreign page could read.
 */
import { createMiddleware } from 'hono/factory';
import { AppError } from '#core/errors';
import { webOrigin } from '#core/net/web-origin';
import { companyFacts } from '#operations/company-access';
import type { Caller } from '#worker/context/caller';
import type { Edge } from '#worker/context/edge';
import type { ApiEnv } from './api-env.ts';

const PREFLIGHT_SECONDS = 600;
const ASKED = 'access-control-request-method';
/** Addresses that answer preflights by a rule of their own: the write key in the address says whose pages may send. */
const OWN_RULE = '/v1/events';

/** Around everything else: answers preflights, and adds to each answer what the routes inside have found. */
export const cors = createMiddleware<ApiEnv>(async (c, next) => {
  const request = c.req.raw;
  const byWriteKey = c.req.path.endsWith(OWN_RULE) && c.req.query('key') !== undefined;
  if (request.method === 'OPTIONS' && request.headers.has(ASKED) && !byWriteKey) return preflight(request);
  await next();
  // An upgraded socket's answer cannot be changed any more.
  if (c.res.status === 101) return;
  c.res.headers.append('vary', 'Origin');
  for (const [name, value] of Object.entries(c.get('cors') ?? {})) c.res.headers.set(name, value);
});

function preflight(request: Request): Response {
  const origin = webOrigin(request.headers.get('origin') ?? '');
  if (origin === null) throw new AppError('forbidden', 'Pages use this API from origins that begin with https:// (http only on localhost)');
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key',
      'access-control-max-age': String(PREFLIGHT_SECONDS),
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    },
  });
}

/** Where a page of another site asks by a token or key: its origin; null for programs, for our own pages and for cookies. */
function foreignOrigin(edge: Edge, caller: Caller | null, request: Request): string | null {
  if (caller === null || caller.viaCookie) return null;
  const origin = request.headers.get('origin');
  return origin === null || origin === new URL(request.url).origin || origin === edge.publicOrigin ? null : origin;
}

/**
 * What lets the page that asks read the answer; null when no page of another site asks.
 * @throws AppError `forbidden` when the caller's company has not named its origin.
 */
export async function admitOrigin(edge: Edge, caller: Caller | null, request: Request): Promise<Record<string, string> | null> {
  const origin = foreignOrigin(edge, caller, request);
  if (origin === null || caller === null) return null;
  const named = (await companyFacts(edge.visitor, caller.companyId))?.apiOrigins ?? [];
  if (!named.includes(origin)) throw new AppError('forbidden', `${origin.slice(0, 200)} is not among the origins whose pages may use your API; add it under Settings`);
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
    'cross-origin-resource-policy': 'cross-origin',
  };
}
