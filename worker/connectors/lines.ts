/** The lines of a streamed body, each with the byte at which the next one begins; nothing but one line is held. */

export interface Line {
  text: string;
  /** Offset of the first byte after this line, its line break included. */
  end: number;
}

const NEWLINE = 10;

/**
 * @param start offset of the body's first byte in the whole file
 * @param skip bytes of the body to pass over first, for a server that answers with the whole file
 */
export async function* linesOf(body: ReadableStream<Uint8Array>, start: number, skip = 0): AsyncGenerator<Line> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = new Uint8Array(0);
  let at = start;
  let toSkip = skip;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const fresh = value.subarray(Math.min(toSkip, value.length));
      toSkip -= value.length - fresh.length;
      const chunk = joined(rest, fresh);
      let from = 0;
      // What was left over holds no line break, so only the new bytes are searched.
      let to = chunk.indexOf(NEWLINE, rest.length);
      while (to !== -1) {
        at += to + 1 - from;
        yield { text: decoder.decode(chunk.subarray(from, to)), end: at };
        from = to + 1;
        to = chunk.indexOf(NEWLINE, from);
      }
      rest = chunk.slice(from);
    }
    if (rest.length > 0) yield { text: decoder.decode(rest), end: at + rest.length };
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
