/** What we assume of a shop that has too little data of its own: ordinary consumer retail, and said in words. */
import type { BehaviourData, ContinuousModel, Fit, Params } from './behaviour.ts';
import type { SpendFit } from './gamma-gamma.ts';

/** Fewer customers, or days since the first order, than this and the shop's own fit would be noise. */
export const LEAST_CUSTOMERS = 50;
export const LEAST_DAYS = 60;
/** Repeat buyers below which the shop's own spread of spend is not fitted. */
export const LEAST_REPEATERS = 25;
/** Left out on each side of an interval that rests on a prior: 95 % instead of 80 %, and spend varies more as well. */
export const PRIOR_TAIL = 0.025;

/** Gamma-Gamma with a spread wider than the published 6.25 and 3.74, so that intervals are wide. */
const SPEND = { p: 4, q: 3 } as const;

/** What many shops' own fits have in common: the mean of their logarithms. */
export interface PooledPrior {
  /** At least as many took part. */
  shops: number;
  /** Parameters by model, times in weeks; spend under `gamma-gamma`, without a price level. */
  models: Readonly<Record<string, Params | undefined>>;
}

/** Of `pooled` when it knows every parameter of the model, else as shipped; times in weeks. */
function priorParams(model: ContinuousModel, pooled: PooledPrior | undefined): { params: Params; isPooled: boolean } {
  const known = pooled?.models[model.name];
  return known && model.symbols.every((symbol) => (known[symbol] ?? 0) > 0) ? { params: known, isPooled: true } : { params: model.prior, isPooled: false };
}

/** The prior as a fit, with how much data there was. */
export function priorBehaviour(model: ContinuousModel, data: BehaviourData, unitDays: number, pooled?: PooledPrior): Fit {
  const { params, isPooled } = priorParams(model, pooled);
  let n = 0;
  for (let i = 0; i < data.x.length; i++) n += data.weights ? (data.weights[i] ?? 0) : 1;
  return {
    model: model.name,
    version: model.version,
    params: Object.fromEntries(Object.entries(params).map(([symbol, value]) => [symbol, model.times.includes(symbol) ? (value * 7) / unitDays : value])),
    unitDays,
    logLikelihood: 0,
    converged: true,
    iterations: 0,
    n,
    uniqueRows: data.x.length,
    notes: [isPooled ? 'assumed from what other shops have in common, not fitted on this shop' : 'assumed from ordinary retail, not fitted on this shop'],
    degenerate: false,
  };
}

/** Spend around the shop's own mean order value (minor units): the prior knows spread, never prices. 0 predicts 0. */
export function priorSpend(meanOrderValue: number, n: number, pooled?: PooledPrior): SpendFit {
  const known = pooled?.models['gamma-gamma'];
  const { p, q } = known?.['p'] !== undefined && (known['q'] ?? 0) > 1 ? { p: known['p'], q: known['q'] ?? SPEND.q } : SPEND;
  const mean = Number.isFinite(meanOrderValue) && meanOrderValue > 0 ? meanOrderValue : 0;
  return {
    model: 'gamma-gamma',
    version: 1,
    params: { p, q, v: (mean * (q - 1)) / p },
    logLikelihood: 0,
    converged: true,
    iterations: 0,
    n,
    populationMean: mean,
    correlation: 0,
    notes: ['spread of order values assumed from ordinary retail, around this shop\'s own mean'],
  };
}
