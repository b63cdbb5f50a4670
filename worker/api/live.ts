/** The live socket: a ticket first, then the upgrade that spends it. */
import { z } from '@hono/zod-openapi';
import { issueLiveTicket } from '#operations/live';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';

export function liveApi() {
  const app = apiHono();

  app.openapi(route('live:read', {
    method: 'post', path: '/live/tickets', tags: ['live'], summary: 'A ticket for the socket',
    responses: { 201: { description: 'Single use, 30 seconds', content: json(z.object({ ticket: z.string() })) } },
  }), async (c) => c.json(await issueLiveTicket(c.get('ctx')), 201));

  app.openapi(route('ticket', {
    method: 'get', path: '/live', tags: ['live'], summary: 'The socket (upgrade)',
    description: 'Messages: snapshot, kpi, customer, segment, import, notification, bye; at most four a second.',
    request: { query: z.object({ ticket: z.string().max(200).optional() }) },
    responses: { 101: { description: 'Upgraded' } },
  }), async (c) => {
    const answer = await c.get('edge').openLiveSocket(c.req.raw);
    // A refusal comes from the object with headers that cannot be added to; an upgrade must be handed on as it is.
    return answer.status === 101 ? answer : new Response(answer.body, answer);
  });

  return app;
}
