/** How far predicted spend was from what customers then spent; the same figures for every kind of model. */

export interface ValueEvidence {
  customers: number;
  expectedSpend: number;
  actualSpend: number;
  /** expected / actual − 1; 0 when nothing was spent. */
  bias: number;
  mae: number;
  rmse: number;
  /** Customers in ten groups by expected spend, lowest first: means per customer. */
  deciles: { customers: number; expected: number; actual: number }[];
  /** Share of customers whose spend lay within the interval; null where none was given. */
  intervalCoverage: number | null;
  /** Share of all spend by the tenth of customers the model ranks highest. */
  topDecileShare: number;
}

/** Parallel columns in one unit of money. */
export function valueEvidence(expected: Float64Array, actual: Float64Array, interval?: { low: Float64Array; high: Float64Array }): ValueEvidence {
  const customers = expected.length;
  const order = new Int32Array(customers).map((_, i) => i).sort((i, j) => (expected[i] ?? 0) - (expected[j] ?? 0) || i - j);
  const groups = Array.from({ length: 10 }, () => ({ customers: 0, expected: 0, actual: 0 }));
  const sums = { expected: 0, actual: 0, absolute: 0, squared: 0, covered: 0 };
  order.forEach((i, rank) => {
    const said = expected[i] ?? 0;
    const was = actual[i] ?? 0;
    sums.expected += said;
    sums.actual += was;
    sums.absolute += Math.abs(said - was);
    sums.squared += (said - was) ** 2;
    if (interval && was >= (interval.low[i] ?? 0) && was <= (interval.high[i] ?? 0)) sums.covered++;
    const group = groups[Math.floor((10 * rank) / customers)];
    if (!group) return;
    group.customers++;
    group.expected += said;
    group.actual += was;
  });
  const per = (total: number): number => (customers > 0 ? total / customers : 0);
  return {
    customers,
    expectedSpend: sums.expected,
    actualSpend: sums.actual,
    bias: sums.actual > 0 ? sums.expected / sums.actual - 1 : 0,
    mae: per(sums.absolute),
    rmse: Math.sqrt(per(sums.squared)),
    deciles: groups.filter((group) => group.customers > 0).map((group) => ({ customers: group.customers, expected: group.expected / group.customers, actual: group.actual / group.customers })),
    intervalCoverage: interval ? per(sums.covered) : null,
    topDecileShare: sums.actual > 0 ? (groups[9]?.actual ?? 0) / sums.actual : 0,
  };
}
