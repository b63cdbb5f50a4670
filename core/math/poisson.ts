/** Poisson draws from a stream of uniform numbers. */
import { normalQuantile } from './normal.ts';

/** Above this mean the rounded normal is used: its error is far below what a bootstrap can see. */
const NORMAL_FROM = 30;

/** One draw with `mean` ≥ 0; `random` gives numbers in [0, 1). Knuth (1997) vol. 2, 3.4.1, below 30. */
export function poissonDraw(mean: number, random: () => number): number {
  if (mean > NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalQuantile((random() * 4294967296 + 0.5) / 4294967297)));
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count++;
  }
  return count;
}
