/** Requests about people's data: what platforms and people asked, what was done, and by when the rest is due. */
import { z } from '@hono/zod-openapi';
import { textStream } from '#core/text-stream';
import { exportPerson } from '#operations/person-export';
import { listPrivacyRequests, makePrivacyRequest } from '#operations/privacy';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';

const requestShape = z.object({
  id: z.string(), kind: z.enum(['data_request', 'erasure', 'deletion', 'shop_erasure', 'uninstalled']), source: z.string(),
  customerId: z.string().nullable().openapi({ description: 'Whose data are asked for, while they are there' }),
  state: z.enum(['open', 'done', 'failed']), requestedAt: z.string(), dueAt: z.string().nullable(), finishedAt: z.string().nullable(),
  finishedBy: z.string().nullable().openapi({ description: 'Who gave the data out' }),
  result: z.record(z.string(), z.int()).openapi({ description: 'Rows removed or changed, by table; of a request for data, rows given out, by part of the file' }), error: z.string().nullable(),
}).openapi('PrivacyRequest');

/** As `string`, so that a body may be streamed: of a known one the handler would have to hold the whole answer. */
const JSON_FILE: string = 'application/json';

const newRequest = z.strictObject({ kind: z.enum(['erasure', 'data_request']), customerId: z.string() });

export function privacyApi() {
  const app = apiHono();

  app.openapi(route('privacy:read', {
    method: 'get', path: '/privacy/requests', tags: ['privacy'], summary: 'Requests about people’s data',
    responses: { 200: { description: 'Open ones first, then the newest; at most 500', content: json(z.object({ rows: z.array(requestShape) })) } },
  }), async (c) => c.json({ rows: await listPrivacyRequests(c.get('ctx')) }, 200));

  app.openapi(route('privacy:manage', {
    method: 'post', path: '/privacy/requests', tags: ['privacy'], summary: 'Erase a customer, or note that she asks for her data',
    description: 'An erasure is done when this answers, and cannot be undone: her sales keep their money and nobody’s name. A request for data is kept open with the day it is due.',
    request: { body: { required: true, content: json(newRequest) } },
    responses: { 201: { description: 'Done, or kept', content: json(requestShape) } },
  }), async (c) => c.json(await makePrivacyRequest(c.get('ctx'), c.req.valid('json')), 201));

  app.openapi(route('privacy:manage', {
    method: 'get', path: '/privacy/requests/{id}/export', tags: ['privacy'], summary: 'Everything held about the person of a request for data',
    description: 'Profile, identities, consents, sales with their lines, subscriptions, events, scores and memberships as one JSON file, streamed. Once it was taken whole, the request is done. Each export is an entry of the audit log.',
    request: { params: z.object({ id: z.string() }) },
    responses: { 200: { description: 'One object: `about`, then a list for each kind of data', content: { [JSON_FILE]: { schema: z.looseObject({ about: z.looseObject({}) }) } } } },
  }), async (c) => {
    const { name, pieces } = await exportPerson(c.get('ctx'), c.req.valid('param').id);
    return c.body(textStream(pieces), 200, { 'content-type': 'application/json; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` });
  });

  return app;
}
