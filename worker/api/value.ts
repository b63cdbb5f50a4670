/** Value out: the dashboard, lifetime values in sum and cohorts. */
import { z } from '@hono/zod-openapi';
import { MOST_PROJECTED_AGE, PROJECTED_AGE } from '#operations/cohort-projection';
import { getCohorts } from '#operations/cohorts';
import type { CohortProjectionView } from '#operations/dashboard-views';
import { getDashboard } from '#operations/dashboard';
import { apiHono } from './api-hono.ts';
import { customerOut, customerShape } from './customers.ts';
import { modelStatus } from './model-shapes.ts';
import { json, route } from './route.ts';
import { money, toMoney } from './shapes.ts';
import { dayOut, dayPoint, snapshotOut, snapshotShape, stagesOut, stageTotals, valueOut, valueTotals } from './value-shapes.ts';

const RANGES = ['7d', '30d', '90d', '365d', 'all'] as const;

const coverage = z.object({
  orders: z.int(), unattributedOrders: z.int(), uncountedOrders: z.int(), parkedRefunds: z.int(), openDeadLetters: z.int(),
});

const cohortValue = z.object({ month: z.string(), customers: z.int(), historicalPerCustomer: money, predictedPerCustomer: money });

const dashboardShape = z.object({
  range: z.enum(RANGES), bucket: z.enum(['day', 'week', 'month']), snapshot: snapshotShape,
  trend: z.array(dayPoint.extend({ through: z.string() })), valueByCohort: z.array(cohortValue),
  topCustomers: z.array(customerShape), coverage, model: modelStatus, empty: z.boolean(),
}).openapi('Dashboard');

const summaryShape = z.object({
  asOf: z.string(), horizonDays: z.int(), value: valueTotals, stages: z.array(stageTotals), valueByCohort: z.array(cohortValue), model: modelStatus,
}).openapi('ClvSummary');

const MEASURES = ['retention', 'customers', 'orders', 'revenue', 'revenue_per_customer'] as const;
const cohortsShape = z.object({
  asOf: z.string(),
  cohorts: z.array(z.object({
    month: z.string(), size: z.int(),
    cells: z.array(z.object({
      offset: z.int(), month: z.string(), complete: z.boolean(),
      value: z.union([z.number(), money]).openapi({ description: 'Of the measure asked for: a share, a count or money' }),
    })),
  })),
  projection: z.object({
    age: z.int().openapi({ description: 'Months after the first that values reach' }), interval: z.number(),
    cohorts: z.array(z.object({
      month: z.string(), size: z.int(), monthsSeen: z.int(), soFar: money, value: money, low: money, high: money,
      bySurvivors: money.openapi({ description: 'As the share that still buys falls; value goes as older cohorts went' }),
      path: z.array(money).openapi({ description: 'At every age from 0: seen, then projected' }),
    })),
    average: z.object({ soFar: money, value: money, bySurvivors: money }).nullable(),
    check: z.object({ from: z.string(), cohorts: z.int(), held: z.int(), expected: money, actual: money }).nullable()
      .openapi({ description: 'The same made on an earlier day, of cohorts that have reached the age since: how many were within their interval, and sums' }),
    notes: z.array(z.string()),
  }).nullable().openapi({ description: 'Net revenue per customer won; null unless asked for' }),
}).openapi('Cohorts');

export function valueApi() {
  const app = apiHono();

  app.openapi(route('value:read', {
    method: 'get', path: '/dashboard', tags: ['value'], summary: 'Everything the dashboard shows',
    request: { query: z.object({ range: z.enum(RANGES).default('90d') }) },
    responses: { 200: { description: 'The dashboard', content: json(dashboardShape) } },
  }), async (c) => {
    const { snapshot, range, bucket, trend, valueByCohort, topCustomers, coverage: covered, model, empty } = await getDashboard(c.get('ctx'), c.req.valid('query'));
    const { currency } = snapshot;
    return c.json({
      range, bucket, snapshot: snapshotOut(snapshot), coverage: covered, model, empty,
      trend: trend.map((point) => ({ ...dayOut(point, currency), through: point.through })),
      valueByCohort: valueByCohort.map((one) => cohortValueOut(one, currency)),
      topCustomers: topCustomers.map((row) => customerOut(row, currency)),
    }, 200);
  });

  app.openapi(route('value:read', {
    method: 'get', path: '/clv/summary', tags: ['value'], summary: 'Lifetime values in sum, by stage and by month of first purchase',
    responses: { 200: { description: 'The summary', content: json(summaryShape) } },
  }), async (c) => {
    const { snapshot, valueByCohort, model } = await getDashboard(c.get('ctx'), { range: '30d' });
    return c.json({
      asOf: snapshot.asOf, horizonDays: snapshot.horizonDays, value: valueOut(snapshot), stages: stagesOut(snapshot), model,
      valueByCohort: valueByCohort.map((one) => cohortValueOut(one, snapshot.currency)),
    }, 200);
  });

  app.openapi(route('value:read', {
    method: 'get', path: '/cohorts', tags: ['value'], summary: 'Customers by month of first purchase, and what each month brought',
    request: { query: z.object({ by: z.enum(['month']).default('month'), measure: z.enum(MEASURES).default('retention'), project: z.enum(['true', 'false']).default('false'), months: z.coerce.number().int().min(1).max(MOST_PROJECTED_AGE).default(PROJECTED_AGE) }) },
    responses: { 200: { description: 'The triangle', content: json(cohortsShape) } },
  }), async (c) => {
    const { measure, project, months } = c.req.valid('query');
    const { asOf, currency, cohorts, projection } = await getCohorts(c.get('ctx'), { projectTo: project === 'true' ? months : null });
    return c.json({
      asOf, projection: projection && projectionOut(projection, currency),
      cohorts: cohorts.map(({ month, size, cells }) => ({
        month, size,
        cells: cells.map((cell) => ({ offset: cell.offset, month: cell.month, complete: cell.complete, value: measured(cell, measure, size, currency) })),
      })),
    }, 200);
  });

  return app;
}

function cohortValueOut(one: { month: string; customers: number; historicalPerCustomer: number; predictedPerCustomer: number }, currency: string) {
  const { month, customers, historicalPerCustomer, predictedPerCustomer } = one;
  return { month, customers, historicalPerCustomer: toMoney(historicalPerCustomer, currency), predictedPerCustomer: toMoney(predictedPerCustomer, currency) };
}

function projectionOut({ age, cohorts, average, check, notes }: CohortProjectionView, currency: string) {
  const of = (minor: number) => toMoney(minor, currency);
  return {
    age, interval: 0.8, notes,
    cohorts: cohorts.map(({ month, size, seen, ...one }) => ({
      month, size, monthsSeen: seen, soFar: of(one.soFar), value: of(one.value), low: of(one.low), high: of(one.high), bySurvivors: of(one.bySurvivors), path: one.path.map(of),
    })),
    average: average && { soFar: of(average.soFar), value: of(average.value), bySurvivors: of(average.bySurvivors) },
    check: check && { ...check, expected: of(check.expected), actual: of(check.actual) },
  };
}

function measured(cell: { customers: number; orders: number; net: number }, measure: (typeof MEASURES)[number], size: number, currency: string) {
  switch (measure) {
    case 'retention': return size === 0 ? 0 : cell.customers / size;
    case 'customers': return cell.customers;
    case 'orders': return cell.orders;
    case 'revenue': return toMoney(cell.net, currency);
    case 'revenue_per_customer': return toMoney(size === 0 ? 0 : Math.round(cell.net / size), currency);
  }
}
