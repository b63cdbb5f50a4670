/** The models of a tenant as pages and programs see them; fitting anew, pinning one. */
import { z } from 'zod';
import { choiceSchema } from '#core/clv/choose-model';
import { holdoutEvidenceSchema } from '#core/clv/evidence';
import { CLASSIFIERS } from '#core/churn/classifier';
import { RHYTHM } from '#core/churn/past-windows';
import { spendTotalSchema } from '#core/clv/choose-spend';
import { DEFAULT_MODEL, models } from '#core/clv/registry';
import { totalSchema } from '#core/clv/total-forecast';
import { SPEND_WAYS } from '#core/clv/try-spend';
import { AppError } from '#core/errors';
import { listLearnedRuns, readLearnedRun } from '#data/learned-models';
import type { LearnedRow } from '#data/learned-models';
import { listModelRunRows, readModelRun, readModelRuns, readStanding, writePin } from '#data/models';
import type { ModelRunRow } from '#data/models';
import { writeSharing } from '#data/shared-parameters';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { fitModel } from './fit-model.ts';
import type { FitCause } from './fit-model.ts';
import { learnModels } from './learn-models.ts';
import { lookAtBooks } from './looks.ts';
import { requirePermission } from './permissions.ts';
import { requireState, rescorePage } from './scoring.ts';
import type { ModelRunView, ModelStatus } from './model-views.ts';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Scores everyone with what serves now. */
export async function rescoreAll(ctx: TenantContext): Promise<void> {
  const state = await requireState(ctx);
  for (let after: string | null = FIRST_ID; after !== null; ) after = await rescorePage(ctx, state, after);
}

/** Fits, and scores everyone where the new fit serves. @param how.foresees whether forecasts and a recommender are made of it too; else when they are asked for, and at night */
export async function refit(ctx: TenantContext, { cause, foresees = true }: { cause: FitCause; foresees?: boolean }): Promise<void> {
  requirePermission(ctx, 'models:refit');
  if (await fitModel(audited(ctx, { action: 'model.refitted' }), cause)) await rescoreAll(ctx);
  if (foresees) await ctx.jobs.enqueue({ type: 'foresee', companyId: ctx.companyId });
}

/** As `refit`, and learns who will leave and what customers will spend as well; answers which run serves. */
export async function refitModel(ctx: TenantContext, { cause }: { cause: FitCause }): Promise<ModelStatus> {
  requirePermission(ctx, 'models:refit');
  const serves = await fitModel(audited(ctx, { action: 'model.refitted' }), cause);
  if (await learnModels(ctx, cause) || serves) await rescoreAll(ctx);
  return modelStatus(ctx);
}

/** What can be pinned: the model of repeat buying, who says who is likely to leave, and who says how much customers will spend. */
const PINS = { value: Object.keys(models), churn: [RHYTHM, ...CLASSIFIERS], spend: SPEND_WAYS } as const;
export type Pinned = keyof typeof PINS;

/** Keeps one model serving, or gives the choice back to the evidence with null; then fits or learns, and scores by it. @throws AppError `invalid_input` */
export async function pinModel(ctx: TenantContext, { model, of = 'value' }: { model: string | null; of?: Pinned }): Promise<ModelStatus> {
  requirePermission(ctx, 'models:refit');
  const known: readonly string[] = PINS[of];
  if (model !== null && !known.includes(model)) throw new AppError('invalid_input', `There is no model ${model}; there are ${known.join(', ')}`);
  await writePin(audited(ctx, { action: model === null ? 'model.unpinned' : 'model.pinned', target: { kind: 'model', name: model }, detail: { of } }).db, of, model);
  if (await (of === 'value' ? fitModel(ctx, 'pinned') : learnModels(ctx, 'pinned', [of]))) await rescoreAll(ctx);
  return modelStatus(ctx);
}

/** Whether the parameters of this company's fits enter the prior that small shops begin with. */
export async function changeSharing(ctx: TenantContext, { share }: { share: boolean }): Promise<void> {
  requirePermission(ctx, 'company:write');
  await writeSharing(audited(ctx, { action: 'model.sharing_changed', detail: { share } }).db, share);
}

export async function getModelStatus(ctx: TenantContext): Promise<ModelStatus> {
  requirePermission(ctx, 'models:read');
  await lookAtBooks(ctx);
  return modelStatus(ctx);
}

