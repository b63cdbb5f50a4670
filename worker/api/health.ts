/** Whether this Worker lives, and whether it may serve. */
import { Hono } from 'hono';
import type { ApiEnv } from './api-env.ts';
import { problemResponse } from './problem.ts';

export function healthApp(): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  /** Lives; asks nobody. */
  app.get('/healthz', (c) => c.json({ ok: true }));
  /** Configured, Postgres reachable, and our role there held by row security. */
  app.get('/readyz', async (c) => {
    const edge = c.get('edge');
    try {
      await edge.checkDatabase();
      return c.json({ ok: true });
    } catch (error) {
      return problemResponse(error, edge.requestId);
    }
  });
  return app;
}
