/** The Worker: every request finds its door here; objects, queue, schedules and the nightly workflow are exported. */
import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { AppError } from '#core/errors';
import { keepDelivery } from '#operations/large-bodies';
import { findEndpoint, noteGreeting } from '#operations/webhook-endpoints';
import type { ApiEnv } from './api/api-env.ts';
import { apiApp } from './api/app.ts';
import { healthApp } from './api/health.ts';
import { problemResponse } from './api/problem.ts';
import { wellKnownApp } from './api/well-known.ts';
import { edgeOf, visitorContext } from './context.ts';
import { protect } from './context/security-headers.ts';
import { readAway } from './context/unread-body.ts';
import { queue } from './jobs/queue.ts';
import { scheduled } from './jobs/scheduled.ts';
import { pages } from './pages.ts';
import { webhookApp } from './webhooks/app.ts';

export { Inbox } from '#durable-objects/inbox';
export { LiveHub } from '#durable-objects/live-hub';
export { RateLimiter } from '#durable-objects/rate-limiter';
export { TenantAggregates } from '#durable-objects/tenant-aggregates';
export { Night } from './jobs/night.ts';

// Made here, never by adding routes to an imported app: on hot reload this module runs again while others are kept.
const app = new Hono<ApiEnv & { Bindings: Env }>();

app.use('*', async (c, next) => {
  const { body } = c.req.raw;
  await next();
  protect(c.res);
  await readAway(body);
});
// Text with this character fits in no table.
app.use('*', async (c, next) => {
  if (/%00/.test(c.req.url)) throw new AppError('invalid_input', 'The address holds the character NUL (%00)');
  await next();
});
app.onError((error, c) => {
  const isOurs = !(error instanceof AppError) || error.code === 'internal' || error.code === 'unavailable';
  if (isOurs) console.error(JSON.stringify({ at: new Date().toISOString(), level: 'error', event: 'request.failed', path: c.req.path, reason: error.message }));
  return problemResponse(error, uuidv7());
});
// Before everything that the other doors need made for each request.
app.all('/webhooks/*', (c) => webhooksOf(c.env).fetch(c.req.raw));
app.use('*', async (c, next) => {
  const edge = edgeOf(c.env, c.executionCtx, c.req.raw);
  c.set('edge', { ...edge, deliver: async (request) => await webhooksOf(c.env).fetch(request) });
  await next();
});
app.route('/', healthApp());
app.route('/', wellKnownApp());
app.route('/api', apiApp());
app.all('*', (c) => pages(c.req.raw, c.get('edge')));

/** Made once an isolate: webhooks are the busiest door. */
const webhookDoors = new WeakMap<Env, ReturnType<typeof webhookApp>>();

function webhooksOf(env: Env): ReturnType<typeof webhookApp> {
  const known = webhookDoors.get(env);
  if (known !== undefined) return known;
  const visitor = visitorContext(env);
  const made = webhookApp({
    findEndpoint: (platform, integrationId) => findEndpoint(visitor, platform, integrationId),
    accept: (owner, delivery, raw) => keepDelivery(visitor, owner, delivery, uuidv7, raw),
    greeted: (owner) => noteGreeting(visitor, owner),
    now: () => visitor.clock.now(),
    makeId: uuidv7,
    log: visitor.log,
  });
  webhookDoors.set(env, made);
  return made;
}

export default { fetch: app.fetch, queue, scheduled } satisfies ExportedHandler<Env>;
