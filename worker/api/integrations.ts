/** Connections to other platforms, and the ticket for the live socket. */
import { z } from '@hono/zod-openapi';
import {
  availablePlatforms, createIntegration, listDeliveries, listIntegrations, removeIntegration, revealSecret,
} from '#operations/integrations';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam } from './shapes.ts';

const integration = z.object({
  id: z.string(), platform: z.string(), platformName: z.string(), name: z.string(),
  webhookPath: z.string().openapi({ description: 'Below the address of this service' }),
  topics: z.array(z.string()), setup: z.array(z.string()), createdAt: z.string(),
  waiting: z.int(), lastReceivedAt: z.string().nullable(), acceptedTotal: z.int(),
  uninstalledAt: z.string().nullable().openapi({ description: 'When the platform said that the app was removed: only privacy requests are acted on since' }),
  greetedAt: z.string().nullable().openapi({ description: 'When the platform first greeted the address; known while nothing else has arrived, for platforms that greet' }),
}).openapi('Integration');
const created = integration.extend({ secret: z.string().openapi({ description: 'Signs the webhooks' }) });
const newIntegration = z.strictObject({
  platform: z.string().max(40), name: z.string().max(80).optional(), settings: z.record(z.string(), z.string().max(2000)).optional(),
});
const delivery = z.object({
  deliveryId: z.string(), topic: z.string(), receivedAt: z.string(), state: z.enum(['waiting', 'processed', 'ignored', 'dead_letter']),
  finishedAt: z.string().nullable(), detail: z.string().nullable(), bytes: z.int(),
});
const platform = z.object({
  platform: z.string(), name: z.string(), topics: z.array(z.string()), setup: z.array(z.string()),
  settings: z.array(z.object({ key: z.string(), label: z.string(), help: z.string(), kind: z.enum(['text', 'secret', 'url']), required: z.boolean(), placeholder: z.string().optional() })),
});

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

  app.openapi(route('integrations:read', {
    method: 'get', path: '/integrations/{id}/deliveries', tags: ['platforms'], summary: 'The last deliveries',
    request: { params: idParam }, responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(delivery) })) } },
  }), async (c) => c.json({ rows: await listDeliveries(c.get('ctx'), c.req.valid('param').id) }, 200));

  app.openapi(route('integrations:manage', {
    method: 'get', path: '/integrations/{id}/secret', tags: ['platforms'], summary: 'The signing secret',
    request: { params: idParam }, responses: { 200: { description: 'The secret', content: json(z.object({ secret: z.string() })) } },
  }), async (c) => c.json({ secret: await revealSecret(c.get('ctx'), c.req.valid('param').id) }, 200));

  app.openapi(route('integrations:manage', {
    method: 'delete', path: '/integrations/{id}', tags: ['platforms'], summary: 'Disconnect',
    request: { params: idParam }, responses: { 204: { description: 'Its address stops answering within a minute' } },
  }), async (c) => {
    await removeIntegration(c.get('ctx'), c.req.valid('param').id);
    const { memory } = c.get('edge').visitor;
    memory.endpoints.clear();
    memory.sealedEndpoints.clear();
    return c.body(null, 204);
  });

  return app;
}
