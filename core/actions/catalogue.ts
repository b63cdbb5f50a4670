/**
 * Every action there is: whom it is for, and what it may bring. A new one is an entry here, an id in `ACTION_IDS` and its
 * words in `words.ts`; both executions, pages and the API take it from there.
 *
 * Gain = value at stake × response − cost. At stake is one order of hers (what may follow it is left out, so that a gain is
 * rather too small than too large) times the chance that it does not come by itself. The response is the share of those
 * who would otherwise stay away that a message brings back: assumed, until a holdout measured it.
 */
import type { ActionId, ActionPlan } from './assumptions.ts';
import { all, among, any, compare, fact, known, minus, not, number, plus, times, type Amount, type Check } from './expression.ts';

export interface ActionEntry {
  id: ActionId;
  who: Check;
  /** Minor units; unknown: there is nothing to do. */
  gain: (plan: ActionPlan) => Amount;
  /** What would be lost without it, minor units. */
  stake: Amount;
  /** Whether its response is an order that would not have come: what a holdout measures. */
  isMeasured: boolean;
  /** Whether what she is likely to buy next belongs to it. */
  hasProducts: boolean;
}

/** Nobody is written to again within so many days of a purchase. */
export const QUIET_DAYS = 7;
/** From so much of her usual gap on she is due. */
export const DUE_FROM = 0.8;
/** Of a contract in danger so many payments are counted. */
export const CONTRACT_MONTHS = 3;
/** Below it somebody is taken to be gone for good. */
export const GONE_BELOW = 0.05;

const stake = times(fact('churn'), fact('expectedSpend'));
const message = (plan: ActionPlan): Amount => ({ a: 'by_channel', amounts: plan.cost });
const response = (plan: ActionPlan, id: ActionId): Amount => number(plan.responses[id].used);

/** A message without an offer. */
const reminder = (id: ActionId) => (plan: ActionPlan): Amount => minus(times(stake, response(plan, id)), message(plan));

const mayWrite = among('channel', 'email', 'sms');
const rested = compare('daysSince', 'gte', QUIET_DAYS);
const bySelf = among('contract', 'paying', 'ending', 'past_due');
const reachable = all(mayWrite, rested, not(bySelf));
const due = compare('gaps', 'gte', DUE_FROM);
const notGone = compare('pAlive', 'gte', GONE_BELOW);
const best = all(compare('recency', 'gte', 4), compare('frequency', 'gte', 4), compare('monetary', 'gte', 4));

const entry = (id: ActionId, who: Check, rest: Partial<Omit<ActionEntry, 'id' | 'who'>> = {}): ActionEntry => ({ id, who, gain: reminder(id), stake, isMeasured: true, hasProducts: false, ...rest });

const contractStake = times(fact('contractMonthly'), number(CONTRACT_MONTHS));

/** In the order of `ACTION_IDS`. */
export const ACTIONS: readonly ActionEntry[] = [
  entry('keep_contract', all(mayWrite, among('contract', 'ending', 'past_due')), {
    stake: contractStake, isMeasured: false, gain: (plan) => minus(times(contractStake, response(plan, 'keep_contract')), message(plan)),
  }),
  entry('second_purchase', all(reachable, compare('purchaseDays', 'eq', 1), among('stage', 'new', 'active')), { hasProducts: true }),
  entry('win_back', all(reachable, among('stage', 'at_risk')), { hasProducts: true }),
  entry('reorder', all(reachable, compare('purchaseDays', 'gte', 2), among('stage', 'active'), due), { hasProducts: true }),
  entry('welcome_back', all(reachable, compare('purchaseDays', 'gte', 2), among('stage', 'returning')), { hasProducts: true }),
  entry('win_back_lapsed', all(reachable, among('stage', 'lapsed'), notGone), { hasProducts: true }),
  // What is given away goes also to those who would have come without it: that is what makes it pay, or not.
  entry('win_back_offer', all(reachable, among('stage', 'at_risk', 'lapsed'), notGone), {
    hasProducts: true,
    gain: (plan) => minus(
      times(stake, response(plan, 'win_back_offer'), number(1 - plan.incentive)),
      plus(times(minus(number(1), fact('churn')), fact('expectedSpend'), number(plan.incentive)), message(plan)),
    ),
  }),
  entry('thank', all(reachable, best, among('stage', 'new', 'active', 'returning'))),
  // Brings what a reminder would, from those who then say yes.
  entry('ask_consent', all(among('channel', 'ask'), among('stage', 'new', 'active', 'returning', 'at_risk'), not(bySelf)), {
    isMeasured: false, gain: (plan) => times(stake, response(plan, 'reorder'), response(plan, 'ask_consent')),
  }),
];

export const LEAVE_ALONE = ['no_orders', 'no_score', 'refused', 'renews', 'unasked', 'just_bought', 'gone', 'buys_anyway', 'too_little'] as const;
export type LeaveAloneReason = (typeof LEAVE_ALONE)[number];

/** Why nothing is done: the first that holds; the last one holds of everybody. */
export const REASONS_TO_LEAVE: readonly { reason: LeaveAloneReason; when: Check }[] = [
  { reason: 'no_orders', when: not(compare('purchaseDays', 'gte', 1)) },
  { reason: 'no_score', when: not(all(known('churn'), known('expectedSpend'))) },
  { reason: 'refused', when: among('channel', 'none') },
  { reason: 'renews', when: among('contract', 'paying') },
  { reason: 'unasked', when: all(among('channel', 'ask'), among('stage', 'lapsed')) },
  { reason: 'just_bought', when: compare('daysSince', 'lt', QUIET_DAYS) },
  { reason: 'gone', when: all(among('stage', 'lapsed'), not(notGone)) },
  { reason: 'buys_anyway', when: all(among('stage', 'new', 'active', 'returning'), not(any(...ACTIONS.map(({ who }) => who)))) },
  { reason: 'too_little', when: all() },
];
