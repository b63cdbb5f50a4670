/** Rows to records: what is kept, what is refused and why, and that an interrupted import goes on exactly. */
import { existsSync, openAsBlob } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localTimeIn } from '#core/calendar/local-time';
import type { OrderRecord, RefundRecord } from '../record.ts';
import { canonicalRecordSchema } from '../record-schema.ts';
import { sampleCsv } from './dialect.ts';
import { importRows, type ImportBatch } from './import-rows.ts';
import { fileOfBlob } from '../files/stored-file.ts';
import { guessMapping, type MappingInput } from './mapping.ts';
import { murmur3 } from './murmur3.ts';
import type { RowContext, RowRejection } from './row.ts';
import { RowIdentity } from './row-identity.ts';

const newContext = (timeZone = 'America/New_York'): RowContext => ({
  source: 'file', currency: 'USD', clock: localTimeIn(timeZone), now: Date.parse('2026-11-22T00:00:00Z'), identity: new RowIdentity(),
});

interface Read {
  records: (OrderRecord | RefundRecord)[];
  rejections: RowRejection[];
  batches: ImportBatch[];
}

async function read(file: Blob, input: MappingInput = {}, context = newContext(), resumeAt = 0, batchRows = 100): Promise<Read> {
  const head = new Uint8Array(await file.slice(0, 65_536).arrayBuffer());
  const { mapping } = guessMapping(sampleCsv(head, file.size <= 65_536), input);
  const batches: ImportBatch[] = [];
  for await (const batch of importRows(fileOfBlob(file), mapping, context, { resumeAt, endAt: null, batchRows })) batches.push(batch);
  return { batches, records: batches.flatMap((batch) => batch.records.map(({ record }) => record)), rejections: batches.flatMap((batch) => batch.rejections) };
}

const csv = (text: string): Blob => new Blob([text]);

describe('records', () => {
  it('takes the day as noon of the company, and money as given', async () => {
    const { records } = await read(csv('customer_id,date,amount,quantity,product\nc1,2024-07-01,11.77,2,Mug\n'));
    expect(records).toEqual([{
      kind: 'order',
      source: 'file',
      externalId: expect.stringMatching(/^row:[0-9a-f]{32}$/),
      version: { updatedAt: '2024-07-01T16:00:00.000Z', rank: 0 },
      occurredAt: '2024-07-01T16:00:00.000Z',
      customer: { externalId: 'c1', email: null, name: null, country: null },
      amounts: { currency: 'USD', given: 1177, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
      status: 'paid',
      counts: true,
      type: 'purchase',
      channel: null,
      items: [{ productId: null, sku: null, name: 'Mug', category: null, quantity: 2, amount: 1177 }],
      label: null,
      paymentKeys: [],
      precedence: 70,
    }]);
    expect(canonicalRecordSchema.parse(JSON.parse(JSON.stringify(records[0])))).toEqual(records[0]);
  });

  it('reads sign, type and status', async () => {
    const { records } = await read(csv('customer,date,amount,type,status\na,2024-01-01,-5.00,,\na,2024-01-01,5.00,refund,\na,2024-01-01,9.00,subscription,\na,2024-01-01,0.00,,\na,2024-01-01,3.00,,cancelled\n'));
    expect(records.map((record) => [record.kind, record.kind === 'order' ? record.type : record.orderExternalId, record.amounts.given, record.counts])).toEqual([
      ['refund', null, 500, true], ['refund', null, 500, true], ['order', 'subscription', 900, true], ['order', 'purchase', 0, true], ['order', 'purchase', 300, false],
    ]);
  });

  it('multiplies unit prices, with refunds by negative quantity', async () => {
    const { records } = await read(csv('InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n536365,Heart,6,12/1/2010 8:26,2.55,17850\nC536379,Heart,-1,12/13/2010 9:41,27.50,14527\n'));
    expect(records.map((record) => [record.kind, record.externalId, record.amounts.given, record.occurredAt])).toEqual([
      ['order', '536365', 1530, '2010-12-01T13:26:00.000Z'],
      ['refund', 'refund:C536379', 2750, '2010-12-13T14:41:00.000Z'],
    ]);
  });

  it('keeps a sale of nobody', async () => {
    const { records } = await read(csv('customer_id,date,amount\n,2024-01-01,5.00\n'));
    expect(records).toMatchObject([{ customer: null, counts: true }]);
  });
});

describe('rejections', () => {
  it.each([
    ['c,,5.00,USD,1', 'missing_date', 'date'],
    ['c,someday,5.00,USD,1', 'bad_date', 'date'],
    ['c,2024-02-30,5.00,USD,1', 'bad_date', 'date'],
    ['c,2026-11-25,5.00,USD,1', 'future_date', 'date'],
    ['c,1969-06-01,5.00,USD,1', 'before_1970', 'date'],
    ['c,2024-01-01,,USD,1', 'missing_amount', 'amount'],
    ['c,2024-01-01,free,USD,1', 'bad_amount', 'amount'],
    ['c,2024-01-01,99999999999999999,USD,1', 'bad_amount', 'amount'],
    ['c,2024-01-01,5.00,XXQ,1', 'unknown_currency', 'currency'],
    ['c,2024-01-01,5.00,USD,many', 'bad_quantity', 'quantity'],
    ['"c,2024-01-01,5.00,USD,1', 'unclosed_quote', null],
  ])('%s is %s', async (line, code, column) => {
    const good = 'g,2024-01-01,1.00,USD,1';
    const { records, rejections } = await read(csv(`customer_id,date,amount,currency,quantity\n${good}\n${line}\n${good}\n`));
    expect(rejections).toMatchObject([{ line: 3, code, column }]);
    expect(records.map((record) => record.customer?.externalId)).toEqual(['g', 'g']);
  });

  it('takes a date of tomorrow, since clocks differ', async () => {
    expect((await read(csv('customer_id,date,amount\nc,2026-11-22,5.00\n'))).rejections).toEqual([]);
  });
});

describe('names of rows', () => {
  const lines = ['a,2024-01-01,5.00', 'b,2024-01-01,5.00', 'a,2024-01-01,5.00', 'a,2024-01-01,5.0', 'a,2024-01-02,5.00'];
  const ids = async (file: Blob, input: MappingInput = {}, zone?: string): Promise<string[]> => (await read(file, input, newContext(zone))).records.map((record) => record.externalId);

  it('differ for repeats, and are the same for the same file, order of columns, format or zone', async () => {
    const first = await ids(csv(`customer,date,amount\n${lines.join('\n')}`));
    expect(new Set(first).size).toBe(5);
    expect(first[2]).toBe(`${String(first[0])}~2`);
    expect(first[3]).toBe(`${String(first[0])}~3`);
    expect(await ids(csv(`customer,date,amount\n${lines.join('\n')}`))).toEqual(first);
    const turned = lines.map((line) => line.split(',').reverse().join(';').replace('.', ',')).join('\r\n');
    expect(await ids(csv(`Amount;Date;Customer\r\n${turned}`), {}, 'Asia/Tokyo')).toEqual(first);
  });

  it('are the order id, once for lines that follow each other', async () => {
    const lines = ['7,a,2024-01-01,5.00', '7,a,2024-01-01,6.00', '8,a,2024-01-01,6.00', '7,a,2024-01-01,6.00'];
    expect(await ids(csv(`order_id,customer,date,amount\n${lines.join('\n')}\n`))).toEqual(['7', '8', '7~2']);
  });

  it('count every repeat, whatever number of rows was expected', () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => (n % 2 === 0 ? `row ${String(n)}` : `row ${String(n % 31)}`));
    const seen = new Map<string, number>();
    const identities = [new RowIdentity(), new RowIdentity(100_000)];
    for (const text of texts) {
      const times = (seen.get(text) ?? 0) + 1;
      seen.set(text, times);
      expect(identities.map((identity) => identity.next(text).ordinal)).toEqual([times, times]);
    }
    expect(Math.max(...seen.values())).toBeGreaterThan(300);
  });

  it('come from MurmurHash3 (vectors of the reference implementation)', () => {
    const hash = (text: string): string => {
      const out = new Uint32Array(4);
      const bytes = new TextEncoder().encode(text);
      murmur3(bytes, bytes.length, out);
      return [...out].map((word) => word.toString(16).padStart(8, '0')).join('');
    };
    expect(hash('')).toBe('00000000000000000000000000000000');
    expect(hash("I will not buy this tobacconist's, it is scratched.")).toBe('9b5b7ba2ef3f7866889adeaf00f3f98e');
  });
});

