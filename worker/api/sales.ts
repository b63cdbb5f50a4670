/** One sale told by several platforms, and exchange rates: what decides how much of what comes in counts. */
import { z } from '@hono/zod-openapi';
import { listExchangeRates, putExchangeRates, ratesInput, removeExchangeRate } from '#operations/exchange-rates';
import { listPairings, pairTransactions, separateTransaction, suggestPairings } from '#operations/pairings';
import type { SaleRecordView } from '#operations/sale-views';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { money, page, toMoney } from './shapes.ts';

const saleRecord = z.object({
  id: z.string(), source: z.string(), externalId: z.string(), label: z.string().nullable(), status: z.string(), occurredAt: z.string(),
  ofRecord: z.boolean().openapi({ description: 'Whether this record stands for the sale' }), counted: z.boolean(),
  total: money.openapi({ description: 'Everything the customer paid' }),
  customer: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }).nullable(),
}).openapi('SaleRecord');

function recordOut({ total, currency, ...record }: SaleRecordView): z.infer<typeof saleRecord> {
  return { ...record, total: toMoney(total, currency) };
}

const rate = z.object({
  currency: z.string(), day: z.string().openapi({ description: 'Holds from this day until the next rate' }),
  rate: z.number().openapi({ description: 'Units of the company’s currency for one unit' }), origin: z.enum(['ecb', 'manual']),
}).openapi('ExchangeRate');
const started = z.object({ runId: z.string() }).nullable().openapi({ description: 'The recount it causes; see /runs' });

export function salesApi() {
  const app = apiHono();

  app.openapi(route('value:read', {
    method: 'get', path: '/pairings', tags: ['sales'], summary: 'Sales that several records tell of',
    request: { query: z.strictObject(page) },
    responses: { 200: { description: 'A page; of each sale the record that counts first', content: json(z.object({
      rows: z.array(z.object({ saleId: z.string(), records: z.array(saleRecord) })), nextCursor: z.string().nullable(),
    })) } },
  }), async (c) => {
    const { rows, nextCursor } = await listPairings(c.get('ctx'), c.req.valid('query'));
    return c.json({ rows: rows.map(({ saleId, records }) => ({ saleId, records: records.map(recordOut) })), nextCursor }, 200);
  });

  app.openapi(route('value:read', {
    method: 'get', path: '/pairings/suggestions', tags: ['sales'], summary: 'Orders that look like one sale',
    description: 'The same customer or e-mail address, the same total, within 15 minutes, from different platforms.',
    responses: { 200: { description: 'Newest first, at most fifty', content: json(z.object({ rows: z.array(z.tuple([saleRecord, saleRecord])) })) } },
  }), async (c) => {
    const { rows } = await suggestPairings(c.get('ctx'));
    return c.json({ rows: rows.map(([left, right]): [z.infer<typeof saleRecord>, z.infer<typeof saleRecord>] => [recordOut(left), recordOut(right)]) }, 200);
  });

  app.openapi(route('records:write', {
    method: 'post', path: '/pairings', tags: ['sales'], summary: 'Two orders are one sale',
    request: { body: { required: true, content: json(z.strictObject({ transactionIds: z.tuple([z.uuid(), z.uuid()]) })) } },
    responses: { 204: { description: 'Counted once from now on' } },
  }), async (c) => {
    await pairTransactions(c.get('ctx'), c.req.valid('json').transactionIds);
    return c.body(null, 204);
  });

  app.openapi(route('records:write', {
    method: 'delete', path: '/pairings/{transactionId}', tags: ['sales'], summary: 'This order is a sale of its own',
    description: 'Takes it out of a pairing, whatever its payment says, and keeps it from being suggested.',
    request: { params: z.object({ transactionId: z.uuid('Not an id of ours') }) },
    responses: { 204: { description: 'Counted by itself from now on' } },
  }), async (c) => {
    await separateTransaction(c.get('ctx'), c.req.valid('param').transactionId);
    return c.body(null, 204);
  });

  app.openapi(route('company:read', {
    method: 'get', path: '/exchange-rates', tags: ['sales'], summary: 'Exchange rates',
    request: { query: z.strictObject({ currency: z.string().length(3).optional().openapi({ description: 'All rates of this currency; else those entered by hand' }) }) },
    responses: { 200: { description: 'Rates to the company’s currency, and the currencies that sales came in', content: json(z.object({
      currency: z.string(), rates: z.array(rate),
      wanted: z.array(z.object({ currency: z.string(), latest: rate.nullable(), triedAt: z.string().nullable(), fetchedAt: z.string().nullable(), error: z.string().nullable() })),
    })) } },
  }), async (c) => c.json(await listExchangeRates(c.get('ctx'), c.req.valid('query').currency ?? null), 200));

  app.openapi(route('company:write', {
    method: 'put', path: '/exchange-rates', tags: ['sales'], summary: 'Enter exchange rates',
    description: 'They stand before those of the European Central Bank, and everything is recounted by them.',
    request: { body: { required: true, content: json(ratesInput.openapi('ExchangeRatesInput')) } },
    responses: { 200: { description: 'How many are new or changed', content: json(z.object({ changed: z.int(), rebuild: started })) } },
  }), async (c) => {
    const { changed, rebuild } = await putExchangeRates(c.get('ctx'), c.req.valid('json').rates);
    return c.json({ changed, rebuild: rebuild === null ? null : { runId: rebuild.id } }, 200);
  });

  app.openapi(route('company:write', {
    method: 'delete', path: '/exchange-rates/{currency}/{day}', tags: ['sales'], summary: 'Remove an exchange rate',
    request: { params: z.object({ currency: z.string().length(3), day: z.iso.date() }) },
    responses: { 200: { description: 'Removed', content: json(z.object({ rebuild: started })) } },
  }), async (c) => c.json({ rebuild: { runId: (await removeExchangeRate(c.get('ctx'), c.req.valid('param'))).id } }, 200));

  return app;
}
