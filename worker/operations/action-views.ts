/** Actions as pages and the API get them; money in minor units. */
import type { ActionId, Assumptions } from '#core/actions/assumptions';
import type { LeaveAloneReason } from '#core/actions/catalogue';
import type { Channel } from '#core/actions/facts';
import type { Difference } from '#core/actions/lift';
import type { GainStep } from '#core/actions/words';
import type { RecommendedProduct } from './recommendation-views.ts';

export interface ActionView {
  id: ActionId;
  name: string;
  description: string;
  channel: Channel;
  /** Why this one, in words with the numbers behind it. */
  reason: string;
  gain: number;
  /** How the gain came about. */
  steps: GainStep[];
  /** What to show with it, best first; empty where the action has none or nothing is known. */
  products: RecommendedProduct[];
}

export interface CustomerActionsView {
  customerId: string;
  currency: string;
  /** YYYY-MM-DD */
  asOf: string;
  /** The first is what to do; others were thought of. None for somebody held out or left alone. */
  actions: ActionView[];
  leaveAlone: { reason: LeaveAloneReason; words: string } | null;
  /** Held out: nothing is suggested, so that it can be measured what suggestions bring. */
  heldOut: { since: string } | null;
}

export interface ActionCountView {
  id: ActionId;
  name: string;
  description: string;
  customers: number;
  /** Of all of them together, on average. */
  gain: number;
  /** Of those who would otherwise stay away, 0–1: what the gain is reckoned with, and where that comes from. */
  response: { used: number; assumed: number; measured: number | null; customers: number };
}

export interface ActionsView {
  currency: string;
  asOf: string;
  /** Everybody it was asked of: those with an action, those left alone and those held out. */
  customers: number;
  withAction: number;
  gain: number;
  heldOut: number;
  /** Those that bring most first, without those held out. */
  actions: ActionCountView[];
  leaveAlone: { reason: LeaveAloneReason; words: string; customers: number }[];
}

export interface ActionCustomer {
  id: string;
  action: ActionId;
  name: string | null;
  email: string | null;
  externalId: string;
  gain: number;
  totalValue: number;
  channel: Channel;
  reason: string;
}

export interface ActionCustomersView {
  currency: string;
  /** Null: of every action. */
  action: ActionId | null;
  rows: ActionCustomer[];
  nextCursor: string | null;
}

/** What acting brought: only those who had an action when it began are compared. */
export interface LiftView {
  currency: string;
  /** YYYY-MM-DD: the first day and the last one in it. */
  from: string;
  through: string;
  days: number;
  acted: number;
  heldOut: number;
  /** Per customer; `net` in minor units. */
  orders: Difference;
  net: Difference;
  /** Of all who were acted on together, minor units, with the ends of its 95 % interval. */
  total: { value: number; low: number | null; high: number | null };
  /** In one sentence. */
  verdict: string;
  /** By action; the response that was measured, where that is what it brings. */
  actions: { id: ActionId; name: string; acted: number; heldOut: number; orders: Difference; response: { value: number; low: number; high: number } | null }[];
  /** Net per customer since the start, by day. */
  series: { day: string; acted: number; heldOut: number }[];
}

export interface HoldoutPlanView {
  /** Customers whose action a holdout would measure. */
  customers: number;
  /** Orders a customer that acting is assumed to add in 30 days, one message each. */
  assumedEffect: number;
  /** By share held out: days until an effect of that size is told from chance in eight of ten cases; null where that takes more than ten years. */
  shares: { share: number; days: number | null; customersFor30Days: number | null; smallestSeenIn30Days: number | null }[];
}

export interface HoldoutView {
  running: { id: string; share: number; since: string; lift: LiftView | null } | null;
  /** Ended ones, the newest first. */
  ended: { id: string; share: number; from: string; to: string; lift: LiftView | null }[];
  plan: HoldoutPlanView;
  assumptions: Assumptions;
  mayManage: boolean;
}
