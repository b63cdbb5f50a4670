/** Packed, damaged and odd files: told apart by their content, read as streams, refused in words that say what to do. */
import { gzipSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { zipSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { localTimeIn } from '#core/calendar/local-time';
import { CsvReader, MAX_ROW_BYTES } from '../csv/reader.ts';
import { importRows } from '../csv/import-rows.ts';
import { guessMapping, mappingSchema, type MappingInput } from '../csv/mapping.ts';
import { RowIdentity } from '../csv/row-identity.ts';
import { flattened, JsonLineReader } from './jsonl.ts';
import { sampleFile } from './sample.ts';
import { fileOfBlob, type StoredFile } from './stored-file.ts';
import { openWorkbook } from './xlsx.ts';

const stored = (...parts: BlobPart[]): StoredFile => fileOfBlob(new Blob(parts));
const packed = (text: string): StoredFile => stored(new Uint8Array(gzipSync(text)));

async function read(file: StoredFile, input: MappingInput = {}, resumeAt = 0) {
  const { mapping } = guessMapping(await sampleFile(file, input), input);
  const context = { source: 'file', currency: 'USD', clock: localTimeIn('UTC'), now: Date.parse('2026-11-22T00:00:00Z'), identity: new RowIdentity() };
  const out = { mapping: mappingSchema.parse(JSON.parse(JSON.stringify(mapping))), sales: [] as [string | null | undefined, string, number | null, string][], refused: [] as [number, string][], offsets: [] as number[], bytes: 0 };
  for await (const batch of importRows(file, mapping, context, { resumeAt, endAt: null, batchRows: 1 })) {
    out.sales.push(...batch.records.map(({ record }): [string | null | undefined, string, number | null, string] => [record.customer?.externalId, record.occurredAt.slice(0, 16), record.amounts.given, record.externalId]));
    out.refused.push(...batch.rejections.map(({ line, code }): [number, string] => [line, code]));
    out.offsets.push(batch.offset);
    out.bytes = batch.bytes;
  }
  return out;
}

const HEAD = 'customer,date,amount\n';
const LINES = 'a,2024-01-01 10:00,1.50\nb,2024-01-02 11:00,2.00\nb,2024-01-02 11:00,2.00\n';
const SALES = [['a', '2024-01-01T10:00', 150], ['b', '2024-01-02T11:00', 200], ['b', '2024-01-02T11:00', 200]];
const FLAT = '{"customer":"a","date":"2024-01-01 10:00","amount":1.5}\r\n\n{"customer":"b","date":"2024-01-02 11:00","amount":"2.00"}\n{"customer":"b","date":"2024-01-02 11:00","amount":2}';

async function sheet(fill: (book: ExcelJS.Workbook) => void): Promise<StoredFile> {
  const book = new ExcelJS.Workbook();
  fill(book);
  return stored(await book.xlsx.writeBuffer());
}

const excel = () => sheet((book) => book.addWorksheet('Orders').addRows([['customer', 'date', 'amount'], ['a', new Date('2024-01-01T10:00:00Z'), 1.5], [], ['b', '2024-01-02 11:00', 2], ['b', new Date('2024-01-02T11:00:00Z'), { formula: '1+1', result: 2 }]]));

describe('the same sales in every form', () => {
  it.each<[string, object, () => StoredFile | Promise<StoredFile>]>([
    ['CSV', { format: 'csv', gzip: false, encoding: 'utf-8' }, () => stored(HEAD + LINES)],
    ['byte order mark and mixed line ends', { encoding: 'utf-8' }, () => stored(`\ufeff${HEAD}${LINES}`.replace('\n', '\r\n'))],
    ['UTF-16, little end first', { encoding: 'utf-16le' }, () => stored(new Uint8Array(Buffer.from(`\ufeff${HEAD}${LINES}`, 'utf16le')))],
    ['UTF-16, big end first', { encoding: 'utf-16be' }, () => stored(new Uint8Array(Buffer.from(`\ufeff${HEAD}${LINES}`, 'utf16le').swap16()))],
    ['UTF-16 without its mark', { encoding: 'utf-16le' }, () => stored(new Uint8Array(Buffer.from(HEAD + LINES, 'utf16le')))],
    ['gzip', { format: 'csv', gzip: true }, () => packed(HEAD + LINES)],
    ['JSON Lines', { format: 'jsonl', gzip: false, preset: null }, () => stored(FLAT)],
    ['gzip of JSON Lines', { format: 'jsonl', gzip: true }, () => packed(FLAT)],
    ['Excel', { format: 'xlsx', sheet: 'Orders' }, excel],
  ])('%s', async (_name, form, make) => {
    const file = await make();
    const whole = await read(file);
    expect(whole.mapping).toMatchObject(form);
    expect(whole.sales.map(([customer, at, amount]) => [customer, at, amount])).toEqual(SALES);
    expect(whole.bytes).toBeGreaterThan(0);
    expect(whole.bytes).toBeLessThanOrEqual(file.size);
    // Whatever line was last committed: the rest follows, under the same names.
    for (const [n, offset] of whole.offsets.entries()) expect((await read(file, {}, offset)).sales).toEqual(whole.sales.slice(n + 1));
  });

  it('gives rows the same names in CSV, flat JSON and Excel', async () => {
    const names = await Promise.all([stored(HEAD + LINES), stored(FLAT), await excel()].map(async (file) => (await read(file)).sales.map(([, , , name]) => name)));
    expect(names[1]).toEqual(names[0]);
    expect(names[2]).toEqual(names[0]);
  });
});

describe('JSON Lines', () => {
  it('in the shape of the API are read by its rules, each line by itself', async () => {
    const { mapping, sales, refused } = await read(stored([
      '{"externalId":"o1","customer":{"externalId":"a"},"occurredAt":"2024-01-01T10:00:00Z","amount":"1.50","items":[{"name":"Mug"}]}',
      '{"customer":{"externalId":"b"},"occurredAt":"2024-01-02T11:00:00Z","amount":2}', '{"customer":{"externalId":"b"},"occurredAt":"2024-01-02T11:00:00Z","amount":2}',
      '{"occurredAt":"2024-01-02T11:00:00Z"}', '{"occurredAt":"2024-01-02T11:00:00Z","amount":1,"colour":"red"}', '[1]', '{"a":',
    ].join('\n')));
    expect(mapping.preset).toBe('transactions');
    expect(sales.map(([customer, at, amount]) => [customer, at, amount])).toEqual(SALES);
    expect(sales[0]?.[3]).toBe('o1');
    expect(sales[2]?.[3]).toBe(`${String(sales[1]?.[3])}~2`);
    expect(refused).toEqual([[4, 'missing_field'], [5, 'unknown_field'], [6, 'not_json'], [7, 'not_json']]);
  });

  it('keeps ids beyond 2^53, and finds nested keys', () => {
    const reader = new JsonLineReader();
    const [line] = [...reader.push(new TextEncoder().encode('{"id":820982911946154508,"note":"a 820982911946154508 b","who":{"id":-7,"tags":[1]}}')), ...reader.finish()];
    expect([...flattened(line?.value ?? {})]).toEqual([['id', '820982911946154508'], ['note', 'a 820982911946154508 b'], ['who.id', '-7']]);
  });
});

describe('Excel', () => {
  it('reads the chosen sheet, dates of either system, texts of either kind, and leaves hidden sheets out', async () => {
    const file = await sheet((book) => {
      book.properties.date1904 = true;
      book.addWorksheet('Secret', { state: 'hidden' }).addRow(['x']);
      book.addWorksheet('Notes').addRow(['nothing here']);
      book.addWorksheet('Sales').addRows([['customer', 'date', 'amount'], [{ richText: [{ text: 'a' }, { text: 'nn', font: { bold: true } }] }, new Date('2024-01-01T00:00:00Z'), 1.1]]);
    });
    expect((await sampleFile(file)).form.sheets).toEqual(['Notes', 'Sales']);
    const { sales } = await read(file, { sheet: 'Sales' });
    expect(sales.map(([customer, at, amount]) => [customer, at, amount])).toEqual([['ann', '2024-01-01T12:00', 110]]);
    await expect(sampleFile(file, { sheet: 'Secret' })).rejects.toThrow('no sheet "Secret"');
  });

  const parts = (sheetXml: string, more: Record<string, string> = {}) => stored(zipSync(Object.fromEntries(Object.entries({
    'xl/workbook.xml': '<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="S" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': sheetXml, ...more,
  }).map(([name, text]) => [name, strToU8(text)]))));

  it('reads what other writers make: prefixes, cells without places, inline texts, own date formats', async () => {
    const workbook = await openWorkbook(parts(
      '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c s="1"><x:v>45292.5</x:v></x:c><x:c s="2"><x:v>7</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row><x:row r="9"><x:c r="C9" t="str"><x:v>&amp;z</x:v></x:c></x:row></x:sheetData></x:worksheet>',
      { 'xl/styles.xml': '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-407]d\\. mmm yyyy"/><numFmt numFmtId="171" formatCode="&quot;days&quot; 0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>' },
    ));
    const rows = [];
    for await (const some of workbook.rows(null)) rows.push(...some);
    expect(rows).toEqual([{ cells: ['a', '2024-01-01 12:00:00', '7', '#N/A'], end: 1, line: 1, problem: null }, { cells: ['', '', '&z'], end: 9, line: 9, problem: null }]);
  });

  it('is refused with a reason when it is damaged, cut off, no workbook, or holds too much text', { timeout: 20_000 }, async () => {
    const good = new Uint8Array(await new Response(await (await excel()).read(0)).arrayBuffer());
    await expect(sampleFile(stored(good.slice(0, good.length - 300)))).rejects.toThrow('damaged or cut off');
    const torn = good.slice();
    torn.fill(0xff, 60, good.length * 0.7);
    await expect(sampleFile(stored(torn))).rejects.toThrow('damaged');
    await expect(sampleFile(parts('<worksheet><sheetData><row>'))).rejects.toThrow('damaged');
    await expect(sampleFile(stored(zipSync({ 'a.txt': strToU8('a') })))).rejects.toThrow('not an Excel workbook');
    const many = `<sst>${`<si><t>${'x'.repeat(30_000)}</t></si>`.repeat(900)}</sst>`;
    await expect(sampleFile(parts('<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>', { 'xl/sharedStrings.xml': many }))).rejects.toThrow('save it as CSV');
  });
});

describe('other files', () => {
  it.each<[string, StoredFile, string]>([
    ['nothing', stored(''), 'empty'],
    ['an old workbook', stored(Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])), '.xls'],
    ['a PDF', stored('%PDF-1.7'), 'PDF'],
    ['a JSON list', stored(' [ {"a": 1} ]'), 'one object a line'],
    ['a workbook in gzip', stored(new Uint8Array(gzipSync('PK\u0003\u0004'))), 'send the spreadsheet itself'],
    ['binary', stored(Uint8Array.from([0x61, 0x00, 0x0a, 0x62, 0x63, 0x64])), 'not text'],
    ['gzip that breaks at once', stored(new Uint8Array(gzipSync(HEAD + LINES)).slice(0, 20)), 'gzip file is damaged'],
  ])('%s', async (_name, file, message) => {
    await expect(sampleFile(file)).rejects.toThrow(message);
  });
});

it('refuses a line of ten megabytes by its number, holding none of it, wherever the chunks fall', () => {
  const bytes = new TextEncoder().encode(`a,b\n${'x'.repeat(10_000_000)}\n1,2\n${'"'.repeat(2_000_001)}\n3,4`);
  for (const size of [65_536, 999_983, bytes.length]) {
    const reader = new CsvReader({ delimiter: ',', encoding: 'utf-8' });
    const rows = [];
    for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)));
    rows.push(...reader.finish());
    expect(rows.map(({ line, problem }) => [line, problem]), String(size)).toEqual([[1, null], [2, 'too_long'], [3, null], [4, expect.stringMatching(/too_long|unclosed_quote/)], [5, null]]);
    expect(rows[1]?.end).toBe(4 + MAX_ROW_BYTES);
    expect(Math.max(...rows.map(({ cells }) => cells.join('').length))).toBeLessThan(2_000_100);
  }
});
