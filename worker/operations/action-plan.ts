/** What actions are reckoned with just now: the assumptions in force, what was measured, and who is held out. */
import { ACTIONS } from '#core/actions/catalogue';
import { actionPlan, type ActionId, type MeasuredResponse } from '#core/actions/assumptions';
import { addArms, measuredResponse, NO_ARM, type ArmSums } from '#core/actions/lift';
import { readActionBasis, type ActionBasis, type LiftRow } from '#data/action-holdouts';
import type { ActionMoment } from '#data/action-sql';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { asOfDay, requireState } from './scoring.ts';

/** What stages are judged by before a fit has said. */
const USUAL_GAP_DAYS = 90;

export interface ActionReckoning {
  state: TenantState;
  basis: ActionBasis;
  moment: ActionMoment;
}

export async function reckonActions(ctx: TenantContext): Promise<ActionReckoning> {
  const [state, basis] = await Promise.all([requireState(ctx), readActionBasis(ctx.db)]);
  const measured = new Map<ActionId, MeasuredResponse>();
  // The newest that measured anything, whether it runs or has ended.
  const last = basis.holdouts.find(({ result }) => result !== null && result.rows.length > 0)?.result ?? null;
  if (last !== null) {
    for (const { id, isMeasured } of ACTIONS) {
      const found = isMeasured ? measuredResponse(...armsOf(last.rows, id)) : null;
      if (found !== null) measured.set(id, found);
    }
  }
  const { running } = basis;
  return {
    state, basis,
    moment: {
      companyId: ctx.companyId, asOf: asOfDay(ctx, state), medianGapDays: state.medianGapDays ?? USUAL_GAP_DAYS,
      plan: actionPlan(basis.assumptions, measured, state.currency), holdout: running === null ? null : { salt: running.salt, share: running.share },
    },
  };
}

/** Acted on and held out, of one action or of all. */
export function armsOf(rows: readonly LiftRow[], action: ActionId | null): [acted: ArmSums, heldOut: ArmSums] {
  const sum = (heldOut: boolean): ArmSums => rows.filter((row) => row.heldOut === heldOut && (action === null || row.action === action)).reduce(addArms, NO_ARM);
  return [sum(false), sum(true)];
}
