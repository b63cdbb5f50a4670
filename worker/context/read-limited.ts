/** A request's raw bytes, up to a limit that holds whether or not the sender states a length. */
import { AppError } from '#core/errors';

function tooLarge(limit: number): AppError {
  return new AppError('too_large', `The body is larger than ${String(limit)} bytes`);
}

/**
 * @param limit bytes.
 * @throws AppError `too_large`; nothing is kept past the limit, so a sender cannot fill our memory. The rest is left unread.
 */
export async function readLimited(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? '0') > limit) throw tooLarge(limit);
  if (!request.body) return new Uint8Array(0);
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      reader.releaseLock();
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}
