/** Seeded random numbers and a few distributions: same seed, same draws. */

/** Uniform on [0, 1) with 32 random bits. */
export type Random = () => number;

/**
 * An independent stream for every seed text, so that a change to one customer never reshuffles the others.
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand); seeded by the FNV-1a hash of the text.
 */
export function createRandom(seed: string): Random {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) {
    hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  }
  let a = hash | 0, b = Math.imul(hash, 0x9e3779b1) | 0, c = ~hash, counter = 1;
  const next: Random = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/** An integer in [low, high], both ends included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** @throws RangeError on an empty list. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new RangeError('Nothing to pick from');
  return item;
}

/** Picks by weight; weights are ≥ 0 and not all zero. @throws RangeError on an empty list. */
export function pickWeighted<T>(random: Random, list: readonly T[], weight: (item: T) => number): T {
  let total = 0;
  for (const item of list) total += weight(item);
  let left = random() * total;
  for (const item of list) {
    left -= weight(item);
    if (left < 0) return item;
  }
  return pick(random, list.slice(-1));
}

export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** Standard normal by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Gamma with shape > 0 and the given mean. Marsaglia and Tsang (2000); shapes under 1 by their boost. */
export function gamma(random: Random, shape: number, mean: number): number {
  const boosted = shape < 1 ? shape + 1 : shape;
  const d = boosted - 1 / 3, c = 1 / Math.sqrt(9 * d);
  // Each round accepts with more than 95 %: 200 rounds are never used up in practice.
  for (let round = 0; round < 200; round++) {
    const z = normal(random), v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * z * z + d - d * v + d * Math.log(v)) {
      const standard = shape < 1 ? d * v * (1 - random()) ** (1 / shape) : d * v;
      return (standard * mean) / shape;
    }
  }
  return mean;
}
