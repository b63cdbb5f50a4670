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

/** The future given x repeats and T units of observation, alive at T. */
export function aliveFuture(model: BehaviourModel, params: Params, x: number, T: number, { horizonDays, discountMonthly, unitDays }: Horizon): AliveFuture {
  const horizon = horizonDays / unitDays;
  const orders = model.expectedIfAlive(params, horizon, x, T);
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
    discountedOrders,
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

/**
 * Mean and central interval of discounted spend; `tail` is the probability left out on each side (0.1 for 80 %).
 *
 * The total is zero with probability 1 − pAlive · (1 − silent). Given at least one order it is taken as log-normal with
 * the exact mean and variance of the compound: E[V] = E[N] · E[M], E[V²] = E[N] · Var(order) + E[N²] · E[M²], with
 * M the Gamma-Gamma posterior mean spend. Discounting scales both ends as it scales the mean. The interval always
 * holds the mean, also where an unlikely but large order pulls the mean above the quantile.
 */
export function customerValue(pAlive: number, future: AliveFuture, x: number, m: number, spend: SpendParams, tail: number): Value {
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
  const spread = Math.sqrt(Math.log(Math.max(1 + 1e-12, second / active / (activeMean * activeMean))));
  const centre = Math.log(activeMean) - (spread * spread) / 2;
  const discount = future.discountedOrders / future.orders;
  const at = (probability: number): number => {
    const within = (probability - (1 - active)) / active;
    return within <= 0 ? 0 : Math.exp(centre + spread * normalQuantile(within)) * discount;
  };
  return { expectedOrders, expectedSpend: mean, value, low: Math.min(value, at(tail)), high: Math.max(value, at(1 - tail)) };
}
