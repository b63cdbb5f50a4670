/** Fits the tenant's model on demand and each night; a failed fit leaves the last good one serving and says so. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { historicalValue } from '#core/clv/historical';
import { holdoutEvidenceSchema } from '#core/clv/evidence';
import { fitTenant } from '#core/clv/tenant-model';
import type { HoldoutColumns, TenantModel } from '#core/clv/tenant-model';
import { DEFAULT_MODEL } from '#core/clv/registry';
import { addDays, dayNumber } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { cutPointsOfHistograms } from '#core/rfm/rfm';
import type { Histogram, RfmCuts } from '#core/rfm/rfm';
import { cutsInForce } from '#core/rfm/thresholds';
import { keepModelRun, listModelRunRows, readFitInput, readHoldout, readModelRun, readModelRuns } from '#data/models';
import type { FitInput, HoldoutRow, ModelRunRow } from '#data/models';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { TimedMap } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState, rescorePage } from './scoring.ts';
import type { ModelRunView, ModelStatus } from './model-views.ts';

/** Customers a backtest looks at; more would change its figures by less than their noise. */
const HOLDOUT_CUSTOMERS = 100_000;
/** A holdout shorter than four weeks says little. */
const LEAST_HOLDOUT_DAYS = 28;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export type FitCause = 'asked' | 'night' | 'settings' | 'demo';

/** Fits, keeps the evidence and lets the result serve. @returns whether the new fit serves */
export async function fitModel(ctx: TenantContext, cause: FitCause): Promise<boolean> {
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  try {
    ctx.failpoints.reach('before-fit');
    const input = await readFitInput(ctx.db, asOf);
    const span = input.firstDay === null ? 0 : dayNumber(asOf) - dayNumber(input.firstDay);
    // The last third is held back, a year at most.
    const heldBack = Math.min(365, Math.floor(span / 3));
    const calibrationEnd = addDays(asOf, -heldBack);
    const holdout = heldBack >= LEAST_HOLDOUT_DAYS ? await readHoldout(ctx.db, calibrationEnd, asOf, HOLDOUT_CUSTOMERS) : [];
    const model = fit(input, holdout, heldBack);
    await keepModelRun(ctx.db, {
      id: v7(), model: model.behaviour.model, modelVersion: model.behaviour.version, source: model.source, asOf,
      parameters: { format: 1, model, medianGapDays: input.medianGapDays },
      evidence: { ...evidenceOf(model), historical: historicalValue(input.historical), ...(holdout.length > 0 ? { holdoutFrom: addDays(calibrationEnd, 1), holdoutTo: asOf } : {}) },
      notes: model.notes, error: null, cause,
    }, cutsOf(input, state, asOf));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error;
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error('fit_failed', { companyId: ctx.companyId, error: message });
    await keepModelRun(ctx.db, { id: v7(), model: DEFAULT_MODEL, modelVersion: 0, source: 'failed', asOf, parameters: null, evidence: {}, notes: [], error: message, cause }, null);
    return false;
  }
}

function fit(input: FitInput, holdout: readonly HoldoutRow[], horizonDays: number): TenantModel {
  const column = <T>(rows: readonly T[], of: (row: T) => number): Float64Array => Float64Array.from(rows, of);
  const held: HoldoutColumns | undefined = holdout.length === 0 ? undefined : {
    x: column(holdout, (r) => r.x), tx: column(holdout, (r) => r.tx), T: column(holdout, (r) => r.t),
    mRepeat: column(holdout, (r) => (r.x > 0 ? Math.max(0, r.repeat_spend) / r.x : 0)),
    actualOrders: column(holdout, (r) => r.actual_orders), actualSpend: column(holdout, (r) => r.actual_spend), horizonDays,
  };
  return fitTenant({
    x: column(input.histories, (r) => r.x), tx: column(input.histories, (r) => r.tx), T: column(input.histories, (r) => r.t), weights: column(input.histories, (r) => r.n),
    spend: { x: column(input.spends, (r) => r.x), m: column(input.spends, (r) => r.repeat_spend / r.x), weights: column(input.spends, (r) => r.n) },
  }, { meanOrderValue: input.meanOrderValue, holdout: held });
}

function cutsOf(input: FitInput, { thresholds, currency }: TenantState, asOf: string): RfmCuts | null {
  if (input.histories.length === 0) return null;
  const of = (measure: string): Histogram => {
    const bins = input.histograms.filter((b) => b.measure === measure);
    return { value: bins.map((b) => b.value), count: bins.map((b) => b.n) };
  };
  return cutsInForce(thresholds, cutPointsOfHistograms({ lastDay: of('recency'), frequency: of('frequency'), monetary: of('monetary') }), dayNumber(asOf), currency);
}

function evidenceOf(model: TenantModel): Record<string, unknown> {
  const { params, logLikelihood, converged, iterations, n, uniqueRows } = model.behaviour;
  return {
    params, logLikelihood, converged, iterations, n, uniqueRows,
    spend: { params: model.spend.params, logLikelihood: model.spend.logLikelihood, n: model.spend.n, correlation: model.spend.correlation, populationMean: model.spend.populationMean },
    holdout: model.evidence.holdout,
  };
}

