/** Shapes that several answers share. Money goes out as { amount, currency }, amounts as decimal text. */
import { z } from '@hono/zod-openapi';
import { fromMinor } from '#core/commerce/money';
import { rfmThresholds } from '#core/rfm/thresholds';

export const money = z.object({
  amount: z.string().openapi({ example: '12.34' }),
  currency: z.string().openapi({ example: 'EUR' }),
}).openapi('Money');
export type Money = z.infer<typeof money>;

export function toMoney(minor: number, currency: string): Money {
  return { amount: fromMinor(minor, currency), currency };
}

export function toMoneyOrNull(minor: number | null, currency: string): Money | null {
  return minor === null ? null : toMoney(minor, currency);
}

export const role = z.enum(['admin', 'manager', 'analyst', 'viewer']);

export const userShape = z.object({ id: z.uuid(), email: z.string(), name: z.string().nullable(), role }).openapi('User');

export const companyShape = z.object({
  id: z.uuid(), slug: z.string(), name: z.string(), currency: z.string(), timeZone: z.string(),
  analysisDate: z.string().nullable().openapi({ description: 'YYYY-MM-DD; null = live' }),
  horizonDays: z.int(),
  discountRate: z.number().openapi({ description: 'A year, as a fraction' }),
  revenueBasis: z.enum(['net_sales', 'with_shipping', 'total_paid']),
  countZeroOrders: z.boolean(),
  keepYears: z.int().nullable().openapi({ description: 'For how many years single sales are kept; null = all of them' }),
  closedBefore: z.string().nullable().openapi({ description: 'YYYY-MM-DD. Sales of earlier local days are kept as sums, and none is taken any more; null while no day is closed' }),
  apiOrigins: z.array(z.string()).openapi({ description: 'Origins whose pages may use the API from a browser' }),
  rfm: rfmThresholds,
  createdAt: z.string(),
}).openapi('Company');

export const companySettingsShape = companyShape.extend({
  pending: companyShape.pick({ currency: true, timeZone: true, analysisDate: true, horizonDays: true, discountRate: true, revenueBasis: true, countZeroOrders: true, rfm: true }).partial()
    .openapi({ description: 'Comes into force with the recount' }),
  rebuild: z.object({ runId: z.string(), progress: z.number() }).nullable().openapi({ description: 'The recount at work; progress is 0–1' }),
  waiting: z.object({
    reason: z.string(), since: z.string(),
    ratesFrom: z.string().nullable().openapi({ description: 'Of a change of currency: with rates of the new one entered from this day on it goes on' }),
  }).nullable().openapi({ description: 'What the recount cannot do just now; it is tried again by itself' }),
}).openapi('CompanySettings');

/** `{id}` of a path. Ids are ours, so what is not a UUID cannot exist. */
export const idParam = z.object({ id: z.uuid('Not an id of ours') });

export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
};
