/** Object storage for uploads, over an R2 bucket; bodies are streamed, never held whole. */
import { AppError } from '#core/errors';
import type { FilesPort } from '#worker/ports';

/** R2's smallest part is 5 MiB; all but the last must be equally long. */
const PART_BYTES = 8 * 1024 * 1024;

const LISTED = 10_000;

export function r2Files(bucket: R2Bucket): FilesPort {
  return {
    async put(key, body, meta) {
      const httpMetadata = { contentType: meta.contentType };
      if (meta.size === null) return { size: await putInParts(bucket, key, body, httpMetadata) };
      // R2 wants to know the length; a body shorter or longer than it said fails here instead of being cut.
      const sized = new FixedLengthStream(meta.size);
      const piped = body.pipeTo(sized.writable);
      const [, stored] = await Promise.all([
        piped.catch((error: unknown) => {
          throw new AppError('invalid_input', `The upload ended before the ${String(meta.size)} bytes it announced`, { cause: error });
        }),
        bucket.put(key, sized.readable, { httpMetadata }),
      ]);
      return { size: stored.size };
    },
    async read(key, offset) {
      const object = await bucket.get(key, offset > 0 ? { range: { offset } } : {});
      // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- R2 types its bodies as streams of anything; they are bytes
      return object === null ? null : { body: object.body, size: object.size };
    },
    async list(prefix) {
      const files: { key: string; uploadedAt: string }[] = [];
      let cursor: string | undefined;
      do {
        const page: R2Objects = await bucket.list(cursor === undefined ? { prefix } : { prefix, cursor });
        files.push(...page.objects.map(({ key, uploaded }) => ({ key, uploadedAt: uploaded.toISOString() })));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined && files.length < LISTED);
      return files;
    },
    remove: (key) => bucket.delete(key),
  };
}

async function putInParts(bucket: R2Bucket, key: string, body: ReadableStream<Uint8Array>, httpMetadata: R2HTTPMetadata): Promise<number> {
  const upload = await bucket.createMultipartUpload(key, { httpMetadata });
  try {
    const parts: R2UploadedPart[] = [];
    let part = new Uint8Array(PART_BYTES);
    let filled = 0;
    let size = 0;
    const flush = async (): Promise<void> => {
      parts.push(await upload.uploadPart(parts.length + 1, part.slice(0, filled)));
      filled = 0;
    };
    const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
    for (;;) {
      const { done, value: chunk } = await reader.read();
      if (done) break;
      size += chunk.length;
      for (let from = 0; from < chunk.length;) {
        const taken = Math.min(chunk.length - from, PART_BYTES - filled);
        part.set(chunk.subarray(from, from + taken), filled);
        filled += taken;
        from += taken;
        if (filled === PART_BYTES) await flush();
      }
    }
    if (filled > 0 || parts.length === 0) await flush();
    part = new Uint8Array(0);
    await upload.complete(parts);
    return size;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
