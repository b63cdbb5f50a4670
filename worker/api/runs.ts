/** Work in steps: nights and rebuilds, how far they are, and starting one again. */
import { z } from '@hono/zod-openapi';
import { getRun, listRuns, restartRun, startNightNow } from '#operations/runs';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

const kind = z.enum(['night', 'rebuild']);
const run = z.object({
  id: z.string(), kind, day: z.string().nullable().openapi({ description: 'The local day that a night opens' }), cause: z.string(),
  state: z.enum(['running', 'done', 'failed', 'stopped']).openapi({ description: 'stopped: killed in its middle' }),
  steps: z.array(z.object({
    name: z.string(), state: z.enum(['waiting', 'running', 'done', 'failed']), startedAt: z.string().nullable(), finishedAt: z.string().nullable(),
    attempts: z.int(), result: z.record(z.string(), z.unknown()), error: z.string().nullable(),
  })),
  progress: z.number(), error: z.string().nullable(), startedAt: z.string(), finishedAt: z.string().nullable(), canRestart: z.boolean(),
}).openapi('Run');

export function runsApi() {
  const app = apiHono();

  app.openapi(route('runs:read', {
    method: 'get', path: '/runs', tags: ['operations'], summary: 'Nights and rebuilds',
    request: { query: z.strictObject({ kind: kind.optional() }) },
    responses: { 200: { description: 'The last thirty, newest first', content: json(z.object({ rows: z.array(run) })) } },
  }), async (c) => c.json({ rows: await listRuns(c.get('ctx'), c.req.valid('query').kind ?? null) }, 200));

  app.openapi(route('runs:write', {
    method: 'post', path: '/runs', tags: ['operations'], summary: 'Do a night’s work now',
    request: { body: { required: true, content: json(z.strictObject({ kind: z.literal('night') })) } },
    responses: { 202: { description: 'Started', content: json(z.object({ runId: z.string() })) } },
  }), async (c) => c.json(await startNightNow(c.get('ctx')), 202));

  app.openapi(route('runs:read', {
    method: 'get', path: '/runs/{id}', tags: ['operations'], summary: 'One run with its steps',
    request: { params: idParam }, responses: { 200: { description: 'The run', content: json(run) } },
  }), async (c) => c.json(await getRun(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('runs:write', {
    method: 'post', path: '/runs/{id}/restart', tags: ['operations'], summary: 'Go on with a run that failed',
    description: 'It goes on with its first step that is not done.',
    request: { params: idParam }, responses: { 202: { description: 'Started', content: json(run) } },
  }), async (c) => c.json(await restartRun(c.get('ctx'), c.req.valid('param').id), 202));

  return app;
}
