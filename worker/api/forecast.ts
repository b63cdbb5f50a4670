/** What is to come: revenue and orders by day, week or month. */
import { z } from '@hono/zod-openapi';
import { FORECASTERS, MEASURES } from '#core/forecast/choose';
import { PERIODS } from '#core/forecast/series';
import { getForecast } from '#operations/forecast';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { money, toMoney } from './shapes.ts';

const figure = z.union([money, z.number()]).openapi({ description: 'Money where revenue was asked for, else a number of orders' });

const forecastShape = z.object({
  measure: z.enum(MEASURES), by: z.enum(PERIODS),
  asOf: z.string().openapi({ description: 'The last day that it saw: yesterday, or the analysis date' }),
  madeAt: z.string(),
  interval: z.number().openapi({ description: 'How likely low to high is to hold what comes' }),
  chosen: z.enum(FORECASTERS).openapi({ description: 'The way with the least error at past points: exponential smoothing, customers’ own histories, as a season ago, as last time' }),
  form: z.string().nullable().openapi({ description: 'Of exponential smoothing: error, trend and season' }),
  periods: z.array(z.object({ from: z.string(), to: z.string(), value: figure, low: figure, high: figure, soFar: figure.nullable() })),
  history: z.array(z.object({ from: z.string(), to: z.string(), value: figure })),
  backtest: z.array(z.object({
    name: z.enum(FORECASTERS), meanAbsoluteError: figure.nullable(),
    errorShare: z.number().nullable().openapi({ description: 'Sum of absolute errors over sum of what came' }),
    relativeToNaive: z.number().nullable().openapi({ description: 'Below 1 is better than "as last time"' }),
    bias: z.number().nullable().openapi({ description: 'Sum of forecasts over sum of what came, less 1' }),
  })).openapi({ description: 'How each way did at past points, foreseeing what has come since; null where it could not be asked' }),
  origins: z.int().openapi({ description: 'Past points from which was forecast' }),
  errors: z.int().openapi({ description: 'Errors that the intervals rest on' }),
  customersAsked: z.int().openapi({ description: 'Customers whose own histories were asked; 0 where they were not' }),
  notes: z.array(z.string()),
}).openapi('Forecast');

export function forecastApi() {
  const app = apiHono();

  app.openapi(route('value:read', {
    method: 'get', path: '/forecast', tags: ['value'], summary: 'Revenue or orders of the coming days, weeks or months, with 80 % intervals',
    request: { query: z.object({ measure: z.enum(MEASURES).default('revenue'), by: z.enum(PERIODS).default('month'), periods: z.coerce.number().int().min(1).max(28).optional() }) },
    responses: { 200: { description: 'The forecast', content: json(forecastShape) } },
  }), async (c) => {
    const view = await getForecast(c.get('ctx'), c.req.valid('query'));
    const { measure, by, asOf, madeAt, chosen, form, origins, errors, notes } = view;
    const out = (value: number) => (measure === 'revenue' ? toMoney(Math.round(value), view.currency) : value);
    const orNull = (value: number | null) => (value === null ? null : out(value));
    return c.json({
      measure, by, asOf, madeAt, interval: 0.8, chosen, form, origins, errors, customersAsked: view.buyers, notes,
      periods: view.periods.map((one) => ({ from: one.from, to: one.to, value: out(one.value), low: out(one.low), high: out(one.high), soFar: orNull(one.soFar) })),
      history: view.history.map((one) => ({ ...one, value: out(one.value) })),
      backtest: view.backtest.map((one) => ({ name: one.name, meanAbsoluteError: orNull(one.mae), errorShare: one.share, relativeToNaive: one.relative, bias: one.bias })),
    }, 200);
  });

  return app;
}
