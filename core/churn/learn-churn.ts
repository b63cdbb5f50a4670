/** Who will leave, for one shop: families of classifier tried on customers held back, the best of them or the shop's rhythm, and how it did on others. */
import { z } from 'zod';
import { modelNamed } from '#core/clv/registry';
import { fitShop, type ShopFit, type ShopFitOptions } from '#core/clv/shop-fit';
import type { ModelName } from '#core/clv/registry';
import { isLogged } from '#core/features/catalogue';
import type { CustomerFeatures } from '#core/features/features-at';
import { calibrationDeciles } from '#core/learning/calibration';
import { driftOf } from '#core/learning/drift';
import { encode } from '#core/learning/encoding';
import { classifierMetrics, classifierMetricsSchema, logLoss } from '#core/learning/metrics';
import { permutationImportance } from '#core/learning/permutation';
import { stratifiedSplit } from '#core/learning/split';
import { takeRows, takeValues, type Table } from '#core/learning/table';
import { CLASSIFIERS, importanceShares } from './classifier.ts';
import { fitChurn, PREDICTION, predictChurn, servedModel, type ChurnModel } from './fit-churn.ts';

export const churnEvidenceSchema = z.object({
  /** Last day its features saw; who bought until `end` stayed. */
  origin: z.string(),
  end: z.string(),
  customers: z.number(),
  churnRate: z.number(),
  /** Log-loss on customers held back for the choice, by family; `rhythm` is the model of repeat buying. */
  tried: z.array(z.object({ model: z.string(), logloss: z.number() })),
  /** On a fifth of the customers that neither a fit nor the choice saw. */
  test: z.object({ learned: classifierMetricsSchema, rhythm: classifierMetricsSchema, deciles: z.array(z.object({ rows: z.number(), predicted: z.number(), observed: z.number() })) }),
  calibration: z.string(),
  threshold: z.number(),
  /** `gain`: share in what the model does; `permutation`: log-loss it costs to deal the column anew. */
  importance: z.array(z.object({ name: z.string(), gain: z.number(), permutation: z.number() })),
  /** Population stability index of inputs and prediction: customers today against those it was fitted on. */
  drift: z.array(z.object({ name: z.string(), psi: z.number() })),
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
const TEST_SHARE = 0.2;
const HELD_SHARE = 0.2;
const PERMUTED_ROWS = 1500;

export interface ChurnWindow {
  /** As of the window's start. */
  then: CustomerFeatures;
  /** 1 for those without a purchase in the window, parallel to `then`. */
  left: Float64Array;
  /** As of today: how far inputs have moved. */
  now: CustomerFeatures;
  origin: string;
  end: string;
  horizonDays: number;
}

export interface RhythmOptions extends ShopFitOptions {
  model: ModelName;
  minorPerUnit: number;
  seed?: number;
}

/** Why there is nothing to learn, in words; null when there is. */
export function tooLittle(left: Float64Array): string | null {
  const gone = left.reduce((sum, each) => sum + each, 0);
  const rarer = Math.min(gone, left.length - gone);
  if (left.length < LEAST_CUSTOMERS) return `${left.length} customers who bought before the window are too few to learn from (${LEAST_CUSTOMERS} are needed)`;
  return rarer < LEAST_OF_A_KIND ? `Only ${rarer} customers ${gone > rarer ? 'stayed' : 'left'} in the window, too few to learn what sets them apart (${LEAST_OF_A_KIND} are needed)` : null;
}

/** Fit, choose, judge. The caller has asked `tooLittle`. Deterministic by `seed`. */
export function learnChurn({ then, left, now, origin, end, horizonDays }: ChurnWindow, options: RhythmOptions): LearnedChurn {
  const { seed = 1 } = options;
  const { table } = then;
  const parts = stratifiedSplit(left, TEST_SHARE, seed);
  const training = { table: takeRows(table, parts.fit), y: takeValues(left, parts.fit) };
  const test = { table: takeRows(table, parts.held), y: takeValues(left, parts.held) };
  const split = stratifiedSplit(training.y, HELD_SHARE, seed + 1);
  const judged = CLASSIFIERS.map((name) => fitChurn(training.table, training.y, name, { seed, isLogged, split }));
  const best = servedModel(judged);
  const rhythm = rhythmOf(fitShop(purchaseHistories(table, options.minorPerUnit), options.model, options), horizonDays);
  const heldLabels = takeValues(training.y, split.held);
  const rhythmLoss = logLoss(rhythm(takeRows(training.table, split.held)), heldLabels);
  const learnedLoss = best.evidence.validation?.logloss ?? Infinity;
  const serves = learnedLoss < rhythmLoss;
  const model = fitChurn(table, left, best.classifier.name, { seed, isLogged });
  const tested = predictChurn(best, test.table);
  const gains = importanceShares(best.classifier, encode(best.encoding, test.table), best.encoding.columns.length);
  const sample = takeRows(test.table, Int32Array.from({ length: Math.min(PERMUTED_ROWS, test.table.rows) }, (_, i) => i));
  const sampleLabels = test.y.subarray(0, sample.rows);
  const losses = new Map(permutationImportance(sample, (dealt) => -logLoss(predictChurn(best, dealt), sampleLabels), { seed, repeats: 2 }).map(({ name, loss }) => [name, loss]));
  const prediction = { kind: 'number' as const, name: PREDICTION, values: predictChurn(model, now.table) };
  return {
    model: serves ? model : null,
    why: serves
      ? `Of ${judged.length} learned models ${best.classifier.name} foretold best who would leave, better than the rhythm of purchases alone`
      : 'No learned model foretold better who would leave than the rhythm of purchases alone, so that serves',
    evidence: {
      origin, end, customers: table.rows, churnRate: left.reduce((sum, each) => sum + each, 0) / left.length,
      tried: [...judged.map((each) => ({ model: each.classifier.name, logloss: each.evidence.validation?.logloss ?? Infinity })), { model: 'rhythm', logloss: rhythmLoss }],
      test: { learned: classifierMetrics(tested, test.y, best.threshold), rhythm: classifierMetrics(rhythm(test.table), test.y, 0.5), deciles: calibrationDeciles(tested, test.y) },
      calibration: model.calibration.method, threshold: model.threshold,
      importance: best.encoding.columns.map(({ name }, k) => ({ name, gain: gains[k] ?? 0, permutation: losses.get(name) ?? 0 })).sort((a, b) => b.permutation - a.permutation),
      drift: driftOf(model.baselines, { rows: now.table.rows, columns: [...now.table.columns, prediction] }),
    },
  };
}

/** Histories in days from the features that say the same. */
export function purchaseHistories(table: Table, minorPerUnit: number) {
  const column = (name: string): Float64Array => {
    const found = table.columns.find((each) => each.name === name);
    if (found?.kind !== 'number') throw new RangeError(`The table has no numbers named ${name}`);
    return found.values;
  };
  const [orders, first, spend] = [column('orders'), column('first_amount'), column('spend')];
  return {
    x: orders.map((count) => count - 1), tx: column('active_days'), T: column('age_days'),
    mRepeat: orders.map((count, i) => (count > 1 ? Math.max(0, (minorPerUnit * ((spend[i] ?? 0) - (first[i] ?? 0))) / (count - 1)) : 0)),
  };
}

/** Probability of no purchase within the horizon under the model of repeat buying, one a row. */
function rhythmOf({ behaviour }: ShopFit, horizonDays: number): (table: Table) => Float64Array {
  const model = modelNamed(behaviour.model);
  const { params, unitDays } = behaviour;
  return (table) => {
    const { x, tx, T } = purchaseHistories(table, 1);
    return x.map((count, i) => {
      const age = (T[i] ?? 0) / unitDays;
      const alive = model.pAlive(params, count, (tx[i] ?? 0) / unitDays, age);
      return Math.min(1, Math.max(0, 1 - alive * (1 - model.silentIfAlive(params, horizonDays / unitDays, count, age))));
    });
  };
}
