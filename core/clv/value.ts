/** Money to come from one customer over a horizon: discounted mean and an interval, from a behaviour and a spend fit. */
import { normalQuantile } from '#core/math/normal';
import type { BehaviourModel, Params } from './behaviour.ts';
import { expectedSpend, type SpendParams } from './gamma-gamma.ts';

/** Days in the month of the discounting rule: 4.345 weeks. */
export const MONTH_DAYS = 4.345 * 7;

/** What the future of someone still alive looks like; depends on her x and T only, so customers can share it. */
export interface AliveFuture {
  /** E[N] over the horizon. */
  orders: number;
  /** E[N(N − 1)]. */
  pairs: number;
  /** P(N = 0). */
  silent: number;
  /** Σ over months of E[orders in the month] / (1 + monthly rate)^month: end-of-month discounting. */
  discountedOrders: number;
  /** Orders over the horizon if she never left: today's rate held on. */
  ordersIfStaying: number;
  /** Expected departures over the horizon: the constant hazard × horizon that turns ordersIfStaying into orders. */
  departures: number;
  /** Median days to the next order. */
  nextOrderDays: number;
}

export interface Horizon {
  horizonDays: number;
  /** 0.01 = one per cent a month. */
  discountMonthly: number;
  /** Days in the unit of the behaviour parameters. */
  unitDays: number;
}

/** The monthly rate that compounds to `annual`. */
export function monthlyRate(annual: number): number {
  return Math.pow(1 + annual, 1 / 12) - 1;
}

/** Share of the horizon over which today's rate is measured. */
const INSTANT = 1e-3;

/** θ with (1 − e^{−θ}) / θ = kept, by bisection. */
function departuresFor(kept: number): number {
  let low = 0;
  let high = 1e3;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (-Math.expm1(-middle) / middle > kept) low = middle;
    else high = middle;
  }
  return low;
}

/** The future given x repeats and T units of observation, alive at T. */
export function aliveFuture(model: BehaviourModel, params: Params, x: number, T: number, { horizonDays, discountMonthly, unitDays }: Horizon): AliveFuture {
  const horizon = horizonDays / unitDays;
  const orders = model.expectedIfAlive(params, horizon, x, T);
  const ordersIfStaying = Math.max(orders, model.expectedIfAlive(params, horizon * INSTANT, x, T) / INSTANT);
  let discountedOrders = 0;
  let before = 0;
  const months = horizonDays / MONTH_DAYS;
  for (let month = 1; month < months + 1; month++) {
    const end = Math.min(month, months);
    const upTo = end === months ? orders : model.expectedIfAlive(params, (end * MONTH_DAYS) / unitDays, x, T);
    discountedOrders += Math.max(0, upTo - before) / Math.pow(1 + discountMonthly, end);
    before = upTo;
  }
  return {
    orders,
    pairs: model.pairsIfAlive(params, horizon, x, T),
    silent: model.silentIfAlive(params, horizon, x, T),
    discountedOrders: Math.min(discountedOrders, orders),
    ordersIfStaying,
    departures: departuresFor(ordersIfStaying > 0 ? orders / ordersIfStaying : 1),
    nextOrderDays: model.nextOrderIfAlive(params, x, T) * unitDays,
  };
}

export interface Value {
  expectedOrders: number;
  /** Per order, in the money unit of the spend parameters. */
  expectedSpend: number;
  /** Discounted. */
  value: number;
  low: number;
  high: number;
}

/** The posterior of 1/ν has no variance when its shape is at most 2; the interval then uses this much above it. */
const LEAST_SHAPE = 0.25;
/** Squared coefficient of variation past which a gamma says no more than "anything". */
const MOST_VARIATION = 1e4;

/**
 * Mean and central interval of discounted spend; `tail` is the probability left out on each side (0.1 for 80 %).
 *
 * The total is zero with probability 1 − pAlive · (1 − silent). Given at least one order it is taken as gamma with the
 * exact mean and variance of the compound: E[V] = E[N] · E[M], E[V²] = E[N] · Var(order) + E[N²] · E[M²], with M the
 * Gamma-Gamma posterior mean spend; quantiles by Wilson & Hilferty (1931). Leaving early makes totals more often small
 * than any gamma says, so the lower end is also held below what she would have spent had she left at that quantile of
 * departure. Against simulated futures each tail holds 5 to 12 % where 10 % is meant. Discounting scales both ends as it
 * scales the mean. The interval always holds the mean, also where an unlikely but large order pulls it above the quantile.
 *
 * `multipleAt` (an `IntervalTable`) gives quantiles given at least one order, as multiples of the mean: where it does, those are the ends.
 */
export function customerValue(pAlive: number, future: AliveFuture, x: number, m: number, spend: SpendParams, tail: number, multipleAt?: (share: number) => number | null): Value {
  const { p, q, v } = spend;
  const expectedOrders = pAlive * future.orders;
  const mean = expectedSpend(spend, x, m);
  const value = pAlive * future.discountedOrders * mean;
  const active = pAlive * (1 - future.silent);
  if (!(value > 0) || !(active > 0)) return { expectedOrders, expectedSpend: mean, value: Math.max(0, value), low: 0, high: Math.max(0, value) };
  const shape = p * x + q;
  const rate = v + (x > 0 ? x * m : 0);
  // E[1/ν²] of ν ~ Gamma(shape, rate); an order given ν has mean p/ν and variance p/ν².
  const inverseSquare = (rate * rate) / ((shape - 1) * Math.max(LEAST_SHAPE, shape - 2));
  const ordersSquared = pAlive * (future.pairs + future.orders);
  const second = expectedOrders * p * inverseSquare + ordersSquared * p * p * inverseSquare;
  const activeMean = (expectedOrders * mean) / active;
  const variation = Math.min(MOST_VARIATION, Math.max(1e-9, second / active / (activeMean * activeMean) - 1));
  const discount = future.discountedOrders / future.orders;
  const within = (probability: number): number => (probability - (1 - active)) / active;
  const gammaAt = (share: number): number =>
    activeMean * Math.max(0, 1 - variation / 9 + (normalQuantile(share) * Math.sqrt(variation)) / 3) ** 3;
  const lowShare = within(tail);
  const highShare = within(1 - tail);
  const exact = multipleAt && exactEnds(lowShare, highShare, activeMean * discount, multipleAt);
  if (exact) return { expectedOrders, expectedSpend: mean, value, low: Math.min(value, exact.low), high: Math.max(value, exact.high) };
  const leftBy = future.departures > 0 ? Math.min(1, -Math.log1p(-Math.max(0, lowShare)) / future.departures) : 1;
  const low = lowShare <= 0 ? 0 : Math.min(gammaAt(lowShare), leftBy * future.ordersIfStaying * mean) * discount;
  const high = highShare <= 0 ? 0 : gammaAt(highShare) * discount;
  return { expectedOrders, expectedSpend: mean, value, low: Math.min(value, low), high: Math.max(value, high) };
}

/** Null where the table has nothing for such a customer. */
function exactEnds(lowShare: number, highShare: number, activeMean: number, multipleAt: (share: number) => number | null): { low: number; high: number } | null {
  const low = lowShare <= 0 ? 0 : multipleAt(lowShare);
  const high = highShare <= 0 ? 0 : multipleAt(highShare);
  return low === null || high === null ? null : { low: low * activeMean, high: high * activeMean };
}
