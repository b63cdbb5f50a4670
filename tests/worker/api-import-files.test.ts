/** Files of every kind through the API in the real runtime; kept mappings, templates, and taking an import back. */
import { gzipSync, strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { call, newCompany, newKey, problemOf } from './api-client.ts';

const CSV = 'Buyer,date,amount\nf1,2026-01-02,10\nf1,2026-01-03,10.50\nf2,2026-01-03,4\n';

function workbook(): Uint8Array {
  const row = (cells: string[]) => `<row>${cells.join('')}</row>`;
  const text = (shared: number) => `<c t="s"><v>${shared}</v></c>`;
  const number = (value: number, style = 0) => `<c s="${style}"><v>${value}</v></c>`;
  return zipSync(Object.fromEntries(Object.entries({
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="Orders" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${[row([text(0), text(1), text(2)]), row([text(3), number(46_024, 1), number(10)]), row([text(3), number(46_025, 1), number(10.5)]), row([text(4), number(46_025, 1), number(4)])].join('')}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${['Buyer', 'date', 'amount', 'f1', 'f2'].map((one) => `<si><t>${one}</t></si>`).join('')}</sst>`,
  }).map(([name, xml]) => [name, strToU8(xml)])));
}

const utf16 = () => Uint8Array.from([...`\ufeff${CSV}`].flatMap((letter) => [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8]));
const json = () => strToU8(CSV.trim().split('\n').slice(1).map((line) => line.split(',')).map(([externalId, occurredAt, amount]) => JSON.stringify({ customer: { externalId }, occurredAt, amount })).join('\n'));

const view = z.object({ id: z.string(), state: z.string() });
let as: Record<string, string>;
beforeAll(async () => {
  as = (await newCompany()).as;
});

async function upload(headers: Record<string, string>, body: string | Uint8Array, query = ''): Promise<unknown> {
  const put = await call('PUT', `/api/v1/imports?name=orders${query}`, { headers, body });
  expect(put.status, JSON.stringify(put.body)).toBe(202);
  return await ended(headers, view.parse(put.body).id);
}

async function ended(headers: Record<string, string>, id: string): Promise<unknown> {
  return await vi.waitUntil(async () => {
    const { body } = await call('GET', `/api/v1/imports/${id}`, { headers });
    return ['done', 'failed', 'undone'].includes(view.parse(body).state) ? body : false;
  }, { timeout: 20_000, interval: 100 });
}

describe('a file', () => {
  it.each<[string, () => Uint8Array]>([['gzip', () => gzipSync(strToU8(CSV))], ['UTF-16', utf16], ['Excel', workbook], ['JSON Lines', json], ['gzip of JSON Lines', () => gzipSync(json())]])('%s is read like the CSV', async (name, make) => {
    const shop = await newCompany();
    const mapping = name.includes('JSON') ? '' : `&mapping=${encodeURIComponent('{"columns":{"customerId":"Buyer"}}')}`;
    expect(await upload(shop.as, new Uint8Array(make()), mapping)).toMatchObject({ state: 'done', linesRead: 3, inserted: 3, rejected: 0, error: null });
    const found = await call('GET', '/api/v1/customers?sort=historical', { headers: shop.as });
    expect(found.body).toMatchObject({ rows: [{ externalId: 'f1', orders: 2, historicalValue: { amount: '20.50' } }, { externalId: 'f2', orders: 1, historicalValue: { amount: '4.00' } }] });
  });

  it('that is cut off fails in words that say what to do', async () => {
    expect(await upload(as, new Uint8Array(gzipSync(strToU8(CSV)).slice(0, 30)))).toMatchObject({ state: 'failed', error: expect.stringContaining('gzip file is damaged or cut off') });
    expect(await upload(as, new Uint8Array(workbook().slice(0, 900)))).toMatchObject({ state: 'failed', error: expect.stringContaining('spreadsheet is damaged or cut off') });
  });
});

describe('kept mappings', () => {
  it('are kept, used by name, renamed and deleted', async () => {
    const made = await call('POST', '/api/v1/import-mappings', { headers: as, body: { name: 'Till', headings: ['Buyer', 'date', 'amount'], mapping: { columns: { customerId: 'Buyer' } } } });
    expect([made.status, made.body]).toMatchObject([201, { name: 'Till', header: 'buyer|date|amount' }]);
    const { id } = z.object({ id: z.string() }).parse(made.body);
    expect(await upload(as, strToU8(CSV), '&mapping=Till')).toMatchObject({ state: 'done', inserted: 3 });
    const unknown = problemOf(await call('PUT', '/api/v1/imports?mapping=Shop', { headers: as, body: 'a' }));
    expect([unknown.status, JSON.stringify(unknown)]).toEqual([400, expect.stringContaining('Kept are Till')]);
    await call('POST', '/api/v1/import-mappings', { headers: as, body: { name: 'Other', headings: ['a'], mapping: {} } });
    expect(problemOf(await call('PATCH', `/api/v1/import-mappings/${id}`, { headers: as, body: { name: 'Other' } })).status).toBe(409);
    expect((await call('PATCH', `/api/v1/import-mappings/${id}`, { headers: as, body: { name: 'Shop' } })).body).toMatchObject({ id, name: 'Shop' });
    const viewer = (await newKey(as, 'viewer')).as;
    expect((await call('DELETE', `/api/v1/import-mappings/${id}`, { headers: viewer })).status).toBe(403);
    expect((await call('DELETE', `/api/v1/import-mappings/${id}`, { headers: as })).status).toBe(204);
    expect((await call('GET', '/api/v1/import-mappings', { headers: viewer })).body).toMatchObject({ rows: [{ name: 'Other' }] });
    expect((await call('DELETE', `/api/v1/import-mappings/${id}`, { headers: as })).status).toBe(404);
  });
});

it('an import is taken back, after saying how much goes', async () => {
  const shop = await newCompany();
  const { id } = view.parse(await upload(shop.as, strToU8('customer,date,amount\nf1,2026-01-02,10\nf1,2026-01-03,10\n')));
  expect((await call('GET', `/api/v1/imports/${id}/undo`, { headers: shop.as })).body).toEqual({ removes: 2, stays: 0, closed: 0 });
  expect((await call('POST', `/api/v1/imports/${id}/undo`, { headers: (await newKey(shop.as, 'analyst')).as })).status).toBe(403);
  expect((await call('POST', `/api/v1/imports/${id}/undo`, { headers: shop.as })).status).toBe(202);
  await vi.waitUntil(async () => view.parse((await call('GET', `/api/v1/imports/${id}`, { headers: shop.as })).body).state === 'undone', { timeout: 20_000, interval: 100 });
  expect((await call('GET', '/api/v1/customers', { headers: shop.as })).body).not.toMatchObject({ rows: [{ orders: 2 }] });
  expect((await call('POST', `/api/v1/imports/${id}/undo`, { headers: shop.as })).status).toBe(409);
});

it('templates are files that import whole', async () => {
  for (const kind of ['csv', 'jsonl']) {
    const shop = await newCompany();
    const { body, status } = await call('GET', `/api/v1/import-templates/${kind}`, { headers: shop.as });
    expect(status).toBe(200);
    expect(await upload(shop.as, String(body))).toMatchObject({ state: 'done', rejected: 0, inserted: 2 });
  }
});
