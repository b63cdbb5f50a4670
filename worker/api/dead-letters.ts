/** Records that could not be taken: what was wrong with each, mended, replayed or set aside. */
import { z } from '@hono/zod-openapi';
import { discardLetter, getDeadLetter, listDeadLetters, mendDeadLetter, reopenLetter } from '#operations/dead-letters';
import { replayLetter, replayLetters } from '#operations/replay';
import { LARGEST_BODY_BYTES } from '#operations/large-bodies';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, page } from './shapes.ts';

const entry = z.object({
  at: z.string(), error: z.string().optional(), event: z.enum(['edited', 'restored', 'replayed', 'discarded', 'reopened']).optional(),
  detail: z.string().optional(), by: z.string().optional(),
});

const deadLetter = z.object({
  id: z.string(), door: z.string().openapi({ description: 'webhook, api, import or history' }), source: z.string(), deliveryId: z.string(), topic: z.string(),
  payload: z.string().openapi({ description: 'As received' }), edited: z.boolean(), error: z.string(), history: z.array(entry),
  receivedAt: z.string(), createdAt: z.string(), resolvedAt: z.string().nullable(), resolution: z.enum(['replayed', 'discarded', 'erased']).nullable(),
  became: z.array(z.object({ kind: z.string(), source: z.string(), externalId: z.string(), label: z.string().nullable() })),
}).openapi('DeadLetter');

const detail = deadLetter.extend({
  editedPayload: z.string().nullable().openapi({ description: 'As a person mended it; replayed in place of the original' }),
  headers: z.record(z.string(), z.string()),
  reading: z.object({
    readable: z.boolean(), problem: z.string().nullable(), errors: z.array(z.object({ path: z.string(), message: z.string() })),
    records: z.array(z.object({ kind: z.string(), externalId: z.string(), label: z.string().nullable() })),
  }).openapi({ description: 'How the payload would be read now' }),
}).openapi('DeadLetterDetail');

const listQuery = z.object({ ...page, state: z.enum(['open', 'resolved', 'all']).default('open'), source: z.string().max(60).optional() });
const edit = z.strictObject({ payload: z.string().min(1).nullable().openapi({ description: 'JSON text; null goes back to the original' }) });
const bulk = z.union([
  z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) }),
  z.strictObject({ filter: z.strictObject({ source: z.string().max(60).optional() }) }),
]);

export function deadLettersApi() {
  const app = apiHono();

  app.openapi(route('dead_letters:read', {
    method: 'get', path: '/dead-letters', tags: ['in'], summary: 'Records that could not be taken',
    request: { query: listQuery },
    responses: { 200: { description: 'Newest first', content: json(z.object({
      rows: z.array(deadLetter), nextCursor: z.string().nullable(), open: z.array(z.object({ source: z.string(), count: z.int() })),
    })) } },
  }), async (c) => c.json(await listDeadLetters(c.get('ctx'), c.req.valid('query')), 200));

  app.openapi(route('dead_letters:write', {
    method: 'post', path: '/dead-letters/replay', tags: ['in'], summary: 'Replay many',
    description: 'At most a hundred a call, oldest first; `more` says to ask again. What was replayed before is skipped.',
    request: { body: { required: true, content: json(bulk) } },
    responses: { 200: { description: 'What became of them', content: json(z.object({ replayed: z.int(), failed: z.int(), skipped: z.int(), more: z.boolean() })) } },
  }), async (c) => {
    const asked = c.req.valid('json');
    return c.json(await replayLetters(c.get('ctx'), 'ids' in asked ? asked : { source: asked.filter.source ?? null }), 200);
  });

  app.openapi(route('dead_letters:read', {
    method: 'get', path: '/dead-letters/{id}', tags: ['in'], summary: 'One of them, with everything known of it',
    request: { params: idParam }, responses: { 200: { description: 'The dead letter', content: json(detail) } },
  }), async (c) => c.json(await getDeadLetter(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('dead_letters:write', {
    method: 'patch', path: '/dead-letters/{id}', tags: ['in'], summary: 'Mend its payload',
    description: 'The original is kept beside it.',
    request: { params: idParam, body: { required: true, content: json(edit) } },
    responses: { 200: { description: 'The dead letter, and how it would be read now', content: json(detail) } },
  }, LARGEST_BODY_BYTES), async (c) => c.json(await mendDeadLetter(c.get('ctx'), c.req.valid('param').id, c.req.valid('json').payload), 200));

  app.openapi(route('dead_letters:write', {
    method: 'post', path: '/dead-letters/{id}/replay', tags: ['in'], summary: 'Replay it',
    description: 'Goes through the same pipe as what just arrives. Refused again, it stays open with one more line of history.',
    request: { params: idParam }, responses: { 200: { description: 'What became of it', content: json(detail) } },
  }), async (c) => {
    const { id } = c.req.valid('param');
    await replayLetter(c.get('ctx'), id);
    return c.json(await getDeadLetter(c.get('ctx'), id), 200);
  });

  app.openapi(route('dead_letters:write', {
    method: 'post', path: '/dead-letters/{id}/discard', tags: ['in'], summary: 'Set it aside',
    request: { params: idParam, body: { required: true, content: json(z.strictObject({ reason: z.string().trim().min(1, 'Say why, in a few words').max(500) })) } },
    responses: { 200: { description: 'The dead letter', content: json(detail) } },
  }), async (c) => c.json(await discardLetter(c.get('ctx'), c.req.valid('param').id, c.req.valid('json').reason), 200));

  app.openapi(route('dead_letters:write', {
    method: 'post', path: '/dead-letters/{id}/reopen', tags: ['in'], summary: 'Take a discarded one up again',
    request: { params: idParam }, responses: { 200: { description: 'The dead letter', content: json(detail) } },
  }), async (c) => c.json(await reopenLetter(c.get('ctx'), c.req.valid('param').id), 200));

  return app;
}
