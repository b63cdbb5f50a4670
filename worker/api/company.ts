/** The company's settings and its API keys. */
import { z } from '@hono/zod-openapi';
import { createApiKey, listApiKeys, newApiKey, revokeApiKey } from '#operations/api-keys';
import { companyPatchSchema, getCompany, updateCompany } from '#operations/company';
import { previewRetention, yearsSchema } from '#operations/retention';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { companySettingsShape, idParam, role } from './shapes.ts';

const apiKey = z.object({
  id: z.string(), name: z.string(), prefix: z.string().openapi({ description: 'Its beginning, to know it by' }), role,
  scopes: z.array(z.string()).nullable().openapi({ description: 'Of the role’s permissions, those it is held to; null: all of them' }),
  perMinute: z.int().nullable().openapi({ description: 'Requests a minute; null: the company’s limit' }), createdBy: z.string().nullable(), createdAt: z.string(),
  expiresAt: z.string().nullable(), lastUsedAt: z.string().nullable().openapi({ description: 'To the minute' }), revokedAt: z.string().nullable(),
}).openapi('ApiKey');

const retentionShape = z.object({
  keepYears: z.int().nullable(), closedBefore: z.string().nullable(),
  before: z.string().nullable().openapi({ description: 'Local days before this one would be closed; null when everything is kept' }),
  orders: z.int(), refunds: z.int(), customers: z.int(), oldest: z.string().nullable(),
  notBefore: z.string().nullable().openapi({ description: 'The local day whose night removes them at the earliest: 30 days after the setting was changed and after the last old sale came in' }),
}).openapi('Retention');

export function companyApi() {
  const app = apiHono();

  app.openapi(route('company:read', {
    method: 'get', path: '/company', tags: ['company'], summary: 'Settings',
    responses: { 200: { description: 'The company', content: json(companySettingsShape) } },
  }), async (c) => c.json(await getCompany(c.get('ctx')), 200));

  app.openapi(route('company:write', {
    method: 'patch', path: '/company', tags: ['company'], summary: 'Change settings',
    description: 'Settings that decide how sales count come into force together with the figures counted by them: until then they are `pending`, the former figures serve, and `rebuild` names the run to follow under /runs.',
    request: { body: { required: true, content: json(companyPatchSchema.openapi('CompanyPatch')) } },
    responses: { 200: { description: 'The company as it is now, and what is to change', content: json(companySettingsShape) } },
  }), async (c) => {
    const company = await updateCompany(c.get('ctx'), c.req.valid('json'));
    c.get('edge').visitor.memory.facts.clear();
    return c.json(company, 200);
  });

  app.openapi(route('company:read', {
    method: 'get', path: '/company/retention', tags: ['company'], summary: 'What keeping single sales for some years means',
    description: 'How many sales and refunds would become sums of their days, by the setting in force or by the one asked for. Nothing is changed by asking. Values, cohorts and revenue stay as they are when single sales go.',
    request: { query: z.object({ keepYears: z.union([z.literal('all'), z.coerce.number().pipe(yearsSchema)]).optional().openapi({ description: 'Years to try out, or "all"' }) }) },
    responses: { 200: { description: 'What would go, and when at the earliest', content: json(retentionShape) } },
  }), async (c) => {
    const { keepYears } = c.req.valid('query');
    return c.json(await previewRetention(c.get('ctx'), keepYears === 'all' ? null : keepYears), 200);
  });

  app.openapi(route('api_keys:manage', {
    method: 'post', path: '/api-keys', tags: ['company'], summary: 'Make an API key',
    description: 'The key is in this answer and never again. It may do no more than whoever makes it: `scopes` names the permissions of GET /permissions that it needs.',
    request: { body: { required: true, content: json(newApiKey) } },
    responses: { 201: { description: 'Made', content: json(apiKey.extend({ key: z.string() })) } },
  }), async (c) => c.json(await createApiKey(c.get('ctx'), c.req.valid('json')), 201));

  app.openapi(route('api_keys:manage', {
    method: 'get', path: '/api-keys', tags: ['company'], summary: 'API keys',
    responses: { 200: { description: 'Newest first, revoked ones as well', content: json(z.object({ rows: z.array(apiKey) })) } },
  }), async (c) => c.json({ rows: await listApiKeys(c.get('ctx')) }, 200));

  app.openapi(route('api_keys:manage', {
    method: 'delete', path: '/api-keys/{id}', tags: ['company'], summary: 'Revoke an API key',
    request: { params: idParam },
    responses: { 204: { description: 'Revoked; refused everywhere within a minute' } },
  }), async (c) => {
    await revokeApiKey(c.get('ctx'), c.req.valid('param').id);
    c.get('edge').visitor.memory.apiKeys.clear();
    return c.body(null, 204);
  });

  return app;
}
