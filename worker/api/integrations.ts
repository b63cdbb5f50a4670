/** Connections to other platforms, and the ticket for the live socket. */
import { z } from '@hono/zod-openapi';
import {
  availablePlatforms, createIntegration, integrationSettings, listDeliveries, listIntegrations, removeIntegration, revealSecret, updateIntegration,
} from '#operations/integrations';
import { checkIntegration } from '#operations/integration-health';
import type { Edge } from '#worker/context/edge';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

const health = z.object({
  checkedAt: z.string(), state: z.enum(['healthy', 'disabled', 'missing', 'unknown']), detail: z.string(),
  gap: z.object({ label: z.string(), at: z.string() }).nullable().openapi({ description: 'The newest order at the platform, when it should have arrived and has not' }),
}).openapi('IntegrationHealth');
const integration = z.object({
  id: z.string(), platform: z.string(), platformName: z.string(), name: z.string(),
  webhookPath: z.string().openapi({ description: 'Below the address of this service' }),
  topics: z.array(z.string()), setup: z.array(z.string()),
  hasHistory: z.boolean().openapi({ description: 'Whether past orders can be brought, and compared with ours' }), createdAt: z.string(),
  waiting: z.int(), lastReceivedAt: z.string().nullable(), acceptedTotal: z.int(),
  greetedAt: z.string().nullable().openapi({ description: 'When the platform first greeted the address; known while nothing else has arrived, for platforms that greet' }),
  uninstalledAt: z.string().nullable().openapi({ description: 'When the platform said that the app was removed: only privacy requests are acted on since' }),
  health: health.nullable(), checkable: z.boolean().openapi({ description: 'Whether the platform can be asked about its webhooks' }),
}).openapi('Integration');
const created = integration.extend({ secret: z.string().openapi({ description: 'Signs the webhooks' }) });
const newIntegration = z.strictObject({
  platform: z.string().max(40), name: z.string().max(80).optional(), settings: z.record(z.string(), z.string().max(2000)).optional(),
});
const change = z.strictObject({
  name: z.string().min(1).max(80).optional(),
  settings: z.record(z.string(), z.string().max(2000)).optional().openapi({ description: 'Only what changes; an empty text takes an optional setting away' }),
});
const setting = z.object({
  key: z.string(), label: z.string(), help: z.string(), kind: z.enum(['text', 'secret', 'url']), required: z.boolean(), placeholder: z.string().optional(),
  value: z.string().nullable().openapi({ description: 'Null for a secret: those are never sent back' }), isSet: z.boolean(),
});
const delivery = z.object({
  deliveryId: z.string(), topic: z.string(), receivedAt: z.string(), state: z.enum(['waiting', 'processed', 'ignored', 'dead_letter']),
  finishedAt: z.string().nullable(), detail: z.string().nullable(), bytes: z.int(),
});
const platform = z.object({
  platform: z.string(), name: z.string(), topics: z.array(z.string()), setup: z.array(z.string()),
  settings: z.array(z.object({ key: z.string(), label: z.string(), help: z.string(), kind: z.enum(['text', 'secret', 'url']), required: z.boolean(), placeholder: z.string().optional() })),
});

/** This isolate answers by the new state at once; the others within a minute. */
function forgetEndpoints({ visitor: { memory } }: Edge): void {
  memory.endpoints.clear();
  memory.sealedEndpoints.clear();
}

export function integrationsApi() {
  const app = apiHono();

  app.openapi(route('integrations:read', {
    method: 'get', path: '/integrations/platforms', tags: ['platforms'], summary: 'What can be connected',
    responses: { 200: { description: 'Platforms', content: json(z.object({ rows: z.array(platform) })) } },
  }), (c) => c.json({ rows: availablePlatforms() }, 200));

  app.openapi(route('integrations:manage', {
    method: 'post', path: '/integrations', tags: ['platforms'], summary: 'Connect a platform',
    description: 'A signing secret is made when none is given.',
    request: { body: { required: true, content: json(newIntegration) } },
    responses: { 201: { description: 'Connected', content: json(created) } },
  }), async (c) => c.json(await createIntegration(c.get('ctx'), c.req.valid('json')), 201));

  app.openapi(route('integrations:read', {
    method: 'get', path: '/integrations', tags: ['platforms'], summary: 'Connections',
    responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(integration) })) } },
  }), async (c) => c.json({ rows: await listIntegrations(c.get('ctx')) }, 200));

  app.openapi(route('integrations:manage', {
    method: 'patch', path: '/integrations/{id}', tags: ['platforms'], summary: 'Change name or settings',
    request: { params: idParam, body: { required: true, content: json(change) } },
    responses: { 200: { description: 'Changed; a new signing secret holds within a minute', content: json(integration) } },
  }), async (c) => {
    const view = await updateIntegration(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'));
    forgetEndpoints(c.get('edge'));
    return c.json(view, 200);
  });

  app.openapi(route('integrations:manage', {
    method: 'get', path: '/integrations/{id}/settings', tags: ['platforms'], summary: 'Its settings, secrets left out',
    request: { params: idParam }, responses: { 200: { description: 'Settings', content: json(z.object({ rows: z.array(setting) })) } },
  }), async (c) => c.json({ rows: await integrationSettings(c.get('ctx'), c.req.valid('param').id) }, 200));

  app.openapi(route('integrations:read', {
    method: 'get', path: '/integrations/{id}/deliveries', tags: ['platforms'], summary: 'The last deliveries',
    request: { params: idParam }, responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(delivery) })) } },
  }), async (c) => c.json({ rows: await listDeliveries(c.get('ctx'), c.req.valid('param').id) }, 200));

  app.openapi(route('integrations:manage', {
    method: 'post', path: '/integrations/{id}/health', tags: ['platforms'], summary: 'Ask the platform whether its webhooks are on',
    description: 'Done hourly by itself.',
    request: { params: idParam }, responses: { 200: { description: 'What was found', content: json(health) } },
  }), async (c) => c.json(await checkIntegration(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('integrations:manage', {
    method: 'get', path: '/integrations/{id}/secret', tags: ['platforms'], summary: 'The signing secret',
    request: { params: idParam }, responses: { 200: { description: 'The secret', content: json(z.object({ secret: z.string() })) } },
  }), async (c) => c.json({ secret: await revealSecret(c.get('ctx'), c.req.valid('param').id) }, 200));

  app.openapi(route('integrations:manage', {
    method: 'delete', path: '/integrations/{id}', tags: ['platforms'], summary: 'Disconnect',
    request: { params: idParam }, responses: { 204: { description: 'Its address stops answering within a minute' } },
  }), async (c) => {
    await removeIntegration(c.get('ctx'), c.req.valid('param').id);
    forgetEndpoints(c.get('edge'));
    return c.body(null, 204);
  });

  return app;
}
