/** How cohorts' revenue has gone on growing, carried over to the younger ones: the chain ladder with its error. */

/** Cumulative revenue of one cohort at ages 0, 1, 2, …, as far as it is known. */
export type Development = readonly number[];

export interface DevelopmentFactors {
  /** From age k to k + 1, for every k that two ages of one cohort show. */
  factors: number[];
  /** Mack's σ_k² for each. */
  variances: number[];
  /** Cohorts behind each. */
  cohorts: number[];
}

export interface ProjectedCohort {
  /** Cumulative revenue at every age up to the last known factor: what was seen, then what is projected. */
  cumulative: number[];
  /** Standard error of each of them; 0 where it was seen. */
  errors: number[];
  /** Ages seen. */
  seen: number;
}

/**
 * Factors f_k = Σ C_{i,k+1} / Σ C_{i,k} over cohorts that show both ages, and σ_k² = Σ C_{i,k} (C_{i,k+1}/C_{i,k} − f_k)² / (n − 1)
 * (Mack, "Distribution-free calculation of the standard error of chain ladder reserve estimates", 1993, eq. 2 and 5);
 * the last σ², which one cohort alone cannot show, is min(σ⁴_{k−1}/σ²_{k−2}, σ²_{k−2}, σ²_{k−1}). Cohorts that have
 * brought nothing by age k say nothing about growth from there and are left out of it.
 */
export function developmentFactors(triangle: readonly Development[]): DevelopmentFactors {
  const ages = triangle.reduce((most, row) => Math.max(most, row.length), 0);
  const out: DevelopmentFactors = { factors: [], variances: [], cohorts: [] };
  for (let k = 0; k + 1 < ages; k++) {
    const pairs = triangle.flatMap((row) => {
      const [now, next] = [row[k] ?? 0, row[k + 1]];
      return next !== undefined && now > 0 ? [{ now, next }] : [];
    });
    if (pairs.length === 0) break;
    const base = pairs.reduce((sum, { now }) => sum + now, 0);
    const factor = pairs.reduce((sum, { next }) => sum + next, 0) / base;
    const squares = pairs.reduce((sum, { now, next }) => sum + now * (next / now - factor) ** 2, 0);
    const [one = 0, two = one] = [out.variances[k - 1], out.variances[k - 2]];
    out.factors.push(factor);
    out.cohorts.push(pairs.length);
    out.variances.push(pairs.length > 1 ? squares / (pairs.length - 1) : two > 0 ? Math.min((one * one) / two, two, one) : one);
  }
  return out;
}

/**
 * Every cohort carried to the last age that factors reach, with Mack's standard error of each age (his eq. 7):
 * C²_{i,k+1} · Σ σ_j²/f_j² · (1/C_{i,j} + 1/Σ C_{·,j}). And the error of all cohorts together at that age, which is more
 * than the parts since they share the factors (his corollary).
 */
export function projectDevelopment(triangle: readonly Development[]): { cohorts: ProjectedCohort[]; total: number; totalError: number; development: DevelopmentFactors } {
  const development = developmentFactors(triangle);
  const { factors, variances } = development;
  const ages = factors.length + 1;
  const behind = factors.map((_, k) => triangle.reduce((sum, row) => sum + (row.length > k + 1 && (row[k] ?? 0) > 0 ? (row[k] ?? 0) : 0), 0));
  const cohorts = triangle.map((row): ProjectedCohort => {
    const cumulative = row.slice(0, ages);
    const errors = cumulative.map(() => 0);
    let relative = 0;
    for (let k = cumulative.length - 1; k >= 0 && k + 1 < ages; k++) {
      const [now, factor] = [cumulative[k] ?? 0, factors[k] ?? 1];
      const next = now * factor;
      relative += now > 0 && factor !== 0 ? ((variances[k] ?? 0) / (factor * factor)) * (1 / now + 1 / (behind[k] ?? Infinity)) : 0;
      cumulative.push(next);
      errors.push(Math.abs(next) * Math.sqrt(relative));
    }
    return { cumulative, errors, seen: Math.min(row.length, ages) };
  });
  let total = 0;
  let variance = 0;
  cohorts.forEach((cohort, i) => {
    const end = cohort.cumulative[ages - 1] ?? 0;
    total += end;
    variance += (cohort.errors[ages - 1] ?? 0) ** 2;
    let shared = 0;
    for (let k = Math.max(0, cohort.seen - 1); k < factors.length; k++) if ((behind[k] ?? 0) > 0 && factors[k] !== 0) shared += (2 * (variances[k] ?? 0)) / ((factors[k] ?? 1) ** 2 * (behind[k] ?? 1));
    for (const other of cohorts.slice(i + 1)) variance += end * (other.cumulative[ages - 1] ?? 0) * Math.max(0, cohort.seen > 0 ? shared : 0) * (other.seen <= cohort.seen ? 1 : 0);
  });
  return { cohorts, total, totalError: Math.sqrt(Math.max(0, variance)), development };
}