async function modelStatus(ctx: TenantContext): Promise<ModelStatus> {
  const [{ serving, newest }, standing] = await Promise.all([readModelRuns(ctx.db), readStanding(ctx.db)]);
  const { pinned, pinned_churn: pinnedChurn, pinned_spend: pinnedSpend, spend_id: runId, spend_model: model } = standing;
  const status = { ...toStatus(serving, newest), pinned, pinnedChurn, pinnedSpend };
  if (runId === null || model === null) return status;
  // Values are those of the learned model: so is how far their total may lie from what is expected, where earlier days showed it.
  const { total, why } = spendSaid.parse(standing.spend_evidence);
  return { ...status, spend: { runId, model, why }, total: total === null ? status.total : { level: total.level, low: total.low, high: total.high, widenedBy: total.widenedBy, origins: total.past.length } };
}

const spendSaid = z.object({ total: spendTotalSchema.nullable().catch(null), why: z.string().nullable().catch(null) });

const historicalEvidence = z.object({ averageOrderNet: z.number(), ordersPerYear: z.number(), lifespanYears: z.number(), lifetimeGross: z.number(), lifetimeNet: z.number() });

/** Words and figures about the model for pages. */
export function toStatus(serving: ModelRunRow | null, newest: ModelRunRow | null): ModelStatus {
  const lastFailure = newest?.error ? { at: newest.created_at, error: newest.error } : null;
  if (!serving) {
    return { runId: null, model: DEFAULT_MODEL, source: 'none', asOf: null, fittedAt: null, notes: ['No model has been fitted yet: values assume an ordinary shop and their intervals are wide'], lastFailure, holdout: null, historical: null, why: null, total: null, pinned: null, pinnedChurn: null, pinnedSpend: null, spend: null };
  }
  const holdout = holdoutEvidenceSchema.safeParse(serving.evidence.holdout);
  const { holdoutFrom, holdoutTo } = serving.evidence;
  return {
    runId: serving.id, model: serving.model, source: sourceOf(serving.source), asOf: serving.as_of, fittedAt: serving.created_at, notes: serving.notes, lastFailure,
    holdout: holdout.success && typeof holdoutFrom === 'string' && typeof holdoutTo === 'string'
      ? { from: holdoutFrom, to: holdoutTo, expectedOrders: holdout.data.expectedOrders, actualOrders: holdout.data.actualOrders } : null,
    historical: historicalEvidence.safeParse(serving.evidence['historical']).data ?? null,
    why: choiceSchema.safeParse(serving.evidence['choice']).data?.why ?? null,
    total: totalOf(serving.evidence['total']),
    pinned: null,
    pinnedChurn: null,
    pinnedSpend: null,
    spend: null,
  };
}

/** Ends as multiples of what is expected, so that they hold for the live figure as well. */
function totalOf(evidence: unknown): ModelStatus['total'] {
  const total = totalSchema.safeParse(evidence).data;
  if (!total || !(total.value.expected > 0)) return null;
  return { level: total.level, low: total.value.low / total.value.expected, high: total.value.high / total.value.expected, widenedBy: total.widenedBy, origins: total.past.length };
}

function sourceOf(source: string): ModelStatus['source'] {
  return source === 'fitted' || source === 'nbd-limit' || source === 'prior' ? source : 'none';
}

export async function listModelRuns(ctx: TenantContext): Promise<ModelRunView[]> {
  requirePermission(ctx, 'models:read');
  return (await listModelRunRows(ctx.db, 50)).map(toView);
}

export async function listLearnedModels(ctx: TenantContext): Promise<ModelRunView[]> {
  requirePermission(ctx, 'models:read');
  return (await listLearnedRuns(ctx.db, 50)).map(learnedView);
}

/** @throws AppError `not_found` */
export async function getModelRun(ctx: TenantContext, id: string): Promise<ModelRunView> {
  requirePermission(ctx, 'models:read');
  const [run, learned] = await Promise.all([readModelRun(ctx.db, id), readLearnedRun(ctx.db, id)]);
  if (learned) return learnedView(learned);
  if (!run) throw new AppError('not_found', 'There is no such model run');
  return toView(run);
}

function learnedView(run: LearnedRow): ModelRunView {
  return {
    id: run.id, kind: run.kind, model: run.model, source: 'learned', asOf: run.as_of, parameters: {},
    evidence: run.evidence, notes: run.notes, error: run.error, cause: run.cause, createdAt: run.created_at, serving: run.serving,
  };
}

function toView(run: ModelRunRow): ModelRunView {
  return {
    id: run.id, kind: 'value', model: run.model, source: run.source, asOf: run.as_of,
    parameters: run.parameters ? { ...run.parameters.model.behaviour.params, spend: run.parameters.model.spend.params } : {},
    evidence: run.evidence, notes: run.notes, error: run.error, cause: run.cause, createdAt: run.created_at, serving: run.serving,
  };
}
