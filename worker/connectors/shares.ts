/** Sums and shares of minor units that every platform's payloads need. */

/** Sum of one amount over a list. */
export function sumMinor<Entry>(list: readonly Entry[] | null | undefined, amount: (entry: Entry) => number): number {
  return (list ?? []).reduce((sum, entry) => sum + amount(entry), 0);
}

/**
 * `total` shared out in proportion to `weights` (≥ 0), in whole minor units that add up to `total` exactly:
 * each share is the difference of two rounded running totals.
 */
export function spread(total: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let weightSoFar = 0;
  let given = 0;
  return weights.map((weight, index) => {
    weightSoFar += weight;
    const share = whole > 0 ? weightSoFar / whole : (index + 1) / weights.length;
    const upTo = Math.round(total * share);
    const part = upTo - given;
    given = upTo;
    return part;
  });
}
