/** A file somewhere: on a disk, in a browser, in object storage. */
import { AppError } from '#core/errors';

export interface StoredFile {
  /** Bytes as stored. */
  size: number;
  /** Bytes from `offset` on. Whoever reads only a part cancels the stream. */
  read(offset: number): Promise<ReadableStream<Uint8Array>>;
}

/** A chosen file of the browser, or one opened by Node. */
export function fileOfBlob(blob: Blob): StoredFile {
  return { size: blob.size, read: async (offset) => blob.slice(offset).stream() };
}

/** The first `most` bytes of a stream, or all of them; the stream is done with afterwards. */
export async function readHead(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < most) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
  }
  await reader.cancel();
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.subarray(0, Math.min(length, most));
}

/** Exactly `length` bytes of a stream, then its end. @throws AppError when it is shorter. */
export function limited(stream: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  let left = length;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (left === 0) {
        controller.close();
        await reader.cancel();
        return;
      }
      const { done, value } = await reader.read();
      if (done) throw new AppError('invalid_input', 'The file is cut off; send it again');
      const part = value.subarray(0, left);
      left -= part.length;
      controller.enqueue(part);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Bytes in memory, as a file. */
export function fileOfBytes(bytes: Uint8Array): StoredFile {
  return {
    size: bytes.length,
    read: async (offset) => new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(offset));
        controller.close();
      },
    }),
  };
}
