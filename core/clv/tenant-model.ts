/** A tenant's model: its own fit where the data carry one, the nearest honest thing where they do not. Never throws, never NaN. */
import { z } from 'zod';
import { fitSchema, type BehaviourData, type Fit } from './behaviour.ts';
import { holdoutEvidence, holdoutEvidenceSchema, type HoldoutEvidence } from './evidence.ts';
import { expectedSpend, fitGammaGamma, spendFitSchema, type SpendData, type SpendFit } from './gamma-gamma.ts';
import { stageRules } from './lifecycle.ts';
import { fitNbdLimit } from './nbd-limit.ts';
import { DEFAULT_MODEL, modelNamed, models, type ModelName } from './registry.ts';
import type { ScoringParams } from './score.ts';
import { LEAST_CUSTOMERS, LEAST_DAYS, LEAST_REPEATERS, PRIOR_TAIL, priorBehaviour, priorSpend } from './shipped-prior.ts';
import { aliveFuture, customerValue } from './value.ts';

/** Histories in whole days, one customer or one group of equal ones per row. */
export interface TenantColumns extends BehaviourData {
  /** Mean net per repeat day, minor units; 0 without a repeat. Left out when `spend` is given. */
  mRepeat?: Float64Array;
  /** Spend rows of their own, when (x, tx, T) were grouped in SQL. */
  spend?: SpendData;
}

/** The same customers seen from an earlier day, and what they did after it. */
export interface HoldoutColumns extends BehaviourData {
  /** As known at the end of calibration. */
  mRepeat: Float64Array;
  actualOrders: Float64Array;
  /** Minor units. */
  actualSpend: Float64Array;
  horizonDays: number;
}

export interface TenantFitOptions {
  model?: ModelName;
  unitDays?: number;
  /** Mean net of all orders in minor units: the price level when repeat spend is too little to fit. */
  meanOrderValue?: number;
  /** Present when at least two windows of data exist. */
  holdout?: HoldoutColumns;
}

export const tenantModelSchema = z.object({
  behaviour: fitSchema,
  spend: spendFitSchema,
  /** Where the behaviour parameters come from. */
  source: z.enum(['fitted', 'nbd-limit', 'prior']),
  spendSource: z.enum(['fitted', 'prior']),
  /** For people: what was done and why. */
  notes: z.array(z.string()),
  /** Probability left out on each side of intervals. */
  tail: z.number(),
  evidence: z.object({ holdout: holdoutEvidenceSchema.nullable() }),
});

export type TenantModel = z.infer<typeof tenantModelSchema>;

const FITTED_TAIL = 0.1;
/** Gain in log-likelihood below which dropout explains nothing that a plain rate does not. */
const LEAST_GAIN = 0.5;

interface Chosen {
  behaviour: Fit;
  source: TenantModel['source'];
  notes: string[];
}

