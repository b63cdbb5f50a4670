/** What nobody read of a request's body. */

/** As much as the largest file that the edge lets through. */
const MOST_BYTES = 100_000_000;
const LONGEST_MS = 15_000;

/**
 * Takes in and drops what a sender is still sending, before it is answered: answered in the middle of its upload, its
 * connection would be closed, and it would see a broken pipe instead of the reason. Whoever sends without end is cut off.
 */
export async function readAway(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null || body.locked) return;
  const reader = body.getReader();
  const cut = setTimeout(() => { void reader.cancel().catch(() => undefined); }, LONGEST_MS);
  try {
    for (let size = 0; size <= MOST_BYTES;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The sender went away, or the body was read: there is nothing left to take.
  } finally {
    clearTimeout(cut);
    reader.releaseLock();
  }
}
