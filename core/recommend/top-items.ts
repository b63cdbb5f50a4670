/** The best k of a list of scores without sorting the rest. */

/**
 * Indices of the `k` highest scores among items for which `allowed` holds, best first; equal scores by index. Scores that
 * are not finite are never chosen.
 */
export function topItems(scores: Float64Array, k: number, allowed: (item: number) => boolean): number[] {
  const top: number[] = [];
  if (k < 1) return top;
  let worst = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? NaN;
    if (!Number.isFinite(score) || (top.length === k && score <= worst) || !allowed(i)) continue;
    if (top.length === k) top.pop();
    let at = top.length;
    while (at > 0 && (scores[top[at - 1] ?? 0] ?? 0) < score) at--;
    top.splice(at, 0, i);
    worst = scores[top[top.length - 1] ?? 0] ?? 0;
  }
  return top;
}
