/** Behaviour and spend of a shop, each with every fallback: the nearest honest thing where the data carry no fit of their own. */
import type { BehaviourData, Fit, Params } from './behaviour.ts';
import { fitGammaGamma, type SpendData, type SpendFit } from './gamma-gamma.ts';
import { fitNbdLimit } from './nbd-limit.ts';
import { isModelName, models, type ModelName } from './registry.ts';
import { LEAST_CUSTOMERS, LEAST_DAYS, LEAST_REPEATERS, PRIOR_TAIL, priorBehaviour, priorSpend, type PooledPrior } from './shipped-prior.ts';
import { parameterUncertainty } from './uncertainty.ts';
import { nobodyRepeated, unseenRepeats } from './unseen-repeats.ts';

/** Histories in whole days, one customer or one group of equal ones per row. */
export interface ShopColumns extends BehaviourData {
  /** Mean net per repeat day, minor units; 0 without a repeat. Left out when `spend` is given. */
  mRepeat?: Float64Array;
  /** Spend rows of their own, when (x, tx, T) were grouped in SQL. */
  spend?: SpendData;
}

export interface ShopFitOptions {
  unitDays: number;
  /** Mean net of all orders in minor units: the price level when repeat spend is too little to fit. */
  meanOrderValue?: number;
  /** What other shops have in common; absent: what is shipped. */
  pooled?: PooledPrior;
}

export type Source = 'fitted' | 'nbd-limit' | 'prior';

const FITTED_TAIL = 0.1;
/** Past so many different histories what the parameters leave open is small beside chance, and resampling would take long. */
const MOST_RESAMPLED = 20_000;
const REPLICATES = 12;

/** Gain in log-likelihood below which dropout explains nothing that a plain rate does not. */
const LEAST_GAIN = 0.5;

/** Behaviour parameters of a shop and where they come from. */
export interface Chosen {
  behaviour: Fit;
  source: Source;
  notes: string[];
}

/** The model's own fit, the limit without dropout, or the prior: the first of them that holds. */
export function chooseBehaviour(data: BehaviourData, name: ModelName, unitDays: number, pooled?: PooledPrior): Chosen {
  const model = models[name];
  let customers = 0;
  let days = 0;
  for (let i = 0; i < data.x.length; i++) {
    customers += data.weights ? (data.weights[i] ?? 0) : 1;
    if ((data.T[i] ?? 0) > days) days = data.T[i] ?? 0;
  }
  const assumed = pooled?.models[name] ? `what ${pooled.shops} and more other shops have in common` : 'an ordinary shop';
  const prior = (why: string): Chosen => ({ behaviour: priorBehaviour(model, data, unitDays, pooled), source: 'prior', notes: [why] });
  if (customers < LEAST_CUSTOMERS || days < LEAST_DAYS) {
    return prior(
      `${Math.round(customers)} customers over ${Math.round(days)} days are too few to learn from (we start at ${LEAST_CUSTOMERS} and ${LEAST_DAYS}): predictions assume ${assumed} and their intervals are wide`,
    );
  }
  if (nobodyRepeated(data)) {
    const silent = { ...priorBehaviour(model, data, unitDays, pooled), params: unseenRepeats(model, model.prior, data, unitDays).best };
    return { behaviour: silent, source: 'prior', notes: [`Nobody has bought twice yet: how often customers come back is what so long a silence leaves possible in an ordinary shop, and intervals are wide`] };
  }
  try {
    const own = model.fit(data, { unitDays });
    const limit = fitNbdLimit(model, data, { unitDays });
    const noDropout = model.withoutDropout(own.params, unitDays) || own.logLikelihood - limit.logLikelihood < LEAST_GAIN;
    if (noDropout && isFinite(limit)) return { behaviour: limit, source: 'nbd-limit', notes: ['No measurable churn yet: customers are taken to stay'] };
    if (own.converged && isFinite(own)) return { behaviour: own, source: 'fitted', notes: [] };
    if (isFinite(limit) && limit.converged) return { behaviour: limit, source: 'nbd-limit', notes: ['The model did not settle on this data: a plain purchase rate is used and churn is not predicted'] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return prior(`No model could be fitted on this data: predictions assume ${assumed} and their intervals are wide`);
}

function isFinite(fit: Fit): boolean {
  return Number.isFinite(fit.logLikelihood) && Object.values(fit.params).every(Number.isFinite);
}

function chooseSpend(data: SpendData, { meanOrderValue, pooled }: ShopFitOptions): { spend: SpendFit; spendSource: ShopFit['spendSource']; notes: string[] } {
  let repeaters = 0;
  let total = 0;
  let orders = 0;
  for (let i = 0; i < data.x.length; i++) {
    const w = data.weights ? (data.weights[i] ?? 0) : 1;
    if (!((data.x[i] ?? 0) > 0 && (data.m[i] ?? 0) > 0)) continue;
    repeaters += w;
    orders += w * (data.x[i] ?? 0);
    total += w * (data.x[i] ?? 0) * (data.m[i] ?? 0);
  }
  if (repeaters >= LEAST_REPEATERS) {
    const spend = fitGammaGamma(data);
    if (Number.isFinite(spend.logLikelihood) && Number.isFinite(spend.populationMean)) return { spend, spendSource: 'fitted', notes: spend.notes };
  }
  const mean = meanOrderValue ?? (orders > 0 ? total / orders : 0);
  return { spend: priorSpend(mean, repeaters, pooled), spendSource: 'prior', notes: [`${Math.round(repeaters)} customers with repeat spend are too few to learn how order values vary`] };
}

export interface ShopFit {
  behaviour: Fit;
  spend: SpendFit;
  source: Source;
  spendSource: 'fitted' | 'prior';
  /** For people: what was done and why. */
  notes: string[];
  /** Probability left out on each side of intervals. */
  tail: number;
}

/**
 * Fits both, with every fallback. Money of `mRepeat`, `spend` and `meanOrderValue` in one unit, minor as a rule; times in whole days.
 * Never throws for odd histories: what could not be fitted is assumed, and `notes` say so.
 */
export function fitShop(columns: ShopColumns, model: ModelName, options: ShopFitOptions): ShopFit {
  const behaviour = chooseBehaviour(columns, model, options.unitDays, options.pooled);
  const { spend, spendSource, notes } = chooseSpend(columns.spend ?? { x: columns.x, m: columns.mRepeat ?? new Float64Array(columns.x.length), weights: columns.weights }, options);
  const assumed = behaviour.source === 'prior' || spendSource === 'prior';
  return {
    behaviour: behaviour.behaviour, source: behaviour.source, spend, spendSource,
    notes: [...behaviour.notes, ...behaviour.behaviour.notes, ...notes],
    tail: assumed ? PRIOR_TAIL : FITTED_TAIL,
  };
}

/** Equally likely parameters around a fit; none where nothing was fitted on this shop. */
export function drawsOf({ behaviour, source }: Pick<ShopFit, 'behaviour' | 'source'>, data: BehaviourData): Params[] {
  if (source !== 'fitted' || !isModelName(behaviour.model)) return [];
  const { method, draws } = parameterUncertainty(models[behaviour.model], behaviour, data, { replicates: data.x.length > MOST_RESAMPLED ? 0 : REPLICATES });
  return method === 'none' ? [] : draws;
}
