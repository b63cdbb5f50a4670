/** The id of the request on every API answer; what browsers are told is the same on all answers (context/security-headers.ts). */
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from './api-env.ts';

export const requestId = createMiddleware<ApiEnv>(async (c, next) => {
  await next();
  // An upgraded socket's answer cannot be changed any more.
  if (c.res.status !== 101) c.res.headers.set('x-request-id', c.get('edge').requestId);
});
