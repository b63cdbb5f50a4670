/** Headers every API answer carries: its request id, and that nothing may frame, sniff or keep it. */
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from './api-env.ts';

export const security = createMiddleware<ApiEnv>(async (c, next) => {
  await next();
  // An upgraded socket's answer cannot be changed any more.
  if (c.res.status === 101) return;
  const { headers } = c.res;
  headers.set('x-request-id', c.get('edge').requestId);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
});
