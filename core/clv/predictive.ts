/** The whole distribution of what one customer will order and spend: exact counts, exact spend given counts. */
import { incompleteBeta } from '#core/math/incomplete-beta';
import type { BehaviourModel, Params } from './behaviour.ts';
import type { SpendParams } from './gamma-gamma.ts';

/** Counts this unlikely are left to their neighbours. */
const NEGLIGIBLE = 1e-6;
/** Past so many orders a horizon the distribution is left to its first two moments. */
export const MOST_COUNTS = 400;

/** How many counts have to be told apart: eight deviations past the mean. */
export function countsNeeded(mean: number, pairs: number): number {
  const variance = Math.max(mean, pairs + mean - mean * mean);
  return Math.ceil(mean + 8 * Math.sqrt(variance) + 8);
}

/**
 * P(N = n), n = 0, 1, …, over a horizon for a history (x, tx, T), averaged over equally likely `draws` of the parameters.
 * Times are in the unit of the draws. Null when more than `MOST_COUNTS` orders are to be expected.
 */
export function orderCounts(model: BehaviourModel, draws: readonly Params[], x: number, tx: number, T: number, horizon: number): Float64Array | null {
  let most = 0;
  for (const params of draws) most = Math.max(most, countsNeeded(model.expectedIfAlive(params, horizon, x, T), model.pairsIfAlive(params, horizon, x, T)));
  if (!(most <= MOST_COUNTS)) return null;
  const pmf = new Float64Array(most + 1);
  for (const params of draws) addCounts(pmf, model.countsIfAlive(params, horizon, x, T, most), model.pAlive(params, x, tx, T), draws.length);
  return pmf;
}

/** Add one draw's share of the counts to `pmf`: nothing at all when gone. */
export function addCounts(pmf: Float64Array, ifAlive: Float64Array, pAlive: number, draws: number): void {
  for (let n = 0; n < pmf.length; n++) pmf[n] = (pmf[n] ?? 0) + (pAlive * (ifAlive[n] ?? 0)) / draws;
  pmf[0] = (pmf[0] ?? 0) + (1 - pAlive) / draws;
}

/**
 * Total spend of a customer with x repeats is scale · W, scale = v + x · m in her own money, and W depends on counts and x alone:
 * n orders are a gamma of shape p·n at a rate that is itself Gamma(p·x + q, scale), so W given n is beta prime (p·n, p·x + q)
 * (Fader & Hardie 2013, section 3). Its distribution function at w ≥ 0 is summed over the counts.
 */
export function spendAtMost(pmf: Float64Array, { p, q }: SpendParams, x: number, w: number): number {
  let sum = pmf[0] ?? 0;
  if (!(w > 0)) return sum;
  const share = w / (1 + w);
  for (let n = 1; n < pmf.length; n++) {
    const probability = pmf[n] ?? 0;
    if (probability > NEGLIGIBLE) sum += probability * incompleteBeta(share, p * n, p * x + q);
    else sum += probability;
  }
  return sum;
}

/** The w below which W lies with `probability`: 0 within the atom of no orders, else to a relative 1e-4. */
export function spendQuantile(pmf: Float64Array, spend: SpendParams, x: number, probability: number): number {
  if ((pmf[0] ?? 0) >= probability) return 0;
  let low = -30;
  let high = 0;
  while (spendAtMost(pmf, spend, x, Math.exp(high)) < probability && high < 60) {
    low = high;
    high += 1;
  }
  let atLow = low > -30 ? spendAtMost(pmf, spend, x, Math.exp(low)) - probability : (pmf[0] ?? 0) - probability;
  let atHigh = spendAtMost(pmf, spend, x, Math.exp(high)) - probability;
  // False position with Illinois' halving, falling back on the middle when one end will not move.
  for (let step = 0; step < 60 && high - low > 1e-4; step++) {
    const middle = step % 3 === 2 || low === -30 ? (low + high) / 2 : (low * atHigh - high * atLow) / (atHigh - atLow);
    const next = middle > low && middle < high ? middle : (low + high) / 2;
    const value = spendAtMost(pmf, spend, x, Math.exp(next)) - probability;
    if (value < 0) {
      low = next;
      atLow = value;
      atHigh /= 2;
    } else {
      high = next;
      atHigh = value;
      atLow /= 2;
    }
  }
  return Math.exp((low + high) / 2);
}
