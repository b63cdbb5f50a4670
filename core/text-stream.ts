/** Text that is made piece by piece, as a body: the next piece is made when its reader has taken the one before. */
export function textStream(pieces: AsyncIterator<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      // A pull that brings nothing is not asked again: empty pieces are passed over here.
      let piece = await pieces.next();
      while (piece.done !== true && piece.value === '') piece = await pieces.next();
      if (piece.done === true) controller.close();
      else controller.enqueue(encoder.encode(piece.value));
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
