/** Models as bytes, for object storage: a versioned container that is refused when it is cut short, altered or of another kind. */
import { z } from 'zod';
import { AppError } from '#core/errors';

/*
 * Little-endian: "PERNMODL" · u32 format version · u32 length of the whole file · u32 CRC-32 of everything behind this field ·
 * u32 length of the header · header (UTF-8 JSON) · arrays, each beginning at a multiple of 8.
 */
const MAGIC = 'PERNMODL';
const FORMAT_VERSION = 1;
const PREFIX = 24;
/** First byte the checksum covers. */
const CHECKED_FROM = 20;

export type ModelArray = Float64Array | Int32Array | Int16Array | Uint8Array;

export interface ModelFile {
  /** What the model is: `churn`, `spend`. */
  kind: string;
  /** Of the kind; raised when what the body means changes. */
  version: number;
  /** Names of the input columns, in order: the schema it must be scored with. */
  features: string[];
  /** Everything that is not an array; plain JSON, parsed by whoever knows the kind. */
  body: unknown;
  arrays: Record<string, ModelArray>;
}

const arrayTypes = { f64: Float64Array, i32: Int32Array, i16: Int16Array, u8: Uint8Array } as const;

const headerSchema = z.strictObject({
  kind: z.string(),
  version: z.number().int(),
  features: z.array(z.string()),
  body: z.unknown(),
  arrays: z.array(z.strictObject({ name: z.string(), type: z.enum(['f64', 'i32', 'i16', 'u8']), length: z.number().int().nonnegative(), offset: z.number().int().nonnegative() })),
});

function typeOf(array: ModelArray): keyof typeof arrayTypes {
  if (array instanceof Float64Array) return 'f64';
  if (array instanceof Int32Array) return 'i32';
  return array instanceof Int16Array ? 'i16' : 'u8';
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}

/** Bytes that `readModelFile` turns back into the same model, bit by bit. */
export function writeModelFile(file: ModelFile): Uint8Array {
  let size = 0;
  const directory = Object.entries(file.arrays).map(([name, array]) => {
    const offset = size;
    size = aligned(size + array.byteLength);
    return { name, type: typeOf(array), length: array.length, offset };
  });
  const header = new TextEncoder().encode(JSON.stringify({ kind: file.kind, version: file.version, features: file.features, body: file.body, arrays: directory }));
  const start = aligned(PREFIX + header.length);
  const bytes = new Uint8Array(start + size);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(20, header.length, true);
  bytes.set(header, PREFIX);
  directory.forEach(({ name, offset }) => {
    const array = file.arrays[name];
    if (array) bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + offset);
  });
  view.setUint32(16, crc32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

function refuse(what: string): AppError {
  return new AppError('invalid_input', `This model file cannot be used: ${what}. Fit the model again`);
}

/**
 * What `writeModelFile` wrote. `kind` and `version` are what the caller can read.
 * @throws AppError `invalid_input` for a file that is no model, cut short, altered, of another format, kind or version.
 */
export function readModelFile(bytes: Uint8Array, kind: string, version: number): ModelFile {
  if (bytes.length < PREFIX || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw refuse('it does not begin as model files do');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = view.getUint32(8, true);
  if (format !== FORMAT_VERSION) throw refuse(`it has format ${format}, and this version reads format ${FORMAT_VERSION}`);
  const length = view.getUint32(12, true);
  if (length !== bytes.length) throw refuse(`it should have ${length} bytes and has ${bytes.length}`);
  if (view.getUint32(16, true) !== crc32(bytes.subarray(CHECKED_FROM))) throw refuse('its checksum does not match, so it was altered');
  const headerLength = view.getUint32(20, true);
  const header = headerSchema.safeParse(parseJson(bytes.subarray(PREFIX, PREFIX + headerLength)));
  if (!header.success) throw refuse(`its header does not read (${z.prettifyError(header.error)})`);
  const { arrays: directory, ...rest } = header.data;
  if (rest.kind !== kind || rest.version !== version) throw refuse(`it holds a ${rest.kind} model of version ${rest.version}, and a ${kind} model of version ${version} is needed`);
  const start = aligned(PREFIX + headerLength);
  const arrays: Record<string, ModelArray> = {};
  for (const { name, type, length: count, offset } of directory) {
    const from = start + offset;
    const to = from + count * arrayTypes[type].BYTES_PER_ELEMENT;
    if (offset % 8 !== 0 || to > bytes.length) throw refuse(`its array ${name} lies outside of it`);
    // A copy of its own: the bytes may begin anywhere in a larger buffer, and `slice` of Node's Buffer copies nothing.
    arrays[name] = new arrayTypes[type](new Uint8Array(bytes.subarray(from, to)).buffer);
  }
  return { kind: rest.kind, version: rest.version, features: rest.features, body: rest.body, arrays };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** An array of a file by name and type. @throws AppError when it is not there or of another type. */
export function arrayOf<A extends ModelArray>(file: ModelFile, name: string, type: new (length: number) => A): A {
  const array = file.arrays[name];
  if (!(array instanceof type)) throw refuse(`its array ${name} is missing or of another type`);
  return array;
}

/** For checks of what a body means, in the words of this file. */
export function refuseModel(what: string): AppError {
  return refuse(what);
}

let table: Uint32Array | undefined;

/** CRC-32 (ISO 3309, reflected polynomial EDB88320). */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (table[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
