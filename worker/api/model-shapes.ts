/** How answers describe the model that speaks. */
import { z } from '@hono/zod-openapi';
import { testResultSchema } from '#core/clv/version-test';

export const modelStatus = z.object({
  runId: z.string().nullable(), model: z.string(),
  source: z.enum(['fitted', 'nbd-limit', 'prior', 'none']).openapi({ description: '`prior`: too little data, so the shipped prior speaks' }),
  asOf: z.string().nullable(), fittedAt: z.string().nullable(), notes: z.array(z.string()),
  lastFailure: z.object({ at: z.string(), error: z.string() }).nullable(),
  holdout: z.object({ from: z.string(), to: z.string(), expectedOrders: z.number(), actualOrders: z.number() }).nullable(),
  why: z.string().nullable().openapi({ description: 'Why this model serves and no other' }),
  pinned: z.string().nullable().openapi({ description: 'The model people chose to keep; null: the best on evidence' }),
  pinnedChurn: z.string().nullable().openapi({ description: 'What people chose to say who is likely to leave; null: the best on evidence' }),
  pinnedSpend: z.string().nullable().openapi({ description: 'What people chose to say how much customers will spend; null: the best on evidence' }),
  spend: z.object({ runId: z.string(), model: z.string(), why: z.string().nullable() }).nullable()
    .openapi({ description: 'The learned model that says predicted values; null: orders times spend an order, by the model of repeat buying' }),
  total: z.object({ level: z.number(), low: z.number(), high: z.number(), widenedBy: z.number(), origins: z.number() }).nullable()
    .openapi({ description: 'Interval of the value of all customers together, as multiples of what is expected; widened until forecasts from earlier days would have held what came' }),
}).openapi('ModelStatus');

export const modelRun = z.object({
  id: z.string(), kind: z.enum(['value', 'churn', 'spend']), model: z.string(), source: z.string(), asOf: z.string(),
  parameters: z.record(z.string(), z.unknown()), evidence: z.record(z.string(), z.unknown()), notes: z.array(z.string()),
  error: z.string().nullable(), cause: z.string(), createdAt: z.string(), serving: z.boolean(),
}).openapi('ModelRun');

export const modelTest = z.object({
  id: z.string(), a: z.string().openapi({ description: 'The version that served when the test began' }), b: z.string(), share: z.number().openapi({ description: 'Of customers whom B serves' }),
  startedFor: z.string(), endsFor: z.string(), state: z.enum(['running', 'done', 'stopped']), result: testResultSchema.nullable(),
}).openapi('ModelTest');
