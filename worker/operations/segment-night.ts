/** The night of segments: everybody is looked at, nothing may have moved without a reason; then percentiles are cut anew. */
import { AppError } from '#core/errors';
import { cutKey, distinctQuantities } from '#core/segments/cuts';
import { NUMBER_NAMES } from '#core/segments/numbers';
import type { Quantity } from '#core/segments/term';
import { forgetCuts, freezeCuts, readCuts } from '#data/percentile-cuts';
import { readWork } from '#data/segment-work';
import { evaluateWhole } from '#data/segment-whole';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { asOfDay, requireState } from './scoring.ts';
import { tickSegments } from './segment-evaluation.ts';
import { momentOf, planOf, settingOf } from './segment-plan.ts';
import type { PlannedSegment } from './segment-plan.ts';
import { refreshSegments } from './segment-refresh.ts';

export interface SegmentNight {
  segments: number;
  /** Members who were not, and the other way round, without anything that had happened; repaired. */
  differences: number;
  examples: { segment: string; differences: number }[];
  /** Comings and goings by the new cuts. */
  recut: number;
}

const TRIES = 5;
const EXAMPLES = 10;

/** What is waiting is worked off first, so that only what nobody can explain is a difference. */
export async function renewSegments(ctx: TenantContext): Promise<SegmentNight> {
  const state = await requireState(ctx);
  if (!state.hasSegments) return { segments: 0, differences: 0, examples: [], recut: 0 };
  await tickSegments(ctx, state);
  const plan = await readPlan(ctx, state);
  const examples: SegmentNight['examples'] = [];
  for (const segment of plan) {
    const differences = await check(ctx, state, segment);
    if (differences > 0) examples.push({ segment: segment.id, differences });
  }
  const differences = examples.reduce((sum, one) => sum + one.differences, 0);
  if (differences > 0) ctx.log.error('segments_differ', { companyId: ctx.companyId, differences, examples: examples.slice(0, EXAMPLES) });
  return { segments: plan.length, differences, examples: examples.slice(0, EXAMPLES), recut: await recut(ctx, state, plan) };
}

/** Every segment anew, for a reason that concerns them all. */
export async function refindSegments(ctx: TenantContext, cause: { kind: string; what: string | null }): Promise<void> {
  const state = await requireState(ctx);
  if (!state.hasSegments) return;
  const former = await readPlan(ctx, state), known = await readCuts(ctx.db);
  const kept = NUMBER_NAMES.filter((name) => known.has(name)).map((name): Quantity => ({ q: 'kept', name }));
  const wanted = [...new Map([...kept, ...wantedBy(former)].map((one) => [cutKey(one), one])).values()];
  await cutAnew(ctx, state, wanted);
  // Money may be another now: what a paused segment asked for is cut when it is live again.
  await forgetCuts(ctx.db, asOfDay(ctx, state), wanted);
  const { mark, live, cuts } = await readWork(ctx.db, 0);
  if (mark === null) return;
  const setting = settingOf(state, cuts);
  const plan = planOf(ctx, live, setting);
  await refreshSegments(ctx, plan, new Set(plan.map((one) => one.id)), { moment: momentOf(ctx, state, setting, mark.tickedTo), cause, upTo: mark.seq });
}

async function readPlan(ctx: TenantContext, state: TenantState): Promise<PlannedSegment[]> {
  const { live, cuts } = await readWork(ctx.db, 0);
  return planOf(ctx, live, settingOf(state, cuts));
}

/** Under the lock, and not while somebody's boundary is due: what time alone changed is no difference. */
async function check(ctx: TenantContext, state: TenantState, segment: PlannedSegment): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const { mark, cuts } = await readWork(ctx.db, 0);
    const moment = momentOf(ctx, state, settingOf(state, cuts), mark?.tickedTo ?? null);
    try {
      const outcome = await evaluateWhole(ctx.db, { id: segment.id, version: segment.version, reads: segment.reads, holds: segment.condition({ ...moment, companyId: ctx.companyId }), score: segment.score(moment) }, {
        at: moment.at.toISOString(), recordedAt: ctx.clock.now().toISOString(), cause: { kind: 'night', what: 'unexplained' }, isCheck: true,
      });
      return outcome?.unexplained ?? 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'stale' || attempt >= TRIES) throw error;
      await tickSegments(ctx, state);
    }
  }
}

/** New cuts of every number that a live segment asks for, and who is in by them. */
async function recut(ctx: TenantContext, state: TenantState, plan: readonly PlannedSegment[]): Promise<number> {
  const wanted = wantedBy(plan);
  await cutAnew(ctx, state, wanted);
  await forgetCuts(ctx.db, asOfDay(ctx, state), null);
  if (wanted.length === 0) return 0;
  const { mark, live, cuts } = await readWork(ctx.db, 0);
  const setting = settingOf(state, cuts);
  const newPlan = planOf(ctx, live, setting);
  const outcomes = await refreshSegments(ctx, newPlan, new Set(newPlan.filter((one) => one.reads.percentiles.length > 0).map((one) => one.id)), {
    moment: momentOf(ctx, state, setting, mark?.tickedTo ?? null), cause: { kind: 'night', what: 'cuts' },
  });
  return outcomes.reduce((sum, one) => sum + one.entered + one.left, 0);
}

function wantedBy(plan: readonly PlannedSegment[]): Quantity[] {
  return distinctQuantities(plan.flatMap(({ reads }) => [...reads.percentiles]));
}

async function cutAnew(ctx: TenantContext, state: TenantState, quantities: readonly Quantity[]): Promise<void> {
  await freezeCuts(ctx.db, quantities, { ...momentOf(ctx, state, settingOf(state, new Map())), companyId: ctx.companyId }, asOfDay(ctx, state));
}
