/** Files of every kind into the books: interrupted anywhere, beside what the platform delivers, and undone again. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { closeOldDays, closePage } from '#data/closing';
import { verifyTenant } from '#data/rebuild';
import type { OrderRecord, RefundRecord } from '#core/commerce/record';
import { ingestUnits } from '#operations/ingest';
import { previewUndo, undoImport } from '#operations/import-undo';
import { cancelImport, getImport, importAnyway, listRejections, removeOldFiles } from '#operations/imports';
import { requireState } from '#operations/scoring';
import { shopify } from '#connectors/shopify/connector';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeImportShop, text } from '../support/import-shop.ts';
import type { Bytes } from '../support/import-shop.ts';

const books = z.object({ rows: z.number(), orders: z.number(), net: z.number(), buyers: z.number() });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

const gzip = (content: string): Bytes => new Uint8Array(gzipSync(content));

async function makeShop() {
  const shop = await makeImportShop(database);
  const { ctx, run, clock } = shop;
  const deliver = async (topic: string, payload: object) => {
    const records = shopify.normalise({ topic, headers: {}, body: JSON.stringify(payload) }, { currency: 'USD', receivedAt: clock.now.toISOString() });
    await ingestUnits(ctx, await requireState(ctx), [{ records, door: 'webhook', source: 'shopify', deliveryId: v7(), topic, payload: () => '', headers: {}, receivedAt: clock.now.toISOString() }]);
  };
  return {
    ...shop, deliver,
    undo: async (id: string) => run((await undoImport(ctx, id)).id),
    books: () => ctx.db.first(books, sql`select (select count(*)::int from transactions t where t.company_id = ${ctx.companyId}) as rows,
        coalesce(sum(orders), 0)::int as orders, coalesce(sum(gross - refunded), 0)::bigint as net,
        (select count(*)::int from customer_stats s where s.company_id = ${ctx.companyId} and s.orders > 0) as buyers
      from daily_rollup where company_id = ${ctx.companyId}`),
  };
}

/** 2,400 orders of 40 customers with one odd line, as each format has them; 1 to 50 dollars, 2,400 × 25.50 in all. */
const orders = Array.from({ length: 2400 }, (_, n) => ({ order_id: `o${n}`, customer_id: `c${n % 40}`, date: `2024-02-${String(1 + (n % 28)).padStart(2, '0')}`, amount: 1 + (n % 50) }));
const csv = ['order_id,customer_id,date,amount', ...orders.map((o) => Object.values(o).join(','))].join('\n');
const flat = orders.map((o) => JSON.stringify(o)).join('\n');
const api = orders.map((o) => JSON.stringify({ externalId: o.order_id, customer: { externalId: o.customer_id }, occurredAt: o.date, amount: o.amount })).join('\n');

async function workbook(): Promise<Bytes> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Orders');
  sheet.addRow(['order_id', 'customer_id', 'date', 'amount']);
  for (const o of orders) sheet.addRow([o.order_id, o.customer_id, new Date(`${o.date}T00:00:00Z`), o.amount]);
  return new Uint8Array(await book.xlsx.writeBuffer());
}

