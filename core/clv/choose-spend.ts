/** What says how much customers will spend: the way that serves stays unless another was better from every earlier day, beyond what chance gives. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { normalQuantile } from '#core/math/normal';
import { compareForecasts, poissonLoss, verdictSchema } from './compare-forecasts.ts';
import { SPEND_WAYS, type SpendTrial, type SpendWay } from './try-spend.ts';
import { valueEvidence } from './value-evidence.ts';

const figures = z.object({
  model: z.string(), customers: z.number(), expectedSpend: z.number(), actualSpend: z.number(), bias: z.number(), mae: z.number(), rmse: z.number(), topDecileShare: z.number(),
});

export const spendChoiceSchema = z.object({
  /** Runs of before learned spend could serve have none of these three. */
  standing: z.string().optional(), chosen: z.string().optional(), pinned: z.boolean().optional(),
  /** All days, latest first; none where the history is too short for one. `learnedFrom`: where the window that was learned from begins. */
  origins: z.array(z.object({ origin: z.string(), end: z.string(), customers: z.number(), learnedFrom: z.string().optional() })).default([]),
  /** On the latest day. Minor units. */
  trials: z.array(figures),
  verdicts: z.array(verdictSchema),
  /** For people. */
  why: z.string(),
});

export type SpendChoice = z.infer<typeof spendChoiceSchema>;

export interface SpendChoiceOptions {
  /** What serves now. */
  standing: SpendWay;
  /** What people chose to keep; it serves whatever the others would have foretold. */
  pinned: SpendWay | null;
}

/**
 * Paired Poisson deviances of the same customers' spend, in multiples of its mean. Promotion takes being better on every day and by two
 * standard errors, the larger of customers' and days'. Without a day to look at, what serves stays.
 * @param past latest first
 */
export function chooseSpend(past: readonly SpendTrial[], { standing, pinned }: SpendChoiceOptions): SpendChoice & { chosen: SpendWay } {
  const losses = (way: SpendWay): Float64Array[] => past.map(({ actual, expected }) => deviances(expected.get(way) ?? new Float64Array(0), actual));
  const verdicts = past.length === 0 ? [] : SPEND_WAYS.filter((way) => way !== standing).map((way) => compareForecasts(way, losses(standing), losses(way)));
  const best = verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0]?.challenger;
  const better = SPEND_WAYS.find((way) => way === best) ?? null;
  const [latest] = past;
  return {
    standing, chosen: pinned ?? better ?? standing, pinned: pinned !== null, verdicts, why: reason(standing, pinned, better, past.length),
    origins: past.map(({ origin, end, actual, learnedFrom }) => ({ origin, end, customers: actual.length, learnedFrom })),
    trials: [...latest?.expected ?? []].map(([model, expected]) => {
      const { customers, expectedSpend, actualSpend, bias, mae, rmse, topDecileShare } = valueEvidence(expected, latest?.actual ?? expected);
      return { model, customers, expectedSpend, actualSpend, bias, mae, rmse, topDecileShare };
    }),
  };
}

/** Poisson deviance of each customer's spend in multiples of the mean: no currency decides. Parallel; money of both in one unit. */
export function deviances(expected: Float64Array, actual: Float64Array): Float64Array {
  const unit = actual.reduce((sum, each) => sum + Math.max(0, each), 0) / Math.max(1, actual.length) || 1;
  return expected.map((each, i) => poissonLoss(each / unit, Math.max(0, actual[i] ?? 0) / unit));
}

function reason(standing: SpendWay, pinned: SpendWay | null, better: SpendWay | null, days: number): string {
  const from = days === 1 ? 'From one earlier day, all that the history has room for,' : `From each of ${days} earlier days`;
  if (pinned !== null) return `Pinned: what customers will spend is said by ${named(pinned)}, whatever the others would have foretold`;
  if (days === 0) return `The history is too short to see how learned models of spend would have served: what customers will spend is said by ${named(standing)}, as before`;
  if (better !== null) return `${from} spend was foretold better by ${named(better)} than by ${named(standing)}, by more than chance explains`;
  return `${from} nothing foretold spend better than ${named(standing)} by more than chance explains`;
}

function named(way: SpendWay): string {
  switch (way) {
    case 'probabilistic': return 'the model of repeat buying';
    case 'boosted': return 'boosted trees on facts about customers';
    case 'ridge': return 'ridge regression on facts about customers';
    default: return assertNever(way);
  }
}

export const spendTotalSchema = z.object({
  /** Probability the interval is meant to hold, and its ends as multiples of what is expected. */
  level: z.number(), low: z.number(), high: z.number(),
  /** Times wider than chance alone would have it, on the log scale. */
  widenedBy: z.number(),
  /** What would have been foretold of the customers asked about, and what came. Minor units. */
  past: z.array(z.object({ origin: z.string(), end: z.string(), expected: z.number(), actual: z.number() })),
});

export type SpendTotal = z.infer<typeof spendTotalSchema>;

/** For floating point, so that the day that sets the width lies within. */
const A_HAIR = 1 + 1e-9;

/**
 * How far the total may lie from what `way` expects: as far as each earlier day's was off, and no less than chance alone has it, which is
 * read off customers' own misses on the latest day. Null without a day on which anything was expected and came.
 * @param customers how many make up the total
 */
export function spendTotal(past: readonly SpendTrial[], way: SpendWay, customers: number, tail: number): SpendTotal | null {
  const sums = past.map(({ origin, end, actual, expected }) => {
    const said = expected.get(way) ?? new Float64Array(0);
    return { origin, end, said, actual, expected: total(said), came: total(actual) };
  });
  const [latest] = sums;
  const usable = sums.filter(({ expected, came }) => expected > 0 && came > 0);
  if (!latest || usable.length === 0 || customers < 1 || !(latest.expected > 0)) return null;
  const squares = latest.said.reduce((sum, each, i) => sum + ((latest.actual[i] ?? 0) - each) ** 2, 0) / latest.said.length;
  const chance = normalQuantile(1 - tail) * Math.sqrt(squares / customers) / (latest.expected / latest.said.length);
  const off = usable.reduce((most, { expected, came }) => Math.max(most, Math.abs(Math.log(came / expected))), 0);
  const reach = Math.max(chance, off * A_HAIR);
  return {
    level: 1 - 2 * tail, low: Math.exp(-reach), high: Math.exp(reach), widenedBy: chance > 0 ? reach / chance : 1,
    past: sums.map(({ origin, end, expected, came }) => ({ origin, end, expected, actual: came })),
  };
}

function total(values: Float64Array): number {
  return values.reduce((sum, each) => sum + each, 0);
}
