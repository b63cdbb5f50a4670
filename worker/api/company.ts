/** The company's settings and its API keys. */
import { z } from '@hono/zod-openapi';
import { createApiKey, listApiKeys, revokeApiKey } from '#operations/api-keys';
import { companyPatchSchema, getCompany, updateCompany } from '#operations/company';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { companySettingsShape, idParam, role } from './shapes.ts';

const apiKey = z.object({
  id: z.string(), name: z.string(), prefix: z.string(), role, createdAt: z.string(), lastUsedAt: z.string().nullable(), revokedAt: z.string().nullable(),
}).openapi('ApiKey');
const newApiKey = z.strictObject({ name: z.string().trim().min(1).max(80), role: role.default('manager') });

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

  app.openapi(route('api_keys:manage', {
    method: 'post', path: '/api-keys', tags: ['company'], summary: 'Make an API key',
    description: 'The key is in this answer and never again.',
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
