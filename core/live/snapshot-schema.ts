/** The snapshot parsed at a door: off the socket, or out of an object's storage. */
import { z } from 'zod';
import { STAGES } from '#core/clv/lifecycle';
import { WINDOWS, type Snapshot } from './snapshot.ts';

const whole = z.number().int();
const tally = { customers: whole, historicalValue: z.number(), predictedValue: z.number() };
const score = z.number().int().min(1).max(5);

export const snapshotSchema: z.ZodType<Snapshot> = z.object({
  epoch: whole,
  seq: whole,
  currency: z.string(),
  asOf: z.string(),
  live: z.boolean(),
  horizonDays: z.number(),
  windows: z.array(z.object({
    days: z.literal([...WINDOWS]),
    gross: z.number(),
    net: z.number(),
    orders: whole,
    newCustomers: whole,
    returningCustomers: whole,
    averageOrderValue: z.number().nullable(),
    previous: z.object({ gross: z.number(), net: z.number(), orders: whole, newCustomers: whole }),
  })),
  stages: z.array(z.object({ stage: z.enum(STAGES), ...tally })),
  cells: z.array(z.object({ recency: score, frequency: score, monetary: score, ...tally })),
  value: z.object({ ...tally, totalValue: z.number() }),
  coverage: z.object({ orders: whole, unattributedOrders: whole, uncountedOrders: whole }),
  recent: z.array(z.object({ day: z.string(), gross: z.number(), net: z.number(), orders: whole, newCustomers: whole })),
  updatedAt: z.string().nullable(),
  ready: z.boolean(),
});
