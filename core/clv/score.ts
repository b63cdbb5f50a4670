/** One customer, or a million, scored with a tenant's current parameters: what lists, pages and segments read. */
import { need, type BehaviourModel, type Fit, type Params } from './behaviour.ts';
import type { SpendFit } from './gamma-gamma.ts';
import { lifecycleStage, STAGES, type Stage, type StageRules } from './lifecycle.ts';
import { IntervalTable } from './interval-table.ts';
import { modelNamed } from './registry.ts';
import { aliveFuture, customerValue, monthlyRate, type AliveFuture, type Horizon } from './value.ts';

/** Everything scoring depends on beside the customer; plain JSON. */
export interface ScoringParams {
  behaviour: Pick<Fit, 'model' | 'params' | 'unitDays'>;
  /** Equally likely behaviour parameters beside them; intervals carry what they leave open. */
  draws?: readonly Params[];
  /** Fitted on minor units. */
  spend: Pick<SpendFit, 'params'>;
  /** Days ahead that predicted values cover. */
  horizonDays: number;
  /** Annual rate: 0.1 = ten per cent. */
  discountAnnual: number;
  stage: StageRules;
  /** Probability left out on each side of the interval: 0.1 gives 80 %, a prior uses less. */
  tail: number;
}

export interface ScoreInput {
  /** Distinct days with a purchase; 0 is scored as nothing known and nothing expected. */
  purchaseDays: number;
  /** Day numbers. */
  firstDay: number;
  lastDay: number;
  /** The purchase day before the last; without it nobody is `returning`. */
  previousDay?: number | null;
  asOfDay: number;
  /** Sum of net on purchase days after the first, minor units. */
  repeatSpend: number;
  /** All she has paid net of refunds, minor units. */
  netToDate: number;
}

/** Money in whole minor units. */
export interface Score {
  /** 0–1. */
  pAlive: number;
  /** Probability of no order within the horizon. */
  silent: number;
  /** Orders within the horizon. */
  expectedOrders: number;
  expectedSpendPerOrder: number;
  /** Discounted, within the horizon. */
  predictedValue: number;
  predictedLow: number;
  predictedHigh: number;
  /** netToDate + predictedValue. */
  totalValue: number;
  /** Days from asOfDay to the likely next order (median, if still a customer); null when she most likely is not. */
  nextOrderDays: number | null;
  /** What the discounting of her future leaves of it, 0–1: for values that another model foretells. */
  discount: number;
  stage: Stage;
}

/** Below this P(alive) a next order date would be a guess about someone gone. */
const NEXT_ORDER_ALIVE = 0.2;
/** Nor is a date years away worth showing. */
const NEXT_ORDER_MOST_DAYS = 730;

/** Futures kept of one set of parameters: some megabytes. */
const MOST_FUTURES = 20_000;

/** Futures of the alive, shared by all customers with the same x and T. */
class Futures {
  private readonly known = new Map<number, AliveFuture>();
  private readonly model: BehaviourModel;
  private readonly params: Params;
  private readonly horizon: Horizon;

  constructor(model: BehaviourModel, params: Params, horizon: Horizon) {
    this.model = model;
    this.params = params;
    this.horizon = horizon;
  }

  at(x: number, days: number): AliveFuture {
    const key = x * 0x100000 + days;
    let future = this.known.get(key);
    if (!future) {
      if (this.known.size >= MOST_FUTURES) this.known.clear();
      future = aliveFuture(this.model, this.params, x, days / this.horizon.unitDays, this.horizon);
      this.known.set(key, future);
    }
    return future;
  }
}

interface Tables {
  futures: Futures;
  intervals: IntervalTable;
}

interface Scorer extends Tables {
  model: BehaviourModel;
  p: ScoringParams;
}

/** Tables made under the same parameters before: a wave of customers after the other, an order after the other. */
const tables = new WeakMap<ScoringParams, Tables>();
/** The same by what is in them. How much an order is worth is not: shops before their first fit, which all believe the same, have one. */
const alike = new Map<string, Tables>();
const MOST_ALIKE = 16;

function tablesOf(p: ScoringParams, model: BehaviourModel): Tables {
  const known = tables.get(p);
  if (known) return known;
  const { behaviour, draws = [], spend, horizonDays, discountAnnual } = p;
  const key = JSON.stringify([behaviour, draws, spend.params.p, spend.params.q, horizonDays, discountAnnual]);
  const made = alike.get(key) ?? {
    intervals: new IntervalTable(model, behaviour.params, draws, spend.params, horizonDays, behaviour.unitDays),
    futures: new Futures(model, behaviour.params, { horizonDays, discountMonthly: monthlyRate(discountAnnual), unitDays: behaviour.unitDays }),
  };
  alike.delete(key);
  alike.set(key, made);
  for (const oldest of alike.keys()) if (alike.size > MOST_ALIKE) alike.delete(oldest);
  tables.set(p, made);
  return made;
}

