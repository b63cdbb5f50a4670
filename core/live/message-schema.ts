/** What a browser accepts from the live socket, parsed; anything else is dropped by the reader. */
import { z } from 'zod';
import type { CustomerChange, ServerMessage } from './messages.ts';
import { snapshotSchema } from './snapshot-schema.ts';

const customerChange: z.ZodType<CustomerChange> = z.object({
  id: z.string(),
  name: z.string().nullable(),
  historicalValue: z.number(),
  predictedValue: z.number(),
  recencyScore: z.number(),
  frequencyScore: z.number(),
  monetaryScore: z.number(),
  stage: z.string().nullable(),
  orders: z.number(),
});

const serverMessage: z.ZodType<ServerMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), snapshot: snapshotSchema }),
  z.object({ type: z.literal('kpi'), snapshot: snapshotSchema, at: z.string() }),
  z.object({ type: z.literal('customer'), customers: z.array(customerChange), at: z.string() }),
  z.object({ type: z.literal('segment'), segmentId: z.string(), count: z.number(), at: z.string() }),
  z.object({
    type: z.literal('import'), importId: z.string(), state: z.string(), linesRead: z.number(), linesTotal: z.number().nullable(), rejected: z.number(),
  }),
  z.object({ type: z.literal('notification'), id: z.string(), title: z.string(), at: z.string() }),
  z.object({ type: z.literal('bye'), reason: z.enum(['signed_out', 'restarting', 'too_slow']) }),
]);

/** The message in one socket frame, or null when it is none of ours (a newer server may say more than we know). */
export function parseServerMessage(frame: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return null;
  }
  const parsed = serverMessage.safeParse(value);
  return parsed.success ? parsed.data : null;
}
