/** A tenant's model: its own fit where the data carry one, the nearest honest thing where they do not. Never throws, never NaN. */
import { z } from 'zod';
import { fitSchema, type BehaviourData } from './behaviour.ts';
import { holdoutEvidence, holdoutEvidenceSchema, type HoldoutEvidence } from './evidence.ts';
import { expectedSpend, spendFitSchema } from './gamma-gamma.ts';
import { IntervalTable } from './interval-table.ts';
import { stageRules } from './lifecycle.ts';
import { DEFAULT_MODEL, modelNamed, type ModelName } from './registry.ts';
import type { ScoringParams } from './score.ts';
import { drawsOf, fitShop, type ShopColumns, type ShopFitOptions } from './shop-fit.ts';
import { aliveFuture, customerValue } from './value.ts';

/** The same customers seen from an earlier day, and what they did after it. */
export interface HoldoutColumns extends BehaviourData {
  /** As known at the end of calibration. */
  mRepeat: Float64Array;
  actualOrders: Float64Array;
  /** Minor units. */
  actualSpend: Float64Array;
  horizonDays: number;
}

export interface TenantFitOptions extends Partial<ShopFitOptions> {
  model?: ModelName;
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
  /** Equally likely behaviour parameters around the fit, as far as the orders leave them open; empty where they were not fitted. */
  draws: z.array(z.record(z.string(), z.number())).default([]),
  evidence: z.object({ holdout: holdoutEvidenceSchema.nullable() }),
});

export type TenantModel = z.infer<typeof tenantModelSchema>;

/** Fit behaviour and spend with every fallback, and keep the evidence. Columns are read, never kept. */
export function fitTenant(columns: ShopColumns, { model = DEFAULT_MODEL, holdout, ...rest }: TenantFitOptions = {}): TenantModel {
  const options = { unitDays: 7, ...rest };
  const made = fitShop(columns, model, options);
  return { ...made, draws: drawsOf(made, columns), evidence: { holdout: holdout ? backtest(holdout, model, options) : null } };
}

/** Fit on the calibration window alone, predict the holdout as customers are scored, compare. */
function backtest(holdout: HoldoutColumns, name: ModelName, options: ShopFitOptions): HoldoutEvidence {
  const made = fitShop(holdout, name, options);
  const { behaviour, spend, tail } = made;
  const { unitDays } = options;
  const model = modelNamed(behaviour.model);
  const horizon = { horizonDays: holdout.horizonDays, discountMonthly: 0, unitDays };
  const intervals = new IntervalTable(model, behaviour.params, drawsOf(made, holdout), spend.params, holdout.horizonDays, unitDays);
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
    const value = customerValue(alive, future, x, (holdout.mRepeat[i] ?? 0), spend.params, tail, (share) => intervals.multiple(x, T, share));
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
    draws: model.draws,
    spend: { params: model.spend.params },
    horizonDays: company.horizonDays,
    discountAnnual: company.discountAnnual,
    stage: stageRules(medianGapDays),
    tail: model.tail,
  };
}
