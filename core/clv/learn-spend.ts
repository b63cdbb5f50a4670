/** What customers will spend, for one shop: every way of saying it tried from several earlier days and, where a learned one serves, that one fitted on everybody. */
import { z } from 'zod';
import { firstOf, keptApart, rowsOf } from '#core/churn/past-windows';
import type { PastWindow } from '#core/churn/past-windows';
import { isLogged } from '#core/features/catalogue';
import { driftOf, PREDICTION } from '#core/learning/drift';
import { permutationImportance } from '#core/learning/permutation';
import type { Table } from '#core/learning/table';
import { chooseSpend, deviances, spendChoiceSchema, spendTotal, spendTotalSchema, type SpendChoiceOptions } from './choose-spend.ts';
import { fitLearnedValue, isLearned, predictLearnedValue, type LearnedValue } from './learned-value.ts';
import type { SpendTrial, WindowPair } from './try-spend.ts';
import { valueEvidence } from './value-evidence.ts';
import { valueShares } from './value-reasons.ts';

export const spendEvidenceSchema = spendChoiceSchema.extend({
  /** Of the latest window. */
  origin: z.string(), end: z.string(),
  /** What amounts meant when it was learned. */
  basis: z.string().optional(),
  /** Of what serves, where it is learned. */
  served: z.object({
    customers: z.number(), trees: z.number(),
    /** How far the total may lie from what is expected; null without an earlier day to see it on. */
    total: spendTotalSchema.nullable(),
    /** On a fifth of the customers, whom the choice did not look at: foretold on `origin` from what was known then. Minor units. */
    test: z.object({
      origin: z.string(), end: z.string(), customers: z.number(), expectedSpend: z.number(), actualSpend: z.number(), bias: z.number(), mae: z.number(), rmse: z.number(),
      deciles: z.array(z.object({ customers: z.number(), expected: z.number(), actual: z.number() })), intervalCoverage: z.number().nullable(), intervalTarget: z.number(),
    }),
    /** `gain`: share in what the model does; `permutation`: deviance it costs to deal the column anew. */
    importance: z.array(z.object({ name: z.string(), gain: z.number(), permutation: z.number() })),
  }).nullable().default(null),
  /** Population stability index of inputs and prediction: customers of `driftAsOf` against those it was fitted on. */
  drift: z.array(z.object({ name: z.string(), psi: z.number() })).default([]),
  driftAsOf: z.string().optional(),
});

export type SpendEvidence = z.infer<typeof spendEvidenceSchema>;

export interface LearnedSpend {
  /** Fitted on everybody; null where the probabilistic model serves. */
  model: LearnedValue | null;
  evidence: SpendEvidence;
}

const PERMUTED_ROWS = 1500;

export interface LearnSpendOptions extends SpendChoiceOptions {
  basis: string;
  /** Default 1. */
  seed?: number;
}

/**
 * Choose by `trials` (`trySpend`, latest first); where a learned way is chosen, fit it on `latest`, the window that ends today, and say how
 * its like did on the latest earlier day. Where it is not, nothing is fitted. Deterministic by `seed`.
 * @param before that day's windows; null where the history has no room for one: then a fifth of `latest` is held against the others
 * @param now customers as of `latest.end` with the columns of the window; asked for only where something learned serves
 */
export function learnSpend(latest: PastWindow, before: WindowPair | null, trials: readonly SpendTrial[], now: () => Table, { basis, seed = 1, ...how }: LearnSpendOptions): LearnedSpend {
  const choice = chooseSpend(trials, how);
  const plain = { ...choice, origin: trials[0]?.origin ?? latest.origin, end: trials[0]?.end ?? latest.end, basis, served: null, drift: [] };
  const { chosen } = choice;
  if (!isLearned(chosen)) return { model: null, evidence: plain };
  const model = fitLearnedValue(latest.table, latest.spent, chosen, { seed, isLogged });
  const fresh = now();
  const prediction = { kind: 'number' as const, name: PREDICTION, values: predictLearnedValue(model, fresh).value };
  return {
    model,
    evidence: {
      ...plain, drift: driftOf(model.baselines, { rows: fresh.rows, columns: [...fresh.columns, prediction] }), driftAsOf: latest.end,
      served: { customers: latest.table.rows, trees: model.rounds, total: spendTotal(trials, chosen, fresh.rows, model.tail), ...judgedAs(chosen, before ?? partsOf(latest), seed) },
    },
  };
}

/** In one window: everybody but those kept apart, and those. */
function partsOf(latest: PastWindow): WindowPair {
  return { learned: rowsOf(latest, keptApart(latest).fit), judged: latest };
}

function judgedAs(name: LearnedValue['regressor']['name'], { learned, judged }: WindowPair, seed: number): Pick<NonNullable<SpendEvidence['served']>, 'test' | 'importance'> {
  const then = fitLearnedValue(learned.table, learned.spent, name, { seed, isLogged });
  const apart = rowsOf(judged, keptApart(judged).held);
  const said = predictLearnedValue(then, apart.table);
  const { topDecileShare: _, ...figures } = valueEvidence(said.value, apart.spent, said);
  const sample = firstOf(apart, PERMUTED_ROWS);
  const score = (table: Table): number => -deviances(predictLearnedValue(then, table).value, sample.spent).reduce((sum, each) => sum + each, 0) / Math.max(1, sample.spent.length);
  const losses = new Map(permutationImportance(sample.table, score, { seed, repeats: 2 }).map(({ name: column, loss }) => [column, loss]));
  const shares = valueShares(then, sample.table);
  return {
    test: { origin: judged.origin, end: judged.end, ...figures, intervalTarget: 1 - 2 * then.tail },
    importance: then.encoding.columns.map(({ name: column }, k) => ({ name: column, gain: shares[k] ?? 0, permutation: losses.get(column) ?? 0 })).sort((a, b) => b.permutation - a.permutation),
  };
}
