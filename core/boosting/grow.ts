/** One tree on binned rows: histograms of gradients, the best question at each node, rows parted in place. */
import type { BinnedRows } from './bins.ts';
import { SplitSearch, type SplitRules } from './split-search.ts';
import type { TreeBuilder } from './trees.ts';

export interface GrowRules extends SplitRules {
  /** Questions between root and leaf; 0 grows a single leaf. */
  maxDepth: number;
  /** Leaves at most; where this binds, the leaf that saves most is split first. */
  maxLeaves: number;
  /** Factor on every leaf's value. */
  rate: number;
  /** Columns tried at each node, drawn anew; 0 tries all of the tree's. */
  columnsPerNode: number;
}

/** Leaves of the tree grown last, as ranges of `order`. */
export interface Leaves {
  count: number;
  node: Int32Array;
  begin: Int32Array;
  end: Int32Array;
}

/** What is known of a leaf that may still be split; one entry a slot. */
interface Slots {
  node: Int32Array;
  begin: Int32Array;
  end: Int32Array;
  depth: Int32Array;
  gradient: Float64Array;
  curvature: Float64Array;
  /** Bounds that monotone splits above put on the leaf's value. */
  low: Float64Array;
  high: Float64Array;
  gain: Float64Array;
  feature: Int32Array;
  bin: Int32Array;
  missingLeft: Uint8Array;
  leftGradient: Float64Array;
  leftCurvature: Float64Array;
}

/**
 * Grows trees one after the other on the same binned rows; its buffers are made once. Second-order gains and leaf values:
 * Chen & Guestrin 2016, eqs. 5–7; the greater child's histogram is its parent's less its sibling's (Ke and others 2017).
 */
export class Grower {
  readonly leaves: Leaves;
  private readonly rows: BinnedRows;
  private readonly rules: GrowRules;
  private readonly search: SplitSearch;
  private readonly slots: Slots;
  private readonly histograms: Float64Array[] = [];
  private readonly free: number[] = [];
  private readonly open: number[] = [];
  private slotsMade = 0;
  private readonly spare: Int32Array;
  private readonly orderedGradient: Float64Array;
  private readonly orderedCurvature: Float64Array;
  private readonly bestFirst: boolean;
  private readonly random: () => number;

  /** `random` draws the columns of each node. */
  constructor(rows: BinnedRows, rules: GrowRules, random: () => number) {
    this.rows = rows;
    this.rules = rules;
    this.random = random;
    this.search = new SplitSearch(rows, rules);
    const most = Math.max(1, Math.min(rules.maxLeaves, rows.rows, 2 ** Math.min(30, rules.maxDepth)));
    this.bestFirst = rules.maxLeaves < Math.min(rows.rows, 2 ** Math.min(30, rules.maxDepth));
    this.leaves = { count: 0, node: new Int32Array(most), begin: new Int32Array(most), end: new Int32Array(most) };
    // Depth first there are never more open leaves than levels.
    this.slots = makeSlots(this.bestFirst ? most + 1 : Math.min(most, rules.maxDepth) + 2);
    this.spare = new Int32Array(rows.rows);
    this.orderedGradient = new Float64Array(rows.rows);
    this.orderedCurvature = new Float64Array(rows.rows);
  }

  /**
   * Grow one tree. `order` names its rows and is parted by leaf on return (`leaves`); `columns` are those it may ask.
   * `unitCurvature`: curvatures are row weights, and cover is counted in them.
   */
  grow(order: Int32Array, gradient: Float64Array, curvature: Float64Array, columns: Int32Array, unitCurvature: boolean, builder: TreeBuilder): void {
    const { slots, rules } = this;
    builder.beginTree();
    this.leaves.count = 0;
    this.open.length = 0;
    this.free.length = 0;
    this.slotsMade = 0;
    const root = this.takeSlot();
    let g = 0;
    let h = 0;
    for (let k = 0; k < order.length; k++) {
      g += gradient[order[k] ?? 0] ?? 0;
      h += curvature[order[k] ?? 0] ?? 0;
    }
    this.setSlot(root, builder.add(0, unitCurvature ? h : order.length), 0, order.length, 0, g, h, -Infinity, Infinity);
    builder.setValue(slots.node[root] ?? 0, rules.rate * this.search.leafValue(g, h, -Infinity, Infinity));
    if (this.mayAsk(root)) {
      if (rules.columnsPerNode === 0) this.fillHistogram(root, order, gradient, curvature, columns);
      this.findSplit(root, order, gradient, curvature, columns);
    }
    this.settle(root);
    let leafCount = 1;
    while (this.open.length > 0) {
      const slot = this.next();
      if (leafCount >= rules.maxLeaves) {
        this.close(slot);
        continue;
      }
      leafCount++;
      this.splitSlot(slot, order, gradient, curvature, columns, unitCurvature, builder);
    }
  }

