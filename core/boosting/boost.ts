/** Gradient-boosted trees: each one grown on what those before it got wrong. */
import { seeded } from '#core/math/seeded';
import { quantile } from '#core/math/quantile';
import type { Matrix } from '#core/learning/encoding';
import { binRows, fitBins } from './bins.ts';
import { Grower, type Leaves } from './grow.ts';
import { baseScore, checkLabels, gradients, isLogLink, LOG_LINK_STEP, meanLoss, predicted, type Loss } from './losses.ts';
import { sumTrees, TreeBuilder, type Trees } from './trees.ts';

export interface BoostOptions {
  loss: Loss;
  /** Trees at most. Default 300. */
  rounds?: number;
  /** Share of each tree's step that is taken. Default 0.05. */
  rate?: number;
  /** Default 4. */
  maxDepth?: number;
  /** Default: no limit but depth. */
  maxLeaves?: number;
  /** Default 1. */
  l2?: number;
  /** Default 1; in units of curvature, which is a row's weight for squared and quantile loss. */
  minChildWeight?: number;
  /** Default 0. */
  minGain?: number;
  /** Share of rows each tree sees, 0–1. Default 1. */
  rowShare?: number;
  /** Share of columns each tree sees, 0–1. Default 1. */
  columnShare?: number;
  /** 1, 0 or −1 by column. */
  monotone?: ArrayLike<number>;
  /** Rounds without a better validation loss after which it ends. Default 25. */
  patience?: number;
  /** Of the draws of rows and columns. Default 1. */
  seed?: number;
  /** Bins a column at most. Default 255. */
  mostBins?: number;
}

export interface Boosted {
  loss: Loss;
  /** Score before the first tree. */
  base: number;
  trees: Trees;
  /** Trees kept. */
  rounds: number;
  /** Mean loss on the training rows, and at `rounds` on the validation rows; null without any. */
  trainingLoss: number;
  validationLoss: number | null;
  /** Whether validation ended it before the last round allowed. */
  stoppedEarly: boolean;
}

const DEFAULTS = { rounds: 300, rate: 0.05, maxDepth: 4, maxLeaves: Infinity, l2: 1, minChildWeight: 1, minGain: 0, rowShare: 1, columnShare: 1, patience: 25, seed: 1, mostBins: 255 };

/**
 * Boosted regression trees (Friedman 2001, algorithm 1, with second-order steps of Chen & Guestrin 2016; rows sampled as in
 * Friedman 2002). Columns: numbers, NaN missing. With `validation` the rounds after its best loss are dropped.
 * Quantile loss renews each leaf with the quantile of its residuals, and knows no monotone columns.
 * @throws RangeError for labels the loss cannot take, no rows, or a constraint it cannot hold.
 */
export function boost(matrix: Matrix, y: Float64Array, options: BoostOptions, validation?: { matrix: Matrix; y: Float64Array }): Boosted {
  const given = { ...DEFAULTS, ...options };
  const { loss, rate } = given;
  const monotone = given.monotone ? Int8Array.from(given.monotone, Math.sign) : null;
  if (matrix.rows === 0) throw new RangeError('Boosted trees need at least one row');
  if (loss.name === 'quantile' && monotone?.some((direction) => direction !== 0)) throw new RangeError('Quantile loss cannot hold monotone columns: its leaves are quantiles of residuals');
  checkLabels(loss, y);
  const bins = fitBins(matrix, given.mostBins);
  const rows = binRows(bins, matrix);
  const held = validation ? { rows: binRows(bins, validation.matrix), y: validation.y, order: rising(validation.matrix.rows), score: new Float64Array(validation.matrix.rows) } : null;
  const random = seeded(given.seed);
  const rules = { ...given, monotone, columnsPerNode: 0, maxStep: isLogLink(loss) ? LOG_LINK_STEP : Infinity };
  const grower = new Grower(rows, rules, random);
  const builder = new TreeBuilder();
  const unitCurvature = loss.name === 'squared' || loss.name === 'quantile';

  const base = baseScore(loss, y);
  const score = new Float64Array(rows.rows).fill(base);
  const gradient = new Float64Array(rows.rows);
  const curvature = new Float64Array(rows.rows);
  const buffers = { chosen: new Int32Array(rows.rows), rest: new Int32Array(given.rowShare >= 1 ? 0 : rows.rows) };
  held?.score.fill(base);
  let best = held ? meanLoss(loss, held.score, held.y) : Infinity;
  let bestRounds = 0;
  let grown = 0;
  for (; grown < given.rounds && grown - bestRounds < (held ? given.patience : Infinity); grown++) {
    gradients(loss, score, y, gradient, curvature);
    const { chosen, rest } = drawRows(buffers, given.rowShare, random);
    grower.grow(chosen, gradient, curvature, drawColumns(rows.count.length, given.columnShare, random), unitCurvature, builder);
    if (loss.name === 'quantile') renewLeaves(grower.leaves, chosen, score, y, loss.level, rate, builder);
    addLeaves(grower.leaves, chosen, builder, score);
    builder.addLast(rows, rest, score);
    if (!held) continue;
    builder.addLast(held.rows, held.order, held.score);
    const now = meanLoss(loss, held.score, held.y);
    if (now < best) {
      best = now;
      bestRounds = grown + 1;
    }
  }
  const rounds = held ? bestRounds : grown;
  const trees = builder.finish(bins, rounds);
  return { loss, base, trees, rounds, trainingLoss: trainingLoss(loss, trees, matrix, base, y, rounds === grown ? score : null), validationLoss: held ? best : null, stoppedEarly: held !== null && grown < given.rounds };
}

