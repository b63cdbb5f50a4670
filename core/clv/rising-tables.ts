/** ln Γ(a + x) − ln Γ(a) and its derivative for every distinct repeat count, by recurrence where counts are close. */
import { digamma } from '#core/math/digamma';
import { lgamma } from '#core/math/lgamma';

export interface RisingTables {
  log: Float64Array;
  digamma: Float64Array;
}

/** Counts further apart than this are bridged by ln Γ instead of being walked one by one. */
const WALK = 64;

/** Tables over ascending `xs`, each shifted by `shift` (MBG/NBD needs x + 1). Summing keeps digits when a is huge. */
export function risingTables(a: number, xs: Float64Array, shift = 0): RisingTables {
  const log = new Float64Array(xs.length);
  const slope = new Float64Array(xs.length);
  let at = 0;
  let logSum = 0;
  let slopeSum = 0;
  for (let i = 0; i < xs.length; i++) {
    const target = (xs[i] ?? 0) + shift;
    if (target - at > WALK) {
      logSum += lgamma(a + target) - lgamma(a + at);
      slopeSum += digamma(a + target) - digamma(a + at);
      at = target;
    }
    for (; at < target; at++) {
      logSum += Math.log(a + at);
      slopeSum += 1 / (a + at);
    }
    log[i] = logSum;
    slope[i] = slopeSum;
  }
  return { log, digamma: slope };
}