/** A shop of this size has settled: from here on the night is soon enough. */
const GROWN_UP = 2000;

/** What a growing shop brings meanwhile is fitted together. */
const YOUNG_REFIT_SECONDS = 30;
/** Companies this isolate asked a fit for lately, and those for which one more is on its way. */
const asked = new TimedMap<true>();
const askedLater = new TimedMap<true>();

/**
 * A young shop learns as it grows: asks for a fit when there is none yet, or when customers have doubled since, at once
 * and then every half minute at most. Else a newcomer's first orders would have no RFM scores until midnight.
 */
export async function refitWhenGrown(ctx: TenantContext, { model }: Pick<TenantState, 'model'>): Promise<void> {
  const fittedOn = model?.behaviour.n ?? 0;
  const { companyId } = ctx;
  const now = ctx.clock.now();
  if (fittedOn >= GROWN_UP || askedLater.get(companyId, now) === true) return;
  const customers = await ctx.live.customers();
  if (customers === null || customers === 0 || customers < 2 * fittedOn) return;
  const isSoon = asked.get(companyId, now) === true;
  await ctx.jobs.enqueue({ type: 'refit', companyId }, isSoon ? YOUNG_REFIT_SECONDS : 0);
  (isSoon ? askedLater : asked).set(companyId, true, YOUNG_REFIT_SECONDS, now);
}

/** Scores everyone with what serves now. */
export async function rescoreAll(ctx: TenantContext): Promise<void> {
  const state = await requireState(ctx);
  for (let after: string | null = FIRST_ID; after !== null; ) after = await rescorePage(ctx, state, after);
}

/** Fits, and scores everyone where the new fit serves. */
export async function refit(ctx: TenantContext, { cause }: { cause: FitCause }): Promise<void> {
  requirePermission(ctx, 'models:refit');
  if (await fitModel(audited(ctx, { action: 'model.refitted' }), cause)) await rescoreAll(ctx);
}

/** As `refit`; answers which run serves. */
export async function refitModel(ctx: TenantContext, { cause }: { cause: FitCause }): Promise<ModelStatus> {
  await refit(ctx, { cause });
  return modelStatus(ctx);
}

export async function getModelStatus(ctx: TenantContext): Promise<ModelStatus> {
  requirePermission(ctx, 'models:read');
  return modelStatus(ctx);
}

async function modelStatus(ctx: TenantContext): Promise<ModelStatus> {
  const { serving, newest } = await readModelRuns(ctx.db);
  return toStatus(serving, newest);
}

const historicalEvidence = z.object({ averageOrderNet: z.number(), ordersPerYear: z.number(), lifespanYears: z.number(), lifetimeGross: z.number(), lifetimeNet: z.number() });

/** Words and figures about the model for pages. */
export function toStatus(serving: ModelRunRow | null, newest: ModelRunRow | null): ModelStatus {
  const lastFailure = newest?.error ? { at: newest.created_at, error: newest.error } : null;
  if (!serving) {
    return { runId: null, model: DEFAULT_MODEL, source: 'none', asOf: null, fittedAt: null, notes: ['No model has been fitted yet: values assume an ordinary shop and their intervals are wide'], lastFailure, holdout: null, historical: null };
  }
  const holdout = holdoutEvidenceSchema.safeParse(serving.evidence.holdout);
  const { holdoutFrom, holdoutTo } = serving.evidence;
  return {
    runId: serving.id, model: serving.model, source: sourceOf(serving.source), asOf: serving.as_of, fittedAt: serving.created_at, notes: serving.notes, lastFailure,
    holdout: holdout.success && typeof holdoutFrom === 'string' && typeof holdoutTo === 'string'
      ? { from: holdoutFrom, to: holdoutTo, expectedOrders: holdout.data.expectedOrders, actualOrders: holdout.data.actualOrders } : null,
    historical: historicalEvidence.safeParse(serving.evidence['historical']).data ?? null,
  };
}

function sourceOf(source: string): ModelStatus['source'] {
  return source === 'fitted' || source === 'nbd-limit' || source === 'prior' ? source : 'none';
}

export async function listModelRuns(ctx: TenantContext): Promise<ModelRunView[]> {
  requirePermission(ctx, 'models:read');
  return (await listModelRunRows(ctx.db, 50)).map(toView);
}

/** @throws AppError `not_found` */
export async function getModelRun(ctx: TenantContext, id: string): Promise<ModelRunView> {
  requirePermission(ctx, 'models:read');
  const run = await readModelRun(ctx.db, id);
  if (!run) throw new AppError('not_found', 'There is no such model run');
  return toView(run);
}

function toView(run: ModelRunRow): ModelRunView {
  return {
    id: run.id, model: run.model, source: run.source, asOf: run.as_of,
    parameters: run.parameters ? { ...run.parameters.model.behaviour.params, spend: run.parameters.model.spend.params } : {},
    evidence: run.evidence, notes: run.notes, error: run.error, cause: run.cause, createdAt: run.created_at, serving: run.serving,
  };
}