function scorer(p: ScoringParams): Scorer {
  const model = modelNamed(p.behaviour.model);
  need(p.behaviour.params, 'r');
  return { model, p, ...tablesOf(p, model) };
}

function scoreOne({ model, futures, intervals, p }: Scorer, input: ScoreInput): Score {
  const stage = lifecycleStage(input, p.stage);
  if (input.purchaseDays < 1) return { pAlive: 0, silent: 1, expectedOrders: 0, expectedSpendPerOrder: 0, predictedValue: 0, predictedLow: 0, predictedHigh: 0, totalValue: input.netToDate, nextOrderDays: null, discount: 1, stage };
  const days = Math.max(0, input.asOfDay - input.firstDay);
  const x = input.purchaseDays - 1;
  const lastDays = x > 0 ? Math.min(days, Math.max(0, input.lastDay - input.firstDay)) : 0;
  const { unitDays, params } = p.behaviour;
  const pAlive = model.pAlive(params, x, lastDays / unitDays, days / unitDays);
  const future = futures.at(x, days);
  const mean = x > 0 ? Math.max(0, input.repeatSpend) / x : 0;
  const value = customerValue(pAlive, future, x, mean, p.spend.params, p.tail, (share) => intervals.multiple(x, days, share));
  const next = Math.max(1, Math.round(future.nextOrderDays));
  return {
    pAlive,
    silent: Math.min(1, Math.max(0, 1 - pAlive * (1 - future.silent))),
    expectedOrders: value.expectedOrders,
    expectedSpendPerOrder: Math.round(value.expectedSpend),
    predictedValue: Math.round(value.value),
    predictedLow: Math.round(value.low),
    predictedHigh: Math.round(value.high),
    totalValue: input.netToDate + Math.round(value.value),
    nextOrderDays: pAlive >= NEXT_ORDER_ALIVE && next <= NEXT_ORDER_MOST_DAYS ? next : null,
    discount: future.orders > 0 ? future.discountedOrders / future.orders : 1,
    stage,
  };
}

/** Score one customer. @throws RangeError when the parameters name no known model or lack one of its parameters. */
export function scoreCustomer(input: ScoreInput, p: ScoringParams): Score {
  return scoreOne(scorer(p), input);
}

/** Customers as parallel columns, one entry each. */
export interface ScoreColumns {
  purchaseDays: Int32Array;
  firstDay: Int32Array;
  lastDay: Int32Array;
  /** Before the last; a negative 2^31 marks none. Absent: nobody is `returning`. */
  previousDay?: Int32Array;
  repeatSpend: Float64Array;
  asOfDay: number;
}

/** Marks a missing entry of `previousDay`. */
export const NO_DAY = -(2 ** 31);

/** Parallel to the input; money in whole minor units. */
export interface Scores {
  pAlive: Float32Array;
  silent: Float32Array;
  expectedOrders: Float32Array;
  expectedSpendPerOrder: Float64Array;
  predictedValue: Float64Array;
  predictedLow: Float64Array;
  predictedHigh: Float64Array;
  /** −1 where there is none. */
  nextOrderDays: Int16Array;
  discount: Float64Array;
  /** Index into STAGES. */
  stage: Uint8Array;
}

/** Score many customers; the same numbers as `scoreCustomer`, at about half a microsecond each. */
export function scoreAll(columns: ScoreColumns, p: ScoringParams): Scores {
  const count = columns.purchaseDays.length;
  const shared = scorer(p);
  const scores: Scores = {
    pAlive: new Float32Array(count),
    silent: new Float32Array(count),
    expectedOrders: new Float32Array(count),
    expectedSpendPerOrder: new Float64Array(count),
    predictedValue: new Float64Array(count),
    predictedLow: new Float64Array(count),
    predictedHigh: new Float64Array(count),
    nextOrderDays: new Int16Array(count),
    discount: new Float64Array(count),
    stage: new Uint8Array(count),
  };
  const previous = columns.previousDay;
  for (let i = 0; i < count; i++) {
    const before = previous ? (previous[i] ?? 0) : NO_DAY;
    const score = scoreOne(shared, {
      purchaseDays: (columns.purchaseDays[i] ?? 0),
      firstDay: (columns.firstDay[i] ?? 0),
      lastDay: (columns.lastDay[i] ?? 0),
      previousDay: before === NO_DAY ? null : before,
      asOfDay: columns.asOfDay,
      repeatSpend: (columns.repeatSpend[i] ?? 0),
      netToDate: 0,
    });
    scores.pAlive[i] = score.pAlive;
    scores.silent[i] = score.silent;
    scores.expectedOrders[i] = score.expectedOrders;
    scores.expectedSpendPerOrder[i] = score.expectedSpendPerOrder;
    scores.predictedValue[i] = score.predictedValue;
    scores.predictedLow[i] = score.predictedLow;
    scores.predictedHigh[i] = score.predictedHigh;
    scores.nextOrderDays[i] = score.nextOrderDays ?? -1;
    scores.discount[i] = score.discount;
    scores.stage[i] = STAGES.indexOf(score.stage);
  }
  return scores;
}
