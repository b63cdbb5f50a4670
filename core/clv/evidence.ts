/** How far predictions were from what then happened: the holdout figures kept with every fit. */
import { z } from 'zod';

export const holdoutEvidenceSchema = z.object({
  customers: z.number(),
  horizonDays: z.number(),
  expectedOrders: z.number(),
  actualOrders: z.number(),
  /** expected / actual − 1; negative is a forecast that was too low. */
  bias: z.number(),
  /** Per customer, orders. */
  mae: z.number(),
  rmse: z.number(),
  /** Minor units, undiscounted. */
  expectedSpend: z.number(),
  actualSpend: z.number(),
  spendMae: z.number(),
  /** Customers in ten groups by expected orders, lowest first: means per customer. */
  deciles: z.array(z.object({ customers: z.number(), expected: z.number(), actual: z.number() })),
  /** Share of customers whose actual spend lay within the interval, and what was aimed for. */
  intervalCoverage: z.number(),
  intervalTarget: z.number(),
});

export type HoldoutEvidence = z.infer<typeof holdoutEvidenceSchema>;

/** Parallel columns, a customer (or a group of equal ones) each. */
export interface Outcomes {
  expectedOrders: Float64Array;
  actualOrders: Float64Array;
  expectedSpend: Float64Array;
  actualSpend: Float64Array;
  low: Float64Array;
  high: Float64Array;
  weights?: Float64Array;
}

/** Errors, calibration by decile and interval coverage of `outcomes`. */
export function holdoutEvidence(outcomes: Outcomes, horizonDays: number, intervalTarget: number): HoldoutEvidence {
  const { expectedOrders, actualOrders, expectedSpend, actualSpend, low, high, weights } = outcomes;
  let customers = 0;
  let expected = 0;
  let actual = 0;
  let absolute = 0;
  let squared = 0;
  let spendExpected = 0;
  let spendActual = 0;
  let spendAbsolute = 0;
  let covered = 0;
  for (let i = 0; i < expectedOrders.length; i++) {
    const w = weights ? (weights[i] ?? 0) : 1;
    const error = (expectedOrders[i] ?? 0) - (actualOrders[i] ?? 0);
    customers += w;
    expected += w * (expectedOrders[i] ?? 0);
    actual += w * (actualOrders[i] ?? 0);
    absolute += w * Math.abs(error);
    squared += w * error * error;
    spendExpected += w * (expectedSpend[i] ?? 0);
    spendActual += w * (actualSpend[i] ?? 0);
    spendAbsolute += w * Math.abs((expectedSpend[i] ?? 0) - (actualSpend[i] ?? 0));
    if ((actualSpend[i] ?? 0) >= (low[i] ?? 0) && (actualSpend[i] ?? 0) <= (high[i] ?? 0)) covered += w;
  }
  const per = (total: number): number => (customers > 0 ? total / customers : 0);
  return {
    customers,
    horizonDays,
    expectedOrders: expected,
    actualOrders: actual,
    bias: actual > 0 ? expected / actual - 1 : 0,
    mae: per(absolute),
    rmse: Math.sqrt(per(squared)),
    expectedSpend: spendExpected,
    actualSpend: spendActual,
    spendMae: per(spendAbsolute),
    deciles: deciles(expectedOrders, actualOrders, weights, customers),
    intervalCoverage: per(covered),
    intervalTarget,
  };
}

function deciles(expected: Float64Array, actual: Float64Array, weights: Float64Array | undefined, customers: number): HoldoutEvidence['deciles'] {
  const order = new Int32Array(expected.length).map((_, i) => i).sort((i, j) => (expected[i] ?? 0) - (expected[j] ?? 0));
  const groups = Array.from({ length: 10 }, () => ({ customers: 0, expected: 0, actual: 0 }));
  let before = 0;
  for (const i of order) {
    const w = weights ? (weights[i] ?? 0) : 1;
    const group = groups[Math.min(9, Math.floor((10 * before) / customers))];
    before += w;
    if (!group) continue;
    group.customers += w;
    group.expected += w * (expected[i] ?? 0);
    group.actual += w * (actual[i] ?? 0);
  }
  return groups
    .filter((group) => group.customers > 0)
    .map((group) => ({ customers: group.customers, expected: group.expected / group.customers, actual: group.actual / group.customers }));
}
