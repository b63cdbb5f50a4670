/** What to do about one customer: the action that brings most, what else was thought of, or why she is left alone. */
import type { ActionId, ActionPlan } from './assumptions.ts';
import { ACTIONS, REASONS_TO_LEAVE, type LeaveAloneReason } from './catalogue.ts';
import { amountOf, checkHolds } from './expression.ts';
import type { ActionFacts } from './facts.ts';

/** Gains are kept below this many minor units, so that every number stays exact. */
export const MOST_GAIN = 1e15;
/** What brings less than this is not worth anybody's attention. */
export const LEAST_GAIN = 1;

export interface RankedAction {
  id: ActionId;
  /** Whole minor units, at least `LEAST_GAIN`. */
  gain: number;
  stake: number;
}

export interface Decision {
  /** Best first; of two that bring the same, the one that stands first in the catalogue. */
  actions: RankedAction[];
  /** Null where there is something to do. */
  leaveAlone: LeaveAloneReason | null;
}

export function decide(facts: ActionFacts, plan: ActionPlan): Decision {
  const actions = ACTIONS.flatMap(({ id, who, gain, stake }): RankedAction[] => {
    if (!checkHolds(who, facts)) return [];
    const brings = wholeGain(amountOf(gain(plan), facts));
    return brings === null || brings < LEAST_GAIN ? [] : [{ id, gain: brings, stake: wholeGain(amountOf(stake, facts)) ?? 0 }];
  });
  // Sorting is stable: ties stay in the order of the catalogue.
  actions.sort((a, b) => b.gain - a.gain);
  return { actions, leaveAlone: actions.length > 0 ? null : (REASONS_TO_LEAVE.find(({ when }) => checkHolds(when, facts))?.reason ?? 'too_little') };
}

/** Half a minor unit and more is rounded up, in SQL as well. */
function wholeGain(amount: number | null): number | null {
  return amount === null ? null : Math.floor(Math.min(MOST_GAIN, amount) + 0.5);
}
