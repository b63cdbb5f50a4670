/** Records in by the API: judged one by one, counted once, seen by customers and figures. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { call, newCompany, newKey, problemOf } from './api-client.ts';

const receipt = z.object({
  batchId: z.string(), accepted: z.number(),
  rejected: z.array(z.object({ index: z.number(), code: z.string(), reason: z.string(), path: z.string() })),
});
const customers = z.object({
  rows: z.array(z.object({ externalId: z.string(), orders: z.number(), historicalValue: z.object({ amount: z.string(), currency: z.string() }) })),
});
const sale = (externalId: string, amount: unknown, extra: Record<string, unknown> = {}) => ({
  externalId, customer: { externalId: 'c1' }, occurredAt: '2026-11-01T10:00:00Z', amount, currency: 'EUR', ...extra,
});

let as: Record<string, string>;

beforeAll(async () => {
  as = (await newKey((await newCompany()).as, 'manager')).as;
});

async function send(body: unknown, headers: Record<string, string> = {}) {
  return await call('POST', '/api/v1/transactions', { headers: { ...as, ...headers }, body });
}

async function settled(batchId: string): Promise<void> {
  await expect.poll(async () => (await call('GET', `/api/v1/batches/${batchId}`, { headers: as })).body, { timeout: 20_000 })
    .toMatchObject({ batchId, state: 'processed' });
}

describe('transactions', () => {
  it('takes the good ones and says of each other one where it is and what is wrong', async () => {
    const answer = await send([sale('a', '12.34'), sale('b', 'twelve'), sale('c', '1', { currency: 'EURO' }), sale('d', '-5'), sale('e', '1', { colour: 'red' }), sale('f', 1.5)]);
    expect(answer.status).toBe(202);
    const { batchId, accepted, rejected } = receipt.parse(answer.body);
    expect(accepted).toBe(2);
    expect(rejected.map(({ index, code }) => [index, code])).toEqual([[1, 'bad_amount'], [2, 'unknown_currency'], [3, 'negative_amount'], [4, 'unknown_field']]);
    await settled(batchId);
    const { rows } = customers.parse((await call('GET', '/api/v1/customers', { headers: as })).body);
    expect(rows).toEqual([{ externalId: 'c1', orders: 2, historicalValue: { amount: '13.84', currency: 'EUR' } }]);
  });

  it('gives the same answer to the same key and body, and counts once even without ids', async () => {
    const other = await newKey((await newCompany()).as, 'manager');
    const body = { customer: { externalId: 'c9' }, occurredAt: '2026-11-02T10:00:00Z', amount: '7.00', currency: 'EUR' };
    const headers = { ...other.as, 'idempotency-key': 'order-9' };
    const [first, second] = [await call('POST', '/api/v1/transactions', { headers, body }), await call('POST', '/api/v1/transactions', { headers, body })];
    expect(second.body).toEqual(first.body);
    const refused = await call('POST', '/api/v1/transactions', { headers, body: { ...body, amount: '8.00' } });
    expect(refused.status).toBe(409);
    expect(problemOf(refused).code).toBe('conflict');
    const { batchId } = receipt.parse(first.body);
    await expect.poll(async () => (await call('GET', `/api/v1/batches/${batchId}`, { headers: other.as })).body, { timeout: 20_000 }).toMatchObject({ state: 'processed' });
    const list = customers.parse((await call('GET', '/api/v1/customers', { headers: other.as })).body);
    expect(list.rows).toMatchObject([{ externalId: 'c9', orders: 1, historicalValue: { amount: '7.00' } }]);
  });

  it('refuses what is no batch', async () => {
    expect(problemOf(await send('{"externalId":')).detail).toMatch(/not JSON/);
    expect(problemOf(await send([])).code).toBe('invalid_input');
    expect(problemOf(await send(Array.from({ length: 1001 }, (_, i) => sale(String(i), 1)))).detail).toMatch(/up to 1000/);
    expect(problemOf(await send(`"${'x'.repeat(25_000_001)}"`)).code).toBe('too_large');
  });

  it('splits a batch that one inbox row cannot hold, and traces it as one', async () => {
    const items = Array.from({ length: 20 }, (_, i) => ({ name: `${'long name '.repeat(20)}${String(i)}`, quantity: 1, amount: '1.00' }));
    const answer = await send(Array.from({ length: 1000 }, (_, i) => sale(`big-${String(i)}`, '20.00', { items, customer: { externalId: `big-${String(i % 50)}` } })));
    const { batchId, accepted } = receipt.parse(answer.body);
    expect(accepted).toBe(1000);
    await settled(batchId);
    const { rows } = customers.parse((await call('GET', '/api/v1/customers?q=big-49', { headers: as })).body);
    expect(rows).toMatchObject([{ orders: 20, historicalValue: { amount: '400.00' } }]);
  });
});

describe('customers', () => {
  it('keeps a profile, and finds it by the start of a name', async () => {
    const answer = await call('POST', '/api/v1/customers', { headers: as, body: [{ externalId: 'c1', name: 'Ada Lovelace', email: 'ada@shop.example' }, { name: 'Nobody' }] });
    const { batchId, accepted, rejected } = receipt.parse(answer.body);
    expect([accepted, rejected.map(({ index, code, path }) => [index, code, path])]).toEqual([1, [[1, 'missing_field', 'externalId']]]);
    await settled(batchId);
    const found = await call('GET', '/api/v1/customers?q=ada', { headers: as });
    expect(found.body).toMatchObject({ rows: [{ externalId: 'c1', name: 'Ada Lovelace' }] });
  });
});

describe('imports', () => {
  it('streams a file in, and lists the lines that it refused', async () => {
    const file = 'customer_id,date,amount\nf1,2026-01-02,10\nf1,2026-01-02,10\nf2,not a day,5\n';
    const put = await call('PUT', '/api/v1/imports?name=orders.csv', { headers: { ...as, 'content-type': 'text/csv' }, body: file });
    expect(put.status).toBe(202);
    const { id } = z.object({ id: z.string() }).parse(put.body);
    await expect.poll(async () => (await call('GET', `/api/v1/imports/${id}`, { headers: as })).body, { timeout: 20_000 })
      .toMatchObject({ state: 'done', linesRead: 3, inserted: 2, rejected: 1, rejections: [{ line: 4, column: 'date' }] });
    expect(problemOf(await call('POST', `/api/v1/imports/${id}/cancel`, { headers: as })).code).toBe('conflict');
  });

  it('lists the lines that an earlier file had, and brings them in when told to', async () => {
    const shop = await newCompany();
    const at = (path: string) => `/api/v1/imports${path}`;
    const ended = z.object({ id: z.string(), state: z.literal('done'), finishedAt: z.string() });
    const settledImport = async (answer: Awaited<ReturnType<typeof call>>): Promise<unknown> => {
      const { id } = z.object({ id: z.string() }).parse(answer.body);
      return vi.waitUntil(async () => {
        const { body } = await call('GET', at(`/${id}`), { headers: shop.as });
        return ended.safeParse(body).success ? body : false;
      }, { timeout: 20_000, interval: 100 });
    };
    const upload = async (file: string) => ended.parse(await settledImport(await call('PUT', at('?name=a.csv'), { headers: shop.as, body: file }))).id;
    await upload('customer_id,date,amount\nf1,2026-01-02,10\nf2,2026-01-03,5\n');
    const second = await upload('customer_id,date,amount\nf3,2026-01-05,7\nf1,2026-01-02,10\n');

    expect((await call('GET', at(`/${second}`), { headers: shop.as })).body).toMatchObject({ inserted: 1, unchanged: 1, skipped: 1, anywayOf: null, anywayId: null });
    const viewer = (await newKey(shop.as, 'viewer')).as;
    expect((await call('GET', at(`/${second}/skipped`), { headers: viewer })).body).toEqual({ rows: [{ line: 3, raw: 'f1,2026-01-02,10' }], nextCursor: null });
    expect((await call('GET', at(`/${second}/skipped?cursor=3`), { headers: viewer })).body).toEqual({ rows: [], nextCursor: null });
    expect(problemOf(await call('POST', at(`/${second}/anyway`), { headers: viewer })).code).toBe('forbidden');

    const started = await call('POST', at(`/${second}/anyway`), { headers: shop.as });
    expect(started.status).toBe(202);
    expect(await settledImport(started)).toMatchObject({ name: 'a.csv', anywayOf: second, linesRead: 1, inserted: 1, unchanged: 0, skipped: 0 });
    expect((await call('POST', at(`/${second}/anyway`), { headers: shop.as })).body).toMatchObject({ id: ended.parse(await settledImport(started)).id, inserted: 1 });
    const found = await call('GET', '/api/v1/customers?q=f1', { headers: shop.as });
    expect(found.body).toMatchObject({ rows: [{ externalId: 'f1', orders: 2, historicalValue: { amount: '20.00' } }] });
  });

  it('says what is wrong with a mapping', async () => {
    const put = await call('PUT', `/api/v1/imports?mapping=${encodeURIComponent('{"columns":{"price":"x"}}')}`, { headers: as, body: 'a\n1\n' });
    expect(problemOf(put)).toMatchObject({ status: 400, code: 'invalid_input' });
  });
});
