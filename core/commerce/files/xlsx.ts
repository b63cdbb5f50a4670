/**
 * An Excel workbook as rows of text: the sheet is read as a stream, so its length does not matter; only the table of
 * shared texts is held, up to a bound. Formulas are their last computed value, dates are known by their number format.
 */
import { SaxesParser } from 'saxes';
import type { SaxesTagPlain } from 'saxes';
import { AppError } from '#core/errors';
import { dayText } from '#core/calendar/days';
import type { FileRow } from '../csv/reader.ts';
import type { StoredFile } from './stored-file.ts';
import { openEntry, zipEntries } from './zip.ts';
import type { ZipEntry } from './zip.ts';

/** Characters of shared texts held at most: with what engines add to each, well within the memory of a Worker. */
const MAX_TEXT = 24_000_000;
const MAX_TEXTS = 600_000;
/** No cell is longer than 32,767 characters; markup that never ends is no workbook. */
const MAX_MARKUP = 1_048_576;
const MAX_COLUMNS = 1000;

const BROKEN = 'The spreadsheet is damaged; open it, save it again and send that file';
const TOO_MUCH_TEXT = 'The spreadsheet holds more different texts than can be kept in memory; save it as CSV and send that';

/** Built-in number formats that show a day; 18–21 and 45–47 show only a time. */
const DATE_FORMATS: ReadonlySet<number> = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]);

export interface Workbook {
  /** Names of the visible sheets in their order. */
  sheets: string[];
  /** Rows with anything in them; `end` is the number of the row. */
  rows(sheet: string | null, onRead?: (share: number) => void): AsyncGenerator<FileRow[]>;
}

interface Handlers {
  open?: (tag: SaxesTagPlain) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
}

/** Feeds an XML stream to the handlers, chunk by chunk. @throws AppError when it is not well-formed. */
async function* parse(stream: ReadableStream<Uint8Array>, handlers: Handlers): AsyncGenerator<void> {
  const parser = new SaxesParser({});
  let pending = 0;
  const seen = (): void => { pending = 0; };
  parser.on('opentag', (tag) => { seen(); handlers.open?.(tag); });
  parser.on('text', (text) => { seen(); handlers.text?.(text); });
  parser.on('cdata', (text) => { seen(); handlers.text?.(text); });
  parser.on('closetag', (tag) => { seen(); handlers.close?.(tag.name); });
  parser.on('error', (error) => { throw new AppError('invalid_input', BROKEN, { cause: error }); });
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pending += value.length;
      parser.write(decoder.decode(value, { stream: true }));
      if (pending > MAX_MARKUP) throw new AppError('invalid_input', BROKEN);
      yield;
    }
    parser.close();
    yield;
  } finally {
    // Also when the rest is not wanted.
    await reader.cancel();
  }
}

async function parseAll(stream: ReadableStream<Uint8Array>, handlers: Handlers): Promise<void> {
  // The handlers keep what they want.
  for await (const _ of parse(stream, handlers));
}

/** `x:row` → `row`: some writers prefix every name. */
function plain(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** @throws AppError `invalid_input` when the file is no workbook, is damaged, or holds too much text. */
export async function openWorkbook(file: StoredFile): Promise<Workbook> {
  const entries = await zipEntries(file);
  const contents = async (name: string, handlers: Handlers): Promise<void> => {
    const entry = entries.get(name);
    if (entry) await parseAll(await openEntry(file, entry), handlers);
  };
  if (!entries.has('xl/workbook.xml')) throw new AppError('invalid_input', 'The file is an archive, not an Excel workbook (.xlsx); send the file of orders itself');
  const { sheets, from1904 } = await readSheets(contents);
  const isDate = await readDateStyles(contents);
  let texts: string[] | null = null;
  return {
    sheets: sheets.map(({ name }) => name),
    async* rows(wanted, onRead = () => undefined) {
      const sheet = wanted === null ? sheets[0] : sheets.find(({ name }) => name === wanted);
      const entry = sheet && entries.get(sheet.path);
      if (!entry) throw new AppError('invalid_input', wanted === null ? BROKEN : `The workbook has no sheet "${wanted}"; it has ${sheets.map(({ name }) => name).join(', ')}`);
      texts ??= await readTexts(contents);
      yield* sheetRows(file, entry, { texts, isDate, epoch: from1904 ? 24_107 : 25_569 }, onRead);
    },
  };
}

type Contents = (name: string, handlers: Handlers) => Promise<void>;

async function readSheets(contents: Contents): Promise<{ sheets: { name: string; path: string }[]; from1904: boolean }> {
  const targets = new Map<string, string>();
  await contents('xl/_rels/workbook.xml.rels', { open: ({ name, attributes }) => {
    if (plain(name) === 'Relationship') targets.set(attributes['Id'] ?? '', attributes['Target'] ?? '');
  } });
  const sheets: { name: string; path: string }[] = [];
  let from1904 = false;
  await contents('xl/workbook.xml', { open: ({ name, attributes }) => {
    if (plain(name) === 'workbookPr') from1904 = attributes['date1904'] === '1' || attributes['date1904'] === 'true';
    if (plain(name) !== 'sheet' || (attributes['state'] ?? 'visible') !== 'visible') return;
    const id = Object.entries(attributes).find(([key]) => plain(key) === 'id' && key !== 'id')?.[1] ?? '';
    const target = targets.get(id) ?? `worksheets/sheet${String(sheets.length + 1)}.xml`;
    sheets.push({ name: attributes['name'] ?? '', path: target.startsWith('/') ? target.slice(1) : `xl/${target}` });
  } });
  return { sheets, from1904 };
}

/** Which cell styles show a day. */
async function readDateStyles(contents: Contents): Promise<boolean[]> {
  const own = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCells = false;
  await contents('xl/styles.xml', {
    open: ({ name, attributes }) => {
      if (plain(name) === 'cellXfs') inCells = true;
      if (plain(name) === 'numFmt') own.set(Number(attributes['numFmtId']), showsDay(attributes['formatCode'] ?? ''));
      if (plain(name) !== 'xf' || !inCells) return;
      const format = Number(attributes['numFmtId'] ?? '0');
      styles.push(own.get(format) ?? DATE_FORMATS.has(format));
    },
    close: (name) => { if (plain(name) === 'cellXfs') inCells = false; },
  });
  return styles;
}

/** Whether a format code writes days or years: `dd/mm/yyyy`, not `[Red]0.00` or `"day" 0`. */
function showsDay(code: string): boolean {
  const [positive = ''] = code.split(';');
  return /[dy]/i.test(positive.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '')) && !/general/i.test(positive);
}