it('goes on after any batch with the same names, as if it had never stopped', async () => {
  const rows = Array.from({ length: 300 }, (_, index) => (index % 37 === 5 ? 'x,never,1' : `c${String(index % 7)},2024-01-0${String(1 + (index % 3))},"5\n"`.replace('\n"', '"')));
  const file = csv(`customer,date,amount\n${rows.join('\n')}\n`);
  const whole = await read(file, {}, newContext(), 0, 40);
  expect(whole.batches.map((batch) => batch.rows)).toEqual([40, 40, 40, 40, 40, 40, 40, 20]);
  expect(whole.batches.at(-1)).toMatchObject({ offset: file.size, line: 301 });
  for (const [index, batch] of whole.batches.entries()) {
    const rest = await read(file, {}, newContext(), batch.offset, 40);
    expect(rest.batches).toEqual(whole.batches.slice(index + 1));
  }
});

it('stops after the row that ends at `endAt`', async () => {
  const file = csv('customer,date,amount\na,2024-01-01,5.00\nb,2024-01-01,5.00\nc,2024-01-01,5.00\n');
  const { batches: [first] } = await read(file, {}, newContext(), 0, 2);
  const { mapping } = guessMapping(sampleCsv(new Uint8Array(await file.arrayBuffer()), true));
  const batches: ImportBatch[] = [];
  for await (const batch of importRows(fileOfBlob(file), mapping, newContext(), { resumeAt: 0, endAt: first?.offset ?? 0, batchRows: 10 })) batches.push(batch);
  expect(batches.map(({ records, offset }) => [records.map(({ record, hasOwnId }) => [record.customer?.externalId, hasOwnId]), offset]))
    .toEqual([[[['a', false], ['b', false]], first?.offset]]);
});

const cdnow = join(resolve(process.env['REFERENCE_DIR'] ?? join(import.meta.dirname, '../../../../shared')), 'data/cdnow_full.csv');
if (!existsSync(cdnow)) console.warn(`NOT RUN: the CDNOW file, because ${cdnow} does not exist; set REFERENCE_DIR`);

it.skipIf(!existsSync(cdnow))('reads all of CDNOW: 69,659 different names, 255 repeats, 2,500,315.63 to the cent', async () => {
  const { records, rejections } = await read(await openAsBlob(cdnow), {}, newContext(), 0, 1000);
  expect(rejections).toEqual([]);
  expect(new Set(records.map((record) => record.externalId)).size).toBe(69_659);
  expect(records.filter((record) => record.externalId.includes('~')).length).toBe(255);
  expect(records.reduce((sum, record) => sum + (record.amounts.given ?? 0), 0)).toBe(250_031_563);
});
