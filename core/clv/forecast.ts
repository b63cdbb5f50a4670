/** What many customers will order and spend, each, by group and in all, with what is not known about the parameters carried along. */
import { normalQuantile } from '#core/math/normal';
import type { BehaviourModel, Params } from './behaviour.ts';
import { expectedSpend, type SpendParams } from './gamma-gamma.ts';
import { addCounts, countsNeeded, MOST_COUNTS, spendQuantile } from './predictive.ts';
import { aliveFuture, customerValue, type AliveFuture, type Horizon } from './value.ts';

/** One entry a customer; times in the unit of the parameters. */
export interface Histories {
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  /** Mean spend per repeat, in the money of the spend parameters. */
  m: Float64Array;
  /** Which parameters apply, an index into each set; absent: the first to all. */
  pattern?: Int32Array;
  /** Group, 0 … groups − 1, for example a cohort; absent: none. */
  group?: Int32Array;
  weights?: Float64Array;
}

export interface Belief<P> {
  best: P;
  /** Equally likely alternatives. */
  draws: readonly P[];
}

/** Expected total and a central interval. */
export interface Range {
  expected: number;
  low: number;
  high: number;
}

export interface GroupForecast {
  customers: number;
  orders: Range;
  /** Discounted. */
  value: Range;
}

export interface Forecast {
  pAlive: Float64Array;
  expectedOrders: Float64Array;
  /** Per order. */
  expectedSpend: Float64Array;
  /** Discounted. */
  value: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Undiscounted. */
  spend: Float64Array;
  total: GroupForecast;
  groups: GroupForecast[];
}

export interface ForecastOptions extends Horizon {
  /** Probability within the intervals: 0.8. */
  level: number;
  /** Customers' own intervals; false when only totals are wanted. Default true. */
  each?: boolean;
}

/** Distinct (pattern, x, T) and (pattern, x, tx, T), since predictions depend on nothing else but money. */
interface Distinct {
  pair: Int32Array;
  pairs: number[];
  row: Int32Array;
  rows: number[];
}

function distinct({ x, tx, T, pattern }: Histories): Distinct {
  const pairAt = new Map<string, number>();
  const rowAt = new Map<string, number>();
  const out: Distinct = { pair: new Int32Array(x.length), pairs: [], row: new Int32Array(x.length), rows: [] };
  for (let i = 0; i < x.length; i++) {
    const pairKey = `${x[i]} ${T[i]} ${pattern?.[i] ?? 0}`;
    const rowKey = `${pairKey} ${tx[i]}`;
    let pair = pairAt.get(pairKey);
    if (pair === undefined) {
      pair = out.pairs.push(i) - 1;
      pairAt.set(pairKey, pair);
    }
    let row = rowAt.get(rowKey);
    if (row === undefined) {
      row = out.rows.push(i) - 1;
      rowAt.set(rowKey, row);
    }
    out.pair[i] = pair;
    out.row[i] = row;
  }
  return out;
}

/** Sums over the customers of one group under one set of parameters. */
class Sums {
  readonly orders: Float64Array;
  readonly ordersVariance: Float64Array;
  readonly value: Float64Array;
  readonly valueVariance: Float64Array;

  constructor(groups: number) {
    this.orders = new Float64Array(groups);
    this.ordersVariance = new Float64Array(groups);
    this.value = new Float64Array(groups);
    this.valueVariance = new Float64Array(groups);
  }
}

/** The posterior of 1/ν has no variance when its shape is at most 2; as for one customer, this much above it is taken. */
const LEAST_SHAPE = 0.25;

/**
 * Predictions over the horizon. A customer's interval is the exact quantile of her spend (orders and amounts), averaged over the
 * behaviour draws, scaled to discounted money; it always holds the mean. Totals add means and variances within each draw; the
 * variance between draws, of behaviour and of spend, is what the parameters leave open. Their interval is lognormal of that
 * mean and variance. O(customers + distinct histories · draws).
 */
