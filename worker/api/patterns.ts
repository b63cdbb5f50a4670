/** Frequent sequences of products and of events. */
import { z } from '@hono/zod-openapi';
import { getPatterns } from '#operations/patterns';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';

const shape = z.object({
  of: z.enum(['products', 'events']), gapDays: z.int(), customers: z.int().openapi({ description: 'Looked at' }),
  patterns: z.array(z.object({
    steps: z.array(z.object({ id: z.string(), name: z.string() })), customers: z.int(),
    support: z.number(), confidence: z.number().openapi({ description: 'Of those who did all but the last step, the share that went on to it' }),
    lift: z.number().openapi({ description: 'How many times likelier the last step is after the others than for anybody' }),
  })),
  within: z.object({ id: z.string(), name: z.string() }).nullable().openapi({ description: 'The segment whose members were looked at' }),
  repeats: z.int().openapi({ description: 'Sequences left out because they end with something done before; ask with repeats=true for them' }),
  notes: z.array(z.string()),
}).openapi('Patterns');

export function patternsApi() {
  const app = apiHono();
  app.openapi(route('value:read', {
    method: 'get', path: '/patterns', tags: ['value'], summary: 'What customers buy or do one after another',
    description: 'Closed frequent sequences, each step within `gapDays` of the one before, that make their last step likelier than usual. Among events `order` is a purchase.',
    request: { query: z.object({
      of: z.enum(['products', 'events']).default('products'), gapDays: z.coerce.number().int().min(1).max(3650).default(90),
      support: z.coerce.number().min(0.001).max(1).default(0.01).openapi({ description: 'Least share of customers' }), limit: z.coerce.number().int().min(1).max(200).default(50),
      segment: z.uuid('Write the id of a segment').optional().openapi({ description: 'Only its members' }),
      repeats: z.enum(['true', 'false']).default('false').openapi({ description: 'Also sequences that end with something done before' }),
    }) },
    responses: { 200: { description: 'Strongest first', content: json(shape) } },
  }), async (c) => {
    const { repeats, ...query } = c.req.valid('query');
    return c.json(await getPatterns(c.get('ctx'), { ...query, repeats: repeats === 'true' }), 200);
  });
  return app;
}
