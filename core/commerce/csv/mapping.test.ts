/** Columns guessed from the headings and cells of real exports, and corrected by a person. */
import { describe, expect, it } from 'vitest';
import { sampleCsv } from './dialect.ts';
import { guessMapping, mappingInputSchema, mappingSchema, requireUsable, type MappingInput } from './mapping.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const guess = (text: string, input: MappingInput = {}) => guessMapping(sampleCsv(encode(text), true), input);

describe('real exports', () => {
  it('CDNOW', () => {
    const { mapping, questions } = guess('customer_id,date,amount,quantity\n00001,1997-01-01,11.77,1\n00002,1997-01-12,12.0,1\n');
    expect(mapping).toEqual({
      format: 'csv', gzip: false, sheet: null, preset: null, amountOf: 'line', delimiter: ',', encoding: 'utf-8', header: true, headings: ['customer_id', 'date', 'amount', 'quantity'],
      columns: { customerId: 0, date: 1, amount: 2, quantity: 3 }, dateFormat: 'iso', decimalMark: '.', currency: null,
    });
    expect(questions).toEqual([]);
    expect(mappingSchema.parse(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping);
  });

  it('UCI Online Retail', () => {
    const { mapping } = guess('InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,WHITE HANGING HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n536366,22633,HAND WARMER,6,12/13/2010 8:28,1.85,17850,United Kingdom\n');
    expect(mapping.columns).toEqual({ orderId: 0, productId: 1, product: 2, quantity: 3, date: 4, unitPrice: 5, customerId: 6, country: 7 });
    expect(mapping.dateFormat).toBe('mdy');
  });

  it('Shopify orders', () => {
    const { mapping } = guess('Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Country,Source\n#1001,a@b.c,paid,2024-03-01 10:00:00 -0500,USD,20.00,5.00,1.60,26.60,2024-03-01 09:59:00 -0500,2,Mug,10.00,M1,US,web\n');
    expect(mapping.columns).toMatchObject({ orderId: 0, email: 1, status: 2, currency: 4, amount: 5, quantity: 10, product: 11, productId: 13, country: 14, channel: 15 });
    expect(mapping.columns.name).toBeUndefined();
  });

  it('Stripe payments', () => {
    const { mapping } = guess('id,Created (UTC),Amount,Currency,Customer ID,Customer Email,Status\nch_1,2024-03-01 10:00:00,26.60,usd,cus_1,a@b.c,Paid\n');
    expect(mapping.columns).toEqual({ orderId: 0, date: 1, amount: 2, currency: 3, customerId: 4, email: 5, status: 6 });
  });

  it('German, with semicolons, decimal commas and Windows letters', () => {
    const text = 'Kundennummer;Bestelldatum;Betrag;Währung\n7;05.03.2024;1.234,50;EUR\n8;17.03.2024;12,00;EUR\n';
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const { mapping, questions } = guessMapping(sampleCsv(bytes, true));
    expect(mapping).toMatchObject({ delimiter: ';', encoding: 'windows-1252', columns: { customerId: 0, date: 1, amount: 2, currency: 3 }, dateFormat: 'dmy', decimalMark: ',' });
    expect(questions).toEqual([]);
  });

  it('no headings: by what the cells look like', () => {
    const { mapping } = guess('00001,1997-01-01,1,11.77\n00002,1997-01-12,1,12.00\n');
    expect(mapping).toMatchObject({ header: false, columns: { customerId: 0, date: 1, amount: 3 } });
  });

  it('unknown headings: by what the cells look like', () => {
    const { mapping } = guess('who,when,how much\nann@example.com,2024-01-01,€5.00\nbob@example.com,2024-01-02,€6.00\n');
    expect(mapping).toMatchObject({ columns: { email: 0, date: 1, amount: 2 }, currency: 'EUR' });
  });
});

describe('questions', () => {
  it('asks whether the day or the month comes first when nothing tells', () => {
    expect(guess('customer,date,amount\n1,01/02/2024,5.00\n').questions).toMatchObject([{ field: 'date', message: expect.stringContaining('month first') }]);
    expect(guess('customer,date,amount\n1,01/02/2024,5.00\n', { dateFormat: 'dmy' })).toMatchObject({ questions: [], mapping: { dateFormat: 'dmy' } });
  });

  it('says what is missing, and refuses to start without it', () => {
    const { mapping, questions } = guess('colour,size\nred,big\nblue,small\n');
    expect(questions.map((question) => question.field)).toEqual(['date', 'amount']);
    expect(() => requireUsable(mapping)).toThrow(expect.objectContaining({ code: 'invalid_input', errors: [{ path: 'mapping.columns.date', message: expect.any(String) }, { path: 'mapping.columns.amount', message: expect.any(String) }] }));
  });
});

describe('corrections', () => {
  const text = 'customer_id,date,amount,net\n1,2024-01-01,5.00,4.00\n';

  it('names columns by heading, by position, or as absent', () => {
    const { mapping } = guess(text, { columns: { amount: 'Net', email: 1, customerId: null } });
    expect(mapping.columns).toEqual({ email: 0, date: 1, amount: 3 });
  });

  it('refuses a column, a field and a currency that do not exist', () => {
    expect(() => guess(text, { columns: { amount: 'gross' } })).toThrow(/no column "gross"/);
    expect(() => guess(text, { columns: { amount: 9 } })).toThrow(/no column "9"/);
    expect(() => guess(text, { currency: 'BTC' })).toThrow(/"BTC" is not a currency/);
    expect(mappingInputSchema.safeParse({ columns: { amnt: 'x' } }).success).toBe(false);
  });
});

describe('files that are not CSV', () => {
  it.each([
    ['empty', encode(''), /empty/],
    ['binary', Uint8Array.from([0x61, 0x00, 0x0a]), /not text/],
  ])('%s', (_name, bytes, message) => expect(() => sampleCsv(bytes, true)).toThrow(message));
});
