/** Customers with their value: the list, one of them, what they bought and what happened. */
import { z } from '@hono/zod-openapi';
import { STAGES } from '#core/clv/lifecycle';
import { getCustomer, getCustomerTimeline, listCustomers, listCustomerTransactions } from '#operations/customers';
import { mergeCustomers } from '#operations/merge';
import { explainChurn } from '#operations/churn-reasons';
import { CUSTOMER_SORTS } from '#operations/customer-views';
import type { CustomerProfile, CustomerRow } from '#operations/customer-views';
import type { TransactionRow } from '#operations/sale-views';
import { getRecommendations, MOST_RECOMMENDED } from '#operations/recommendations';
import { apiHono } from './api-hono.ts';
import { modelStatus } from './model-shapes.ts';
import { json, route } from './route.ts';
import { idParam, money, page, toMoney, toMoneyOrNull } from './shapes.ts';

export const customerShape = z.object({
  id: z.string(), externalId: z.string(), source: z.string(), name: z.string().nullable(), email: z.string().nullable(),
  country: z.string().nullable(), channel: z.string().nullable(), stage: z.enum(STAGES).nullable(), orders: z.int(),
  firstDay: z.string().nullable(), lastDay: z.string().nullable(),
  historicalValue: money, predictedValue: money, predictedLow: money, predictedHigh: money, totalValue: money,
  pAlive: z.number().nullable().openapi({ description: 'Chance that the customer is still a customer, 0–1' }),
  recencyScore: z.int(), frequencyScore: z.int(), monetaryScore: z.int(),
}).openapi('Customer');

const reasonShape = z.object({ name: z.string(), value: z.union([z.number(), z.string()]).nullable(), effect: z.number() });

const valueShape = z.object({
  asOf: z.string(), horizonDays: z.int(),
  historicalValue: money, gross: money, refunded: money, predictedValue: money, predictedLow: money, predictedHigh: money, totalValue: money,
  pAlive: z.number().nullable(), expectedOrders: z.number().nullable(), expectedSpend: money.nullable(), nextOrderDay: z.string().nullable(),
  predictedBy: z.enum(['learned', 'probabilistic']).nullable().openapi({ description: 'Who said the predicted value: a model learned from features, or orders times spend an order by the model of repeat buying' }),
  reasons: z.object({ modelId: z.string(), reasons: z.array(reasonShape) }).nullable().openapi({ description: 'What moves the predicted value where a learned model says it: Shapley values, the strongest first; above zero raises it' }),
  explanation: z.array(z.object({ label: z.string(), value: z.string(), detail: z.string() })),
  model: modelStatus,
}).openapi('CustomerValue');

const profileShape = customerShape.extend({
  acquisitionCost: money.nullable(), acquiredOn: z.string().nullable(), consentEmail: z.string(), attributes: z.record(z.string(), z.unknown()),
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  purchaseDays: z.int(), averageOrderValue: money.nullable(), averageGapDays: z.number().nullable(), rfmSegment: z.string().nullable(),
  value: valueShape,
}).openapi('CustomerProfile');

const transactionShape = z.object({
  id: z.string(), externalId: z.string(), source: z.string(), kind: z.enum(['order', 'refund']), type: z.string(), label: z.string().nullable(),
  occurredAt: z.string(), status: z.string(), counted: z.boolean(), whyNot: z.string().nullable(), amount: money,
  alsoAt: z.array(z.string()).openapi({ description: 'Other platforms that tell of the same sale' }), refunded: money,
  channel: z.string().nullable(), items: z.array(z.object({
    name: z.string(), productId: z.string().nullable(), sku: z.string().nullable(), category: z.string().nullable(), quantity: z.number(), amount: money,
  })).openapi({ description: 'What was sold; of a refund, what came back' }),
}).openapi('Transaction');

const timelineShape = z.object({
  at: z.string(), kind: z.enum(['order', 'refund', 'first_seen', 'scored', 'event']),
  title: z.string().openapi({ description: 'Of an event its type' }), count: z.int().optional().openapi({ description: 'Events of one visit that the line stands for' }), detail: z.string().nullable(), amount: money.nullable(),
  counted: z.boolean().openapi({ description: 'Whether an order or a refund is in the figures; true of everything else' }),
});