function trainingLoss(loss: Loss, trees: Trees, matrix: Matrix, base: number, y: Float64Array, score: Float64Array | null): number {
  return meanLoss(loss, score ?? sumTrees(trees, matrix, base), y);
}

/** What the model says of each row: probability, mean or quantile, by its loss. */
export function predictBoosted(model: Pick<Boosted, 'loss' | 'base' | 'trees'>, matrix: Matrix): Float64Array {
  return predicted(model.loss, sumTrees(model.trees, matrix, model.base));
}

/** 0, 1, … count − 1. */
export function rising(count: number): Int32Array {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

/** Fills `buffers` anew, so that hundreds of trees leave nothing to collect; without sampling all rows are chosen. */
function drawRows(buffers: { chosen: Int32Array; rest: Int32Array }, share: number, random: () => number): { chosen: Int32Array; rest: Int32Array } {
  let taken = 0;
  let left = 0;
  for (let i = 0; i < buffers.chosen.length; i++) {
    if (share >= 1 || random() < share) buffers.chosen[taken++] = i;
    else buffers.rest[left++] = i;
  }
  return { chosen: buffers.chosen.subarray(0, taken), rest: buffers.rest.subarray(0, left) };
}

/** Ascending, at least one where there is any. */
function drawColumns(count: number, share: number, random: () => number): Int32Array {
  const columns = rising(count);
  if (share >= 1) return columns;
  const wanted = Math.min(count, Math.max(1, Math.round(share * count)));
  for (let k = 0; k < wanted; k++) {
    const pick = k + Math.floor(random() * (count - k));
    const column = columns[pick] ?? 0;
    columns[pick] = columns[k] ?? 0;
    columns[k] = column;
  }
  return columns.slice(0, wanted).sort();
}

function addLeaves(leaves: Leaves, order: Int32Array, builder: TreeBuilder, score: Float64Array): void {
  for (let leaf = 0; leaf < leaves.count; leaf++) {
    const value = builder.value(leaves.node[leaf] ?? 0);
    const end = leaves.end[leaf] ?? 0;
    for (let k = leaves.begin[leaf] ?? 0; k < end; k++) {
      const row = order[k] ?? 0;
      score[row] = (score[row] ?? 0) + value;
    }
  }
}

/** The gradient of quantile loss says which way, not how far: the leaf's residuals do (Friedman 2001, section 4.3). */
function renewLeaves(leaves: Leaves, order: Int32Array, score: Float64Array, y: Float64Array, level: number, rate: number, builder: TreeBuilder): void {
  for (let leaf = 0; leaf < leaves.count; leaf++) {
    const rows = order.subarray(leaves.begin[leaf] ?? 0, leaves.end[leaf] ?? 0);
    if (rows.length > 0) builder.setValue(leaves.node[leaf] ?? 0, rate * quantile(Float64Array.from(rows, (row) => (y[row] ?? 0) - (score[row] ?? 0)), level));
  }
}