  private splitSlot(slot: number, order: Int32Array, gradient: Float64Array, curvature: Float64Array, columns: Int32Array, unitCurvature: boolean, builder: TreeBuilder): void {
    const { slots, rules, search } = this;
    const begin = slots.begin[slot] ?? 0;
    const end = slots.end[slot] ?? 0;
    const depth = (slots.depth[slot] ?? 0) + 1;
    const feature = slots.feature[slot] ?? 0;
    const middle = this.part(order, begin, end, feature, slots.bin[slot] ?? 0, slots.missingLeft[slot] === 1);
    const gl = slots.leftGradient[slot] ?? 0;
    const hl = slots.leftCurvature[slot] ?? 0;
    const gr = (slots.gradient[slot] ?? 0) - gl;
    const hr = (slots.curvature[slot] ?? 0) - hl;
    const low = slots.low[slot] ?? -Infinity;
    const high = slots.high[slot] ?? Infinity;
    const leftValue = search.leafValue(gl, hl, low, high);
    const rightValue = search.leafValue(gr, hr, low, high);
    const left = builder.add(rules.rate * leftValue, unitCurvature ? hl : middle - begin);
    builder.add(rules.rate * rightValue, unitCurvature ? hr : end - middle);
    builder.split(slots.node[slot] ?? 0, feature, slots.bin[slot] ?? 0, slots.missingLeft[slot] === 1, left, slots.gain[slot] ?? 0);
    // Between the two values every later leaf of the left part stays on its side, and so for the right (XGBoost's bounds).
    const direction = rules.monotone?.[feature] ?? 0;
    const between = (leftValue + rightValue) / 2;
    const leftHigh = direction > 0 ? Math.min(high, between) : high;
    const leftLow = direction < 0 ? Math.max(low, between) : low;
    const rightLow = direction > 0 ? Math.max(low, between) : low;
    const rightHigh = direction < 0 ? Math.min(high, between) : high;
    const leftSmaller = middle - begin <= end - middle;
    // The greater child keeps the slot, and with it the parent's histogram.
    const other = this.takeSlot();
    const leftSlot = leftSmaller ? other : slot;
    const rightSlot = leftSmaller ? slot : other;
    this.setSlot(leftSlot, left, begin, middle, depth, gl, hl, leftLow, leftHigh);
    this.setSlot(rightSlot, left + 1, middle, end, depth, gr, hr, rightLow, rightHigh);
    const greaterAsks = this.mayAsk(slot);
    if (rules.columnsPerNode === 0 && (greaterAsks || this.mayAsk(other))) {
      this.fillHistogram(other, order, gradient, curvature, columns);
      if (greaterAsks) search.subtract(this.histogram(slot), this.histogram(other), columns);
    }
    if (this.mayAsk(other)) this.findSplit(other, order, gradient, curvature, columns);
    if (greaterAsks) this.findSplit(slot, order, gradient, curvature, columns);
    // The last one opened is taken first: left before right, whichever kept the slot.
    this.settle(rightSlot);
    this.settle(leftSlot);
  }

  /** Rows that go left come first, each side in its former order; where the right side begins. */
  private part(order: Int32Array, begin: number, end: number, feature: number, bin: number, missingLeft: boolean): number {
    const { spare } = this;
    const bins = this.rows.bins[feature] ?? new Uint8Array(0);
    const missing = (this.rows.count[feature] ?? 0) - 1;
    let left = begin;
    let right = 0;
    for (let k = begin; k < end; k++) {
      const row = order[k] ?? 0;
      const held = bins[row] ?? 0;
      if (held === missing ? missingLeft : held <= bin) order[left++] = row;
      else spare[right++] = row;
    }
    order.set(spare.subarray(0, right), left);
    return left;
  }

  private fillHistogram(slot: number, order: Int32Array, gradient: Float64Array, curvature: Float64Array, columns: Int32Array): void {
    const begin = this.slots.begin[slot] ?? 0;
    const end = this.slots.end[slot] ?? 0;
    this.gather(order, begin, end, gradient, curvature);
    const histogram = this.histogram(slot);
    for (let k = 0; k < columns.length; k++) this.search.fill(histogram, columns[k] ?? 0, order, begin, end, this.orderedGradient, this.orderedCurvature);
  }

