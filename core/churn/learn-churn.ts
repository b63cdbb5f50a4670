/** Who will leave, for one shop: every way of saying it tried from several earlier days, the one that serves fitted on everyone, and how it did on customers kept apart. */
import { z } from 'zod';
import { fitShop } from '#core/clv/shop-fit';
import { isLogged } from '#core/features/catalogue';
import { calibrationDeciles } from '#core/learning/calibration';
import { driftOf, PREDICTION } from '#core/learning/drift';
import { encode } from '#core/learning/encoding';
import { classifierMetrics, classifierMetricsSchema, logLoss } from '#core/learning/metrics';
import { permutationImportance } from '#core/learning/permutation';
import type { Table } from '#core/learning/table';
import { CLASSIFIERS, importanceShares, isClassifier } from './classifier.ts';
import { chooseChurn, churnChoiceSchema, type ChurnChoiceOptions } from './choose-churn.ts';
import { fitChurn, predictChurn, type ChurnModel } from './fit-churn.ts';
import { firstOf, keptApart, purchaseHistories, rhythmOf, rowsOf, TRIED, tryChurn, type ChurnTrial, type PastWindow, type RhythmOptions } from './past-windows.ts';

export const churnEvidenceSchema = z.object({
  /** Last day its features saw; who bought until `end` stayed. */
  origin: z.string(),
  end: z.string(),
  customers: z.number(),
  churnRate: z.number(),
  /** Log-loss on customers that the choice rests on, by family; `rhythm` is the model of repeat buying. */
  tried: z.array(z.object({ model: z.string(), logloss: z.number() })),
  /** Runs of before several origins were asked have none. */
  choice: churnChoiceSchema.optional(),
  /** On a fifth of the customers that neither a fit nor the choice saw. */
  test: z.object({ learned: classifierMetricsSchema, rhythm: classifierMetricsSchema, deciles: z.array(z.object({ rows: z.number(), predicted: z.number(), observed: z.number() })) }),
  calibration: z.string(),
  threshold: z.number(),
  /** `gain`: share in what the model does; `permutation`: log-loss it costs to deal the column anew. */
  importance: z.array(z.object({ name: z.string(), gain: z.number(), permutation: z.number() })),
  /** Population stability index of inputs and prediction: customers of `driftAsOf` (absent: of the day of the fit) against those it was fitted on. */
  drift: z.array(z.object({ name: z.string(), psi: z.number() })),
  driftAsOf: z.string().optional(),
});

export type ChurnEvidence = z.infer<typeof churnEvidenceSchema>;

export interface LearnedChurn {
  /** Fitted on everyone; null when the shop's rhythm foretold it as well or better. */
  model: ChurnModel | null;
  evidence: ChurnEvidence;
  why: string;
}

/** Customers, and of the rarer kind, from which there is something to learn and to check it on. */
export const LEAST_CUSTOMERS = 500;
export const LEAST_OF_A_KIND = 50;
const PERMUTED_ROWS = 1500;

/** Why there is nothing to learn, in words; null when there is. */
export function tooLittle(left: Float64Array): string | null {
  const gone = left.reduce((sum, each) => sum + each, 0);
  const rarer = Math.min(gone, left.length - gone);
  if (left.length < LEAST_CUSTOMERS) return `${left.length} customers who bought before the window are too few to learn from (${LEAST_CUSTOMERS} are needed)`;
  return rarer < LEAST_OF_A_KIND ? `Only ${rarer} customers ${gone > rarer ? 'stayed' : 'left'} in the window, too few to learn what sets them apart (${LEAST_OF_A_KIND} are needed)` : null;
}

/** The trial of a window before the latest, on as many customers as tell ways apart. */
export function tryEarlier(window: PastWindow, horizonDays: number, options: RhythmOptions): ChurnTrial {
  return tryChurn(firstOf(rowsOf(window, keptApart(window).fit), TRIED.earlier), horizonDays, options);
}

export interface LearnChurnOptions extends RhythmOptions, ChurnChoiceOptions {
  horizonDays: number;
}

/**
 * Choose, fit, judge. The choice rests on `earlier` trials (`tryEarlier`) and on the latest window, always without the fifth of customers
 * that is reported on. The caller has asked `tooLittle` of each window. Deterministic by `seed`.
 * @param now customers as of today, with the columns of the window: how far inputs have moved
 */
export function learnChurn(window: PastWindow, earlier: readonly ChurnTrial[], now: Table, { horizonDays, standing, pinned, ...options }: LearnChurnOptions): LearnedChurn {
  const { seed = 1 } = options;
  const { table, left, origin, end } = window;
  const parts = keptApart(window);
  const [training, test] = [rowsOf(window, parts.fit), rowsOf(window, parts.held)];
  const choice = chooseChurn([tryChurn(firstOf(training, TRIED.latest), horizonDays, options), ...earlier], { standing, pinned });
  const families = choice.trials.filter(({ model }) => isClassifier(model)).toSorted((a, b) => a.logloss - b.logloss);
  const family = isClassifier(choice.chosen) ? choice.chosen : (CLASSIFIERS.find((name) => name === families[0]?.model) ?? CLASSIFIERS[0]);
  const judged = fitChurn(training.table, training.left, family, { seed, isLogged });
  const rhythm = rhythmOf(fitShop(purchaseHistories(table, options.minorPerUnit), options.model, options), horizonDays);
  const model = fitChurn(table, left, family, { seed, isLogged });
  const tested = predictChurn(judged, test.table);
  const gains = importanceShares(judged.classifier, encode(judged.encoding, test.table), judged.encoding.columns.length);
  const sample = firstOf(test, PERMUTED_ROWS);
  const losses = new Map(permutationImportance(sample.table, (dealt) => -logLoss(predictChurn(judged, dealt), sample.left), { seed, repeats: 2 }).map(({ name, loss }) => [name, loss]));
  const prediction = { kind: 'number' as const, name: PREDICTION, values: predictChurn(model, now) };
  return {
    model: isClassifier(choice.chosen) ? model : null,
    why: choice.why,
    evidence: {
      origin, end, customers: table.rows, churnRate: left.reduce((sum, each) => sum + each, 0) / left.length,
      tried: choice.trials, choice,
      test: { learned: classifierMetrics(tested, test.left, judged.threshold), rhythm: classifierMetrics(rhythm(test.table), test.left, 0.5), deciles: calibrationDeciles(tested, test.left) },
      calibration: model.calibration.method, threshold: model.threshold,
      importance: judged.encoding.columns.map(({ name }, k) => ({ name, gain: gains[k] ?? 0, permutation: losses.get(name) ?? 0 })).sort((a, b) => b.permutation - a.permutation),
      drift: driftOf(model.baselines, { rows: now.rows, columns: [...now.columns, prediction] }), driftAsOf: end,
    },
  };
}
