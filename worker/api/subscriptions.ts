/** Contracts that renew: the list, and what they bring. */
import { z } from '@hono/zod-openapi';
import { getRecurringRevenue, listSubscriptions, SUBSCRIPTION_STATUSES } from '#operations/subscriptions';
import type { ContractWorth, SubscriptionView } from '#operations/subscription-views';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { money, page, toMoney } from './shapes.ts';

const status = z.enum(SUBSCRIPTION_STATUSES);

const subscriptionShape = z.object({
  source: z.string(), externalId: z.string(), customerId: z.string().nullable(), customerName: z.string().nullable(),
  status, plan: z.string().nullable(), monthlyAmount: money.openapi({ description: 'A month, before tax, after lasting discounts' }),
  startedAt: z.string(), currentPeriodEnd: z.string().nullable(), cancelAt: z.string().nullable(), endedAt: z.string().nullable(),
}).openapi('Subscription');

const worth = z.object({
  value: money.openapi({ description: 'Discounted' }), low: money, high: money,
  expectedMonths: z.number().openapi({ description: 'Months that a contract goes on being paid, on average' }),
});

const summaryShape = z.object({
  asOf: z.string(), horizonDays: z.int(),
  mrr: money.openapi({ description: 'Monthly recurring revenue of active and past-due contracts' }),
  payingCustomers: z.int(), trialing: z.object({ subscriptions: z.int(), monthlyAmount: money }),
  statuses: z.array(z.object({ status, subscriptions: z.int() })),
  notIncluded: z.array(z.object({ currency: z.string(), subscriptions: z.int() })).openapi({ description: 'Currencies without an exchange rate: in no sum here' }),
  churn: z.object({
    monthly: z.number().openapi({ description: 'Share of paying customers who leave in a month' }), low: z.number(), high: z.number(),
    interval: z.number().openapi({ description: 'How likely the rate lies between low and high' }),
    contractMonths: z.int(), churned: z.int(), source: z.enum(['observed', 'prior']).openapi({ description: 'prior: too few months of its own to learn from' }),
  }),
  value: z.object({ horizon: worth, whole: worth }),
  months: z.array(z.object({
    month: z.string(), complete: z.boolean(), mrr: money, customers: z.int(), new: money, expansion: money, contraction: money, churned: money, reactivated: money,
    newCustomers: z.int(), churnedCustomers: z.int(), reactivatedCustomers: z.int(),
  })),
}).openapi('SubscriptionsSummary');

export function subscriptionsApi() {
  const app = apiHono();

  app.openapi(route('customers:read', {
    method: 'get', path: '/subscriptions', tags: ['value'], summary: 'Contracts that renew, newest first',
    request: { query: z.object({ ...page, status: status.optional(), customerId: z.uuid().optional() }) },
    responses: { 200: { description: 'One page', content: json(z.object({ subscriptions: z.array(subscriptionShape), nextCursor: z.string().nullable() })) } },
  }), async (c) => {
    const { rows, nextCursor } = await listSubscriptions(c.get('ctx'), c.req.valid('query'));
    return c.json({ subscriptions: rows.map(subscriptionOut), nextCursor }, 200);
  });

  app.openapi(route('value:read', {
    method: 'get', path: '/subscriptions/summary', tags: ['value'], summary: 'Recurring revenue, churn and contractual value',
    responses: { 200: { description: 'The summary', content: json(summaryShape) } },
  }), async (c) => {
    const { currency, churn, value, months, trialing, ...rest } = await getRecurringRevenue(c.get('ctx'));
    const of = (minor: number) => toMoney(minor, currency);
    return c.json({
      asOf: rest.asOf, horizonDays: rest.horizonDays, mrr: of(rest.mrr), payingCustomers: rest.payingCustomers,
      trialing: { subscriptions: trialing.subscriptions, monthlyAmount: of(trialing.monthly) }, statuses: rest.statuses, notIncluded: rest.notIncluded,
      churn: {
        monthly: churn.mean, low: churn.low, high: churn.high, interval: 1 - 2 * churn.tail,
        contractMonths: churn.contractMonths, churned: churn.churned, source: churn.source,
      },
      value: { horizon: worthOut(value.horizon, currency), whole: worthOut(value.whole, currency) },
      months: months.map((month) => ({
        month: month.month, complete: month.complete, mrr: of(month.mrr), customers: month.customers, new: of(month.new), expansion: of(month.expansion),
        contraction: of(month.contraction), churned: of(month.churned), reactivated: of(month.reactivated),
        newCustomers: month.newCustomers, churnedCustomers: month.churnedCustomers, reactivatedCustomers: month.reactivatedCustomers,
      })),
    }, 200);
  });

  return app;
}

function subscriptionOut({ monthlyAmount, currency, ...row }: SubscriptionView) {
  return { ...row, monthlyAmount: toMoney(monthlyAmount, currency) };
}

function worthOut({ mean, low, high, expectedMonths }: ContractWorth, currency: string) {
  return { value: toMoney(mean, currency), low: toMoney(low, currency), high: toMoney(high, currency), expectedMonths };
}
