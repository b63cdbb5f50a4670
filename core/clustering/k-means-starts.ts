/** Where k-means starts: centres far from one another. */
import type { Random } from '#core/math/random';
import { pickRows, squaredDistance, type Points } from './points.ts';

/**
 * k centres by greedy k-means++ (Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", 2007): each drawn
 * with probability by squared distance to those before it, the best of 2 + ln k draws kept. Fewer than k where every point
 * already is a centre. Rows of d numbers.
 */
export function plusPlus({ n, d, values }: Points, k: number, random: Random): Float64Array {
  const trials = 2 + Math.floor(Math.log(k));
  const centres: number[] = [Math.floor(random() * n)];
  let nearest = new Float64Array(n);
  let total = 0;
  const first = (centres[0] ?? 0) * d;
  for (let i = 0; i < n; i++) total += nearest[i] = squaredDistance(values, i * d, values, first, d);
  while (centres.length < k && total > 0) {
    let best = { total: Infinity, at: -1, nearest };
    for (let trial = 0; trial < trials; trial++) {
      const at = drawBy(nearest, total * random());
      const next = new Float64Array(n);
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const distance = squaredDistance(values, i * d, values, at * d, d);
        const least = Math.min(nearest[i] ?? 0, distance);
        next[i] = least;
        sum += least;
      }
      if (sum < best.total) best = { total: sum, at, nearest: next };
    }
    centres.push(best.at);
    nearest = best.nearest;
    total = best.total;
  }
  return pickRows({ n, d, values }, centres).values;
}

/** The entry at which the running sum of weights passes `mark`; never one of weight 0. */
function drawBy(weights: Float64Array, mark: number): number {
  let left = mark;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight <= 0) continue;
    last = i;
    left -= weight;
    if (left < 0) return i;
  }
  return last;
}
