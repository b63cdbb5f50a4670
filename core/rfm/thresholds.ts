/** Where the scores are cut: by fifths of the customers, or at values that the merchant chose. */
import { z } from 'zod';
import { currencyCode } from '#core/commerce/currencies';
import { minorDigits } from '#core/commerce/money';
import type { RfmCuts } from './rfm.ts';

const count = z.int().min(0);
const amount = z.number().min(0).max(1e12);
const rises = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value > (values[i - 1] ?? 0));
const falls = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value < (values[i - 1] ?? 0));

/** Four values each, for the scores 2 to 5. */
export const rfmThresholds = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('quantile') }),
  z.strictObject({
    rule: z.literal('fixed'),
    /** At most so many days since the last purchase; fewer for each score. */
    recencyDays: z.tuple([count, count, count, count]).refine(falls, 'Each score needs fewer days than the one below it, such as 365, 180, 90, 30').refine(([most]) => most <= 36_500, 'Use at most 36,500 days'),
    /** At least so many days with a purchase. */
    frequency: z.tuple([count, count, count, count]).refine(rises, 'Each score needs more purchases than the one below it, such as 2, 3, 5, 10').refine(([least]) => least >= 1, 'Begin with at least 1'),
    /** At least so much so far, decimal in `currency`. */
    monetary: z.tuple([amount, amount, amount, amount]).refine(rises, 'Each score needs more than the one below it, such as 50, 100, 250, 500'),
    currency: z.string().refine((code) => currencyCode(code) === code, 'Not a currency code; write it like EUR'),
  }),
]);
export type RfmThresholds = z.infer<typeof rfmThresholds>;

export const QUANTILES: RfmThresholds = { rule: 'quantile' };

/**
 * Cuts in force on a day: `byFifths` where the merchant chose no values. Amounts chosen in a currency that the company
 * has left since cannot be compared with today's values: those are cut by fifths.
 * @param today day number
 */
export function cutsInForce(thresholds: RfmThresholds, byFifths: RfmCuts, today: number, currency: string): RfmCuts {
  if (thresholds.rule === 'quantile') return byFifths;
  return {
    recency: thresholds.recencyDays.map((days) => today - days),
    frequency: [...thresholds.frequency],
    monetary: thresholds.currency === currency ? thresholds.monetary.map((value) => Math.round(value * 10 ** minorDigits(currency))) : byFifths.monetary,
  };
}

/** Whether two choices are one. */
export function sameThresholds(a: RfmThresholds, b: RfmThresholds): boolean {
  return JSON.stringify(rfmThresholds.parse(a)) === JSON.stringify(rfmThresholds.parse(b));
}
