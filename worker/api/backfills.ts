/** Past orders of a connected platform: brought, watched, cancelled. */
import { z } from '@hono/zod-openapi';
import { cancelBackfill, listBackfills, startBackfill } from '#operations/backfills';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

const backfill = z.object({
  id: z.string(), integrationId: z.string(), state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']),
  fromDay: z.string().nullable().openapi({ description: 'First local day asked for; null from the beginning' }),
  recordsRead: z.int().openapi({ description: 'Orders read, with their refunds' }), recordsExpected: z.int().nullable().openapi({ description: 'When the platform says how many there are' }),
  inserted: z.int(), updated: z.int(), rejected: z.int().openapi({ description: 'Kept as dead letters of the door "history"' }),
  waitUntil: z.string().nullable(), error: z.string().nullable(), createdAt: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(),
}).openapi('Backfill');
const start = z.strictObject({ from: z.iso.date().optional().openapi({ description: 'First day, in the time zone of the company; without it from the beginning' }) });
const params = idParam.extend({ backfillId: z.uuid() });

export function backfillsApi() {
  const app = apiHono();

  app.openapi(route('integrations:manage', {
    method: 'post', path: '/integrations/{id}/backfill', tags: ['platforms'], summary: 'Bring past orders',
    description: 'Read from the platform page by page in the background; orders that are here already change nothing.',
    request: { params: idParam, body: { required: false, content: json(start) } },
    responses: { 202: { description: 'Begun', content: json(backfill) } },
  }), async (c) => c.json(await startBackfill(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 202));

  app.openapi(route('integrations:read', {
    method: 'get', path: '/integrations/{id}/backfills', tags: ['platforms'], summary: 'How far past orders are',
    request: { params: idParam }, responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(backfill) })) } },
  }), async (c) => c.json({ rows: await listBackfills(c.get('ctx'), c.req.valid('param').id) }, 200));

  app.openapi(route('integrations:manage', {
    method: 'post', path: '/integrations/{id}/backfills/{backfillId}/cancel', tags: ['platforms'], summary: 'Stop bringing past orders',
    request: { params }, responses: { 200: { description: 'Stopped; what it read stays', content: json(backfill) } },
  }), async (c) => {
    const { id, backfillId } = c.req.valid('param');
    return c.json(await cancelBackfill(c.get('ctx'), id, backfillId), 200);
  });

  return app;
}
