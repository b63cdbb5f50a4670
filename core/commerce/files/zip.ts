/**
 * The entries of a ZIP archive, found by its directory at the end. An entry's bytes are then read from where they lie,
 * in any order, and inflated as a stream: nothing of the archive is held but the directory.
 */
import { AppError } from '#core/errors';
import { limited, readHead } from './stored-file.ts';
import type { StoredFile } from './stored-file.ts';

/** The end record is 22 bytes and may be followed by a comment of 65,535. */
const LONGEST_TAIL = 65_557;
const MAX_DIRECTORY = 1_048_576;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

const BROKEN = 'The spreadsheet is damaged or cut off; open it, save it again and send that file';

export interface ZipEntry {
  name: string;
  /** Bytes in the archive. */
  stored: number;
  /** Where the entry's own header starts. */
  at: number;
  deflated: boolean;
}

/** @throws AppError `invalid_input` when this is no archive, is cut off, or is protected by a password. */
export async function zipEntries(file: StoredFile): Promise<Map<string, ZipEntry>> {
  const tailAt = Math.max(0, file.size - LONGEST_TAIL);
  const tail = await readHead(await file.read(tailAt), LONGEST_TAIL);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let end = tail.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw new AppError('invalid_input', BROKEN);
  const length = view.getUint32(end + 12, true);
  const at = view.getUint32(end + 16, true);
  if (at === 0xffffffff || length > MAX_DIRECTORY) throw new AppError('invalid_input', 'The spreadsheet is too large to read; save it as CSV and send that');
  if (at + length > file.size) throw new AppError('invalid_input', BROKEN);
  return parseDirectory(await readHead(await file.read(at), length), length);
}

function parseDirectory(bytes: Uint8Array, length: number): Map<string, ZipEntry> {
  if (bytes.length < length) throw new AppError('invalid_input', BROKEN);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = new TextDecoder();
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at + 46 <= length && view.getUint32(at, true) === ENTRY;) {
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [nameLength, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const name = text.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if ((flags & 1) === 1) throw new AppError('invalid_input', 'The spreadsheet is protected by a password; save it without one');
    if (method !== 0 && method !== 8) throw new AppError('invalid_input', BROKEN);
    // Some writers begin names with a slash.
    const large = largeFields(view, at, at + 46 + nameLength, extra);
    entries.set(name.replace(/^\//, ''), { name, ...large, deflated: method === 8 });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

/** Size and place of an entry; writers that do not know ahead put them into the entry's extra fields, in 64 bits. */
function largeFields(view: DataView, entry: number, extraAt: number, extraLength: number): { stored: number; at: number } {
  let [stored, at] = [view.getUint32(entry + 20, true), view.getUint32(entry + 42, true)];
  const size = view.getUint32(entry + 24, true);
  if (stored !== 0xffffffff && at !== 0xffffffff) return { stored, at };
  for (let field = extraAt; field + 4 <= extraAt + extraLength; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let next = field + 4 + (size === 0xffffffff ? 8 : 0);
    if (stored === 0xffffffff) {
      stored = Number(view.getBigUint64(next, true));
      next += 8;
    }
    if (at === 0xffffffff) at = Number(view.getBigUint64(next, true));
    break;
  }
  return { stored, at };
}

/**
 * The content of one entry.
 * @param onRead gets the bytes of the archive that were taken for it so far
 * @throws AppError `invalid_input`, also from the stream, when the archive is damaged there
 */
export async function openEntry(file: StoredFile, entry: ZipEntry, onRead: (bytes: number) => void = () => undefined): Promise<ReadableStream<Uint8Array>> {
  const header = await readHead(await file.read(entry.at), 30);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (header.length < 30 || view.getUint32(0, true) !== LOCAL) throw new AppError('invalid_input', BROKEN);
  const from = entry.at + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (from + entry.stored > file.size) throw new AppError('invalid_input', BROKEN);
  let taken = 0;
  const counted = limited(await file.read(from), entry.stored).pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      taken += chunk.length;
      onRead(taken);
      controller.enqueue(chunk);
    },
  }));
  return entry.deflated ? inflated(counted, 'deflate-raw', BROKEN) : counted;
}

/** Decompressed, with damage told as what it is. */
export function inflated(stream: ReadableStream<Uint8Array>, format: 'gzip' | 'deflate-raw', complaint: string): ReadableStream<Uint8Array> {
  // What it hands on is ours alone, whatever kind of buffer the source had.
  const decompress: ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>> = new DecompressionStream(format);
  const reader = stream.pipeThrough(ownBytes()).pipeThrough(decompress).getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        throw error instanceof AppError ? error : new AppError('invalid_input', complaint, { cause: error });
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Some runtimes hand out views on shared or pooled memory, which a decompressor does not take. */
function ownBytes(): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  return new TransformStream({ transform: (chunk, controller) => controller.enqueue(new Uint8Array(chunk)) });
}
