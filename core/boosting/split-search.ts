/** Which question parts a node's rows best, read off histograms of gradient and curvature by bin. */
import type { BinnedRows } from './bins.ts';

export interface SplitRules {
  /** λ: penalty on squared leaf values. */
  l2: number;
  /** Curvature each child must hold at least. */
  minChildWeight: number;
  /** γ: loss a split must save. */
  minGain: number;
  /** Greatest leaf value either way; Infinity for none. */
  maxStep: number;
  /** Per column: 1 when predictions may only rise with it, −1 when they may only fall, 0 for neither; null without any. */
  monotone: Int8Array | null;
}

/** Two gains closer than this share are the same: then the earlier column and lower bin win, whatever rounding says. */
const SAME = 1e-9;

/** Scans one node's histograms column by column and remembers the best split; no allocation between nodes. */
export class SplitSearch {
  readonly histogramSize: number;
  gain = 0;
  feature = -1;
  bin = 0;
  missingLeft = false;
  leftGradient = 0;
  leftCurvature = 0;
  private readonly rows: BinnedRows;
  private readonly rules: SplitRules;
  /** Where each column's bins begin in a histogram: gradient and curvature of a bin stand side by side. */
  private readonly offset: Int32Array;
  private readonly plain: boolean;
  private gradient = 0;
  private curvature = 0;
  private low = -Infinity;
  private high = Infinity;
  private parent = 0;

  constructor(rows: BinnedRows, rules: SplitRules) {
    this.rows = rows;
    this.rules = rules;
    this.offset = new Int32Array(rows.count.length);
    let size = 0;
    rows.count.forEach((bins, column) => {
      this.offset[column] = size;
      size += 2 * bins;
    });
    this.histogramSize = size;
    this.plain = rules.maxStep === Infinity && !rules.monotone?.some((direction) => direction !== 0);
  }

  /** The leaf value that saves most: −G / (H + λ), kept within its bounds (Chen & Guestrin 2016, eq. 5). */
  leafValue(gradient: number, curvature: number, low: number, high: number): number {
    const weight = curvature + this.rules.l2;
    const step = this.rules.maxStep;
    const free = weight > 0 ? -gradient / weight : 0;
    return Math.min(high, Math.max(low, Math.min(step, Math.max(-step, free))));
  }

  /** Sums of one column's bins over rows `order[begin … end)`; gradients stand in that order. */
  fill(histogram: Float64Array, column: number, order: Int32Array, begin: number, end: number, gradient: Float64Array, curvature: Float64Array): void {
    const bins = this.rows.bins[column] ?? new Uint8Array(0);
    const from = this.offset[column] ?? 0;
    histogram.fill(0, from, from + 2 * (this.rows.count[column] ?? 0));
    for (let k = begin; k < end; k++) {
      const at = from + 2 * (bins[order[k] ?? 0] ?? 0);
      histogram[at] = (histogram[at] ?? 0) + (gradient[k] ?? 0);
      histogram[at + 1] = (histogram[at + 1] ?? 0) + (curvature[k] ?? 0);
    }
  }

  /** The parent's histogram becomes that of the child whose sibling is given. */
  subtract(parent: Float64Array, sibling: Float64Array, columns: Int32Array): void {
    for (let k = 0; k < columns.length; k++) {
      const from = this.offset[columns[k] ?? 0] ?? 0;
      const to = from + 2 * (this.rows.count[columns[k] ?? 0] ?? 0);
      for (let at = from; at < to; at++) parent[at] = (parent[at] ?? 0) - (sibling[at] ?? 0);
    }
  }

  /** A new node with these sums and bounds. */
  begin(gradient: number, curvature: number, low: number, high: number): void {
    this.gradient = gradient;
    this.curvature = curvature;
    this.low = low;
    this.high = high;
    this.gain = 0;
    this.feature = -1;
    this.parent = this.saved(gradient, curvature, this.leafValue(gradient, curvature, low, high));
  }

  /** Twice the loss that leaf value `w` saves: −(2·G·w + (H + λ)·w²). */
  private saved(gradient: number, curvature: number, w: number): number {
    return -(2 * gradient * w + (curvature + this.rules.l2) * w * w);
  }

  /** Try every question on one column: with missing values on the right, and where there are any also on the left. */
  column(histogram: Float64Array, column: number): void {
    const valueBins = (this.rows.count[column] ?? 0) - 1;
    const from = this.offset[column] ?? 0;
    const missingGradient = histogram[from + 2 * valueBins] ?? 0;
    const missingCurvature = histogram[from + 2 * valueBins + 1] ?? 0;
    // Subtraction leaves crumbs where there is nothing.
    const missing = missingCurvature > 1e-10 * this.curvature;
    this.scan(histogram, column, from, missing ? valueBins : valueBins - 1, 0, 0, missing ? 0 : -1);
    if (missing) this.scan(histogram, column, from, valueBins - 1, missingGradient, missingCurvature, 1);
  }

  /** `side`: 1 when missing values are among the left sums, 0 when among the right, −1 when there are none. */
  private scan(histogram: Float64Array, column: number, from: number, bins: number, startGradient: number, startCurvature: number, side: number): void {
    const { l2, minChildWeight, minGain } = this.rules;
    const G = this.gradient;
    const H = this.curvature;
    const least = Math.max(minGain, 1e-12 * (1 + this.parent));
    let gl = startGradient;
    let hl = startCurvature;
    for (let b = 0; b < bins; b++) {
      gl += histogram[from + 2 * b] ?? 0;
      hl += histogram[from + 2 * b + 1] ?? 0;
      if (hl < minChildWeight || !(hl > 0)) continue;
      const hr = H - hl;
      if (hr < minChildWeight || !(hr > 1e-10 * H)) return;
      const gr = G - gl;
      const gain = (this.plain ? (gl * gl) / (hl + l2) + (gr * gr) / (hr + l2) : this.boundedGain(column, gl, hl, gr, hr)) - this.parent;
      if (!(gain > least) || !(gain > this.gain * (1 + SAME))) continue;
      this.gain = gain;
      this.feature = column;
      this.bin = b;
      // What was never missing here follows the greater part.
      this.missingLeft = side < 0 ? hl >= hr : side > 0;
      this.leftGradient = gl;
      this.leftCurvature = hl;
    }
  }

  /** Loss saved by both children with their values within bounds; nothing when they stand in the forbidden order. */
  private boundedGain(column: number, gl: number, hl: number, gr: number, hr: number): number {
    const wl = this.leafValue(gl, hl, this.low, this.high);
    const wr = this.leafValue(gr, hr, this.low, this.high);
    const direction = this.rules.monotone?.[column] ?? 0;
    if ((direction > 0 && wl > wr) || (direction < 0 && wl < wr)) return -Infinity;
    return this.saved(gl, hl, wl) + this.saved(gr, hr, wr);
  }
}
