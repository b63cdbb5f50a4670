/** Any order file as rows of text, as a stream: what it is packed in and how it is written are settled before. */
import { AppError } from '#core/errors';
import { CsvReader } from '../csv/reader.ts';
import type { FileRow } from '../csv/reader.ts';
import type { Mapping } from '../csv/mapping.ts';
import { flattened, JsonLineReader } from './jsonl.ts';
import type { StoredFile } from './stored-file.ts';
import { openWorkbook } from './xlsx.ts';
import { inflated } from './zip.ts';

export type ContentForm = Pick<Mapping, 'gzip' | 'encoding'>;

const isWide = (encoding: ContentForm['encoding']): encoding is 'utf-16le' | 'utf-16be' => encoding === 'utf-16le' || encoding === 'utf-16be';
/** Whether the bytes of the content are those of the stored file. */
const isPlain = (form: ContentForm): boolean => !form.gzip && !isWide(form.encoding);

/**
 * The text of a file as bytes: unpacked, and UTF-16 as UTF-8.
 * @param onRead gets the bytes of the stored file that were taken so far; not of a plain file, whose reader sees them itself
 */
export async function openContent(file: StoredFile, form: ContentForm, onRead: (bytes: number) => void = () => undefined): Promise<ReadableStream<Uint8Array>> {
  const stored = await file.read(0);
  if (isPlain(form)) return stored;
  let taken = 0;
  let stream: ReadableStream<Uint8Array> = stored.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      taken += chunk.length;
      onRead(taken);
      controller.enqueue(chunk);
    },
  }));
  if (form.gzip) stream = inflated(stream, 'gzip', 'The gzip file is damaged or cut off; what came before stays. Pack the file anew and send it again');
  return isWide(form.encoding) ? asUtf8(stream, form.encoding) : stream;
}

function asUtf8(stream: ReadableStream<Uint8Array>, encoding: 'utf-16le' | 'utf-16be'): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  return stream.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => controller.enqueue(encoder.encode(decoder.decode(chunk, { stream: true }))),
    flush: (controller) => controller.enqueue(encoder.encode(decoder.decode())),
  }));
}

/**
 * Rows of the file in the order they stand, some at a time, from its beginning.
 * @throws AppError `invalid_input` when the file is damaged; rows before the damage have been given
 */
export async function* fileRows(file: StoredFile, mapping: Mapping, onRead: (bytes: number) => void = () => undefined): AsyncGenerator<FileRow[]> {
  if (mapping.format === 'xlsx') {
    const workbook = await openWorkbook(file);
    yield* workbook.rows(mapping.sheet, (share) => onRead(Math.floor(share * file.size)));
    return;
  }
  const reader = mapping.format === 'jsonl' ? jsonRows(mapping) : new CsvReader({ delimiter: mapping.delimiter, encoding: mapping.encoding === 'windows-1252' ? 'windows-1252' : 'utf-8' });
  const stream = (await openContent(file, mapping, onRead)).getReader();
  let taken = 0;
  try {
    for (;;) {
      const { done, value } = await readOn(stream);
      if (!done && isPlain(mapping)) onRead(taken += value.length);
      yield done ? reader.finish() : reader.push(value);
      if (done) break;
    }
  } finally {
    // Also when the consumer stops early: the rest of the file is not wanted.
    await stream.cancel().catch(() => undefined);
  }
}

async function readOn(stream: ReadableStreamDefaultReader<Uint8Array>): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await stream.read();
  } catch (error) {
    // What lies between storage and us may wrap the reason.
    throw error instanceof Error && error.cause instanceof AppError ? error.cause : error;
  }
}

interface RowSource {
  push(chunk: Uint8Array): FileRow[];
  finish(): FileRow[];
}

/** Lines of JSON as rows: cells in the order of the mapping's headings, which are the keys. */
function jsonRows(mapping: Mapping): RowSource {
  const reader = new JsonLineReader();
  const whole = mapping.preset === 'transactions';
  const toRow = (line: ReturnType<JsonLineReader['push']>[number]): FileRow => {
    const { end, problem, value, text } = line;
    if (value === undefined) return { cells: [text.slice(0, 500)], end, line: line.line, problem };
    if (whole) return { cells: [text.slice(0, 500)], end, line: line.line, problem, json: value };
    const flat = flattened(value);
    return { cells: mapping.headings.map((key) => flat.get(key) ?? ''), end, line: line.line, problem };
  };
  return { push: (chunk) => reader.push(chunk).map(toRow), finish: () => reader.finish().map(toRow) };
}
