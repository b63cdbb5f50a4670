/** What anybody may fetch to check an access token: the public halves of the keys that sign them (RFC 7517). */
import { Hono } from 'hono';
import type { ApiEnv } from './api-env.ts';

/** A key is published before it signs, so an hour-old copy still knows every key that does. */
const CACHE_SECONDS = 3600;

export function wellKnownApp(): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/.well-known/jwks.json', async (c) => {
    const keys = await c.get('edge').visitor.tokenKeys.published();
    return c.body(JSON.stringify({ keys }), 200, { 'content-type': 'application/jwk-set+json', 'cache-control': `public, max-age=${String(CACHE_SECONDS)}` });
  });
  return app;
}
