/** What acting brought: those who were acted on against those who were held out, and how sure that is. */
import { normalQuantile } from '#core/math/normal';
import type { MeasuredResponse } from './assumptions.ts';

/** Sums over the customers of one arm since the start; money in minor units. */
export interface ArmSums {
  customers: number;
  /** Those with an order. */
  buyers: number;
  orders: number;
  ordersSquared: number;
  net: number;
  netSquared: number;
}

export const NO_ARM: ArmSums = { customers: 0, buyers: 0, orders: 0, ordersSquared: 0, net: 0, netSquared: 0 };

export function addArms(a: ArmSums, b: ArmSums): ArmSums {
  return {
    customers: a.customers + b.customers, buyers: a.buyers + b.buyers, orders: a.orders + b.orders, ordersSquared: a.ordersSquared + b.ordersSquared,
    net: a.net + b.net, netSquared: a.netSquared + b.netSquared,
  };
}

export interface Difference {
  /** Per customer. */
  acted: number;
  heldOut: number;
  /** Acted on minus held out, per customer, with its 95 % interval; the ends are null where an arm has fewer than two customers. */
  difference: number;
  low: number | null;
  high: number | null;
  standardError: number | null;
  /** Whether the interval leaves out zero. */
  isSure: boolean;
}

const TAIL = 0.025;

/** Welch's unequal variances t-test (1947), turned into an interval. */
export function differenceOf(measure: 'orders' | 'net', acted: ArmSums, heldOut: ArmSums): Difference {
  const [a, h] = [momentsOf(measure, acted), momentsOf(measure, heldOut)];
  const difference = a.mean - h.mean;
  const plain = { acted: a.mean, heldOut: h.mean, difference };
  if (acted.customers < 2 || heldOut.customers < 2) return { ...plain, low: null, high: null, standardError: null, isSure: false };
  const [va, vh] = [a.variance / acted.customers, h.variance / heldOut.customers];
  const standardError = Math.sqrt(va + vh);
  if (standardError === 0) return { ...plain, low: difference, high: difference, standardError, isSure: false };
  // Welch–Satterthwaite.
  const freedom = (va + vh) ** 2 / ((va * va) / (acted.customers - 1) + (vh * vh) / (heldOut.customers - 1));
  const half = studentQuantile(1 - TAIL, freedom) * standardError;
  return { ...plain, low: difference - half, high: difference + half, standardError, isSure: Math.abs(difference) > half };
}

function momentsOf(measure: 'orders' | 'net', arm: ArmSums): { mean: number; variance: number } {
  const n = Math.max(1, arm.customers);
  const [sum, squares] = measure === 'orders' ? [arm.orders, arm.ordersSquared] : [arm.net, arm.netSquared];
  const mean = sum / n;
  return { mean, variance: arm.customers < 2 ? 0 : Math.max(0, (squares - n * mean * mean) / (n - 1)) };
}

/** Quantile of Student's t by its expansion around the normal one (Abramowitz & Stegun 26.7.5); off by less than 1 % from 3 degrees of freedom on. */
export function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p), v = Math.max(1, freedom);
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160;
  return z + g1 / v + g2 / v ** 2 + g3 / v ** 3 + g4 / v ** 4;
}

/**
 * The share of those who would have stayed away that came: 1 − (acted on and silent) ÷ (held out and silent), with its standard
 * error by the delta method. Null where nothing can be said: an arm of fewer than two, or nobody stayed away.
 */
export function measuredResponse(acted: ArmSums, heldOut: ArmSums): MeasuredResponse | null {
  if (acted.customers < 2 || heldOut.customers < 2) return null;
  // Half a customer more on each side (Haldane, Anscombe): an arm in which nobody, or everybody, bought is not sure of it.
  const [pa, ph] = [acted, heldOut].map(({ buyers, customers }) => (buyers + 0.5) / (customers + 1));
  if (pa === undefined || ph === undefined || heldOut.buyers >= heldOut.customers) return null;
  const silent = 1 - ph;
  const variance = (pa * (1 - pa)) / (acted.customers * silent ** 2) + ((ph * (1 - ph)) / heldOut.customers) * ((1 - pa) / silent ** 2) ** 2;
  return { response: 1 - (1 - pa) / silent, standardError: Math.sqrt(variance), customers: acted.customers + heldOut.customers };
}

/** To tell an effect from chance in eight of ten cases it must be so many standard errors: 1.96 + 0.84. */
const POWER = normalQuantile(1 - TAIL) + normalQuantile(0.8);

export interface PowerInput {
  /** Customers in both arms together, and the share of them that is held out. */
  customers: number;
  share: number;
  /** Variance of the number of orders of one customer in a day. */
  variancePerDay: number;
  /** Orders a customer that acting is expected to add, in a day. */
  effectPerDay: number;
}

/**
 * Days until an effect of this size is told from chance in eight of ten cases, while acting goes on at one pace; null where it never is
 * within ten years. Both the effect and the variance grow with the days, so their ratio grows with the root of them.
 */
export function daysNeeded({ customers, share, variancePerDay, effectPerDay }: PowerInput): number | null {
  if (!(effectPerDay > 0) || customers < 4 || !(share > 0 && share < 1)) return null;
  const days = Math.ceil((POWER / effectPerDay) ** 2 * variancePerDay * (1 / (customers * share) + 1 / (customers * (1 - share))));
  return days > 3653 ? null : Math.max(1, days);
}

/** Customers, both arms together, with whom that takes `days`. */
export function customersNeeded(days: number, { share, variancePerDay, effectPerDay }: Omit<PowerInput, 'customers'>): number | null {
  if (!(effectPerDay > 0) || !(share > 0 && share < 1) || !(days > 0)) return null;
  const needed = Math.ceil(((POWER / effectPerDay) ** 2 * variancePerDay * (1 / share + 1 / (1 - share))) / days);
  return Number.isSafeInteger(needed) ? needed : null;
}

/** The smallest difference in orders a customer that so many days would tell from chance in eight of ten cases. */
export function smallestSeen(days: number, { customers, share, variancePerDay }: Omit<PowerInput, 'effectPerDay'>): number | null {
  if (customers < 4 || !(share > 0 && share < 1)) return null;
  return POWER * Math.sqrt(variancePerDay * days * (1 / (customers * share) + 1 / (customers * (1 - share))));
}
