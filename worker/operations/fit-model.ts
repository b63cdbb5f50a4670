/** Fits the model of repeat buying, chosen on what earlier days would have forecast; a failed fit leaves the last good one serving and says so. */
import { v7 } from 'uuid';
import { historicalValue } from '#core/clv/historical';
import { chooseModel } from '#core/clv/choose-model';
import type { PastColumns } from '#core/clv/choose-model';
import { DEFAULT_MODEL, isModelName, modelNamed } from '#core/clv/registry';
import type { ModelName } from '#core/clv/registry';
import { rollingOrigins } from '#core/clv/rolling-origins';
import type { ShopColumns } from '#core/clv/shop-fit';
import { fitTenant } from '#core/clv/tenant-model';
import type { HoldoutColumns, TenantModel } from '#core/clv/tenant-model';
import { forecastTotal } from '#core/clv/total-forecast';
import { trackingOfDays } from '#core/clv/tracking';
import { addDays, dayNumber, dayText } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { cutPointsOfHistograms } from '#core/rfm/rfm';
import type { Histogram, RfmCuts } from '#core/rfm/rfm';
import { cutsInForce } from '#core/rfm/thresholds';
import { readFitInput, readHoldout, readOrigin, readPurchasesByDay } from '#data/model-input';
import type { DayCount, FitInput, HoldoutRow } from '#data/model-input';
import { keepModelRun, readStanding } from '#data/models';
import { keepSharedParameters, readPooledPrior } from '#data/shared-parameters';
import type { StoredModel, TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { asOfDay, requireState } from './scoring.ts';

/** Customers a backtest looks at; more would change its figures by less than their noise. */
const HOLDOUT_CUSTOMERS = 100_000;
/** And each of the earlier days that the choice rests on. */
const ORIGIN_CUSTOMERS = 25_000;
/** Earlier days to forecast from, beside the window that is reported. */
const ORIGINS = 3;
/** A holdout shorter than four weeks says little. */
const LEAST_HOLDOUT_DAYS = 28;
/** Time parameters are stated in weeks. */
const UNIT_DAYS = 7;
/** From fewer customers a shop's own parameters are too uncertain to tell others of. */
const LEAST_TO_SHARE = 200;

export type FitCause = 'asked' | 'night' | 'settings' | 'demo' | 'pinned';

/** Fits, keeps the evidence and lets the result serve. @returns whether the new fit serves */
export async function fitModel(ctx: TenantContext, cause: FitCause): Promise<boolean> {
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  try {
    ctx.failpoints.reach('before-fit');
    const [input, standing, pooled] = [await readFitInput(ctx.db, asOf), await readStanding(ctx.db), await readPooledPrior(ctx.db)];
    const first = input.firstDay === null ? asOf : input.firstDay;
    // The last third is held back, a year at most: it is reported on, and no choice is made by it.
    const heldBack = Math.min(365, Math.floor((dayNumber(asOf) - dayNumber(first)) / 3));
    const calibrationEnd = addDays(asOf, -heldBack);
    const options = { unitDays: UNIT_DAYS, meanOrderValue: input.meanOrderValue, pooled };
    const isLong = heldBack >= LEAST_HOLDOUT_DAYS;
    const origins = isLong ? await readOrigins(ctx, first, calibrationEnd, heldBack) : [];
    const choice = chooseModel(origins, { ...options, standing: standing.model ?? DEFAULT_MODEL, pinned: standing.pinned });
    const chosen = isModelName(choice.chosen) ? choice.chosen : DEFAULT_MODEL;
    const holdout = isLong ? await readHoldout(ctx.db, calibrationEnd, asOf, HOLDOUT_CUSTOMERS) : [];
    const reported = holdout.length > 0 ? holdoutColumns(holdout, heldBack) : undefined;
    const columns = columnsOf(input);
    const model = fitTenant(columns, { ...options, model: chosen, holdout: reported });
    const past = reported ? [{ ...reported, calibrationEnd }, ...origins] : origins;
    const total = forecastTotal(chosen, columns, past, { ...options, horizonDays: state.horizonDays, discountAnnual: state.discountAnnual });
    const tracking = isLong ? trackingFrom(model, await readPurchasesByDay(ctx.db, asOf), reported, chosen, options, calibrationEnd, asOf) : null;
    await keepModelRun(ctx.db, {
      id: v7(), model: model.behaviour.model, modelVersion: model.behaviour.version, source: model.source, asOf,
      parameters: { format: 1, model, medianGapDays: input.medianGapDays },
      evidence: {
        ...evidenceOf(model), historical: historicalValue(input.historical), choice, total, tracking,
        ...(holdout.length > 0 ? { holdoutFrom: addDays(calibrationEnd, 1), holdoutTo: asOf } : {}),
      },
      notes: model.notes, error: null, cause,
    }, cutsOf(input, state, asOf));
    await share(ctx, asOf, model);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error;
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error('fit_failed', { companyId: ctx.companyId, error: message });
    await keepModelRun(ctx.db, { id: v7(), model: DEFAULT_MODEL, modelVersion: 0, source: 'failed', asOf, parameters: null, evidence: {}, notes: [], error: message, cause }, null);
    return false;
  }
}

/** A named model on today's orders, kept nowhere: a version to test. */
export async function fitNamed(ctx: TenantContext, model: ModelName, asOf: string): Promise<StoredModel> {
  const [input, pooled] = [await readFitInput(ctx.db, asOf), await readPooledPrior(ctx.db)];
  return { format: 1, model: fitTenant(columnsOf(input), { unitDays: UNIT_DAYS, meanOrderValue: input.meanOrderValue, pooled, model }), medianGapDays: input.medianGapDays };
}

const column = <T>(rows: readonly T[], of: (row: T) => number): Float64Array => Float64Array.from(rows, of);

/** One at a time: each is as large as the shop. All of them end before the window that is reported. */
async function readOrigins(ctx: TenantContext, first: string, calibrationEnd: string, longest: number): Promise<PastColumns[]> {
  const origins: PastColumns[] = [];
  for (const origin of rollingOrigins(dayNumber(first), dayNumber(calibrationEnd), ORIGINS, longest)) {
    const day = dayText(origin.calibrationEnd);
    const rows = await readOrigin(ctx.db, day, addDays(day, origin.horizonDays), ORIGIN_CUSTOMERS);
    if (rows.length > 0) origins.push({ ...holdoutColumns(rows, origin.horizonDays), weights: column(rows, (row) => row.n), calibrationEnd: day });
  }
  return origins;
}

export function holdoutColumns(rows: readonly HoldoutRow[], horizonDays: number): HoldoutColumns {
  return {
    x: column(rows, (r) => r.x), tx: column(rows, (r) => r.tx), T: column(rows, (r) => r.t),
    mRepeat: column(rows, (r) => (r.x > 0 ? Math.max(0, r.repeat_spend) / r.x : 0)),
    actualOrders: column(rows, (r) => r.actual_orders), actualSpend: column(rows, (r) => r.actual_spend), horizonDays,
  };
}

function columnsOf({ histories, spends }: FitInput): ShopColumns & { mRepeat: Float64Array } {
  return {
    x: column(histories, (r) => r.x), tx: column(histories, (r) => r.tx), T: column(histories, (r) => r.t), weights: column(histories, (r) => r.n),
    mRepeat: column(histories, (r) => (r.x > 0 ? r.repeat_spend / r.n / r.x : 0)),
    spend: { x: column(spends, (r) => r.x), m: column(spends, (r) => r.repeat_spend / r.x), weights: column(spends, (r) => r.n) },
  };
}

/** Weekly, the whole shop: what a fit on the days up to `calibrationEnd` expected, and what came. */
function trackingFrom(model: TenantModel, days: readonly DayCount[], reported: HoldoutColumns | undefined, chosen: Parameters<typeof forecastTotal>[0], options: { unitDays: number; meanOrderValue: number | undefined }, calibrationEnd: string, asOf: string) {
  if (!reported || days.length === 0) return null;
  const then = fitTenant(reported, { ...options, model: chosen }).behaviour;
  const start = dayNumber(days[0]?.day ?? asOf);
  const births = new Map(days.map(({ day, births: count }) => [dayNumber(day), count]));
  const repeats = new Map(days.map(({ day, repeats: count }) => [dayNumber(day), count]));
  const curve = trackingOfDays(modelNamed(then.model), then, { births, repeats, start, calibrationEnd: dayNumber(calibrationEnd), end: dayNumber(asOf) });
  return { from: dayText(start), calibrationWeeks: curve.calibrationWeeks, actual: curve.actual, expected: curve.expected.map((value) => Math.round(value * 10) / 10), mape: curve.mape };
}

/** Tells the pool what this shop's fit found, if it found something and the company takes part. */
async function share(ctx: TenantContext, asOf: string, model: TenantModel): Promise<void> {
  if (model.source !== 'fitted' || model.behaviour.degenerate || model.behaviour.n < LEAST_TO_SHARE) return;
  const { p, q } = model.spend.params;
  await keepSharedParameters(ctx.db, asOf, { [model.behaviour.model]: model.behaviour.params, ...(model.spendSource === 'fitted' ? { 'gamma-gamma': { p, q } } : {}) });
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
