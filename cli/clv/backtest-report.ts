/** How models did on earlier days, and which of them is better beyond noise: what `clv backtest` prints. */
import type { BehaviourModel } from '#core/clv/behaviour';
import { bgBb } from '#core/clv/bg-bb';
import { compareForecasts, poissonLoss, type Verdict } from '#core/clv/compare-forecasts';
import { holdoutEvidence } from '#core/clv/evidence';
import { DEFAULT_MODEL } from '#core/clv/registry';
import { widened, wideningFrom, type PastForecast } from '#core/clv/widening';
import { believe, fitPrepared, foresee } from './fitting.ts';
import type { Prepared } from './fit-input.ts';
import { print } from './print.ts';

/** One model seen from one day; what is spend is null where the file tells of none. */
interface Run {
  calibrationEnd: string | null;
  horizonDays: number;
  customers: number;
  expected: number;
  actual: number;
  low: number;
  high: number;
  mae: number;
  rmse: number;
  bias: number;
  spendMae: number | null;
  intervalCoverage: number | null;
  trackingMape: number | null;
  converged: boolean;
}

interface JudgedDay {
  run: Run;
  /** Of each customer, and how many of them an entry stands for. */
  losses: Float64Array;
  weights: Float64Array | undefined;
  past: PastForecast;
}

/** Fitted on what was known and held against what came; null where nobody was there yet or nothing came after. */
export function judgeDay(model: BehaviourModel, prepared: Prepared, { calibrationEnd, level, seed, hasMoney }: { calibrationEnd: string | null; level: number; seed: number; hasMoney: boolean }): JudgedDay | null {
  const { holdout, data: { weights } } = prepared;
  if (!holdout || prepared.m.length === 0) return null;
  const fitted = fitPrepared(model, prepared, hasMoney);
  const made = foresee(fitted, believe(fitted, prepared, seed), prepared, { horizonDays: holdout.horizonDays, discountMonthly: 0, level, each: true });
  const evidence = holdoutEvidence({ expectedOrders: made.expectedOrders, actualOrders: holdout.x, expectedSpend: made.spend, actualSpend: holdout.spend, low: made.low, high: made.high, weights }, holdout.horizonDays, level);
  const { orders } = made.total;
  return {
    losses: Float64Array.from(made.expectedOrders, (expected, i) => poissonLoss(expected, holdout.x[i] ?? 0)),
    weights,
    past: { ...orders, actual: evidence.actualOrders },
    run: {
      calibrationEnd, horizonDays: holdout.horizonDays, customers: evidence.customers, expected: evidence.expectedOrders, actual: evidence.actualOrders, low: orders.low, high: orders.high,
      mae: evidence.mae, rmse: evidence.rmse, bias: evidence.bias, spendMae: hasMoney ? evidence.spendMae : null, intervalCoverage: hasMoney ? evidence.intervalCoverage : null,
      trackingMape: holdout.trackingMape(fitted.fit), converged: fitted.fit.converged,
    },
  };
}

/** Every model's days in figures and means. */
function resultOf({ model, days }: { model: BehaviourModel; days: readonly JudgedDay[] }) {
  const past = days.map((day) => day.past);
  const factor = wideningFrom(past);
  const holds = ({ low, high, actual }: PastForecast): boolean => actual >= low && actual <= high;
  const mean = (read: (run: Run) => number): number => days.reduce((sum, { run }) => sum + read(run), 0) / Math.max(1, days.length);
  const meanOf = (name: 'spendMae' | 'intervalCoverage'): number | null => (days.some(({ run }) => run[name] === null) ? null : mean((run) => run[name] ?? 0));
  return {
    model: model.name, mae: mean((run) => run.mae), rmse: mean((run) => run.rmse), bias: mean((run) => run.bias), spendMae: meanOf('spendMae'), intervalCoverage: meanOf('intervalCoverage'),
    totalsHeld: past.filter(holds).length, widenedBy: factor, totalsHeldWidened: past.filter((each) => holds({ ...each, ...widened(each, factor * (1 + 1e-9)) })).length,
    origins: days.map(({ run }) => run),
  };
}

/** Compares and prints. @param head of what was read */
export function report(head: Record<string, unknown>, judged: readonly { model: BehaviourModel; days: readonly JudgedDay[] }[], notes: readonly string[], json: boolean): void {
  const results = judged.map(resultOf);
  // Periods and days count different things: bg-bb is shown beside the others, and chosen only among its own kind.
  const comparable = judged.filter(({ model }) => (model === bgBb) === judged.every((each) => each.model === bgBb));
  const standing = comparable.find(({ model }) => model.name === DEFAULT_MODEL) ?? comparable[0];
  const losses = (days: readonly JudgedDay[]): Float64Array[] => days.map((day) => day.losses);
  const verdicts: Verdict[] = standing
    ? comparable.filter((each) => each !== standing).map(({ model, days }) => compareForecasts(model.name, losses(standing.days), losses(days), standing.days.map(({ weights }) => weights))) : [];
  const better = verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0];
  const named = standing?.model.name ?? '';
  print(
    {
      ...head,
      models: json ? results : Object.fromEntries(results.map(({ model, ...rest }) => [model, rest])),
      against: standing?.model.name ?? null,
      comparisons: verdicts,
      notes,
      chosen: better?.challenger ?? standing?.model.name ?? null,
      why: better ? `${better.challenger} is better than ${named} at every origin and beyond two standard errors` : `no model is better than ${named} beyond noise`,
    },
    json,
  );
}
