/** Customers with a past and a future drawn from known parameters of any model: what fits and intervals are tested against. */
import { gammaDraw, seeded, type SimulatedShop } from './simulate-shop.ts';

/** Times in days; spend as in Gamma-Gamma. */
interface Common {
  r: number;
  alpha: number;
  p: number;
  q: number;
  v: number;
  /** T is uniform over minDays … maxDays whole days. */
  minDays: number;
  maxDays: number;
  /** Days of future. */
  horizonDays: number;
}

export type BuyersTruth = Common &
  (
    | { leaves: 'at any time'; s: number; beta: number }
    | { leaves: 'after a purchase'; a: number; b: number; dropsAtFirst: boolean }
    /** Outside every model here: a tenth leave each quarter all at once, and rates are lognormal. */
    | { leaves: 'by quarters'; spread: number }
  );

export interface SimulatedBuyers extends SimulatedShop {
  /** Purchase days within the horizon, and what was spent on them. */
  futureX: Float64Array;
  futureSpend: Float64Array;
}

function normalDraw(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `count` customers; several purchases on one day count once. */
export function simulateBuyers(count: number, truth: BuyersTruth, seed: number): SimulatedBuyers {
  const random = seeded(seed);
  const column = (): Float64Array => new Float64Array(count);
  const out: SimulatedBuyers = { x: column(), tx: column(), T: column(), m: column(), futureX: column(), futureSpend: column() };
  for (let i = 0; i < count; i++) {
    const end = truth.minDays + Math.floor(random() * (truth.maxDays - truth.minDays + 1));
    const mean = truth.r / truth.alpha;
    const rate = truth.leaves === 'by quarters' ? mean * Math.exp(truth.spread * normalDraw(random) - truth.spread ** 2 / 2) : gammaDraw(truth.r, random) / truth.alpha;
    let lifetime = Infinity;
    let dropout = 0;
    if (truth.leaves === 'at any time') lifetime = -Math.log(1 - random()) / (gammaDraw(truth.s, random) / truth.beta);
    else if (truth.leaves === 'by quarters') lifetime = 91 * (1 + Math.floor(Math.log(1 - random()) / Math.log(0.9)));
    else {
      const one = gammaDraw(truth.a, random);
      dropout = one / (one + gammaDraw(truth.b, random));
      if (truth.dropsAtFirst && random() < dropout) lifetime = 0;
    }
    const priceScale = truth.v / gammaDraw(truth.q, random);
    let repeatSpend = 0;
    let last = 0;
    for (let at = 0; ; ) {
      at += -Math.log(1 - random()) / rate;
      if (!(at <= lifetime && at <= end + truth.horizonDays)) break;
      const day = Math.ceil(at);
      if (day > last && day <= end + truth.horizonDays) {
        last = day;
        const amount = gammaDraw(truth.p, random) * priceScale;
        if (day <= end) {
          out.x[i] = (out.x[i] ?? 0) + 1;
          out.tx[i] = day;
          repeatSpend += amount;
        } else {
          out.futureX[i] = (out.futureX[i] ?? 0) + 1;
          out.futureSpend[i] = (out.futureSpend[i] ?? 0) + amount;
        }
      }
      if (truth.leaves === 'after a purchase' && random() < dropout) break;
    }
    out.T[i] = end;
    if ((out.x[i] ?? 0) > 0) out.m[i] = repeatSpend / (out.x[i] ?? 1);
  }
  return out;
}