async function readTexts(contents: Contents): Promise<string[]> {
  const texts: string[] = [];
  let [text, reading, phonetic, held] = ['', false, false, 0];
  await contents('xl/sharedStrings.xml', {
    open: ({ name }) => {
      const tag = plain(name);
      if (tag === 'si') text = '';
      else if (tag === 'rPh') phonetic = true;
      else if (tag === 't') reading = !phonetic;
    },
    text: (part) => { if (reading) text += part; },
    close: (name) => {
      const tag = plain(name);
      if (tag === 't') reading = false;
      else if (tag === 'rPh') phonetic = false;
      else if (tag === 'si') {
        held += text.length;
        if (held > MAX_TEXT || texts.length >= MAX_TEXTS) throw new AppError('invalid_input', TOO_MUCH_TEXT);
        texts.push(text);
      }
    },
  });
  return texts;
}

interface CellReading {
  texts: string[];
  isDate: boolean[];
  /** The workbook's day number of 1 January 1970. */
  epoch: number;
}

async function* sheetRows(file: StoredFile, entry: ZipEntry, reading: CellReading, onRead: (share: number) => void): AsyncGenerator<FileRow[]> {
  let rows: FileRow[] = [];
  let cells: string[] = [];
  let [line, column, type, style, value, inValue] = [0, 0, '', 0, '', false];
  const stream = await openEntry(file, entry, (taken) => onRead(entry.stored === 0 ? 1 : taken / entry.stored));
  const steps = parse(stream, {
    open: ({ name, attributes }) => {
      switch (plain(name)) {
        case 'row':
          line = Number(attributes['r'] ?? line + 1);
          cells = [];
          column = -1;
          break;
        case 'c':
          column = attributes['r'] === undefined ? column + 1 : columnOf(attributes['r']);
          type = attributes['t'] ?? 'n';
          style = Number(attributes['s'] ?? '-1');
          value = '';
          break;
        case 'v':
        case 't':
          inValue = true;
          break;
      }
    },
    text: (part) => { if (inValue) value += part; },
    close: (name) => {
      switch (plain(name)) {
        case 'v':
        case 't':
          inValue = false;
          break;
        case 'c':
          if (value === '' || column >= MAX_COLUMNS) break;
          while (cells.length < column) cells.push('');
          cells[column] = cellText(type, value, reading.isDate[style] ?? false, reading);
          break;
        case 'row':
          if (cells.some((cell) => cell.trim() !== '')) rows.push({ cells, end: line, line, problem: null });
          break;
      }
    },
  });
  for await (const _ of steps) {
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
}

/** `AB12` → 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at += 1) {
    const letter = reference.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

function cellText(type: string, value: string, isDate: boolean, reading: CellReading): string {
  switch (type) {
    case 's':
      return reading.texts[Number(value)] ?? '';
    case 'n': {
      const number = Number(value);
      if (!Number.isFinite(number)) return value;
      return isDate && number >= 1 ? dateText(number - reading.epoch) : String(number);
    }
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    // Text as it stands: inlineStr, str (a formula's), d (a day in ISO 8601), e (#N/A and the like).
    default:
      return value;
  }
}

/** A day, and its time where it has one, of days since 1970. */
function dateText(days: number): string {
  const seconds = Math.round(days * 86_400);
  const day = Math.floor(seconds / 86_400);
  const time = seconds - day * 86_400;
  if (time === 0) return dayText(day);
  return `${dayText(day)} ${new Date(time * 1000).toISOString().slice(11, 19)}`;
}
