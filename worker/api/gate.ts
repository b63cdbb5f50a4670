/** In front of every API route: who is asking, from which site's page, how often they may, and that their own page asked. */
import { createMiddleware } from 'hono/factory';
import { AppError } from '#core/errors';
import { findCaller } from '#worker/context/caller';
import { noteGuess, rateHeaders, refuseGuesser, takeRequest } from '#worker/context/limits';
import { isSameOrigin } from '#worker/context/session-cookie';
import type { ApiEnv } from './api-env.ts';
import { admitOrigin } from './cors.ts';

/** Where browsers come to sign in: a session that has ended is no reason to refuse them. */
const WAY_IN = '/api/v1/auth/oauth/';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Sets `caller`; refuses what is over its limit, and writes that a foreign page sends along with our cookie. */
export const gate = createMiddleware<ApiEnv>(async (c, next) => {
  const edge = c.get('edge');
  const request = c.req.raw;
  refuseGuesser(edge, request);
  let caller = null;
  try {
    caller = await findCaller(edge, request);
  } catch (error) {
    const isUnknown = error instanceof AppError && error.code === 'unauthenticated';
    if (isUnknown) await noteGuess(edge, request);
    if (!isUnknown || !c.req.path.startsWith(WAY_IN)) throw error;
  }
  c.set('cors', (await admitOrigin(edge, caller, request)) ?? undefined);
  const decision = await takeRequest(edge, caller, request);
  if (caller?.viaCookie === true && !READING.has(request.method) && !isSameOrigin(request)) {
    throw new AppError('forbidden', 'A write with the session cookie needs the header X-Requested-With: perennial');
  }
  c.set('caller', caller);
  await next();
  if (c.res.status === 101) return;
  // A stricter limit of the route itself is the one worth telling.
  for (const [name, value] of rateHeaders(decision)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
});