export function forecast(model: BehaviourModel, behaviour: Belief<readonly Params[]>, spend: Belief<SpendParams>, histories: Histories, options: ForecastOptions): Forecast {
  const { x, tx, T, m, pattern, group, weights } = histories;
  const count = x.length;
  const tail = (1 - options.level) / 2;
  const horizon = options.horizonDays / options.unitDays;
  const known = distinct(histories);
  const paramsAt = (set: readonly Params[], i: number): Params => set[pattern?.[i] ?? 0] ?? {};
  const pick = <V>(values: readonly V[], i: number, none: V): V => values[i] ?? none;
  const futures = known.pairs.map((i) => aliveFuture(model, paramsAt(behaviour.best, i), x[i] ?? 0, T[i] ?? 0, options));
  const none = { orders: 0, pairs: 0, silent: 1, discountedOrders: 0, ordersIfStaying: 0, departures: 0, nextOrderDays: Infinity } satisfies AliveFuture;
  const alive = (set: readonly Params[]): Float64Array => Float64Array.from(known.rows, (i) => model.pAlive(paramsAt(set, i), x[i] ?? 0, tx[i] ?? 0, T[i] ?? 0));
  const bestAlive = alive(behaviour.best);

  const out: Forecast = {
    pAlive: new Float64Array(count),
    expectedOrders: new Float64Array(count),
    expectedSpend: new Float64Array(count),
    value: new Float64Array(count),
    low: new Float64Array(count),
    high: new Float64Array(count),
    spend: new Float64Array(count),
    total: { customers: 0, orders: { expected: 0, low: 0, high: 0 }, value: { expected: 0, low: 0, high: 0 } },
    groups: [],
  };
  for (let i = 0; i < count; i++) {
    const future = pick(futures, known.pair[i] ?? 0, none);
    const pAlive = bestAlive[known.row[i] ?? 0] ?? 0;
    const each = customerValue(pAlive, future, x[i] ?? 0, m[i] ?? 0, spend.best, tail);
    out.pAlive[i] = pAlive;
    out.expectedOrders[i] = each.expectedOrders;
    out.expectedSpend[i] = each.expectedSpend;
    out.value[i] = each.value;
    out.low[i] = each.low;
    out.high[i] = each.high;
    out.spend[i] = each.expectedOrders * each.expectedSpend;
  }
  const aliveByDraw = behaviour.draws.map(alive);
  if (options.each !== false) ownIntervals();

  const groups = 1 + (group?.reduce((most, each) => Math.max(most, each), 0) ?? 0);
  const sums = (set: readonly Params[], aliveThen: Float64Array, own: SpendParams): Sums => {
    const made = new Sums(groups);
    const ordersAt = known.pairs.map((i) => model.expectedIfAlive(paramsAt(set, i), horizon, x[i] ?? 0, T[i] ?? 0));
    const pairsAt = known.pairs.map((i) => model.pairsIfAlive(paramsAt(set, i), horizon, x[i] ?? 0, T[i] ?? 0));
    for (let i = 0; i < count; i++) {
      const g = group?.[i] ?? 0;
      const w = weights ? (weights[i] ?? 0) : 1;
      const pAlive = aliveThen[known.row[i] ?? 0] ?? 0;
      const pair = known.pair[i] ?? 0;
      const orders = pAlive * (ordersAt[pair] ?? 0);
      const squared = pAlive * (pairsAt[pair] ?? 0) + orders;
      const future = pick(futures, pair, none);
      const discount = future.orders > 0 ? future.discountedOrders / future.orders : 1;
      const mean = expectedSpend(own, x[i] ?? 0, m[i] ?? 0);
      const shape = own.p * (x[i] ?? 0) + own.q;
      const rate = own.v + (x[i] ?? 0) * (m[i] ?? 0);
      const inverseSquare = (rate * rate) / ((shape - 1) * Math.max(LEAST_SHAPE, shape - 2));
      const second = orders * own.p * inverseSquare + squared * own.p * own.p * inverseSquare;
      add(made.orders, g, w * orders);
      add(made.ordersVariance, g, w * (squared - orders * orders));
      add(made.value, g, w * orders * mean * discount);
      add(made.valueVariance, g, w * discount * discount * Math.max(0, second - (orders * mean) ** 2));
    }
    return made;
  };
  const best = sums(behaviour.best, bestAlive, spend.best);
  const byBehaviour = behaviour.draws.map((set, d) => sums(set, aliveByDraw[d] ?? bestAlive, spend.best));
  const bySpend = spend.draws.map((own) => sums(behaviour.best, bestAlive, own));
  const people = new Float64Array(groups);
  for (let i = 0; i < count; i++) add(people, group?.[i] ?? 0, weights ? (weights[i] ?? 0) : 1);
  const whole = (read: (sum: Sums) => Float64Array) => (sum: Sums): number => read(sum).reduce((total, each) => total + each, 0);
  const about = (read: (column: (sum: Sums) => Float64Array) => (sum: Sums) => number, customers: number): GroupForecast => {
    const orders = read((sum) => sum.orders);
    const value = read((sum) => sum.value);
    return {
      customers,
      orders: lognormal(orders(best), average(byBehaviour.map(read((sum) => sum.ordersVariance))) + spread(byBehaviour.map(orders)), tail),
      value: lognormal(value(best), average(byBehaviour.map(read((sum) => sum.valueVariance))) + spread(byBehaviour.map(value)) + spread(bySpend.map(value)), tail),
    };
  };
  out.total = about(whole, people.reduce((sum, each) => sum + each, 0));
  if (group) out.groups = Array.from(people, (customers, g) => about((read) => (sum) => read(sum)[g] ?? 0, customers));
  return out;

  function ownIntervals(): void {
    const mostAt = known.pairs.map((i) =>
      behaviour.draws.reduce((most, set) => Math.max(most, countsNeeded(model.expectedIfAlive(paramsAt(set, i), horizon, x[i] ?? 0, T[i] ?? 0), model.pairsIfAlive(paramsAt(set, i), horizon, x[i] ?? 0, T[i] ?? 0))), 0));
    const countsAt = known.pairs.map((i, pair) => {
      const most = mostAt[pair] ?? Infinity;
      return most <= MOST_COUNTS ? behaviour.draws.map((set) => model.countsIfAlive(paramsAt(set, i), horizon, x[i] ?? 0, T[i] ?? 0, most)) : null;
    });
    const ends = known.rows.map((i, row) => {
      const counts = countsAt[known.pair[i] ?? 0];
      if (!counts) return null;
      const pmf = new Float64Array(counts[0]?.length ?? 1);
      counts.forEach((ifAlive, d) => { addCounts(pmf, ifAlive, aliveByDraw[d]?.[row] ?? 0, counts.length); });
      return [spendQuantile(pmf, spend.best, x[i] ?? 0, tail), spendQuantile(pmf, spend.best, x[i] ?? 0, 1 - tail)] as const;
    });
    for (let i = 0; i < count; i++) {
      const own = ends[known.row[i] ?? 0];
      if (!own) continue;
      const future = pick(futures, known.pair[i] ?? 0, none);
      const scale = (spend.best.v + (x[i] ?? 0) * (m[i] ?? 0)) * (future.orders > 0 ? future.discountedOrders / future.orders : 1);
      const value = out.value[i] ?? 0;
      out.low[i] = Math.min(value, own[0] * scale);
      out.high[i] = Math.max(value, own[1] * scale);
    }
  }
}

function add(column: Float64Array, at: number, amount: number): void {
  column[at] = (column[at] ?? 0) + amount;
}

function average(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

/** Variance of equally likely values. */
function spread(values: readonly number[]): number {
  const mean = average(values);
  return average(values.map((value) => (value - mean) ** 2));
}

/** Central interval of a lognormal with this mean and variance: totals are positive and lean to the right. It always holds the mean. */
function lognormal(expected: number, variance: number, tail: number): Range {
  if (!(expected > 0)) return { expected: 0, low: 0, high: 0 };
  const log = Math.log1p(variance / (expected * expected));
  const z = normalQuantile(1 - tail) * Math.sqrt(log);
  return { expected, low: expected * Math.exp(-log / 2 - z), high: expected * Math.max(1, Math.exp(-log / 2 + z)) };
}
