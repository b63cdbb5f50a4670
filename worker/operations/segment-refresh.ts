/** Segments found over everybody: made or changed ones, those whose day began, and all of them at night. */
import type { MatchMoment } from '#core/segments/moment';
import { evaluateWhole, moveMark } from '#data/segment-whole';
import type { WholeOutcome } from '#data/segment-whole';
import type { TenantContext } from '#worker/ports';
import { withDependents } from './segment-plan.ts';
import type { PlannedSegment } from './segment-plan.ts';

export interface RefreshBasis {
  moment: MatchMoment;
  /** The instant that made it so, where it is another than the moment. */
  at?: Date;
  cause: { kind: string; what: string | null };
  /** Where everybody is looked at for every segment: all that happened up to here is done. */
  upTo?: number;
}

/** Finds `ids` and whatever reads them; each in a transaction of its own, so that nobody waits long. */
export async function refreshSegments(ctx: TenantContext, plan: readonly PlannedSegment[], ids: ReadonlySet<string>, { moment, at, cause, upTo }: RefreshBasis): Promise<WholeOutcome[]> {
  const recordedAt = ctx.clock.now().toISOString();
  const outcomes: WholeOutcome[] = [];
  for (const segment of withDependents(plan, ids)) {
    const outcome = await evaluateWhole(ctx.db, { id: segment.id, version: segment.version, reads: segment.reads, holds: segment.condition({ ...moment, companyId: ctx.companyId }), score: segment.score(moment) }, {
      at: (at ?? moment.at).toISOString(), recordedAt, cause: ids.has(segment.id) ? cause : { kind: 'segment', what: null },
    });
    if (outcome !== null) outcomes.push(outcome);
    ctx.failpoints.reach('after-segment');
  }
  if (upTo !== undefined) await moveMark(ctx.db, upTo);
  const moved = outcomes.filter((one) => one.entered + one.left > 0 || cause.kind === 'edit');
  if (moved.length > 0) await ctx.live.publish(moved.map(({ id, members }) => ({ type: 'segment', segmentId: id, count: members, at: moment.at.toISOString() })));
  return outcomes;
}
