/** The end of a search as the evidence of a fit. */
import type { Fit } from './behaviour.ts';
import type { Maximum } from './maximum-likelihood.ts';
import type { Rows } from './rows.ts';

/** What a search found, as every fit keeps it; rows are in days (periods), parameters in units of `unitDays`. */
export function searchEvidence(best: Maximum, rows: Rows, noDropout: boolean, unitDays: number): Omit<Fit, 'model' | 'version' | 'params'> {
  const notes: string[] = [];
  if (noDropout) notes.push('no measurable dropout');
  if (!best.converged) notes.push('the search stopped before it settled; predictions may still be close');
  if (best.flat) notes.push('These orders do not pin down every parameter (the likelihood is flat): rely on the predictions, not on single parameters');
  return {
    unitDays,
    // A density per unit in place of one per day.
    logLikelihood: best.logLikelihood + rows.sumX * Math.log(unitDays),
    converged: best.converged,
    iterations: best.iterations,
    n: rows.n,
    uniqueRows: rows.weight.length,
    notes,
    degenerate: noDropout || best.flat,
  };
}
