/** Kept mappings of columns, and files to fill in. */
import { z } from '@hono/zod-openapi';
import { mappingInputSchema } from '#core/commerce/csv/mapping';
import { TEMPLATES } from '#core/commerce/files/templates';
import { deleteMapping, listMappings, mappingName, renameMapping, saveMapping } from '#operations/import-mappings';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

const savedMapping = z.object({
  id: z.string(), name: z.string(), header: z.string().openapi({ description: 'What the headings of a file come to that it fits' }),
  mapping: mappingInputSchema, createdAt: z.string(), usedAt: z.string().nullable(),
}).openapi('ImportMapping');

const newMapping = z.strictObject({ name: mappingName, headings: z.array(z.string().max(500)).min(1).max(1000), mapping: mappingInputSchema });

export function importMappingsApi() {
  const app = apiHono();

  app.openapi(route('imports:read', {
    method: 'get', path: '/import-mappings', tags: ['in'], summary: 'Kept mappings of columns, the last used first',
    responses: { 200: { description: 'All of them', content: json(z.object({ rows: z.array(savedMapping) })) } },
  }), async (c) => c.json({ rows: await listMappings(c.get('ctx')) }, 200));

  app.openapi(route('imports:write', {
    method: 'post', path: '/import-mappings', tags: ['in'], summary: 'Keep a mapping under a name',
    description: 'One of the same name is replaced. It is offered for files with the same headings.',
    request: { body: { content: json(newMapping), required: true } },
    responses: { 201: { description: 'Kept', content: json(savedMapping) } },
  }), async (c) => c.json(await saveMapping(c.get('ctx'), c.req.valid('json')), 201));

  app.openapi(route('imports:write', {
    method: 'patch', path: '/import-mappings/{id}', tags: ['in'], summary: 'Rename a kept mapping',
    request: { params: idParam, body: { content: json(z.strictObject({ name: mappingName })), required: true } },
    responses: { 200: { description: 'Renamed', content: json(savedMapping) } },
  }), async (c) => c.json(await renameMapping(c.get('ctx'), c.req.valid('param').id, c.req.valid('json').name), 200));

  app.openapi(route('imports:write', {
    method: 'delete', path: '/import-mappings/{id}', tags: ['in'], summary: 'Delete a kept mapping',
    request: { params: idParam },
    responses: { 204: { description: 'Deleted; imports that used it stay as they are' } },
  }), async (c) => {
    await deleteMapping(c.get('ctx'), c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(route('imports:read', {
    method: 'get', path: '/import-templates/{kind}', tags: ['in'], summary: 'A file of orders to fill in',
    request: { params: z.object({ kind: z.enum(['csv', 'jsonl']) }) },
    responses: { 200: { description: 'With example lines', content: { 'text/csv': { schema: z.string() }, 'application/x-ndjson': { schema: z.string() } } } },
  }), (c) => {
    const { name, contentType, text } = TEMPLATES[c.req.valid('param').kind];
    return c.body(text, 200, { 'content-type': contentType, 'content-disposition': `attachment; filename="${name}"` });
  });

  return app;
}
