/** Ends of customers' intervals from the whole predictive distribution, tabulated: exact quantiles cost a millisecond, a look-up a microsecond. */
import type { BehaviourModel, Params } from './behaviour.ts';
import type { SpendParams } from './gamma-gamma.ts';
import { addCounts, countsNeeded, MOST_COUNTS, spendAtMost } from './predictive.ts';

/** Steps of the grid in ln w, from where a total is next to nothing to where it is absurd, both against the mean. */
const STEP = 0.4;
const FROM = -8;
const STEPS = 34;
/** Nodes in T lie ever further apart: a day means little to who came years ago. */
const FIRST_DAYS = 10;
const GROWTH = 1.5;
/** Repeat counts up to this are nodes of their own; beyond, nodes lie a third apart. */
const EACH_UP_TO = 6;
const X_GROWTH = 1.35;
/** The logit of a probability is held to this: beyond it lies nobody's interval. */
const MOST_LOGIT = 12;

/** Logits of P(total ≤ w | at least one order) over the grid, against the mean of the same under the best parameters. */
type Node = Float64Array;

/**
 * Quantiles of what someone spends who orders at least once in the horizon, as multiples of her mean. The distribution of orders is the
 * model's own averaged over `draws`, spend given orders is exact (`predictive.ts`); between nodes in (x, T) the logarithm is interpolated.
 * Nodes are made when first asked for. Times of parameters are in units of `unitDays`.
 */
export class IntervalTable {
  private readonly nodes = new Map<number, Node | null>();
  private readonly model: BehaviourModel;
  private readonly best: Params;
  private readonly draws: readonly Params[];
  private readonly spend: SpendParams;
  private readonly horizonDays: number;
  private readonly unitDays: number;

  constructor(model: BehaviourModel, best: Params, draws: readonly Params[], spend: SpendParams, horizonDays: number, unitDays: number) {
    this.model = model;
    this.best = best;
    this.draws = draws.length > 0 ? draws : [best];
    this.spend = spend;
    this.horizonDays = horizonDays;
    this.unitDays = unitDays;
  }

  /**
   * The multiple of the mean (given at least one order) below which the total lies with probability `share`, 0 < share < 1.
   * Null where more orders are to be expected than the distribution is kept for: moments are all there is then.
   */
  multiple(x: number, days: number, share: number): number | null {
    const wanted = Math.log(share / (1 - share));
    const alongX = x <= EACH_UP_TO ? x : EACH_UP_TO + Math.log(x / EACH_UP_TO) / Math.log(X_GROWTH);
    const alongT = Math.log1p(days / FIRST_DAYS) / Math.log(GROWTH);
    const [x0, t0] = [Math.floor(alongX), Math.floor(alongT)];
    const [dx, dt] = [alongX - x0, alongT - t0];
    let sum = 0;
    for (const [i, j, weight] of [[x0, t0, (1 - dx) * (1 - dt)], [x0, t0 + 1, (1 - dx) * dt], [x0 + 1, t0, dx * (1 - dt)], [x0 + 1, t0 + 1, dx * dt]] as const) {
      if (weight === 0) continue;
      const node = this.node(i, j);
      if (!node) return null;
      sum += weight * logMultiple(node, wanted);
    }
    return Math.exp(sum);
  }

  private node(i: number, j: number): Node | null {
    const key = i * 0x10000 + j;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const made = this.make(i <= EACH_UP_TO ? i : EACH_UP_TO * Math.pow(X_GROWTH, i - EACH_UP_TO), FIRST_DAYS * (Math.pow(GROWTH, j) - 1));
    this.nodes.set(key, made);
    return made;
  }

  private make(x: number, days: number): Node | null {
    const { model, draws, spend, unitDays } = this;
    const [T, horizon] = [days / unitDays, this.horizonDays / unitDays];
    const needed = draws.reduce((most, params) => Math.max(most, countsNeeded(model.expectedIfAlive(params, horizon, x, T), model.pairsIfAlive(params, horizon, x, T))), 0);
    if (!(needed <= MOST_COUNTS)) return null;
    const pmf = new Float64Array(needed + 1);
    for (const params of draws) addCounts(pmf, model.countsIfAlive(params, horizon, x, T, needed), 1, draws.length);
    const silent = model.silentIfAlive(this.best, horizon, x, T);
    const mean = ((model.expectedIfAlive(this.best, horizon, x, T) / (1 - silent)) * spend.p) / (spend.p * x + spend.q - 1);
    const none = pmf[0] ?? 0;
    if (!(mean > 0) || !(none < 1)) return null;
    return Float64Array.from({ length: STEPS + 1 }, (_, k) => {
      const within = (spendAtMost(pmf, spend, x, mean * Math.exp(FROM + k * STEP)) - none) / (1 - none);
      const logit = Math.log(within / (1 - within));
      return Number.isNaN(logit) ? MOST_LOGIT : Math.min(MOST_LOGIT, Math.max(-MOST_LOGIT, logit));
    });
  }
}

/** ln of the multiple at which the node's logit is `wanted`, by straight lines between grid points. */
function logMultiple(node: Node, wanted: number): number {
  let low = 0;
  let high = STEPS;
  if (wanted <= (node[0] ?? 0)) return FROM;
  if (wanted >= (node[STEPS] ?? 0)) return FROM + STEPS * STEP;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((node[middle] ?? 0) <= wanted) low = middle;
    else high = middle;
  }
  const rise = (node[high] ?? 0) - (node[low] ?? 0);
  return FROM + (low + (rise > 0 ? (wanted - (node[low] ?? 0)) / rise : 0)) * STEP;
}
