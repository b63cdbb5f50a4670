/** What is known of one customer when an action is chosen for her. */
import type { Stage } from '#core/clv/lifecycle';

/** How she may be reached: `ask` where she was never asked and could be at her next visit, `none` where she said no or there is no way. */
export const CHANNELS = ['email', 'sms', 'ask', 'none'] as const;
export type Channel = (typeof CHANNELS)[number];

/** `paying`: renews by itself; `ending`: cancelled for a day to come; `past_due`: the last payment failed. */
export const CONTRACTS = ['none', 'paying', 'ending', 'past_due'] as const;
export type Contract = (typeof CONTRACTS)[number];

/** Null is what is not known; money in minor units. */
export interface ActionFacts {
  purchaseDays: number;
  /** 0–1. */
  pAlive: number | null;
  /** Probability of no order within the company's horizon, 0–1. */
  churn: number | null;
  /** Of one order. */
  expectedSpend: number | null;
  daysSince: number | null;
  /** Days since the last purchase ÷ the gap one would expect of her (`expectedGap`). */
  gaps: number | null;
  /** Scores 1–5; 0: none yet. */
  recency: number;
  frequency: number;
  monetary: number;
  /** What contracts in danger bring a month. */
  contractMonthly: number;
  stage: Stage | null;
  channel: Channel;
  contract: Contract;
}

export type NumberFact = { [K in keyof ActionFacts]: ActionFacts[K] extends number | null ? K : never }[keyof ActionFacts];
export type TextFact = Exclude<keyof ActionFacts, NumberFact>;