/** A list row with its amounts as money of the company's currency. */
export function customerOut(row: CustomerRow, currency: string): z.infer<typeof customerShape> {
  const { id, externalId, source, name, email, country, channel, stage, orders, firstDay, lastDay, pAlive, recencyScore, frequencyScore, monetaryScore } = row;
  return {
    id, externalId, source, name, email, country, channel, stage, orders, firstDay, lastDay, pAlive, recencyScore, frequencyScore, monetaryScore,
    historicalValue: toMoney(row.historicalValue, currency), predictedValue: toMoney(row.predictedValue, currency),
    predictedLow: toMoney(row.predictedLow, currency), predictedHigh: toMoney(row.predictedHigh, currency), totalValue: toMoney(row.totalValue, currency),
  };
}

function valueOut(profile: CustomerProfile): z.infer<typeof valueShape> {
  const { currency, asOf, horizonDays, pAlive, expectedOrders, nextOrderDay, predictedBy, explanation, model } = profile;
  const { historicalValue, predictedValue, predictedLow, predictedHigh, totalValue } = customerOut(profile, currency);
  return {
    asOf, horizonDays, historicalValue, gross: toMoney(profile.gross, currency), refunded: toMoney(profile.refunded, currency),
    predictedValue, predictedLow, predictedHigh, totalValue, pAlive, expectedOrders,
    expectedSpend: toMoneyOrNull(profile.expectedSpend, currency), nextOrderDay, predictedBy, reasons: profile.valueReasons, explanation, model,
  };
}

function profileOut(profile: CustomerProfile): z.infer<typeof profileShape> {
  const { currency, acquiredOn, consentEmail, attributes, identities, purchaseDays, averageGapDays, rfmSegment } = profile;
  return {
    ...customerOut(profile, currency), acquiredOn, consentEmail, attributes, identities, purchaseDays, averageGapDays, rfmSegment,
    acquisitionCost: toMoneyOrNull(profile.acquisitionCost, currency), averageOrderValue: toMoneyOrNull(profile.averageOrderValue, currency),
    value: valueOut(profile),
  };
}

/** Amount and refunds are in the company's currency; items in the one the source stated. */
function transactionOut(row: TransactionRow, currency: string): z.infer<typeof transactionShape> {
  const { id, externalId, source, kind, type, label, occurredAt, status, counted, whyNot, channel, alsoAt } = row;
  return {
    id, externalId, source, kind, type, label, occurredAt, status, counted, whyNot, channel, alsoAt,
    amount: toMoney(row.amount, counted ? currency : row.statedCurrency), refunded: toMoney(row.refunded, currency),
    items: row.items.map((item) => ({ ...item, amount: toMoney(item.amount, row.statedCurrency) })),
  };
}

const listQuery = z.object({
  ...page,
  q: z.string().max(200).optional().openapi({ description: 'Start of a name, an e-mail address or an id' }),
  stage: z.enum(STAGES).optional(),
  rfm: z.string().regex(/^([1-5]{2,3}|[a-z_]{3,20})$/, 'Two or three digits from 1 to 5, or a group such as champions').optional(),
  cohort: z.string().regex(/^\d{4}-\d{2}$/, 'Write a month like 2026-03').optional(),
  segment: z.uuid('Write the id of a segment').optional().openapi({ description: 'Only members of this segment' }),
  sort: z.enum(CUSTOMER_SORTS).optional(),
  descending: z.stringbool().optional(),
});

const churnShape = z.object({
  churn: z.number().nullable().openapi({ description: 'Probability of no order within the horizon, 0–1' }),
  by: z.enum(['learned', 'rhythm']).nullable().openapi({ description: 'The learned model, or the rhythm of purchases' }),
  horizonDays: z.int(), asOf: z.string(), modelId: z.string().nullable(),
  reasons: z.array(reasonShape),
}).openapi('CustomerChurn');

const foreseen = z.object({ customers: z.int(), hitRate: z.number() }).nullable();
const recommendationsShape = z.object({
  customerId: z.string(),
  basis: z.enum(['own', 'popular', 'none']).openapi({ description: 'own: from what this customer bought; popular: what most people bought; none: notes say why' }),
  products: z.array(z.object({
    productId: z.string().openapi({ description: 'The id in your orders, else the SKU, else the name' }), name: z.string(), category: z.string().nullable(),
    reason: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('again'), times: z.int() }),
      z.object({ kind: z.literal('with'), productId: z.string(), name: z.string(), customers: z.int() }),
      z.object({ kind: z.literal('popular'), customers: z.int() }),
    ]),
  })),
  made: z.object({
    model: z.string(), asOf: z.string(), madeAt: z.string(), validation: foreseen, test: foreseen,
    popular: foreseen.openapi({ description: 'What everybody buys, on the test window' }),
  }).nullable().openapi({ description: 'Which recommender serves and how often a list of ten held a next purchase: on the window that chose it, and on the later test' }),
  notes: z.array(z.string()),
}).openapi('Recommendations');

