/** Events out, the sources they come from, and the daily figures of events and segments. */
import { z } from '@hono/zod-openapi';
import { changeEventSource, createEventSource, listEventSources, removeEventSource } from '#operations/event-sources';
import { listEvents } from '#operations/events';
import { getEventAnalytics, getSegmentAnalytics } from '#operations/metrics';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, money, page, toMoney } from './shapes.ts';

const event = z.object({
  id: z.string(), type: z.string(), occurredAt: z.string(), receivedAt: z.string(), customerId: z.string().nullable(), customerName: z.string().nullable(),
  anonymousId: z.string().nullable(), sessionId: z.string().nullable(), source: z.string(), properties: z.record(z.string(), z.unknown()),
}).openapi('Event');

const origins = z.array(z.string().max(200)).max(20).openapi({ description: 'Exact origins of the pages that may send; none: servers only', example: ['https://shop.example'] });
const source = z.object({
  id: z.string(), name: z.string(), writeKey: z.string().openapi({ description: 'May stand in a page: it can send events and nothing else' }),
  allowedOrigins: origins, createdAt: z.string(), disabledAt: z.string().nullable(),
}).openapi('EventSource');
const name = z.string().trim().min(1).max(80);

const day = z.string().openapi({ description: 'A day in the company’s time zone', example: '2026-11-20' });
const range = { from: day, to: day };

const eventAnalytics = z.object({
  from: z.string(), to: z.string(),
  days: z.array(z.object({ day: z.string(), events: z.int(), customers: z.int(), sessions: z.int(), value: money })),
  total: z.object({ events: z.int(), customers: z.int(), sessions: z.int(), value: money }).openapi({ description: 'Customers and sessions are counted once each over the whole range' }),
}).openapi('EventAnalytics');

const segmentDay = z.object({
  day: z.string(), customers: z.int(), entered: z.int(), left: z.int(), buyers: z.int(), orders: z.int(), revenue: money, events: z.int(),
  historicalValue: money, predictedValue: money,
});
const segmentAnalytics = z.object({
  from: z.string(), to: z.string(), days: z.array(segmentDay),
  total: z.object({ customers: z.int(), buyers: z.int(), entered: z.int(), left: z.int(), orders: z.int(), revenue: money, events: z.int() })
    .openapi({ description: 'Customers and buyers are counted once each over the whole range' }),
}).openapi('SegmentAnalytics');

export function eventsApi() {
  const app = apiHono();

  app.openapi(route('events:read', {
    method: 'get', path: '/events', tags: ['events'], summary: 'Events, newest first',
    request: { query: z.object({ ...page, type: z.string().max(64).optional(), customerId: z.string().max(64).optional(), sessionId: z.string().max(128).optional() }) },
    responses: { 200: { description: 'A page', content: json(z.object({ rows: z.array(event), nextCursor: z.string().nullable() })) } },
  }), async (c) => c.json(await listEvents(c.get('ctx'), c.req.valid('query')), 200));

  app.openapi(route('events:read', {
    method: 'get', path: '/event-sources', tags: ['events'], summary: 'Sites and apps that send events',
    responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(source) })) } },
  }), async (c) => c.json({ rows: await listEventSources(c.get('ctx')) }, 200));

  app.openapi(route('events:manage', {
    method: 'post', path: '/event-sources', tags: ['events'], summary: 'Let a site send events',
    request: { body: { required: true, content: json(z.strictObject({ name, allowedOrigins: origins.optional() })) } },
    responses: { 201: { description: 'Made', content: json(source) } },
  }), async (c) => c.json(await createEventSource(c.get('ctx'), c.req.valid('json')), 201));

  app.openapi(route('events:manage', {
    method: 'patch', path: '/event-sources/{id}', tags: ['events'], summary: 'Change a source',
    request: { params: idParam, body: { required: true, content: json(z.strictObject({ name: name.optional(), allowedOrigins: origins.optional(), enabled: z.boolean().optional() })) } },
    responses: { 200: { description: 'Takes effect within a minute', content: json(source) } },
  }), async (c) => {
    const changed = await changeEventSource(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'));
    c.get('edge').visitor.memory.eventSources.clear();
    return c.json(changed, 200);
  });

  app.openapi(route('events:manage', {
    method: 'delete', path: '/event-sources/{id}', tags: ['events'], summary: 'Remove a source',
    request: { params: idParam }, responses: { 204: { description: 'Its key stops working within a minute; what it brought stays' } },
  }), async (c) => {
    await removeEventSource(c.get('ctx'), c.req.valid('param').id);
    c.get('edge').visitor.memory.eventSources.clear();
    return c.body(null, 204);
  });

  app.openapi(route('events:read', {
    method: 'get', path: '/analytics/events', tags: ['analytics'], summary: 'Events by day, of one type or of all',
    request: { query: z.object({ type: z.string().min(1).max(64).optional(), ...range }) },
    responses: { 200: { description: 'Days that had any', content: json(eventAnalytics) } },
  }), async (c) => {
    const { currency, days, total, ...rest } = await getEventAnalytics(c.get('ctx'), c.req.valid('query'));
    return c.json({ ...rest, days: days.map((d) => ({ ...d, value: toMoney(d.value, currency) })), total: { ...total, value: toMoney(total.value, currency) } }, 200);
  });

  app.openapi(route('value:read', {
    method: 'get', path: '/analytics/segments', tags: ['analytics'], summary: 'A segment by day',
    request: { query: z.object({ segment: z.string().min(1).max(80).openapi({ description: 'A stage or a group of the RFM grid', example: 'stage:active' }), ...range }) },
    responses: { 200: { description: 'Days since the segment is kept', content: json(segmentAnalytics) } },
  }), async (c) => {
    const { currency, days, total, ...rest } = await getSegmentAnalytics(c.get('ctx'), c.req.valid('query'));
    return c.json({
      ...rest,
      days: days.map((d) => ({ ...d, revenue: toMoney(d.revenue, currency), historicalValue: toMoney(d.historicalValue, currency), predictedValue: toMoney(d.predictedValue, currency) })),
      total: { ...total, revenue: toMoney(total.revenue, currency) },
    }, 200);
  });

  return app;
}
