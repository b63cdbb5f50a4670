/** The audit log: who did what, whether it is whole, and all of it as a file. */
import { z } from '@hono/zod-openapi';
import { csvStream } from '#core/csv-text';
import { AUDIT_KINDS, auditFilterSchema, exportAudit, listAudit } from '#operations/audit';
import { verifyAudit } from '#operations/audit-chain';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { page } from './shapes.ts';

const entry = z.object({
  id: z.string(), at: z.string(), action: z.string(), words: z.string().openapi({ description: 'The action as a person reads it' }),
  actorKind: z.enum(['user', 'api_key', 'operator', 'visitor']), actorId: z.string().nullable(),
  actorName: z.string().nullable().openapi({ description: 'E-mail address or name of the key, as it was then' }), sessionId: z.string().nullable(),
  targetKind: z.string().nullable(), targetId: z.string().nullable(), targetName: z.string().nullable(), detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(), userAgent: z.string().nullable(), requestId: z.string().nullable(),
  sealedAs: z.int().nullable().openapi({ description: 'Its place in the chain; null for the first minutes' }),
}).openapi('AuditEntry');

const report = z.object({
  intact: z.boolean(), checked: z.int().openapi({ description: 'Links recomputed' }),
  head: z.object({ position: z.int(), hash: z.string() }).nullable().openapi({ description: 'Keep it elsewhere to prove later that nothing before it was changed' }),
  faults: z.array(z.object({ kind: z.enum(['missing', 'changed', 'gap', 'stray', 'cut']), position: z.int().nullable(), entryId: z.string().nullable() })),
}).openapi('AuditReport');

export function auditApi() {
  const app = apiHono();

  app.openapi(route('audit:read', {
    method: 'get', path: '/audit-log', tags: ['team'], summary: 'Who did what',
    description: `\`action\` is an action, or a kind of them: ${AUDIT_KINDS.join(', ')}. \`actor\` and \`target\` are ids.`,
    request: { query: auditFilterSchema.extend(page) },
    responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(entry), nextCursor: z.string().nullable() })) } },
  }), async (c) => {
    const { limit, cursor, ...wanted } = c.req.valid('query');
    return c.json(await listAudit(c.get('ctx'), wanted, { limit, cursor }), 200);
  });

  app.openapi(route('audit:read', {
    method: 'get', path: '/audit-log/export', tags: ['team'], summary: 'The audit log as CSV',
    description: 'Everything the filter lets through, streamed. That it was exported is an entry as well.',
    request: { query: auditFilterSchema },
    responses: { 200: { description: 'Newest first', content: { 'text/csv': { schema: z.string() } } } },
  }), async (c) => {
    const { header, pages } = await exportAudit(c.get('ctx'), c.req.valid('query'));
    return c.body(csvStream(header, pages), 200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="audit-log.csv"' });
  });

  app.openapi(route('audit:read', {
    method: 'get', path: '/audit-log/verification', tags: ['team'], summary: 'Whether the audit log is whole',
    description: 'Recomputes the chain of hashes over every sealed entry.',
    responses: { 200: { description: 'What was found', content: json(report) } },
  }), async (c) => c.json(await verifyAudit(c.get('ctx')), 200));

  return app;
}
