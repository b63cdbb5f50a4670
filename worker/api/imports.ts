/** Order files: uploaded as a stream, watched, cancelled. */
import { z } from '@hono/zod-openapi';
import { mappingInputSchema, mappingSchema } from '#core/commerce/csv/mapping';
import { importRejection, importStatus, skippedLine } from '#core/commerce/import-status';
import { AppError } from '#core/errors';
import { cancelImport, createImport, getImport, importAnyway, listImports, listRejections, listSkipped } from '#operations/imports';
import { apiHono, invalid } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, page } from './shapes.ts';

/** Rejected lines that come with an import's state. */
const FIRST_REJECTIONS = 20;

const importView = importStatus.omit({ rejections: true }).extend({
  createdAt: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(),
}).openapi('Import');

/** As the file's columns were settled, or what a person knows of them; the rest is guessed. */
const mapping = z.union([mappingSchema, mappingInputSchema]);

function readMapping(text: string | undefined): z.infer<typeof mapping> {
  if (text === undefined || text === '') return {};
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'The mapping is not JSON', { cause, errors: [{ path: 'mapping', message: 'Not JSON' }] });
  }
  const parsed = mapping.safeParse(given);
  if (parsed.success) return parsed.data;
  const partial = mappingInputSchema.safeParse(given);
  throw partial.success ? new AppError('invalid_input', 'The mapping cannot be read') : invalid(partial.error);
}

function lengthOf(header: string | undefined): number | null {
  const length = Number(header);
  return header !== undefined && Number.isSafeInteger(length) && length >= 0 ? length : null;
}

export function importsApi() {
  const app = apiHono();

  app.openapi(route('imports:write', {
    method: 'put', path: '/imports', tags: ['in'], summary: 'Upload an order file',
    description: 'The file is the raw body, streamed: its size is not limited by memory. `mapping` is JSON; what it leaves out is guessed from the file.',
    request: { query: z.object({ name: z.string().trim().min(1).max(200).default('orders.csv'), mapping: z.string().max(20_000).optional() }) },
    responses: { 202: { description: 'Uploaded; it is read in the background', content: json(importView) } },
  }), async (c) => {
    const { name, mapping: text } = c.req.valid('query');
    const { body } = c.req.raw;
    if (body === null) throw new AppError('invalid_input', 'Send the file as the body of the request');
    const view = await createImport(c.get('ctx'), {
      name, mapping: readMapping(text), body, size: lengthOf(c.req.header('content-length')),
      contentType: c.req.header('content-type') ?? 'text/csv',
    });
    return c.json(view, 202);
  });

  app.openapi(route('imports:read', {
    method: 'get', path: '/imports', tags: ['in'], summary: 'Imports',
    responses: { 200: { description: 'The newest hundred', content: json(z.object({ rows: z.array(importView) })) } },
  }), async (c) => c.json({ rows: await listImports(c.get('ctx')) }, 200));

  app.openapi(route('imports:read', {
    method: 'get', path: '/imports/{id}', tags: ['in'], summary: 'How an import stands, with its first rejected lines',
    request: { params: idParam },
    responses: { 200: { description: 'The import', content: json(importView.extend({ rejections: z.array(importRejection) })) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const { id } = c.req.valid('param');
    const view = await getImport(ctx, id);
    const rejections = view.rejected === 0 ? [] : (await listRejections(ctx, id, { limit: FIRST_REJECTIONS })).rows;
    return c.json({ ...view, rejections }, 200);
  });

  app.openapi(route('imports:read', {
    method: 'get', path: '/imports/{id}/rejections', tags: ['in'], summary: 'Rejected lines with reasons',
    request: { params: idParam, query: z.object(page) },
    responses: { 200: { description: 'In the order of the file', content: json(z.object({ rows: z.array(importRejection), nextCursor: z.string().nullable() })) } },
  }), async (c) => c.json(await listRejections(c.get('ctx'), c.req.valid('param').id, c.req.valid('query')), 200));

  app.openapi(route('imports:read', {
    method: 'get', path: '/imports/{id}/skipped', tags: ['in'], summary: 'Lines skipped because an earlier file had them',
    description: 'Lines without an id of their own that say the same as a line of an earlier file. The first thousand are kept; `skipped` of the import counts all.',
    request: { params: idParam, query: z.object(page) },
    responses: { 200: { description: 'In the order of the file', content: json(z.object({ rows: z.array(skippedLine), nextCursor: z.string().nullable() })) } },
  }), async (c) => c.json(await listSkipped(c.get('ctx'), c.req.valid('param').id, c.req.valid('query')), 200));

  app.openapi(route('imports:write', {
    method: 'post', path: '/imports/{id}/anyway', tags: ['in'], summary: 'Import the skipped lines anyway',
    description: 'Starts an import of its own that brings every skipped line as a sale of its own, and nothing else. Asked again, it answers with the same import.',
    request: { params: idParam },
    responses: { 202: { description: 'Started; it is read in the background', content: json(importView) } },
  }), async (c) => c.json(await importAnyway(c.get('ctx'), c.req.valid('param').id), 202));

  app.openapi(route('imports:write', {
    method: 'post', path: '/imports/{id}/cancel', tags: ['in'], summary: 'Stop an import',
    description: 'What it has read so far stays.',
    request: { params: idParam },
    responses: { 200: { description: 'Cancelled', content: json(importView) } },
  }), async (c) => c.json(await cancelImport(c.get('ctx'), c.req.valid('param').id), 200));

  return app;
}
