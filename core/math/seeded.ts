/** Repeatable uniform numbers: chance is always a parameter here. */

/** Mulberry32: numbers in [0, 1) from a whole-number seed; 32 bits of state, enough for resampling, not for secrets. */
export function seededUniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
