/** Learns from features who will leave and how much customers will spend; weekly, or when customers or the meaning of amounts have changed. */
import { v7 } from 'uuid';
import { CHURN_VERSION } from '#core/churn/fit-churn';
import { churnEvidenceSchema } from '#core/churn/learn-churn';
import { spendEvidenceSchema } from '#core/clv/learn-spend';
import { SPEND_VERSION } from '#core/clv/spend-file';
import { dayNumber } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { MOVED, PREDICTION } from '#core/learning/drift';
import { keepLearnedRun, readNewestLearned } from '#data/learned-models';
import type { LearnedRow } from '#data/learned-models';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import type { FitCause } from './fit-model.ts';
import { learnSpendOf } from './learn-spend.ts';
import { learnWhoLeaves } from './learn-who-leaves.ts';
import { basisOf } from './learned-files.ts';
import { samplePast } from './learned-past.ts';
import type { LearnedAbout, SampledPast } from './learned-past.ts';
import { asOfDay, requireState } from './scoring.ts';

/** How long a model serves before it is learned anew. */
const FRESH_DAYS = 7;

export type LearnedKind = LearnedRow['kind'];

/**
 * Learns where it is due: who leaves, then spend, from one reading of the past. What fails is kept with its words and leaves what served.
 * @returns whether something was learned, so that everyone is to be scored by it
 */
export async function learnModels(ctx: TenantContext, cause: FitCause, kinds: readonly LearnedKind[] = ['churn', 'spend']): Promise<boolean> {
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  if (cause === 'night' && !await isDue(ctx, state, asOf)) return false;
  let reading: Promise<SampledPast> | null = null;
  let learned = false;
  for (const kind of kinds) {
    const about: LearnedAbout = { kind, modelVersion: kind === 'churn' ? CHURN_VERSION : SPEND_VERSION, asOf, horizonDays: state.horizonDays, cause };
    try {
      ctx.failpoints.reach('before-learn');
      reading ??= samplePast(ctx, state, asOf);
      await (kind === 'churn' ? learnWhoLeaves : learnSpendOf)(ctx, state, await reading, about);
      learned = true;
    } catch (error) {
      if (error instanceof AppError && error.retryable) throw error;
      const message = error instanceof Error ? error.message : String(error);
      ctx.log.error('learning_failed', { companyId: ctx.companyId, kind, error: message });
      await keepLearnedRun(ctx.db, { ...about, id: v7(), model: 'none', fileKey: null, evidence: {}, notes: [], error: message }, false);
    }
  }
  return learned;
}

/** Another horizon, a week gone by, customers who are no longer like those it was learned from, or amounts that mean something else. */
async function isDue(ctx: TenantContext, state: TenantState, asOf: string): Promise<boolean> {
  const [churn, spend] = [await readNewestLearned(ctx.db, 'churn'), await readNewestLearned(ctx.db, 'spend')];
  if (!churn) return true;
  const age = dayNumber(asOf) - dayNumber(churn.as_of);
  if (churn.horizon_days !== state.horizonDays || age >= FRESH_DAYS || age < 0) return true;
  const learnedFor = spendEvidenceSchema.safeParse(spend?.evidence).data?.basis;
  if (learnedFor !== undefined && learnedFor !== basisOf(state)) return true;
  // Inputs such as a customer's age move by themselves; what counts is whether the answers do.
  const moved = churnEvidenceSchema.safeParse(churn.evidence).data?.drift.find(({ name }) => name === PREDICTION)?.psi ?? 0;
  return moved > MOVED && age >= FRESH_DAYS / 2;
}
