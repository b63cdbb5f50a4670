/** Churn over a horizon: a classifier with its calibration, the threshold it is served at, and what it was fitted on. */
import { chooseCalibration, calibrate, LEAST_OF_A_CLASS, LEAST_ROWS, type Calibration } from '#core/learning/calibration';
import { fitBaseline, PREDICTION, type Baseline } from '#core/learning/drift';
import { encode, fitEncoding, type Encoding } from '#core/learning/encoding';
import { bestThreshold, classifierMetrics, type ClassifierMetrics } from '#core/learning/metrics';
import { stratifiedSplit, type Split } from '#core/learning/split';
import type { Table } from '#core/learning/table';
import { CLASSIFIERS, fitClassifier, predictClassifier, type Classifier, type ClassifierName } from './classifier.ts';

export const CHURN_VERSION = 1;

export interface ChurnModel {
  classifier: Classifier;
  encoding: Encoding;
  calibration: Calibration;
  /** From this probability on a customer counts as leaving. */
  threshold: number;
  /** Inputs as they were at the fit, and last the prediction, under the name `prediction`. */
  baselines: Baseline[];
  evidence: {
    rows: number;
    churnRate: number;
    /** On rows the classifier and its calibration did not see; null when there were too few to hold any back. */
    validation: ClassifierMetrics | null;
    calibrationTried: { method: Calibration['method']; logloss: number }[];
  };
  /** For people: what was done and why. */
  notes: string[];
}

export interface ChurnOptions {
  /** Of every draw. Default 1. */
  seed?: number;
  /** Whether linear models read a column on the log scale, by its name. */
  isLogged?: (name: string) => boolean;
  /** Number columns in which the churn probability may only rise (1) or fall (−1); held by boosted trees. */
  monotone?: ReadonlyMap<string, 1 | -1>;
  /** Rows to hold back for stopping, calibration and threshold, for instance a later window. Default: a fifth of each class, drawn by `seed`. */
  split?: Split;
}

/** Share of rows held back. */
const HELD = 0.2;
/** Under this many rows every row is fitted on. */
const LEAST_TO_HOLD = 50;

/**
 * Fit churn models on `table`, one row a customer, with `y` 1 for those who left. Never throws for odd data: constant columns,
 * one class only, a handful of rows give a model that says the average, with notes on why.
 * @throws RangeError without rows, or when labels are not 0 or 1.
 */
export function fitChurn(table: Table, y: Float64Array, name: ClassifierName, { seed = 1, isLogged = () => false, monotone, split }: ChurnOptions = {}): ChurnModel {
  if (table.rows === 0) throw new RangeError('A churn model needs at least one customer');
  const odd = y.findIndex((label) => label !== 0 && label !== 1);
  if (odd >= 0 || y.length !== table.rows) throw new RangeError(odd >= 0 ? `Row ${odd}: a churn label is 0 or 1, not ${y[odd] ?? NaN}` : `${table.rows} customers and ${y.length} labels`);
  const { encoding, notes } = fitEncoding(table);
  const positives = y.reduce((sum, label) => sum + label, 0);
  const oneClass = positives === 0 || positives === y.length;
  if (oneClass) notes.push(`Every customer ${positives > 0 ? 'left' : 'stayed'}: there is nothing to learn from, and each is given about that probability`);
  if (encoding.columns.length === 0 && !oneClass) notes.push('No column tells customers apart: each is given the average probability');
  const matrix = encode(encoding, table);
  const parts = split ?? (table.rows < LEAST_TO_HOLD || oneClass ? { fit: new Int32Array(table.rows).map((_, i) => i), held: new Int32Array(0) } : stratifiedSplit(y, HELD, seed));
  if (parts.held.length === 0 && !oneClass) notes.push(`${table.rows} customers are too few to hold any back: nothing checks this model, and its probabilities are as they came`);
  const logged = new Set(matrix.names.flatMap((column, i) => (isLogged(column) ? [i] : [])));
  const directions = monotone ? Int8Array.from(matrix.names, (column) => monotone.get(column) ?? 0) : undefined;
  const fitted = fitClassifier(name, matrix, y, parts.fit, parts.held, { seed, logged, monotone: directions });
  const heldLabels = Float64Array.from(parts.held, (i) => y[i] ?? 0);
  const choice = chooseCalibration(fitted.held, heldLabels);
  if (parts.held.length > 0 && choice.tried.length === 0) notes.push(`Not calibrated: that takes ${LEAST_ROWS} customers held back, ${LEAST_OF_A_CLASS} of each kind, and there were ${parts.held.length}`);
  const threshold = bestThreshold(choice.crossFitted, heldLabels);
  const prediction = calibrate(choice.calibration, predictClassifier(fitted.classifier, matrix));
  return {
    classifier: fitted.classifier,
    encoding,
    calibration: choice.calibration,
    threshold,
    baselines: [...table.columns.map(fitBaseline), fitBaseline({ kind: 'number', name: PREDICTION, values: prediction })],
    evidence: {
      rows: table.rows,
      churnRate: positives / table.rows,
      validation: parts.held.length > 0 ? classifierMetrics(choice.crossFitted, heldLabels, threshold) : null,
      calibrationTried: choice.tried,
    },
    notes: [...notes, ...fitted.notes],
  };
}

/** Calibrated probability of leaving, one a row. @throws RangeError when a column the model needs is missing or of another kind. */
export function predictChurn(model: ChurnModel, table: Table): Float64Array {
  return calibrate(model.calibration, predictClassifier(model.classifier, encode(model.encoding, table)));
}

/** The model with the lowest log-loss on held-back rows; logistic regression, the plainest, when nothing was held back. */
export function servedModel(models: readonly ChurnModel[]): ChurnModel {
  const loss = (model: ChurnModel): number => model.evidence.validation?.logloss ?? 1e9 + CLASSIFIERS.indexOf(model.classifier.name);
  const [first, ...others] = models;
  if (!first) throw new RangeError('There is no model to choose from');
  return others.reduce((best, model) => (loss(model) < loss(best) ? model : best), first);
}
