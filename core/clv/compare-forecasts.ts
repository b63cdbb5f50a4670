/** Whether one forecast is better than another beyond what chance would give, from paired losses of the same customers. */
import { z } from 'zod';

export const verdictSchema = z.object({
  challenger: z.string(),
  /** Mean loss of the challenger minus that of the standing model; below zero it is better. */
  difference: z.number(),
  /** Of the difference: the larger of what customers and what origins leave to chance. */
  standardError: z.number(),
  /** Better at every origin, and by more than two standard errors. */
  better: z.boolean(),
});

export type Verdict = z.infer<typeof verdictSchema>;

/**
 * Losses by origin, one entry a customer, in the same order for both; `weights` are the customers behind an entry. Customers of one
 * origin are independent given the model; origins overlap and share a season, so their own spread counts as well (Diebold & Mariano
 * 1995, with origins as the clusters).
 * @throws RangeError when the two do not cover the same customers.
 */
export function compareForecasts(challenger: string, standing: readonly Float64Array[], challenging: readonly Float64Array[], weights?: readonly (Float64Array | undefined)[]): Verdict {
  if (standing.length !== challenging.length || standing.some((losses, o) => losses.length !== challenging[o]?.length)) throw new RangeError(`Forecasts of ${challenger} cover other customers`);
  const means: number[] = [];
  const variances: number[] = [];
  standing.forEach((losses, o) => {
    const other = challenging[o] ?? losses;
    const weight = (i: number): number => weights?.[o]?.[i] ?? 1;
    const count = losses.reduce((sum, _, i) => sum + weight(i), 0);
    if (count < 2) return;
    const mean = losses.reduce((sum, loss, i) => sum + weight(i) * ((other[i] ?? 0) - loss), 0) / count;
    means.push(mean);
    variances.push(losses.reduce((sum, loss, i) => sum + weight(i) * ((other[i] ?? 0) - loss - mean) ** 2, 0) / (count - 1) / count);
  });
  const origins = means.length;
  if (origins === 0) return { challenger, difference: 0, standardError: 0, better: false };
  const difference = means.reduce((sum, mean) => sum + mean, 0) / origins;
  // The same customers return at each origin: their variance is averaged, not divided by the number of origins.
  const byCustomers = variances.reduce((sum, variance) => sum + variance, 0) / origins;
  const byOrigins = origins > 1 ? means.reduce((sum, mean) => sum + (mean - difference) ** 2, 0) / (origins - 1) / origins : 0;
  const standardError = Math.sqrt(Math.max(byCustomers, byOrigins));
  return { challenger, difference, standardError, better: means.every((mean) => mean < 0) && difference < -2 * standardError };
}

/** Poisson deviance of a forecast mean: least in expectation at the true mean, and no single heavy buyer decides it. */
export function poissonLoss(expected: number, actual: number): number {
  const mean = Math.max(expected, 1e-6);
  return 2 * ((actual > 0 ? actual * Math.log(actual / mean) : 0) - actual + mean);
}