describe('a file of each kind', () => {
  it.each<[string, () => Bytes | Promise<Bytes>]>([
    ['CSV', () => text(csv)],
    ['CSV in UTF-16', () => new Uint8Array(Buffer.from(`\ufeff${csv}`, 'utf16le'))],
    ['gzip of CSV', () => gzip(csv)],
    ['JSON Lines, flat', () => text(flat)],
    ['JSON Lines of the API', () => text(api)],
    ['gzip of JSON Lines', () => gzip(api)],
    ['Excel', workbook],
  ])('%s: killed and resumed in its middle, every line counts once', async (_name, make) => {
    const shop = await makeShop();
    const id = await shop.upload(await make());
    for (const at of ['after-write', 'before-advance']) {
      Object.assign(shop.crash, { at, after: 1 });
      await expect(shop.run(id), at).rejects.toThrow('the process ends here');
    }
    const done = await shop.run(id);
    expect(done).toMatchObject({ state: 'done', linesRead: 2400, inserted: 2400, unchanged: 0, rejected: 0, error: null });
    expect(done.bytesRead).toBe(done.bytesTotal);
    expect(await shop.books()).toEqual({ rows: 2400, orders: 2400, net: 6_120_000, buyers: 40 });
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('that is cut off keeps what came before, says so, and completes when sent again whole', async () => {
    const shop = await makeShop();
    // Notes that do not pack, so that the file is longer than what a decompressor holds back.
    const packed = gzip(csv.split('\n').map((line, n) => `${line},${n === 0 ? 'note' : createHash('sha512').update(String(n)).digest('hex').repeat(2)}`).join('\n'));
    const cut = await shop.importFile(packed.slice(0, packed.length * 0.8));
    expect(cut).toMatchObject({ state: 'failed', error: expect.stringContaining('gzip file is damaged or cut off') });
    expect(cut.inserted).toBeGreaterThan(500);
    expect(cut.inserted).toBeLessThan(2000);
    expect((await shop.books())?.rows).toBe(cut.inserted);
    expect(await shop.importFile(packed)).toMatchObject({ state: 'done', inserted: 2400 - cut.inserted, unchanged: cut.inserted });
    expect((await shop.books())?.rows).toBe(2400);
  });
});

const SHOPIFY = `Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Country,Cancelled at,Refunded Amount,Id,Source,Lineitem discount
#1001,ann@example.com,paid,2026-05-01 10:00:05 -0400,fulfilled,2026-05-02 09:00:00 -0400,USD,90.00,10.00,8.00,108.00,10.00,2026-05-01 10:00:00 -0400,2,Mug,25.00,M-1,Ann Lee,US,,0.00,5550000000000000001,web,0.00
#1001,ann@example.com,,,,,,,,,,,2026-05-01 10:00:00 -0400,1,Kettle,50.00,K-1,,,,,,,10.00
#1002,bob@example.com,partially_refunded,2026-05-03 11:00:00 -0400,,,USD,40.00,0.00,0.00,40.00,0.00,2026-05-03 10:59:00 -0400,1,Kettle,40.00,K-1,Bob Roy,US,,15.00,5550000000000000002,web,0.00
#1003,cid@example.com,paid,2026-05-04 11:00:00 -0400,,,USD,20.00,0.00,0.00,20.00,0.00,2026-05-04 10:59:00 -0400,1,Mug,20.00,M-1,Cid Fox,US,2026-05-05 08:00:00 -0400,0.00,5550000000000000003,web,0.00
`;

/** As Shopify delivers #1002 later, with the refund under its own name. */
const DELIVERED = {
  id: '5550000000000000002', admin_graphql_api_id: 'gid://shopify/Order/5550000000000000002', name: '#1002', email: 'bob@example.com', currency: 'USD',
  created_at: '2026-05-03T10:59:00-04:00', processed_at: '2026-05-03T10:59:00-04:00', updated_at: '2026-05-09T08:00:00-04:00', financial_status: 'partially_refunded',
  total_line_items_price: '40.00', total_discounts: '0.00', total_tax: '0.00', line_items: [], customer: { id: '77', admin_graphql_api_id: 'gid://shopify/Customer/77', email: 'bob@example.com' },
  refunds: [{
    id: '9001', admin_graphql_api_id: 'gid://shopify/Refund/9001', order_id: '5550000000000000002', created_at: '2026-05-06T08:00:00-04:00', processed_at: '2026-05-06T08:00:00-04:00',
    transactions: [{ kind: 'refund', status: 'success', amount: '15.00', currency: 'USD' }], refund_line_items: [],
  }],
};

describe('an export and what the platform delivers', () => {
  // Net of #1001 is 90.00, of #1002 40.00 less 15.00; #1003 was cancelled.
  const expected = { orders: 2, net: 11_500, buyers: 2 };

  it.each([['the file first', ['file', 'delivery']], ['the delivery first', ['delivery', 'file']], ['the file twice', ['file', 'delivery', 'file']]])('are one order and one refund: %s', async (_name, steps) => {
    const shop = await makeShop();
    for (const step of steps) {
      if (step === 'file') expect(await shop.importFile(text(SHOPIFY))).toMatchObject({ state: 'done', preset: 'shopify_orders', linesRead: 4, rejected: 0, skipped: 0 });
      else await shop.deliver('orders/updated', DELIVERED);
    }
    expect(await shop.books()).toMatchObject(expected);
    const items = await shop.ctx.db.rows(z.object({ name: z.string(), quantity: z.number(), amount: z.number() }), sql`select i.name, i.quantity, i.amount
      from transaction_items i join transaction_keys k on k.transaction_id = i.transaction_id and k.company_id = i.company_id
      where i.company_id = ${shop.ctx.companyId} and k.external_id = '5550000000000000001' order by line`);
    expect(items).toEqual([{ name: 'Mug', quantity: 2, amount: 5000 }, { name: 'Kettle', quantity: 1, amount: 4000 }]);
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('undone, what the platform told of since stays', async () => {
    const shop = await makeShop();
    const { id } = await shop.importFile(text(SHOPIFY));
    await shop.deliver('orders/updated', DELIVERED);
    expect(await previewUndo(shop.ctx, id)).toEqual({ removes: 3, stays: 1, closed: 0 });
    expect(await shop.undo(id)).toMatchObject({ state: 'undone', undone: 3 });
    expect(await shop.books()).toMatchObject({ orders: 1, net: 2500, buyers: 1 });
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });
});

describe('undo', () => {
  it('leaves what has become a sum of closed days, and says so before', async () => {
    const shop = await makeShop();
    const { id } = await shop.importFile(text('order_id,customer_id,date,amount\nold,c1,2015-03-04,10\nyoung,c1,2024-02-01,5\n'));
    const { companyId, db } = shop.ctx;
    await db.run(sql`with t as (update transactions set created_at = '2025-01-01' where company_id = ${companyId})
      update companies set keep_years = 5, keep_years_set_at = '2025-01-01' where id = ${companyId}`);
    expect(await closeOldDays(db, '2025-06-01')).toBe('2020-06-01');
    await closePage(db, null, 100);
    expect(await previewUndo(shop.ctx, id)).toEqual({ removes: 1, stays: 0, closed: 1 });
    expect(await shop.undo(id)).toMatchObject({ state: 'undone', undone: 1 });
    expect(await shop.books()).toEqual({ rows: 0, orders: 1, net: 1000, buyers: 1 });
    expect(await verifyTenant(db)).toEqual([]);
  });

  it('takes out what the import brought first and nothing else, through a crash, and lets the file come again', async () => {
    const shop = await makeShop();
    const few = await shop.importFile(text(csv.split('\n').slice(0, 101).join('\n')));
    const before = await shop.books();
    const all = await shop.importFile(text(csv));
    expect(all).toMatchObject({ inserted: 2300, unchanged: 100 });
    expect(await previewUndo(shop.ctx, all.id)).toEqual({ removes: 2300, stays: 0, closed: 0 });
    await undoImport(shop.ctx, all.id);
    Object.assign(shop.crash, { at: 'after-undo-step', after: 1 });
    await expect(shop.run(all.id)).rejects.toThrow('the process ends here');
    expect((await getImport(shop.ctx, all.id)).state).toBe('undoing');
    await expect(importAnyway(shop.ctx, all.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await shop.run(all.id)).toMatchObject({ state: 'undone', undone: 2300 });
    expect(await shop.books()).toEqual(before);
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
    await expect(undoImport(shop.ctx, all.id)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('already') });
    expect(await shop.undo(few.id)).toMatchObject({ undone: 100 });
    expect(await shop.books()).toEqual({ rows: 0, orders: 0, net: 0, buyers: 0 });
    expect(await shop.importFile(text(csv))).toMatchObject({ inserted: 2400, unchanged: 0 });
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('parks the refunds of orders that go, and gives orders back what refunds took', async () => {
    const shop = await makeShop();
    const sales = await shop.importFile(text(`${api.split('\n').slice(0, 10).join('\n')}\n`));
    const refunds = await shop.importFile(text(`${JSON.stringify({ externalId: 'r1', type: 'refund', orderId: 'o4', occurredAt: '2024-03-05', amount: 2 })}\n`));
    expect(await shop.books()).toMatchObject({ rows: 11, orders: 10, net: 5300 });
    await shop.undo(refunds.id);
    expect(await shop.books()).toMatchObject({ rows: 10, net: 5500 });
    await shop.importFile(text(`${JSON.stringify({ externalId: 'r2', type: 'refund', orderId: 'o4', occurredAt: '2024-03-05', amount: 2 })}\n`));
    await shop.undo(sales.id);
    expect(await shop.books()).toEqual({ rows: 1, orders: 0, net: 0, buyers: 0 });
    expect(await shop.ctx.db.first(z.object({ parked: z.boolean() }), sql`select parked from transaction_keys where company_id = ${shop.ctx.companyId}`)).toEqual({ parked: true });
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('elects another order of record among what stays of a sale', async () => {
    const shop = await makeShop();
    const told = { occurredAt: '2024-03-01', amount: 10, customer: { externalId: 'ann' } };
    const line = (over: object) => `${JSON.stringify({ ...told, ...over })}\n`;
    const first = await shop.importFile(text(line({ externalId: 'o1', paymentKeys: ['stripe:pi_1'] }) + line({ externalId: 'r1', type: 'refund', orderId: 'o1', amount: 4 })));
    expect(first).toMatchObject({ state: 'done', inserted: 2 });
    const charge: OrderRecord = {
      kind: 'order', source: 'stripe', externalId: 'ch_1', version: { updatedAt: '2024-03-01T00:00:00.000Z', rank: 1 }, occurredAt: '2024-03-02T12:00:00.000Z', customer: { externalId: 'cus_1', email: null, name: null, country: null },
      amounts: { currency: 'USD', given: 1000, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 }, status: 'paid', counts: true, type: 'purchase', channel: null, items: [], label: null, paymentKeys: ['stripe:pi_1'], precedence: 20,
    };
    const back: RefundRecord = { kind: 'refund', source: 'stripe', externalId: 're_1', version: charge.version, occurredAt: '2024-03-09T12:00:00.000Z', orderExternalId: 'pi_1', customer: null, amounts: { ...charge.amounts, given: 300 }, status: 'succeeded', counts: true, items: [] };
    await ingestUnits(shop.ctx, await requireState(shop.ctx), [{ records: [charge, back], door: 'webhook', source: 'stripe', deliveryId: v7(), topic: 'x', payload: () => '', headers: {}, receivedAt: charge.occurredAt }]);
    expect(await shop.books()).toEqual({ rows: 4, orders: 1, net: 600, buyers: 1 });
    expect(await shop.undo(first.id)).toMatchObject({ state: 'undone', undone: 2 });
    expect(await shop.books()).toEqual({ rows: 2, orders: 1, net: 700, buyers: 1 });
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('is refused while the file is read, and to those who may only import', async () => {
    const shop = await makeShop();
    const waiting = await shop.upload(text(csv));
    await expect(undoImport(shop.ctx, waiting)).rejects.toMatchObject({ code: 'conflict' });
    await cancelImport(shop.ctx, waiting);
    const analyst = { ...shop.ctx, actor: { kind: 'api_key', keyId: v7(), name: 'analyst', role: 'analyst' } } as const;
    await expect(undoImport(analyst, waiting)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(undoImport((await makeShop()).ctx, waiting)).rejects.toMatchObject({ code: 'not_found' });
    expect(await shop.undo(waiting)).toMatchObject({ state: 'undone', undone: 0 });
  });
});

describe('lines that cannot be read', () => {
  it('are refused by number: ten megabytes of one line, and a line that is no JSON', async () => {
    const shop = await makeShop();
    const long = await shop.importFile(text(`customer,date,amount\na,2024-01-01,1.00\n${'x'.repeat(10_000_000)}\nb,2024-01-01,2.00\n`));
    expect(long).toMatchObject({ state: 'done', linesRead: 3, inserted: 2, rejected: 1 });
    expect((await listRejections(shop.ctx, long.id)).rows).toMatchObject([{ line: 3, code: 'too_long' }]);
    const json = await shop.importFile(text('{"customer":"a","date":"2024-01-02","amount":1}\nnot json\n{"customer":"a","date":"2024-01-02","amount":"x"}\n'));
    expect((await listRejections(shop.ctx, json.id)).rows).toMatchObject([{ line: 2, code: 'not_json' }, { line: 3, code: 'bad_amount', column: 'amount' }]);
    expect(await shop.ctx.db.rows(z.object({ source: z.string(), received: z.number(), inserted: z.number(), rejected: z.number() }), sql`select source, received, inserted, rejected from source_day where company_id = ${shop.ctx.companyId}`))
      .toEqual([{ source: 'file', received: 6, inserted: 3, rejected: 3 }]);
  });
});

describe('uploaded files', () => {
  it('go after 30 days, but stay for half a year where skipped lines may still be wanted', async () => {
    const shop = await makeShop();
    const lines = text('customer,date,amount\na,2024-01-01,1.00\nb,2024-01-01,2.00\n');
    const [first, second] = [await shop.importFile(lines), await shop.importFile(lines)];
    const waiting = await shop.upload(text(csv));
    const later = async (days: number) => {
      shop.clock.now = new Date(Date.now() + days * 86_400_000);
      await removeOldFiles(shop.ctx);
      return [first.id, second.id, waiting].map((id) => shop.ctx.fileMap.has(id));
    };
    expect(await later(29)).toEqual([true, true, true]);
    expect(await later(31)).toEqual([false, true, true]);
    expect((await getImport(shop.ctx, first.id)).fileRemovedAt).not.toBeNull();
    expect(await later(181)).toEqual([false, false, true]);
    await expect(importAnyway(shop.ctx, second.id)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('deleted') });
  });
});
