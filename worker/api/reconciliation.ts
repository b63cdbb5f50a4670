/** Our books beside the platform's own list: asked for and read. */
import { z } from '@hono/zod-openapi';
import { readReconciliation, startReconciliation } from '#operations/reconcile';
import type { ReconciliationView } from '#operations/reconcile';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, money, toMoney } from './shapes.ts';

const cause = z.enum(['refund_dating', 'order_dating', 'test_orders', 'zero_orders', 'currency', 'duplicates', 'not_arrived', 'gone', 'amount']);
const figures = z.object({ orders: z.int(), gross: money, refunds: z.int(), refunded: money });
const day = z.object({
  day: z.string(), theirs: figures, ours: figures, checkedAt: z.string(),
  drift: z.array(z.object({
    cause, records: z.int(), orders: z.int(), amount: money.openapi({ description: 'Theirs − ours, net of refunds' }),
    mended: z.boolean().openapi({ description: 'It was missing or old and has been fetched: nothing is left to do' }),
    examples: z.array(z.object({ kind: z.enum(['order', 'refund']), externalId: z.string(), label: z.string().nullable(), customerId: z.string().nullable(), amount: money })),
  })),
});
const reconciliation = z.object({
  status: z.object({ state: z.enum(['running', 'done', 'failed']), startedAt: z.string(), finishedAt: z.string().nullable(), error: z.string().nullable() }).nullable(),
  verdict: z.object({
    daysApart: z.int(), apart: money,
    since: z.string().nullable().openapi({ description: 'Every day from this one on agrees to the cent' }), causes: z.array(cause), mended: z.int(),
  }),
  days: z.array(day),
  missing: z.array(z.string()).openapi({ description: 'Settings without which the platform cannot be asked' }),
}).openapi('Reconciliation');

function toAnswer({ status, currency, verdict, days, missing }: ReconciliationView): z.infer<typeof reconciliation> {
  const figuresOf = (one: { orders: number; gross: number; refunds: number; refunded: number }) => ({ ...one, gross: toMoney(one.gross, currency), refunded: toMoney(one.refunded, currency) });
  return {
    status, missing, verdict: { ...verdict, apart: toMoney(verdict.apart, currency) },
    days: days.map((one) => ({
      ...one, theirs: figuresOf(one.theirs), ours: figuresOf(one.ours),
      drift: one.drift.map((drift) => ({
        ...drift, amount: toMoney(drift.amount, currency), examples: drift.examples.map((example) => ({ ...example, amount: toMoney(example.amount, currency) })),
      })),
    })),
  };
}

export function reconciliationApi() {
  const app = apiHono();

  app.openapi(route('integrations:read', {
    method: 'get', path: '/integrations/{id}/reconciliation', tags: ['platforms'], summary: 'Our books beside the platform’s',
    description: 'Compared each hour for the last three days and each night for the last 35. Every difference has a cause.',
    request: { params: idParam }, responses: { 200: { description: 'Newest day first', content: json(reconciliation) } },
  }), async (c) => c.json(toAnswer(await readReconciliation(c.get('ctx'), c.req.valid('param').id)), 200));

  app.openapi(route('integrations:manage', {
    method: 'post', path: '/integrations/{id}/reconcile', tags: ['platforms'], summary: 'Compare the last 35 days now',
    request: { params: idParam }, responses: { 202: { description: 'Begun', content: json(z.object({ state: z.literal('running') })) } },
  }), async (c) => {
    await startReconciliation(c.get('ctx'), c.req.valid('param').id);
    return c.json({ state: 'running' as const }, 202);
  });

  return app;
}
