/** A model's card: what it is, what it was learned from, how it did and how far its inputs have moved, read from the evidence kept with it. */
import { z } from 'zod';
import { churnEvidenceSchema } from '#core/churn/learn-churn';
import { choiceSchema } from '#core/clv/choose-model';
import { holdoutEvidenceSchema } from '#core/clv/evidence';
import { inputDriftSchema } from '#core/clv/input-drift';
import { spendEvidenceSchema } from '#core/clv/learn-spend';
import type { SpendEvidence } from '#core/clv/learn-spend';
import { totalSchema } from '#core/clv/total-forecast';
import { AppError } from '#core/errors';
import { listLearnedRuns, readLearnedRun } from '#data/learned-models';
import type { LearnedRow } from '#data/learned-models';
import { listModelRunRows, readModelRun, readModelRuns } from '#data/models';
import type { ModelRunRow } from '#data/models';
import { readSharing } from '#data/shared-parameters';
import type { TenantContext } from '#worker/ports';
import { getModelStatus } from './models.ts';
import type { ModelStatus } from './model-views.ts';
import { requirePermission } from './permissions.ts';

const tracking = z.object({ from: z.string(), calibrationWeeks: z.number(), actual: z.array(z.number()), expected: z.array(z.number()), mape: z.number().nullable() });
/** Runs of before a figure was kept have none of it. */
const valueEvidence = z.object({
  choice: choiceSchema.nullable().catch(null), total: totalSchema.nullable().catch(null), holdout: holdoutEvidenceSchema.nullable().catch(null),
  tracking: tracking.nullable().catch(null), drift: inputDriftSchema.nullable().catch(null), holdoutFrom: z.string().nullable().catch(null), holdoutTo: z.string().nullable().catch(null),
});

export type ValueEvidenceView = z.infer<typeof valueEvidence>;

interface About {
  id: string;
  model: string;
  asOf: string;
  notes: string[];
  error: string | null;
  createdAt: string;
  serving: boolean;
}

export type ModelCardView = About & (
  | { kind: 'value'; source: string; parameters: Record<string, number>; evidence: ValueEvidenceView }
  | { kind: 'churn'; horizonDays: number; evidence: z.infer<typeof churnEvidenceSchema> | null }
  | { kind: 'spend'; horizonDays: number; evidence: SpendEvidence | null });

export interface ModelsView {
  status: ModelStatus;
  /** The model of repeat buying that serves; null before the first fit. */
  value: ModelCardView | null;
  /** The newest try at learning who leaves, and at spend. */
  churn: ModelCardView | null;
  spend: ModelCardView | null;
  /** Newest first. */
  runs: { id: string; kind: ModelCardView['kind']; model: string; createdAt: string; serving: boolean; failed: boolean }[];
  sharing: boolean;
}

export async function getModels(ctx: TenantContext): Promise<ModelsView> {
  requirePermission(ctx, 'models:read');
  const [status, { serving }, learned, fits, sharing] = await Promise.all([
    getModelStatus(ctx), readModelRuns(ctx.db), listLearnedRuns(ctx.db, 20), listModelRunRows(ctx.db, 20), readSharing(ctx.db),
  ]);
  const newest = (kind: LearnedRow['kind']): ModelCardView | null => {
    const found = learned.find((run) => run.kind === kind && run.serving) ?? learned.find((run) => run.kind === kind);
    return found ? learnedCard(found) : null;
  };
  const runs = [...fits.map((run) => ({ ...run, kind: 'value' as const })), ...learned];
  return {
    status, value: serving ? valueCard(serving) : null, churn: newest('churn'), spend: newest('spend'), sharing,
    runs: runs.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1)).map((run) => ({ id: run.id, kind: run.kind, model: run.model, createdAt: run.created_at, serving: run.serving, failed: run.error !== null })),
  };
}

/** @throws AppError `not_found` */
export async function getModelCard(ctx: TenantContext, id: string): Promise<ModelCardView> {
  requirePermission(ctx, 'models:read');
  if (!z.uuid().safeParse(id).success) throw new AppError('not_found', 'There is no such model run');
  const [fit, learned] = await Promise.all([readModelRun(ctx.db, id), readLearnedRun(ctx.db, id)]);
  if (fit) return valueCard(fit);
  if (learned) return learnedCard(learned);
  throw new AppError('not_found', 'There is no such model run');
}

function valueCard(run: ModelRunRow): ModelCardView {
  return { ...about(run), kind: 'value', source: run.source, parameters: run.parameters?.model.behaviour.params ?? {}, evidence: valueEvidence.parse(run.evidence) };
}

function learnedCard(run: LearnedRow): ModelCardView {
  return run.kind === 'churn'
    ? { ...about(run), kind: 'churn', horizonDays: run.horizon_days, evidence: churnEvidenceSchema.safeParse(run.evidence).data ?? null }
    : { ...about(run), kind: 'spend', horizonDays: run.horizon_days, evidence: spendEvidenceSchema.safeParse(run.evidence).data ?? null };
}

function about(run: ModelRunRow | LearnedRow): About {
  return { id: run.id, model: run.model, asOf: run.as_of, notes: run.notes, error: run.error, createdAt: run.created_at, serving: run.serving };
}
