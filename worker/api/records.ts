/** Records in: transactions and customers, one or up to 1,000, each judged by itself; and what became of a batch. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { customerInput } from '#core/commerce/customer-input';
import { eventInput } from '#core/commerce/event-input';
import { transactionInput } from '#core/commerce/transaction-input';
import { AppError } from '#core/errors';
import type { Submission } from '#operations/accept';
import { acceptCustomers, acceptEvents, acceptTransactions, getBatch } from '#operations/accept';
import { LARGEST_BODY_BYTES } from '#operations/large-bodies';
import { companyFacts } from '#operations/company-access';
import { parseJson, readText } from '#worker/context/read-json';
import type { ApiEnv } from './api-env.ts';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';

const receipt = z.object({
  batchId: z.string(),
  accepted: z.int().openapi({ description: 'Safely kept; they are counted within seconds' }),
  rejected: z.array(z.object({ index: z.int(), code: z.string(), reason: z.string(), path: z.string() })),
}).openapi('Receipt');

const batch = z.object({
  batchId: z.string(), state: z.enum(['waiting', 'processed', 'ignored', 'dead_letter']),
  receivedAt: z.string(), finishedAt: z.string().nullable(), detail: z.string().nullable(),
}).openapi('Batch');

const idempotencyHeader = z.object({
  'idempotency-key': z.string().min(1).max(255).optional()
    .openapi({ description: 'The same key and body give the same answer for 24 hours and count once; another body is refused' }),
});

/** One record or an array of them, described but not judged as a whole: the good go through when others fail. */
function oneOrMany(shape: z.ZodType) {
  const { $schema: _, ...one } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  // Read back as plain data: the document needs a schema object, not the library's own class of it.
  const record = z.record(z.string(), z.unknown()).parse(one);
  return { 'application/json': { schema: { oneOf: [record, { type: 'array' as const, items: record, maxItems: 1000 }] } } };
}

async function submissionOf(c: Context<ApiEnv>): Promise<Submission> {
  const body = await readText(c.req.raw, LARGEST_BODY_BYTES);
  const ctx = c.get('ctx');
  const facts = await companyFacts(c.get('edge').visitor, ctx.companyId);
  if (facts === null) throw new AppError('not_found', 'There is no such company');
  return { payload: parseJson(body), body, idempotencyKey: c.req.header('idempotency-key') ?? null, facts };
}

export function recordsApi() {
  const app = apiHono();

  app.openapi(route('records:write', {
    method: 'post', path: '/transactions', tags: ['in'], summary: 'Send sales and refunds',
    description: 'Each record is judged by itself: the good go through, the others come back with index, code and reason.',
    request: { headers: idempotencyHeader, body: { required: true, content: oneOrMany(transactionInput) } },
    responses: { 202: { description: 'Kept', content: json(receipt) } },
  }), async (c) => c.json(await acceptTransactions(c.get('ctx'), await submissionOf(c)), 202));

  app.openapi(route('records:write', {
    method: 'post', path: '/customers', tags: ['in'], summary: 'Send customer profiles',
    request: { headers: idempotencyHeader, body: { required: true, content: oneOrMany(customerInput) } },
    responses: { 202: { description: 'Kept', content: json(receipt) } },
  }), async (c) => c.json(await acceptCustomers(c.get('ctx'), await submissionOf(c)), 202));

  app.openapi(route('records:write', {
    method: 'post', path: '/events', tags: ['in'], summary: 'Send behaviour events',
    description: 'Browsers send here as well, with `?key=` or a field `key` and the write key of an event source instead of a sign-in: then the body is `{ key?, sentAt?, events[] }`.',
    request: { headers: idempotencyHeader, body: { required: true, content: oneOrMany(eventInput) } },
    responses: { 202: { description: 'Kept', content: json(receipt) } },
  }), async (c) => c.json(await acceptEvents(c.get('ctx'), await submissionOf(c)), 202));

  app.openapi(route('records:write', {
    method: 'get', path: '/batches/{id}', tags: ['in'], summary: 'What became of a batch',
    request: { params: z.object({ id: z.string().max(64) }) },
    responses: { 200: { description: 'Known for seven days', content: json(batch) } },
  }), async (c) => c.json(await getBatch(c.get('ctx'), c.req.valid('param').id), 200));

  return app;
}
