/** Where a customer stands: time since the last purchase against the gap one would expect of her. */

export const STAGES = ['new', 'active', 'at_risk', 'lapsed', 'returning'] as const;
export type Stage = (typeof STAGES)[number];

/** Settings of the company; gaps are measured in days. */
export interface StageRules {
  /** Median gap between purchase days over all customers: what someone without a history of her own is held to. */
  medianGapDays: number;
  /** How many gaps the median counts for when a customer's own mean gap is shrunk to it. */
  shrinkGaps: number;
  /** Up to this many expected gaps of silence a customer is new (one purchase day) or … */
  newUntil: number;
  /** … active, … */
  activeUntil: number;
  /** … at risk; past it she has lapsed. */
  atRiskUntil: number;
  /** Days after a purchase that ended a lapse during which she counts as returning. */
  returningDays: number;
}

/** Thresholds of the product; only the median is the tenant's own. */
export function stageRules(medianGapDays: number): StageRules {
  return { medianGapDays, shrinkGaps: 2, newUntil: 1, activeUntil: 1.5, atRiskUntil: 3, returningDays: 30 };
}

export interface StageInput {
  purchaseDays: number;
  /** Day numbers. */
  firstDay: number;
  lastDay: number;
  /** The purchase day before the last; null or absent when unknown or none: then nobody is returning. */
  previousDay?: number | null;
  asOfDay: number;
}

/** Expected days between purchases: the own mean of `gaps` gaps over `span` days, shrunk to the tenant's median. At least one day. */
export function expectedGap(gaps: number, span: number, rules: StageRules): number {
  return Math.max(1, (rules.medianGapDays * rules.shrinkGaps + span) / (rules.shrinkGaps + gaps));
}

/** The stage on `asOfDay`. The lapse that makes someone returning is judged by what was known before she came back. */
export function lifecycleStage(input: StageInput, rules: StageRules): Stage {
  const { purchaseDays, firstDay, lastDay, asOfDay } = input;
  const previousDay = input.previousDay ?? null;
  const silent = Math.max(0, asOfDay - lastDay);
  if (previousDay !== null && purchaseDays >= 2 && silent <= rules.returningDays) {
    const before = expectedGap(Math.max(0, purchaseDays - 2), Math.max(0, previousDay - firstDay), rules);
    if ((lastDay - previousDay) / before > rules.atRiskUntil) return 'returning';
  }
  const gaps = Math.max(0, purchaseDays - 1);
  const g = silent / expectedGap(gaps, gaps > 0 ? Math.max(0, lastDay - firstDay) : 0, rules);
  if (purchaseDays <= 1 && g <= rules.newUntil) return 'new';
  if (g <= rules.activeUntil) return 'active';
  return g <= rules.atRiskUntil ? 'at_risk' : 'lapsed';
}
