/** How answers describe the model that speaks. */
import { z } from '@hono/zod-openapi';

export const modelStatus = z.object({
  runId: z.string().nullable(), model: z.string(),
  source: z.enum(['fitted', 'nbd-limit', 'prior', 'none']).openapi({ description: '`prior`: too little data, so the shipped prior speaks' }),
  asOf: z.string().nullable(), fittedAt: z.string().nullable(), notes: z.array(z.string()),
  lastFailure: z.object({ at: z.string(), error: z.string() }).nullable(),
  holdout: z.object({ from: z.string(), to: z.string(), expectedOrders: z.number(), actualOrders: z.number() }).nullable(),
}).openapi('ModelStatus');

export const modelRun = z.object({
  id: z.string(), model: z.string(), source: z.string(), asOf: z.string(),
  parameters: z.record(z.string(), z.unknown()), evidence: z.record(z.string(), z.unknown()), notes: z.array(z.string()),
  error: z.string().nullable(), cause: z.string(), createdAt: z.string(), serving: z.boolean(),
}).openapi('ModelRun');
