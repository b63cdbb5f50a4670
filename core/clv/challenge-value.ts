/** Learned models of spend beside the probabilistic one: the same customers and windows, and whether one is better beyond noise. */
import { z } from 'zod';
import { crossFitted, firstOf, purchaseHistories, TRIED } from '#core/churn/past-windows';
import type { PastWindow, RhythmOptions } from '#core/churn/past-windows';
import { isLogged } from '#core/features/catalogue';
import { expectedOrders } from './choose-model.ts';
import { compareForecasts, poissonLoss, verdictSchema } from './compare-forecasts.ts';
import { expectedSpend } from './gamma-gamma.ts';
import { fitExpectedValue, LEARNED_MODELS, predictExpectedValue } from './learned-value.ts';
import { fitShop } from './shop-fit.ts';
import { valueEvidence } from './value-evidence.ts';

const figures = z.object({
  model: z.string(), customers: z.number(), expectedSpend: z.number(), actualSpend: z.number(), bias: z.number(), mae: z.number(), rmse: z.number(), topDecileShare: z.number(),
});

export const challengeSchema = z.object({
  /** Of the latest window. */
  origin: z.string(), end: z.string(),
  /** All windows, latest first; runs of before several were asked have none. */
  origins: z.array(z.object({ origin: z.string(), end: z.string(), customers: z.number() })).default([]),
  /** On the latest window, no customer learned from by what foretells her; the first stands. Minor units. */
  trials: z.array(figures),
  verdicts: z.array(verdictSchema),
  /** For people. */
  why: z.string(),
});

export type ValueChallenge = z.infer<typeof challengeSchema>;

/** What each way expected of one window's customers, and what it missed by. */
export interface ValueTrial {
  origin: string;
  end: string;
  /** Net in the window, minor units. */
  actual: Float64Array;
  /** By name, the standing one first; parallel to `actual`. */
  expected: Map<string, Float64Array>;
}

/** The probabilistic model and every learned one on one window. @param latest whether no window is later */
export function tryValue(window: PastWindow, horizonDays: number, latest: boolean, options: RhythmOptions): ValueTrial {
  const { seed = 1, unitDays, minorPerUnit } = options;
  const tried = firstOf(window, latest ? TRIED.latest : TRIED.earlier);
  const histories = purchaseHistories(tried.table, minorPerUnit);
  const { behaviour, spend } = fitShop(histories, options.model, options);
  const none = new Float64Array(tried.table.rows);
  const orders = expectedOrders(behaviour.model, behaviour.params, { ...histories, actualOrders: none, actualSpend: none, horizonDays }, unitDays);
  const expected = new Map<string, Float64Array>([[behaviour.model, orders.map((count, i) => count * expectedSpend(spend.params, histories.x[i] ?? 0, histories.mRepeat[i] ?? 0))]]);
  for (const name of LEARNED_MODELS) {
    expected.set(name, crossFitted(tried, seed, (fit, held) => predictExpectedValue(fitExpectedValue(fit.table, fit.spent, name, { seed, isLogged }), held.table)));
  }
  return { origin: window.origin, end: window.end, actual: tried.spent, expected };
}

/**
 * Whether a learned model of spend was better than the one that serves from every one of the days, by two standard errors (paired Poisson
 * deviance of spend in multiples of its mean, as in `choose-model.ts`). It says so and lets nothing serve.
 * @param trials latest first @throws RangeError without any
 */
export function challengeValue(trials: readonly ValueTrial[]): ValueChallenge {
  const [latest] = trials;
  const standing = latest?.expected.keys().next().value;
  if (!latest || standing === undefined) throw new RangeError('A challenge takes at least one earlier day');
  const losses = (name: string): Float64Array[] => trials.map(({ actual, expected }) => {
    const unit = Math.max(1, actual.reduce((sum, each) => sum + Math.max(0, each), 0) / Math.max(1, actual.length));
    return (expected.get(name) ?? new Float64Array(0)).map((each, i) => poissonLoss(each / unit, Math.max(0, actual[i] ?? 0) / unit));
  });
  const verdicts = LEARNED_MODELS.map((name) => compareForecasts(name, losses(standing), losses(name)));
  const better = verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0];
  const from = trials.length === 1 ? 'one earlier day' : `each of ${trials.length} earlier days`;
  return {
    origin: latest.origin, end: latest.end, verdicts,
    origins: trials.map(({ origin, end, actual }) => ({ origin, end, customers: actual.length })),
    trials: [...latest.expected].map(([model, expected]) => {
      const { customers, expectedSpend: said, actualSpend, bias, mae, rmse, topDecileShare } = valueEvidence(expected, latest.actual);
      return { model, customers, expectedSpend: said, actualSpend, bias, mae, rmse, topDecileShare };
    }),
    why: better
      ? `From ${from}, ${better.challenger} foretold spend better than ${standing}, by more than chance explains. It does not serve: values stay with ${standing}, whose intervals and daily updates it lacks`
      : `From ${from}, no learned model foretold spend better than ${standing} by more than chance explains, so values stay with it`,
  };
}
