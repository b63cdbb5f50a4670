/**
 * What contracts are worth: how many are given up a month, and what the rest will bring.
 *
 * Churn is one monthly probability p with a Beta posterior over the months seen. A contract pays at the end of each
 * month that it survives, so with q = 1 − p it brings MRR · Σ q^m / (1 + d)^m. All moments below are exact under the
 * posterior: E[q^m] is a ratio of rising factorials (as in the sBG model of Fader & Hardie, "How to Project Customer
 * Retention", 2007, of which this is the case that customers share one p we are unsure of).
 */
import { betaQuantile } from '#core/math/incomplete-beta';
import { normalQuantile } from '#core/math/normal';
import { PRIOR_TAIL } from './shipped-prior.ts';

/**
 * Before a shop has months of its own: one contract in twenty ends a month, known about as well as from thirty
 * contract-months. Ordinary for consumer subscriptions, whose published monthly rates lie between 2 and 10 %.
 */
const PRIOR = { churned: 1.5, kept: 28.5 } as const;
/** Contract-months below which the prior weighs more than a quarter, and we say so. */
export const LEAST_CONTRACT_MONTHS = 100;
/** Left out on each side once the shop's own months speak. */
const OWN_TAIL = 0.1;
/** Nothing is expected of a contract after fifty years. */
const MOST_MONTHS = 600;

/** What became of the contracts of one whole month. */
export interface ContractMonth {
  /** Paying customers as it began. */
  atStart: number;
  /** Those of them who no longer paid as it ended. */
  churned: number;
}

export interface Churn {
  /** Posterior Beta(a, b) of the monthly probability. */
  a: number;
  b: number;
  /** A month, as a fraction. */
  mean: number;
  low: number;
  high: number;
  /** Left out on each side of every interval that rests on this. */
  tail: number;
  contractMonths: number;
  churned: number;
  /** `prior`: too few months of its own; the interval is wide and the words say so. */
  source: 'observed' | 'prior';
}

/** The posterior after `months`; interval of 80 %, or 95 % while the prior speaks. */
export function churnOf(months: readonly ContractMonth[]): Churn {
  let contractMonths = 0;
  let churned = 0;
  for (const month of months) {
    contractMonths += month.atStart;
    churned += Math.min(month.churned, month.atStart);
  }
  const a = PRIOR.churned + churned;
  const b = PRIOR.kept + contractMonths - churned;
  const source = contractMonths < LEAST_CONTRACT_MONTHS ? 'prior' : 'observed';
  const tail = source === 'prior' ? PRIOR_TAIL : OWN_TAIL;
  return { a, b, mean: a / (a + b), low: betaQuantile(tail, a, b), high: betaQuantile(1 - tail, a, b), tail, contractMonths, churned, source };
}

export interface ContractTerms {
  /** Whole months; null for as long as contracts last. */
  months: number | null;
  /** 0.01 = one per cent a month. */
  discountMonthly: number;
}

export interface ContractualValue {
  /** In the unit of the amounts given. */
  mean: number;
  low: number;
  high: number;
  /** Months that one contract is expected to go on being paid, undiscounted. */
  expectedMonths: number;
}

/** E[q^m] for m = 0 … count. */
function survival({ a, b }: Pick<Churn, 'a' | 'b'>, count: number): Float64Array {
  const alive = new Float64Array(count + 1);
  alive[0] = 1;
  for (let m = 1; m <= count; m++) alive[m] = (alive[m - 1] ?? 0) * ((b + m - 1) / (a + b + m - 1));
  return alive;
}

/** Value today of 1 a month paid for 0 … count months, at each month's end. */
function annuities(discountMonthly: number, count: number): Float64Array {
  const worth = new Float64Array(count + 1);
  for (let m = 1; m <= count; m++) worth[m] = (worth[m - 1] ?? 0) + Math.pow(1 + discountMonthly, -m);
  return worth;
}

/** What `amount` a month of one customer will bring: exact quantiles of when she ends it. */
export function contractValue(amount: number, churn: Churn, { months, discountMonthly }: ContractTerms): ContractualValue {
  const count = Math.min(MOST_MONTHS, months ?? MOST_MONTHS);
  const alive = survival(churn, count);
  const worth = annuities(discountMonthly, count);
  let mean = 0;
  let expectedMonths = 0;
  for (let m = 1; m <= count; m++) {
    mean += (alive[m] ?? 0) * ((worth[m] ?? 0) - (worth[m - 1] ?? 0));
    expectedMonths += alive[m] ?? 0;
  }
  /** The months paid that a share `p` of such contracts does not pass: P(K ≤ k) = 1 − E[q^(k+1)]. */
  const monthsAt = (p: number): number => {
    for (let k = 0; k < count; k++) if (1 - (alive[k + 1] ?? 0) >= p) return k;
    return count;
  };
  const low = worth[monthsAt(churn.tail)] ?? 0;
  const high = worth[monthsAt(1 - churn.tail)] ?? 0;
  return { mean: amount * mean, low: amount * Math.min(mean, low), high: amount * Math.max(mean, high), expectedMonths };
}

/** The paying customers in sum: `total` a month, and the sum of the squares of what each pays. */
export interface Payers {
  total: number;
  squares: number;
}

/**
 * What all contracts together will bring. Mean and variance are exact: customers end theirs independently given p, and
 * p itself is uncertain for all of them at once, which is what remains however many they are. Interval as a gamma by
 * Wilson & Hilferty, never above what they would bring if nobody left.
 */
export function contractsValue({ total, squares }: Payers, churn: Churn, { months, discountMonthly }: ContractTerms): ContractualValue {
  const count = Math.min(MOST_MONTHS, months ?? MOST_MONTHS);
  const alive = survival(churn, 2 * count);
  const worth = annuities(discountMonthly, count);
  let mean = 0;
  let second = 0;
  let together = 0;
  let expectedMonths = 0;
  for (let m = 1; m <= count; m++) {
    const [now, before, kept] = [worth[m] ?? 0, worth[m - 1] ?? 0, alive[m] ?? 0];
    mean += kept * (now - before);
    second += kept * (now * now - before * before);
    expectedMonths += kept;
  }
  // E[A(p)²] of the annuity A(p) = Σ q^m v^m: pairs of months (m, n) with one sum m + n share a survival.
  for (let s = 2; s <= 2 * count; s++) together += (alive[s] ?? 0) * Math.pow(1 + discountMonthly, -s) * Math.min(s - 1, 2 * count - s + 1);
  const expected = total * mean;
  const most = total * (worth[count] ?? 0);
  if (!(expected > 0)) return { mean: 0, low: 0, high: 0, expectedMonths };
  const variance = Math.max(0, squares * (second - together) + total * total * (together - mean * mean));
  const variation = variance / (expected * expected);
  const at = (p: number): number => expected * Math.max(0, 1 - variation / 9 + (normalQuantile(p) * Math.sqrt(variation)) / 3) ** 3;
  return { mean: expected, low: Math.min(expected, at(churn.tail)), high: Math.min(most, Math.max(expected, at(1 - churn.tail))), expectedMonths };
}

/** Whole months of a horizon in days, at least one. */
export function monthsOf(days: number): number {
  return Math.max(1, Math.round((days * 12) / 365.25));
}
