/** What kind of file this is, from its content alone, with its first rows. */
import { AppError } from '#core/errors';
import { sampleCsv, headed, type FileForm, type FileSample } from '../csv/dialect.ts';
import { flattened, JsonLineReader } from './jsonl.ts';
import { openContent } from './rows.ts';
import { fileOfBytes, readHead } from './stored-file.ts';
import type { StoredFile } from './stored-file.ts';
import { openWorkbook } from './xlsx.ts';
import { transactionInput } from '../transaction-input.ts';

/** Enough rows to guess by. */
const SAMPLE_BYTES = 262_144;
const SAMPLE_ROWS = 500;

/** What a person may say about the file before it is sampled. */
export interface SampleChoice {
  format?: FileForm['kind'];
  sheet?: string | null;
}

/**
 * Reads the beginning of the file, whatever it is packed in.
 * @throws AppError `invalid_input` when it is empty or of a kind that holds no rows, saying what to do
 */
export async function sampleFile(file: StoredFile, choice: SampleChoice = {}): Promise<FileSample> {
  const first = await readHead(await file.read(0), 8);
  if (first.length === 0) throw new AppError('invalid_input', 'The file is empty');
  if (startsWith(first, 0x50, 0x4b)) return await sampleWorkbook(file, choice.sheet ?? null);
  const gzip = startsWith(first, 0x1f, 0x8b);
  const { bytes, whole } = await readStart(file, gzip);
  if (gzip && startsWith(bytes, 0x50, 0x4b)) throw new AppError('invalid_input', 'The gzip file holds a spreadsheet; send the spreadsheet itself');
  refuseOthers(bytes);
  const encoding = utf16Of(bytes);
  const text = encoding === null ? bytes : await readHead(await openContent(fileOfBytes(bytes), { gzip: false, encoding }), SAMPLE_BYTES);
  const sample = choice.format !== 'csv' && (choice.format === 'jsonl' || looksLikeJson(text)) ? sampleJson(text, whole) : sampleCsv(text, whole);
  const form: FileForm = { ...sample.form, gzip, encoding: encoding ?? sample.format.encoding };
  return { ...sample, form };
}

function startsWith(bytes: Uint8Array, ...magic: number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

async function readStart(file: StoredFile, gzip: boolean): Promise<{ bytes: Uint8Array; whole: boolean }> {
  // One byte more tells whether there is more.
  const bytes = await readHead(await openContent(file, { gzip, encoding: 'utf-8' }), SAMPLE_BYTES + 1);
  return { bytes: bytes.subarray(0, SAMPLE_BYTES), whole: bytes.length <= SAMPLE_BYTES };
}

function refuseOthers(bytes: Uint8Array): void {
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) throw new AppError('invalid_input', 'The file is a workbook of the old kind (.xls) or protected by a password; save it as .xlsx without one, or as CSV');
  if (startsWith(bytes, 0x25, 0x50, 0x44, 0x46)) throw new AppError('invalid_input', 'The file is a PDF; export the orders as CSV or Excel');
}

/** By its byte order mark, or by every other byte being zero; null for anything else. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  const zeros = [0, 0];
  const looked = Math.min(bytes.length, 1000);
  for (let at = 0; at < looked; at += 1) if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > looked / 4 && even === 0) return 'utf-16le';
  return even > looked / 4 && odd === 0 ? 'utf-16be' : null;
}

function looksLikeJson(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 2000)).trimStart();
  if (/^\[\s*[{\]]/.test(start)) throw new AppError('invalid_input', 'The file is one JSON list; send one object a line (JSON Lines) instead');
  return start.startsWith('{');
}

function sampleJson(bytes: Uint8Array, whole: boolean): FileSample {
  const reader = new JsonLineReader();
  const lines = reader.push(bytes);
  if (whole || lines.length === 0) lines.push(...reader.finish());
  const values = lines.flatMap(({ value }) => (value === undefined ? [] : [value])).slice(0, SAMPLE_ROWS);
  const [one] = values;
  if (!one) throw new AppError('invalid_input', 'No line of the file is a JSON object; send one object a line');
  const flat = values.map((value) => flattened(value));
  const keys = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  return {
    format: { delimiter: ',', encoding: 'utf-8' },
    form: { kind: 'jsonl', gzip: false, encoding: 'utf-8', sheet: null, sheets: [] },
    header: keys,
    rows: flat.map((row) => keys.map((key) => row.get(key) ?? '')),
    // Most lines decide: one bad line is refused by itself later.
    transactions: values.filter((value) => transactionInput.safeParse(value).success).length * 2 > values.length ? values : null,
  };
}

async function sampleWorkbook(file: StoredFile, wanted: string | null): Promise<FileSample> {
  const workbook = await openWorkbook(file);
  const sheet = wanted ?? workbook.sheets[0] ?? null;
  const rows: string[][] = [];
  for await (const some of workbook.rows(sheet)) {
    rows.push(...some.map(({ cells }) => cells));
    if (rows.length > SAMPLE_ROWS) break;
  }
  if (rows.length === 0) throw new AppError('invalid_input', workbook.sheets.length > 1 ? `The sheet ${sheet ?? ''} is empty; choose another` : 'The spreadsheet is empty');
  return {
    format: { delimiter: ',', encoding: 'utf-8' },
    form: { kind: 'xlsx', gzip: false, encoding: 'utf-8', sheet, sheets: workbook.sheets },
    ...headed(rows), transactions: null,
  };
}