function chooseBehaviour(data: BehaviourData, name: ModelName, unitDays: number): Chosen {
  const model = models[name];
  let customers = 0;
  let days = 0;
  for (let i = 0; i < data.x.length; i++) {
    customers += data.weights ? (data.weights[i] ?? 0) : 1;
    if ((data.T[i] ?? 0) > days) days = data.T[i] ?? 0;
  }
  const prior = (why: string): Chosen => ({ behaviour: priorBehaviour(model, data, unitDays), source: 'prior', notes: [why] });
  if (customers < LEAST_CUSTOMERS || days < LEAST_DAYS) {
    return prior(
      `${Math.round(customers)} customers over ${Math.round(days)} days are too few to learn from (we start at ${LEAST_CUSTOMERS} and ${LEAST_DAYS}): predictions assume an ordinary shop and their intervals are wide`,
    );
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
  return prior('No model could be fitted on this data: predictions assume an ordinary shop and their intervals are wide');
}

function isFinite(fit: Fit): boolean {
  return Number.isFinite(fit.logLikelihood) && Object.values(fit.params).every(Number.isFinite);
}

function chooseSpend(data: SpendData, meanOrderValue: number | undefined): { spend: SpendFit; spendSource: TenantModel['spendSource']; notes: string[] } {
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
  return { spend: priorSpend(mean, repeaters), spendSource: 'prior', notes: [`${Math.round(repeaters)} customers with repeat spend are too few to learn how order values vary`] };
}

/** Fit behaviour and spend with every fallback, and keep the evidence. Columns are read, never kept. */
export function fitTenant(columns: TenantColumns, options: TenantFitOptions = {}): TenantModel {
  const { model = DEFAULT_MODEL, unitDays = 7, meanOrderValue, holdout } = options;
  const made = fitBoth(columns, model, unitDays, meanOrderValue);
  return { ...made, evidence: { holdout: holdout ? backtest(holdout, model, unitDays, meanOrderValue) : null } };
}

function fitBoth(columns: TenantColumns, model: ModelName, unitDays: number, meanOrderValue: number | undefined): Omit<TenantModel, 'evidence'> {
  const behaviour = chooseBehaviour(columns, model, unitDays);
  const none = new Float64Array(columns.x.length);
  const spend = chooseSpend(columns.spend ?? { x: columns.x, m: columns.mRepeat ?? none, weights: columns.weights }, meanOrderValue);
  const assumed = behaviour.source === 'prior' || spend.spendSource === 'prior';
  return {
    behaviour: behaviour.behaviour,
    source: behaviour.source,
    spend: spend.spend,
    spendSource: spend.spendSource,
    notes: [...behaviour.notes, ...behaviour.behaviour.notes, ...spend.notes],
    tail: assumed ? PRIOR_TAIL : FITTED_TAIL,
  };
}

/** Fit on the calibration window alone, predict the holdout, compare. */
function backtest(holdout: HoldoutColumns, name: ModelName, unitDays: number, meanOrderValue: number | undefined): HoldoutEvidence {
  const { behaviour, spend, tail } = fitBoth(holdout, name, unitDays, meanOrderValue);
  const model = modelNamed(behaviour.model);
  const horizon = { horizonDays: holdout.horizonDays, discountMonthly: 0, unitDays };
  const count = holdout.x.length;
  const column = (): Float64Array => new Float64Array(count);
  const outcome = { expectedOrders: column(), expectedSpend: column(), low: column(), high: column() };
  const futures = new Map<number, ReturnType<typeof aliveFuture>>();
  for (let i = 0; i < count; i++) {
    const x = holdout.x[i] ?? 0;
    const T = holdout.T[i] ?? 0;
    const key = x * 0x100000 + T;
    const future = futures.get(key) ?? aliveFuture(model, behaviour.params, x, T / unitDays, horizon);
    futures.set(key, future);
    const alive = model.pAlive(behaviour.params, x, (holdout.tx[i] ?? 0) / unitDays, T / unitDays);
    const value = customerValue(alive, future, x, (holdout.mRepeat[i] ?? 0), spend.params, tail);
    outcome.expectedOrders[i] = value.expectedOrders;
    outcome.expectedSpend[i] = value.expectedOrders * expectedSpend(spend.params, x, (holdout.mRepeat[i] ?? 0));
    outcome.low[i] = value.low;
    outcome.high[i] = value.high;
  }
  return holdoutEvidence({ ...outcome, actualOrders: holdout.actualOrders, actualSpend: holdout.actualSpend, weights: holdout.weights }, holdout.horizonDays, 1 - 2 * tail);
}

/** What scoring needs of a tenant's model under the company's settings. */
export function scoringParams(
  model: TenantModel,
  company: { horizonDays: number; discountAnnual: number; medianGapDays: number | null },
): ScoringParams {
  // Without a single repeat purchase a quarter is the usual gap of consumer retail.
  const medianGapDays = company.medianGapDays ?? 90;
  return {
    behaviour: { model: model.behaviour.model, params: model.behaviour.params, unitDays: model.behaviour.unitDays },
    spend: { params: model.spend.params },
    horizonDays: company.horizonDays,
    discountAnnual: company.discountAnnual,
    stage: stageRules(medianGapDays),
    tail: model.tail,
  };
}
