/** Recency, frequency and monetary scores: the grid, its groups, and how customers moved between them. */
import { z } from '@hono/zod-openapi';
import { rfmThresholds } from '#core/rfm/thresholds';
import { getRfm } from '#operations/rfm';
import { getRfmMigration } from '#operations/rfm-migration';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { money, toMoney } from './shapes.ts';

const totals = { customers: z.int(), historicalValue: money, predictedValue: money, shareOfCustomers: z.number(), shareOfValue: z.number().openapi({ description: 'Of historical and predicted value together' }) };

const rfmShape = z.object({
  asOf: z.string(),
  cells: z.array(z.object({ recency: z.int(), frequency: z.int(), ...totals })),
  segments: z.array(z.object({ name: z.string(), ...totals })),
  cuts: z.object({ recency: z.array(z.string()), frequency: z.array(z.number()), monetary: z.array(money) }).nullable()
    .openapi({ description: 'Lower bounds of the scores 2 to 5' }),
  thresholds: rfmThresholds,
}).openapi('Rfm');

const migrationShape = z.object({
  asOf: z.string(), from: z.string(), to: z.string(), firstDay: z.string().nullable(),
  moves: z.array(z.object({ from: z.string().nullable().openapi({ description: 'Null: had not bought yet' }), to: z.string(), customers: z.int(), value: money })),
}).openapi('RfmMigration');

const day = z.iso.date('Write the day like 2026-03-31').optional();

interface Totals {
  customers: number;
  historicalValue: number;
  predictedValue: number;
}

export function rfmApi() {
  const app = apiHono();

  app.openapi(route('value:read', {
    method: 'get', path: '/rfm', tags: ['value'], summary: 'Recency, frequency and monetary scores',
    description: 'Thresholds are changed by PATCH /company (`rfm`): `quantile` cuts by fifths of the customers, `fixed` at values for the scores 2 to 5: `recencyDays` at most, `frequency` and `monetary` (decimal in `currency`) at least.',
    responses: { 200: { description: 'Cells, segments and the cut points in force', content: json(rfmShape) } },
  }), async (c) => {
    const { asOf, currency, cells, segments, cuts, thresholds } = await getRfm(c.get('ctx'));
    const of = (minor: number) => toMoney(minor, currency);
    const customers = cells.reduce((sum, cell) => sum + cell.customers, 0);
    const value = cells.reduce((sum, cell) => sum + cell.historicalValue + cell.predictedValue, 0);
    const out = (one: Totals) => ({
      customers: one.customers, historicalValue: of(one.historicalValue), predictedValue: of(one.predictedValue),
      shareOfCustomers: one.customers / Math.max(1, customers), shareOfValue: value > 0 ? (one.historicalValue + one.predictedValue) / value : 0,
    });
    return c.json({
      asOf, thresholds,
      cells: cells.map((cell) => ({ recency: cell.recency, frequency: cell.frequency, ...out(cell) })),
      segments: segments.map((one) => ({ name: one.name, ...out(one) })),
      cuts: cuts === null ? null : { ...cuts, monetary: cuts.monetary.map(of) },
    }, 200);
  });

  app.openapi(route('value:read', {
    method: 'get', path: '/rfm/migration', tags: ['value'], summary: 'How customers moved between the RFM groups from one day to another',
    description: 'Both days are judged by today’s cut points, of recency as far before the day as today’s lie before today. Left out: 90 days before `to`, and today.',
    request: { query: z.object({ from: day, to: day }) },
    responses: { 200: { description: 'Customers by both groups, most customers first; `value` is net so far by the later day', content: json(migrationShape) } },
  }), async (c) => {
    const { currency, moves, ...days } = await getRfmMigration(c.get('ctx'), c.req.valid('query'));
    return c.json({ ...days, moves: moves.map((move) => ({ ...move, value: toMoney(move.value, currency) })) }, 200);
  });

  return app;
}
