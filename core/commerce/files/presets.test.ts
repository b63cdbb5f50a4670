/** Exports of other tools, with the headings they really have: recognised, and read to the cent by hand-made sums. */
import { describe, expect, it } from 'vitest';
import { localTimeIn } from '#core/calendar/local-time';
import type { OrderRecord, RefundRecord } from '../record.ts';
import { canonicalRecordSchema } from '../record-schema.ts';
import { importRows } from '../csv/import-rows.ts';
import { guessMapping } from '../csv/mapping.ts';
import type { RowRejection } from '../csv/row.ts';
import { RowIdentity } from '../csv/row-identity.ts';
import { sampleFile } from './sample.ts';
import { fileOfBlob } from './stored-file.ts';

async function read(text: string) {
  const file = fileOfBlob(new Blob([text]));
  const { mapping } = guessMapping(await sampleFile(file));
  const context = { source: 'file', currency: 'USD', clock: localTimeIn('America/New_York'), now: Date.parse('2026-11-22T00:00:00Z'), identity: new RowIdentity() };
  const records: (OrderRecord | RefundRecord)[] = [];
  const rejections: RowRejection[] = [];
  let rows = 0;
  for await (const batch of importRows(file, mapping, context, { resumeAt: 0, endAt: null, batchRows: 2 })) {
    records.push(...batch.records.map(({ record }) => record));
    rejections.push(...batch.rejections);
    rows += batch.rows;
  }
  for (const record of records) expect(canonicalRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  return { mapping, records, rejections, rows };
}

const sum = (records: readonly (OrderRecord | RefundRecord)[], kind: string) => records.filter((record) => record.kind === kind && record.counts)
  .reduce((total, { amounts }) => total + (amounts.given ?? amounts.goods - amounts.discount), 0);

const SHOPIFY_HEAD = 'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Country,Cancelled at,Refunded Amount,Id,Source,Lineitem discount';

describe('Shopify', () => {
  it('makes one order of several lines, nets discounts, and keeps refunds apart', async () => {
    const { mapping, records, rejections, rows } = await read([SHOPIFY_HEAD,
      // 2 × 25 + 50 = 100, less 10 = 90 net; tax on top.
      '#1001,ann@example.com,paid,2026-05-01 10:00:05 -0400,,,yes,USD,90.00,10.00,8.00,108.00,TEN,10.00,Post,2026-05-01 10:00:00 -0400,2,Mug,25.00,,M-1,true,true,,Ann Lee,US,,0.00,\'5550000000000000001,web,0.00',
      '#1001,ann@example.com,,,,,,,,,,,,,,2026-05-01 10:00:00 -0400,1,Kettle,50.00,,K-1,true,true,,,,,,,,10.00',
      // Prices with 19 % tax inside: 119.00 paid, of which 19.00 is tax.
      '#1002,bob@example.com,partially_refunded,2026-05-03 11:00:00 -0400,,,no,USD,119.00,0.00,19.00,119.00,,0.00,,2026-05-03 10:59:00 -0400,1,Table,119.00,,T-1,true,true,,Bob,DE,,23.80,5550000000000000002,web,0.00',
      '#1003,cid@example.com,voided,,,,no,USD,20.00,0.00,0.00,20.00,,0.00,,2026-05-04 10:59:00 -0400,1,Mug,20.00,,M-1,true,true,,Cid,US,2026-05-05 08:00:00 -0400,0.00,5550000000000000003,web,0.00',
      '#1004,,paid,2026-05-06,,,no,USD,5.00,0.00,0.00,5.00,,0.00,,2026-05-06 10:00:00 -0400,1,Pen,5.00,,,true,true,,,,,0.00,,web,0.00',
    ].join('\r\n'));
    expect(mapping).toMatchObject({ preset: 'shopify_orders', columns: {} });
    expect(rows).toBe(5);
    expect(records.map((r) => [r.kind, r.source, r.externalId, r.counts])).toEqual([
      ['order', 'shopify', '5550000000000000001', true],
      ['order', 'shopify', '5550000000000000002', true], ['refund', 'shopify', 'file:refund:5550000000000000002', true],
      ['order', 'shopify', '5550000000000000003', false],
    ]);
    expect(records[0]).toMatchObject({
      occurredAt: '2026-05-01T14:00:00.000Z', label: '#1001', version: { updatedAt: '2026-05-01T14:00:05.000Z', rank: 3 },
      amounts: { goods: 10_000, discount: 1000, tax: 800, shipping: 1000, tip: 0 },
      items: [{ name: 'Mug', sku: 'M-1', quantity: 2, amount: 5000 }, { name: 'Kettle', sku: 'K-1', quantity: 1, amount: 4000 }],
      customer: { externalId: null, email: 'ann@example.com', name: 'Ann Lee', country: 'US' },
    });
    expect(records[1]).toMatchObject({ amounts: { goods: 10_000, discount: 0, tax: 1900 } });
    expect(records[2]).toMatchObject({ orderExternalId: '5550000000000000002', amounts: { goods: 2000, tax: 380, shipping: 0 } });
    expect([sum(records, 'order'), sum(records, 'refund')]).toEqual([19_000, 2000]);
    expect(rejections).toMatchObject([{ line: 6, column: 'Id' }]);
  });

  it('without the order\'s Id is read by its columns, since nothing would tie it to what Shopify delivers', async () => {
    const { mapping, records } = await read([
      'Name,Email,Financial Status,Created at,Currency,Subtotal,Total,Lineitem quantity,Lineitem name,Lineitem price',
      '#1,a@example.com,paid,2026-05-01 10:00:00 -0400,USD,30.00,33.00,1,Mug,10.00', '#1,,,,,,,2,Pen,10.00',
      '#2,b@example.com,paid,2026-05-02 10:00:00 -0400,USD,20.00,22.00,1,Mug,10.00', '#2,,,,,,,1,Pen,10.00',
      '#3,c@example.com,paid,2026-05-02 10:00:00 -0400,USD,20.00,22.00,1,Mug,20.00',
    ].join('\n'));
    expect(mapping).toMatchObject({ preset: null, amountOf: 'order' });
    expect(records.map((r) => [r.source, r.externalId, r.amounts.given, r.customer?.email, r.items.map(({ amount }) => amount)])).toEqual([
      ['file', '#1', 3000, 'a@example.com', [1000, 2000]], ['file', '#2', 2000, 'b@example.com', [1000, 1000]], ['file', '#3', 2000, 'c@example.com', [2000]],
    ]);
  });
});

describe('WooCommerce', () => {
  it('Advanced Order Export: one line an item', async () => {
    const { mapping, records } = await read([
      'Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Country Code (Billing),Email (Billing),Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost',
      '501,Completed,2026-01-15 12:00,,Jo,Doe,US,jo@example.com,Card,5,40,6,0,48,7,M-1,1,Mug,2,10', '501,Completed,2026-01-15 12:00,,Jo,Doe,US,jo@example.com,Card,5,40,6,0,48,7,K-1,2,Kettle,1,20',
      '502,Refunded,2026-01-16 12:00,,Al,Roe,GB,al@example.com,Card,0,10,0,12,12,2,M-1,1,Mug,1,10', '503,On hold,2026-01-17 12:00,,Bo,Poe,GB,bo@example.com,Card,0,10,0,0,12,2,M-1,1,Mug,1,10',
    ].join('\n'));
    expect(mapping.preset).toBe('woocommerce_orders');
    // 48 − 7 − 6 = 35 net of #501; 10 of #502, refunded whole; #503 has not been paid.
    expect(records.map((r) => [r.kind, r.externalId, r.counts, r.amounts.goods - r.amounts.discount])).toEqual([['order', '501', true, 3500], ['order', '502', true, 1000], ['refund', 'file:refund:502', true, 1000], ['order', '503', false, 1000]]);
    expect(records[0]).toMatchObject({ source: 'woocommerce', occurredAt: '2026-01-15T17:00:00.000Z', amounts: { discount: 500, tax: 700, shipping: 600 }, customer: { externalId: null, email: 'jo@example.com', name: 'Jo Doe', country: 'US' }, items: [{ name: 'Mug', quantity: 2, amount: 1750 }, { name: 'Kettle', amount: 1750 }] });
  });

  it('WebToffee: items in numbered columns, customers by number', async () => {
    const { mapping, records } = await read([
      'order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,tax_total,cart_discount,discount_total,order_total,order_currency,payment_method,customer_id,customer_email,billing_first_name,billing_last_name,billing_country,line_item_1,line_item_2',
      '77,1077,2026-02-01 09:00:00,2026-02-01 09:00:30,completed,5.00,0,0,3.00,0,0,58.00,EUR,stripe,12,ann@example.com,Ann,Lee,DE,name:Mug|product_id:9|sku:M-1|quantity:2|total:20.00|sub_total:20.00,name:Kettle|product_id:10|sku:|quantity:1|total:30.00|sub_total:30.00',
      '78,1078,2026-02-02 09:00:00,,pending,0,0,0,0,0,0,9.00,EUR,stripe,0,bob@example.com,Bob,Roy,DE,name:Pen|product_id:11|sku:|quantity:1|total:9.00|sub_total:9.00,',
    ].join('\n'));
    expect(mapping.preset).toBe('woocommerce_orders');
    expect(records).toMatchObject([
      { externalId: '77', label: '#1077', counts: true, customer: { externalId: '12' }, amounts: { currency: 'EUR', goods: 5000, tax: 300, shipping: 500 }, items: [{ productId: '9', quantity: 2, amount: 2000 }, { productId: '10', amount: 3000 }], version: { updatedAt: '2026-02-01T14:00:30.000Z' } },
      { externalId: '78', counts: false, customer: { externalId: null, email: 'bob@example.com' } },
    ]);
  });

  it('Analytics: net sales, with refunds as lines below zero', async () => {
    const { mapping, records } = await read('Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution\n2026-03-01 10:00:00,90,$50.00,completed,Ann Lee,new,2× Mug,2,,50,Direct\n2026-03-02 10:00:00,90,-$20.00,refunded,Ann Lee,returning,,-1,,-20,Direct\n');
    expect(mapping.preset).toBe('woocommerce_analytics');
    expect(records.map((r) => [r.kind, r.externalId, r.amounts.given, r.kind === 'refund' ? r.orderExternalId : null])).toEqual([['order', '90', 5000, null], ['refund', 'file:refund:90', 2000, '90']]);
  });
});

describe('Stripe', () => {
  it('payments: times in UTC, captured ones count, refunds by their day', async () => {
    const { mapping, records, rejections } = await read([
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Description,Fee,Refunded date (UTC),Statement Descriptor,Status,Customer ID,Customer Email,Invoice ID,PaymentIntent ID',
      'ch_1,2026-06-05 23:38:34,"1,250.00",0.00,usd,true,1250.00,0.00,usd,Plan,36.00,,ACME,Paid,cus_1,ann@example.com,in_9,pi_1',
      'ch_2,2026-06-06 10:00:00,500,200,jpy,true,500,200,jpy,,10,2026-06-10 08:00:00,ACME,Paid,cus_2,,,',
      'ch_3,2026-06-07 10:00:00,80.00,0.00,usd,false,80.00,0.00,usd,,0,,ACME,Failed,cus_3,,,', 'xx,2026-06-07 10:00:00,80.00,0.00,usd,true,80.00,0.00,usd,,0,,ACME,Paid,cus_3,,,',
    ].join('\n'));
    expect(mapping.preset).toBe('stripe_payments');
    expect(records).toMatchObject([
      { kind: 'order', source: 'stripe', externalId: 'ch_1', occurredAt: '2026-06-05T23:38:34.000Z', counts: true, amounts: { given: 125_000 }, paymentKeys: ['stripe:pi_1', 'stripe:in_9'], customer: { externalId: 'cus_1', email: 'ann@example.com' } },
      { kind: 'order', externalId: 'ch_2', amounts: { currency: 'JPY', given: 500 } },
      { kind: 'refund', orderExternalId: 'ch_2', occurredAt: '2026-06-10T08:00:00.000Z', amounts: { currency: 'JPY', given: 200 } },
      { kind: 'order', externalId: 'ch_3', counts: false },
    ]);
    expect(rejections).toMatchObject([{ line: 5, column: 'id' }]);
  });

  it('balance: charges and refunds only, in the buyer\'s currency', async () => {
    const { mapping, records, rows } = await read([
      'id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,Customer Facing Amount,Customer Facing Currency,Transfer',
      'txn_1,charge,ch_1,97.00,3.07,93.93,eur,2026-09-11 09:00,2026-09-18 00:00,A,105.00,usd,', 'txn_2,payout,po_1,-93.93,0.00,-93.93,eur,2026-09-20 00:00,2026-09-20 00:00,P,,,',
      'txn_3,refund,re_1,-20.00,0,-20.00,eur,2026-09-12 09:00,2026-09-18 00:00,R,-21.65,usd,', 'txn_4,stripe_fee,,-2.00,0.00,-2.00,eur,2026-09-06 14:03,2026-09-06 00:00,F,,,',
    ].join('\n'));
    expect([mapping.preset, rows]).toEqual(['stripe_balance', 4]);
    expect(records.map((r) => [r.kind, r.externalId, r.amounts.currency, r.amounts.given])).toEqual([['order', 'ch_1', 'USD', 10_500], ['refund', 're_1', 'USD', 2165]]);
    const report = await read('balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,payment_intent_id,customer_id,description\ntxn_1,2026-01-05 10:22:31,2026-01-07 10:22:31,usd,120.00,3.78,116.22,charge,ch_1,ch_1,pi_1,cus_1,x\ntxn_2,2026-01-06 10:22:31,2026-01-07 10:22:31,usd,-20.00,0,-20.00,refund,re_1,ch_1,pi_1,cus_1,x\n');
    expect(report.records).toMatchObject([{ externalId: 'ch_1', paymentKeys: ['stripe:pi_1'], customer: { externalId: 'cus_1' } }, { externalId: 're_1', orderExternalId: 'ch_1', amounts: { given: 2000 } }]);
  });
});