  /** Gradients in the order of the node's rows: read once from all over memory, then once a column in line. */
  private gather(order: Int32Array, begin: number, end: number, gradient: Float64Array, curvature: Float64Array): void {
    const { orderedGradient, orderedCurvature } = this;
    for (let k = begin; k < end; k++) {
      const row = order[k] ?? 0;
      orderedGradient[k] = gradient[row] ?? 0;
      orderedCurvature[k] = curvature[row] ?? 0;
    }
  }

  private findSplit(slot: number, order: Int32Array, gradient: Float64Array, curvature: Float64Array, columns: Int32Array): void {
    const { slots, search, rules } = this;
    search.begin(slots.gradient[slot] ?? 0, slots.curvature[slot] ?? 0, slots.low[slot] ?? -Infinity, slots.high[slot] ?? Infinity);
    if (rules.columnsPerNode === 0) {
      const histogram = this.histogram(slot);
      for (let k = 0; k < columns.length; k++) search.column(histogram, columns[k] ?? 0);
    } else {
      const begin = slots.begin[slot] ?? 0;
      const end = slots.end[slot] ?? 0;
      this.gather(order, begin, end, gradient, curvature);
      const histogram = this.histogram(0);
      // Drawn without repeats; beyond the number asked for only until one column can part the rows at all.
      for (let k = 0; k < columns.length && (k < rules.columnsPerNode || search.gain <= 0); k++) {
        const pick = k + Math.floor(this.random() * (columns.length - k));
        const column = columns[pick] ?? 0;
        columns[pick] = columns[k] ?? 0;
        columns[k] = column;
        search.fill(histogram, column, order, begin, end, this.orderedGradient, this.orderedCurvature);
        search.column(histogram, column);
      }
    }
    slots.gain[slot] = search.gain;
    slots.feature[slot] = search.feature;
    slots.bin[slot] = search.bin;
    slots.missingLeft[slot] = search.missingLeft ? 1 : 0;
    slots.leftGradient[slot] = search.leftGradient;
    slots.leftCurvature[slot] = search.leftCurvature;
  }

  private mayAsk(slot: number): boolean {
    const { slots, rules } = this;
    return (slots.depth[slot] ?? 0) < rules.maxDepth && (slots.end[slot] ?? 0) - (slots.begin[slot] ?? 0) > 1 && (slots.curvature[slot] ?? 0) >= 2 * rules.minChildWeight;
  }

  /** A leaf with a question to ask stays open; any other is done. */
  private settle(slot: number): void {
    if ((this.slots.gain[slot] ?? 0) > 0) this.open.push(slot);
    else this.close(slot);
  }

  private close(slot: number): void {
    const { leaves, slots } = this;
    leaves.node[leaves.count] = slots.node[slot] ?? 0;
    leaves.begin[leaves.count] = slots.begin[slot] ?? 0;
    leaves.end[leaves.count] = slots.end[slot] ?? 0;
    leaves.count++;
    this.free.push(slot);
  }

  private next(): number {
    const { open, slots } = this;
    if (this.bestFirst) {
      let best = open.length - 1;
      for (let k = 0; k < open.length; k++) if ((slots.gain[open[k] ?? 0] ?? 0) > (slots.gain[open[best] ?? 0] ?? 0)) best = k;
      const held = open[best] ?? 0;
      open[best] = open[open.length - 1] ?? 0;
      open[open.length - 1] = held;
    }
    return open.pop() ?? 0;
  }

  private takeSlot(): number {
    return this.free.pop() ?? this.slotsMade++;
  }

  private histogram(slot: number): Float64Array {
    return (this.histograms[slot] ??= new Float64Array(this.search.histogramSize));
  }

  private setSlot(slot: number, node: number, begin: number, end: number, depth: number, gradient: number, curvature: number, low: number, high: number): void {
    const { slots } = this;
    slots.node[slot] = node;
    slots.begin[slot] = begin;
    slots.end[slot] = end;
    slots.depth[slot] = depth;
    slots.gradient[slot] = gradient;
    slots.curvature[slot] = curvature;
    slots.low[slot] = low;
    slots.high[slot] = high;
    slots.gain[slot] = 0;
  }
}

function makeSlots(count: number): Slots {
  const whole = (): Int32Array => new Int32Array(count);
  const real = (): Float64Array => new Float64Array(count);
  return {
    node: whole(), begin: whole(), end: whole(), depth: whole(), gradient: real(), curvature: real(), low: real(), high: real(), gain: real(),
    feature: whole(), bin: whole(), missingLeft: new Uint8Array(count), leftGradient: real(), leftCurvature: real(),
  };
}
