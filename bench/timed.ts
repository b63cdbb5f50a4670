/** How long something takes in this process. */

/** Seconds of the fastest of `times` runs, and what the last of them gave: nothing is worked out once more for its result. */
export function timed<R>(times: number, run: () => R): { seconds: number; result: R } {
  const once = (): { seconds: number; result: R } => {
    const start = performance.now();
    const result = run();
    return { seconds: (performance.now() - start) / 1000, result };
  };
  let best = once();
  for (let i = 1; i < times; i++) {
    const { seconds, result } = once();
    best = { seconds: Math.min(best.seconds, seconds), result };
  }
  return best;
}
