/** A shop beside its own past and beside others of its kind. */
import { z } from '@hono/zod-openapi';
import { benchmarkSettingsSchema, getBenchmarks, setBenchmarkSettings } from '#operations/benchmarks';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';

const value = z.number().nullable();
const benchmarks = z.object({
  month: z.string().openapi({ description: 'YYYY-MM, the last whole month' }),
  currency: z.string(),
  rows: z.array(z.object({
    key: z.string(), label: z.string(), definition: z.string(),
    kind: z.enum(['money', 'count', 'share', 'ratio']).openapi({ description: 'money: minor units of `currency`; share: a fraction' }),
    better: z.enum(['more', 'less']),
    now: value, yearBefore: value, usual: value.openapi({ description: 'Median of the twelve months before' }), quarter: value, quarterBefore: value,
    group: z.object({ p25: z.number(), p50: z.number(), p75: z.number(), shops: z.int() }).nullable(),
  })),
  settings: z.object({ industry: z.string().nullable(), share: z.boolean() }),
  sizeBand: z.string(), peers: z.enum(['off', 'too_few', 'shown']), leastPeers: z.int(),
}).openapi('Benchmarks');

export function benchmarksApi() {
  const app = apiHono();

  app.openapi(route('value:read', {
    method: 'get', path: '/benchmarks', tags: ['value'], summary: 'The last whole month beside the past and beside others',
    description: 'Others are shown to those who take part, from ten shops of the same trade and size on, rounded to two digits.',
    responses: { 200: { description: 'A row a figure', content: json(benchmarks) } },
  }), async (c) => c.json(await getBenchmarks(c.get('ctx')), 200));

  app.openapi(route('company:write', {
    method: 'put', path: '/benchmarks/settings', tags: ['value'], summary: 'Take part in the comparison, or leave it',
    request: { body: { required: true, content: json(benchmarkSettingsSchema) } },
    responses: { 200: { description: 'As it stands now', content: json(benchmarks) } },
  }), async (c) => c.json(await setBenchmarkSettings(c.get('ctx'), c.req.valid('json')), 200));

  return app;
}
