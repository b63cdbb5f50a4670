/** Order files: uploaded as a stream, watched, cancelled. */
import { z } from '@hono/zod-openapi';
import { mappingInputSchema, mappingSchema } from '#core/commerce/csv/mapping';
import { importRejection, importStatus, skippedLine } from '#core/commerce/import-status';
import { AppError } from '#core/errors';
import { previewUndo, undoImport } from '#operations/import-undo';
import { mappingByName } from '#operations/import-mappings';
import { cancelImport, createImport, getImport, importAnyway, listImports, listRejections, listSkipped } from '#operations/imports';
import type { TenantContext } from '#worker/ports';
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

/** JSON, or the name of a kept mapping. */
async function readMapping(ctx: TenantContext, text: string | undefined): Promise<z.infer<typeof mapping>> {
  if (text === undefined || text === '') return {};
  if (!text.trimStart().startsWith('{')) return await mappingByName(ctx, text);
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
    description: 'The file is the raw body, streamed: its size is not limited by memory. CSV, JSON Lines (one transaction a line, or flat objects), Excel (.xlsx), and CSV or JSON Lines in gzip are told apart by their content; exports of Shopify, WooCommerce and Stripe are recognised. `mapping` is JSON, or the name of a kept mapping; what it leaves out is guessed from the file. The uploaded file is deleted 30 days after it was read.',
    request: { query: z.object({ name: z.string().trim().min(1).max(200).default('orders.csv'), mapping: z.string().max(20_000).optional() }) },
    responses: { 202: { description: 'Uploaded; it is read in the background', content: json(importView) } },
  }), async (c) => {
    const { name, mapping: text } = c.req.valid('query');
    const { body } = c.req.raw;
    if (body === null) throw new AppError('invalid_input', 'Send the file as the body of the request');
    const view = await createImport(c.get('ctx'), {
      name, mapping: await readMapping(c.get('ctx'), text), body, size: lengthOf(c.req.header('content-length')),
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

  app.openapi(route('imports:read', {
    method: 'get', path: '/imports/{id}/undo', tags: ['in'], summary: 'What undoing an import would take out',
    request: { params: idParam },
    responses: { 200: { description: 'Sales and refunds', content: json(z.object({ removes: z.int(), stays: z.int(), closed: z.int() })) } },
  }), async (c) => c.json(await previewUndo(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('imports:undo', {
    method: 'post', path: '/imports/{id}/undo', tags: ['in'], summary: 'Undo an import',
    description: 'Takes every sale and refund that the import was the first to bring out of the books again, in the background. What the platform itself has told of since stays.',
    request: { params: idParam },
    responses: { 202: { description: 'Started', content: json(importView) } },
  }), async (c) => c.json(await undoImport(c.get('ctx'), c.req.valid('param').id), 202));

  return app;
}
