/** NBD, the limit of every dropout model when nobody can be seen to leave: a rate per customer and no end. */
import type { BehaviourData, ContinuousModel, Fit, FitOptions } from './behaviour.ts';
import { maximise, type RowLikelihood } from './maximum-likelihood.ts';
import { risingTables } from './rising-tables.ts';
import { toRows } from './rows.ts';
import { searchEvidence } from './search-evidence.ts';

/** Gamma-mixed Poisson (Ehrenberg 1959) in (ln r, ln alpha); tx does not enter. */
function likelihood(scale: number): RowLikelihood {
  return (rows, theta, gradient) => {
    const r = Math.exp(theta[0] ?? 0);
    const alpha = Math.exp(theta[1] ?? 0) * scale;
    const rising = risingTables(r, rows.xs);
    let value = 0;
    let dr = 0;
    let dAlpha = 0;
    for (let k = 0; k < rows.xs.length; k++) {
      value += (rows.xWeight[k] ?? 0) * (rising.log[k] ?? 0);
      dr += (rows.xWeight[k] ?? 0) * (rising.digamma[k] ?? 0);
    }
    for (let i = 0; i < rows.weight.length; i++) {
      const w = rows.weight[i] ?? 0;
      const shape = r + (rows.xs[rows.xIndex[i] ?? 0] ?? 0);
      // log1p keeps the digits when alpha is far larger than any T.
      const gap = Math.log1p((rows.T[i] ?? 0) / alpha);
      value -= w * (shape * gap + (shape - r) * Math.log(alpha));
      dr -= w * gap;
      dAlpha += w * ((shape * (rows.T[i] ?? 0)) / (alpha * (alpha + (rows.T[i] ?? 0))) - (shape - r) / alpha);
    }
    gradient[0] = dr * r;
    gradient[1] = dAlpha * alpha;
    return value;
  };
}

/** The limit as a fit of `model`, with the parameters it reads as "no dropout". */
export function fitNbdLimit(model: ContinuousModel, data: BehaviourData, { unitDays = 7, maxIterations = 200 }: FitOptions = {}): Fit {
  const rows = toRows(data);
  const scale = Math.max(1, rows.sumT / Math.max(rows.n, 1));
  const rate = Math.max(rows.sumX / Math.max(rows.sumT, 1), 1e-6);
  const starts = [0.5, 2].map((r) => [Math.log(r), Math.log(Math.min(1e3, Math.max(1e-3, r / rate / scale)))]);
  const best = maximise(likelihood(scale), rows, starts, maxIterations);
  const [r = 1, alpha = 1] = Array.from(best.at, Math.exp);
  return {
    model: model.name,
    version: model.version,
    params: model.stayingParams(r, (alpha * scale) / unitDays),
    ...searchEvidence(best, rows, true, unitDays),
    notes: ['no measurable churn yet'],
  };
}
