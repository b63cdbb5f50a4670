/** Three families of classifier behind one shape: fitted on encoded numbers, asked for probabilities and for reasons. */
import { assertNever } from '#core/errors';
import { boost, predictBoosted } from '#core/boosting/boost';
import { growForest, predictForest } from '#core/boosting/forest';
import { treeShap, type Contributions } from '#core/boosting/tree-shap';
import { gainShares, type Trees } from '#core/boosting/trees';
import { takeMatrixRows, type Matrix } from '#core/learning/encoding';
import { designRows, fitLinearDesign, linearScores, type LinearDesign } from '#core/learning/linear-design';
import { linearContributions, sharesByInput, weightShares } from '#core/learning/linear-reasons';
import { fitLogistic, sigmoid } from '#core/learning/logistic';

export const CLASSIFIERS = ['logistic', 'forest', 'boosted'] as const;
export type ClassifierName = (typeof CLASSIFIERS)[number];

/** Whether `name` is a classifier we have. */
export function isClassifier(name: string): name is ClassifierName {
  return CLASSIFIERS.some((known) => known === name);
}

export type Classifier =
  | { name: 'logistic'; design: LinearDesign; intercept: number; weights: Float64Array }
  | { name: 'forest'; trees: Trees }
  | { name: 'boosted'; base: number; trees: Trees };

export interface ClassifierOptions {
  seed: number;
  /** Columns (by index) that linear models read on the log scale. */
  logged: ReadonlySet<number>;
  /** Per column 1, 0 or −1: boosted trees keep the churn probability rising, free or falling in it. */
  monotone?: Int8Array;
}

export interface FittedClassifier {
  classifier: Classifier;
  /** Probabilities of the held-back rows by a fit that did not see them. */
  held: Float64Array;
  notes: string[];
}

/** Boosted trees of moderate depth with sampled rows and columns: strong on the references, and hard to overfit on a small shop. */
const BOOSTING = { loss: { name: 'logistic' as const }, rounds: 800, rate: 0.05, maxDepth: 3, minChildWeight: 5, l2: 1, rowShare: 0.7, columnShare: 0.7, patience: 40 };
const FOREST = { trees: 200, minLeaf: 20 };

/**
 * Fit `name` on all rows, and say what it gives for those of `held` (row numbers) without having seen them: a fit on the other
 * rows for logistic and boosted, which also finds the number of trees; the out-of-bag average for a forest.
 * @param y 0 or 1, one a row. @param fit,held row numbers, together all rows; either may be empty.
 */
export function fitClassifier(name: ClassifierName, matrix: Matrix, y: Float64Array, fit: Int32Array, held: Int32Array, options: ClassifierOptions): FittedClassifier {
  // Made only where they are asked for: a forest needs neither copy.
  const rowsOf = (index: Int32Array) => ({ matrix: takeMatrixRows(matrix, index), y: Float64Array.from(index, (i) => y[i] ?? 0) });
  const both = fit.length > 0 && held.length > 0;
  switch (name) {
    case 'logistic': {
      const { classifier, notes } = logistic(matrix, y, options);
      if (!both) return { classifier, held: new Float64Array(0), notes };
      const part = rowsOf(fit);
      return { classifier, held: predictClassifier(logistic(part.matrix, part.y, options).classifier, takeMatrixRows(matrix, held)), notes };
    }
    case 'forest': {
      const small = Math.max(2, Math.min(FOREST.minLeaf, Math.floor(matrix.rows / 25)));
      const { trees, outOfBag } = growForest(matrix, y, { ...FOREST, minLeaf: small, seed: options.seed });
      const mean = y.reduce((sum, label) => sum + label, 0) / y.length;
      return { classifier: { name, trees }, held: Float64Array.from(held, (i) => (Number.isNaN(outOfBag[i] ?? NaN) ? mean : (outOfBag[i] ?? 0))), notes: [] };
    }
    case 'boosted': {
      const settings = { ...BOOSTING, seed: options.seed, monotone: options.monotone };
      const part = rowsOf(fit);
      const rest = rowsOf(held);
      const first = both ? boost(part.matrix, part.y, settings, rest) : null;
      const rounds = first ? first.rounds : 100;
      const { base, trees } = boost(matrix, y, { ...settings, rounds });
      const notes = first && first.rounds === 0 ? ['No tree lowered the loss on held-back rows: every probability is the average'] : [];
      return { classifier: { name, base, trees }, held: first ? predictBoosted(first, rest.matrix) : new Float64Array(0), notes };
    }
    default:
      return assertNever(name);
  }
}

function logistic(matrix: Matrix, y: Float64Array, options: ClassifierOptions): { classifier: Classifier; notes: string[] } {
  const design = fitLinearDesign(matrix, options.logged);
  const { intercept, weights, converged } = fitLogistic(designRows(design, matrix), y);
  return { classifier: { name: 'logistic', design, intercept, weights }, notes: converged ? [] : ['Logistic regression did not settle: its weights are those of its last step'] };
}

/** Probability of label 1, one a row, before calibration. */
export function predictClassifier(classifier: Classifier, matrix: Matrix): Float64Array {
  switch (classifier.name) {
    case 'logistic':
      return linearScores(classifier, designRows(classifier.design, matrix), matrix.rows).map(sigmoid);
    case 'forest':
      // Averages of shares can pass 1 by a rounding error.
      return predictForest(classifier, matrix).map((p) => Math.min(1, Math.max(0, p)));
    case 'boosted':
      return predictBoosted({ ...classifier, loss: BOOSTING.loss }, matrix);
    default:
      return assertNever(classifier);
  }
}

/**
 * How much each input column moves each row's score: exact Shapley values, of log-odds for logistic and boosted, of the probability
 * for a forest, before calibration. For logistic regression wⱼ·(xⱼ − x̄ⱼ), their closed form when columns are taken as independent.
 * @param inputs how many input columns there are; levels of one category are one.
 */
export function contributions(classifier: Classifier, matrix: Matrix, inputs: number): Contributions {
  if (classifier.name !== 'logistic') return treeShap(classifier.trees, matrix, classifier.name === 'boosted' ? classifier.base : 0, matrix.source, inputs);
  return linearContributions(classifier, matrix, inputs);
}

/** Share of each input column in what the model does: gain of its splits for trees, |weight| of its standardised terms for logistic. */
export function importanceShares(classifier: Classifier, matrix: Pick<Matrix, 'source' | 'columns'>, inputs: number): Float64Array {
  const columns = matrix.columns.length;
  return sharesByInput(classifier.name === 'logistic' ? weightShares(classifier, columns) : gainShares(classifier.trees, columns), matrix, inputs);
}
