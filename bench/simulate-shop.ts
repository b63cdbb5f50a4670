/** A shop of any size drawn from known parameters: repeatable, since every draw comes from a seed. */
import { seeded } from '#core/math/seeded';

export { seeded };

export interface SimulatedShop {
  /** Whole days. */
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  /** Mean spend per repeat day, minor units; 0 without a repeat. */
  m: Float64Array;
}

export interface ShopTruth {
  /** MBG/NBD when `dropsAtFirst`, else BG/NBD; alpha in days. */
  r: number;
  alpha: number;
  a: number;
  b: number;
  dropsAtFirst: boolean;
  /** Gamma-Gamma; v in minor units. */
  p: number;
  q: number;
  v: number;
  /** T is uniform over minDays (default 1) … maxDays whole days. */
  maxDays: number;
  minDays?: number;
}

/** Gamma(shape, 1) by Marsaglia & Tsang (2000), boosted below shape 1. */
export function gammaDraw(shape: number, random: () => number): number {
  if (shape < 1) return gammaDraw(shape + 1, random) * Math.pow(1 - random(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const cube = (1 + c * normal) ** 3;
    if (cube > 0 && Math.log(1 - random()) < 0.5 * normal * normal + d - d * cube + d * Math.log(cube)) return d * cube;
  }
}

/** `count` customers; several purchases on one day count once, as everywhere. */
export function simulateShop(count: number, truth: ShopTruth, seed: number): SimulatedShop {
  const random = seeded(seed);
  const least = truth.minDays ?? 1;
  const shop = { x: new Float64Array(count), tx: new Float64Array(count), T: new Float64Array(count), m: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    const rate = gammaDraw(truth.r, random) / truth.alpha;
    const one = gammaDraw(truth.a, random);
    const dropout = one / (one + gammaDraw(truth.b, random));
    const end = least + Math.floor(random() * (truth.maxDays - least + 1));
    let x = 0;
    let last = 0;
    let at = 0;
    let alive = !(truth.dropsAtFirst && random() < dropout);
    while (alive) {
      at += -Math.log(1 - random()) / rate;
      if (!(at <= end)) break;
      const day = Math.round(at);
      if (day > last) {
        last = day;
        x++;
      }
      alive = random() >= dropout;
    }
    shop.x[i] = x;
    shop.tx[i] = last;
    shop.T[i] = end;
    if (x > 0) shop.m[i] = Math.max(1, Math.round(((gammaDraw(truth.p * x, random) / x) * truth.v) / gammaDraw(truth.q, random)));
  }
  return shop;
}

/** The same histories by weeks: at most one purchase in each. */
export function byWeek({ x, tx, T }: Pick<ReturnType<typeof simulateShop>, 'x' | 'tx' | 'T'>): { x: Float64Array; tx: Float64Array; T: Float64Array } {
  const last = tx.map((day) => Math.ceil(day / 7));
  return { x: x.map((repeats, i) => Math.min(repeats, last[i] ?? 0)), tx: last, T: T.map((day) => Math.ceil(day / 7)) };
}