export function customersApi() {
  const app = apiHono();

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers', tags: ['customers'], summary: 'Customers',
    request: { query: listQuery },
    responses: { 200: { description: 'A page', content: json(z.object({
      rows: z.array(customerShape), nextCursor: z.string().nullable(), matched: z.int(), matchedIsExact: z.boolean(),
    })) } },
  }), async (c) => {
    const { currency, rows, nextCursor, matched, matchedIsExact } = await listCustomers(c.get('ctx'), c.req.valid('query'));
    return c.json({ rows: rows.map((row) => customerOut(row, currency)), nextCursor, matched, matchedIsExact }, 200);
  });

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}', tags: ['customers'], summary: 'One customer',
    description: 'The id of somebody who was merged into another answers with that other, whose id is in the answer. So do value, transactions and timeline.',
    request: { params: idParam }, responses: { 200: { description: 'The customer', content: json(profileShape) } },
  }), async (c) => c.json(profileOut(await getCustomer(c.get('ctx'), c.req.valid('param').id)), 200));

  app.openapi(route('customers:write', {
    method: 'post', path: '/customers/{id}/merge', tags: ['customers'], summary: 'Make two customers one',
    description: 'The customer in the address becomes part of the one named in the body: sales, subscriptions, events and names move there, and its id leads there. It cannot be undone.',
    request: { params: idParam, body: { required: true, content: json(z.strictObject({ into: z.string().openapi({ description: 'The customer who stays' }) })) } },
    responses: { 200: { description: 'The customer who now stands for both', content: json(profileShape) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const kept = await mergeCustomers(ctx, c.req.valid('param').id, c.req.valid('json').into);
    return c.json(profileOut(await getCustomer(ctx, kept)), 200);
  });

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}/value', tags: ['customers'], summary: 'What a customer is worth, and how it was computed',
    request: { params: idParam }, responses: { 200: { description: 'The value', content: json(valueShape) } },
  }), async (c) => c.json(valueOut(await getCustomer(c.get('ctx'), c.req.valid('param').id)), 200));

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}/transactions', tags: ['customers'], summary: 'Orders and refunds, newest first',
    request: { params: idParam, query: z.object(page) },
    responses: { 200: { description: 'A page', content: json(z.object({
      rows: z.array(transactionShape), nextCursor: z.string().nullable(),
      closed: z.object({ before: z.string(), orders: z.int() }).nullable().openapi({ description: 'Counted orders of days before this one, of which only sums are kept' }),
    })) } },
  }), async (c) => {
    const { currency, rows, nextCursor, closed } = await listCustomerTransactions(c.get('ctx'), c.req.valid('param').id, c.req.valid('query'));
    return c.json({ rows: rows.map((row) => transactionOut(row, currency)), nextCursor, closed }, 200);
  });

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}/recommendations', tags: ['customers'], summary: 'Products a customer is likely to buy next, and why',
    description: 'From purchases as they stand, by the recommender that was chosen in the last night.',
    request: { params: idParam, query: z.object({ limit: z.coerce.number().int().min(1).max(MOST_RECOMMENDED).default(10) }) },
    responses: { 200: { description: 'Best first', content: json(recommendationsShape) } },
  }), async (c) => c.json(await getRecommendations(c.get('ctx'), c.req.valid('param').id, c.req.valid('query').limit), 200));

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}/timeline', tags: ['customers'], summary: 'What happened, newest first',
    request: { params: idParam }, responses: { 200: { description: 'The timeline', content: json(z.object({ rows: z.array(timelineShape) })) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const { id } = c.req.valid('param');
    const entries = await getCustomerTimeline(ctx, id);
    return c.json({ rows: entries.map(({ currency, ...entry }) => ({ ...entry, amount: currency === null ? null : toMoneyOrNull(entry.amount, currency) })) }, 200);
  });

  app.openapi(route('customers:read', {
    method: 'get', path: '/customers/{id}/churn', tags: ['customers'], summary: 'How likely the customer is to leave, and why',
    description: 'Reasons are Shapley values of the learned model, the strongest first; above zero speaks for leaving. There are none while the rhythm of purchases speaks.',
    request: { params: idParam }, responses: { 200: { description: 'The probability and its reasons', content: json(churnShape) } },
  }), async (c) => c.json(await explainChurn(c.get('ctx'), c.req.valid('param').id), 200));

  return app;
}
