/** Learned models of spend beside the probabilistic one: the same customers, window and figures, and whether one is better beyond noise. */
import { z } from 'zod';
import type { ChurnWindow, RhythmOptions } from '#core/churn/learn-churn';
import { purchaseHistories } from '#core/churn/learn-churn';
import { isLogged } from '#core/features/catalogue';
import { stratifiedSplit } from '#core/learning/split';
import { takeRows, takeValues } from '#core/learning/table';
import { expectedOrders } from './choose-model.ts';
import { compareForecasts, poissonLoss, verdictSchema } from './compare-forecasts.ts';
import { expectedSpend } from './gamma-gamma.ts';
import { fitLearnedValue, LEARNED_MODELS, predictLearnedValue } from './learned-value.ts';
import { fitShop } from './shop-fit.ts';
import { valueEvidence } from './value-evidence.ts';

const figures = z.object({
  model: z.string(), customers: z.number(), expectedSpend: z.number(), actualSpend: z.number(), bias: z.number(), mae: z.number(), rmse: z.number(), topDecileShare: z.number(),
});

export const challengeSchema = z.object({
  origin: z.string(), end: z.string(),
  /** On a fifth of the customers, not fitted on by the learned ones; the first stands. Minor units. */
  trials: z.array(figures),
  verdicts: z.array(verdictSchema),
  /** For people. */
  why: z.string(),
});

export type ValueChallenge = z.infer<typeof challengeSchema>;

const TEST_SHARE = 0.2;

/** @param spent net in the window by customer, minor units, parallel to `then` of the window */
export function challengeValue({ then, left, origin, end, horizonDays }: ChurnWindow, spent: Float64Array, options: RhythmOptions): ValueChallenge {
  const { seed = 1, unitDays } = options;
  const parts = stratifiedSplit(left, TEST_SHARE, seed);
  const [training, test] = [takeRows(then.table, parts.fit), takeRows(then.table, parts.held)];
  const actual = takeValues(spent, parts.held);
  const unit = Math.max(1, actual.reduce((sum, each) => sum + Math.max(0, each), 0) / Math.max(1, actual.length));
  const losses = (expected: Float64Array): Float64Array => expected.map((each, i) => poissonLoss(each / unit, Math.max(0, actual[i] ?? 0) / unit));
  const { behaviour, spend } = fitShop(purchaseHistories(then.table, options.minorPerUnit), options.model, options);
  const held = purchaseHistories(test, options.minorPerUnit);
  const none = new Float64Array(test.rows);
  const orders = expectedOrders(behaviour.model, behaviour.params, { ...held, actualOrders: none, actualSpend: none, horizonDays }, unitDays);
  const standing = orders.map((count, i) => count * expectedSpend(spend.params, held.x[i] ?? 0, held.mRepeat[i] ?? 0));
  const learned = LEARNED_MODELS.map((name) => ({ name, expected: predictLearnedValue(fitLearnedValue(training, takeValues(spent, parts.fit), name, { seed, isLogged }), test).value }));
  const verdicts = learned.map(({ name, expected }) => compareForecasts(name, [losses(standing)], [losses(expected)]));
  const better = verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0];
  return {
    origin, end, verdicts,
    trials: [{ name: behaviour.model, expected: standing }, ...learned].map(({ name, expected }) => {
      const { customers, expectedSpend: said, actualSpend, bias, mae, rmse, topDecileShare } = valueEvidence(expected, actual);
      return { model: name, customers, expectedSpend: said, actualSpend, bias, mae, rmse, topDecileShare };
    }),
    why: better
      ? `${better.challenger} foretold spend of one window better than ${behaviour.model} beyond chance. One window is not enough to let it serve: values stay with ${behaviour.model}`
      : `No learned model foretold spend better than ${behaviour.model} beyond chance, so values stay with it`,
  };
}
