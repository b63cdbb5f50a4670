/** A cluster told as a few comparisons: a shallow classification tree that separates it from everybody else. */
import type { Feature } from './prepare.ts';

/** `value > above` and `value ≤ most`, either of which may be missing; together they describe one leaf. */
export interface Bound {
  feature: string;
  above: number | null;
  most: number | null;
}

/** Holds where all bounds of any of the leaves hold. */
export type Rule = Bound[][];

export interface Fidelity {
  /** Of those the rule names, how many are in the cluster; null when it names nobody. */
  precision: number | null;
  /** Of the cluster, how many the rule names. */
  recall: number;
  /** Of everybody, on how many rule and cluster agree. */
  agreement: number;
  /** How many the rule names. */
  named: number;
}

/** Leaves of a rule hold at least a hundredth of their group: smaller ones are chance. */
export const leastLeafOf = (members: number): number => Math.max(1, Math.round(members / 100));

export interface RuleTree {
  rule: Rule;
  fidelity: Fidelity;
  depth: number;
}

/** Rows in the order of each feature. */
export function sortedRows(features: readonly Feature[]): Int32Array[] {
  return features.map(({ values }) => Int32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0)));
}

interface Split {
  feature: number;
  cut: number;
  gain: number;
}

/**
 * The tree of `deepest` levels at most by Gini impurity (Breiman, Friedman, Olshen & Stone 1984), every cut of every
 * feature looked at, grown on all customers; a leaf is named where most of it is in the cluster, neighbours of one
 * answer are joined. Cuts are the roundest numbers that separate the same customers. An empty rule where no leaf has a
 * majority.
 * @param leastLeaf customers that each side of a cut must keep
 * @param sorted of `sortedRows`, for those who grow several
 */
export function ruleTree(features: readonly Feature[], isMember: (row: number) => boolean, { deepest = 3, leastLeaf = 1, sorted = sortedRows(features) }: { deepest?: number; leastLeaf?: number; sorted?: readonly Int32Array[] } = {}): RuleTree {
  const n = features[0]?.values.length ?? 0;
  const member = Uint8Array.from({ length: n }, (_, i) => (isMember(i) ? 1 : 0));
  const grown = grow(features, member, sorted, deepest, leastLeaf);
  const rule = leavesOf(grown, features).map((bounds) => [...bounds.values()]);
  return { rule, fidelity: fidelityOf(rule, features, member), depth: depthOf(grown) };
}

type Node = { isMember: boolean } | { split: Split; low: Node; high: Node };

function grow(features: readonly Feature[], member: Uint8Array, sorted: readonly Int32Array[], left: number, leastLeaf: number): Node {
  const rows = sorted[0] ?? new Int32Array(0);
  let inside = 0;
  for (const row of rows) inside += member[row] ?? 0;
  const leaf: Node = { isMember: 2 * inside > rows.length };
  if (left === 0 || inside === 0 || inside === rows.length) return leaf;
  const split = bestSplit(features, member, sorted, inside, leastLeaf);
  if (split === null) return leaf;
  const values = features[split.feature]?.values;
  const side = (isHigh: boolean): Int32Array[] => sorted.map((order) => order.filter((row) => (values?.[row] ?? 0) > split.cut === isHigh));
  const [low, high] = [grow(features, member, side(false), left - 1, leastLeaf), grow(features, member, side(true), left - 1, leastLeaf)];
  return 'isMember' in low && 'isMember' in high && low.isMember === high.isMember ? low : { split, low, high };
}

/** Gini impurity times size: 2 · in · out / size. */
const impurity = (inside: number, size: number): number => (size === 0 ? 0 : (2 * inside * (size - inside)) / size);

function bestSplit(features: readonly Feature[], member: Uint8Array, sorted: readonly Int32Array[], inside: number, leastLeaf: number): Split | null {
  const size = sorted[0]?.length ?? 0;
  const whole = impurity(inside, size);
  let best: (Split & { from: number; to: number }) | null = null;
  features.forEach(({ values }, feature) => {
    const order = sorted[feature] ?? new Int32Array(0);
    let below = 0;
    for (let i = 0; i + 1 < size; i++) {
      below += member[order[i] ?? 0] ?? 0;
      const [from, to] = [values[order[i] ?? 0] ?? 0, values[order[i + 1] ?? 0] ?? 0];
      if (from === to || i + 1 < leastLeaf || size - i - 1 < leastLeaf) continue;
      const gain = whole - impurity(below, i + 1) - impurity(inside - below, size - i - 1);
      if (gain > (best?.gain ?? 1e-12 * size)) best = { feature, cut: 0, gain, from, to };
    }
  });
  const found: (Split & { from: number; to: number }) | null = best;
  return found === null ? null : cutBetween(found);
}

function cutBetween({ feature, gain, from, to }: Split & { from: number; to: number }): Split {
  return { feature, gain, cut: roundest(from, to) };
}

/** The number with the fewest digits in [from, to): `value ≤ cut` parts them. */
export function roundest(from: number, to: number): number {
  const middle = (from + to) / 2;
  for (let digits = 1; digits <= 15; digits++) {
    for (const near of [middle, from]) {
      const candidate = Number(near.toPrecision(digits));
      if (candidate >= from && candidate < to) return candidate;
    }
  }
  return from;
}

function leavesOf(node: Node, features: readonly Feature[], path: Map<string, Bound> = new Map()): Map<string, Bound>[] {
  if ('isMember' in node) return node.isMember ? [path] : [];
  const { name } = features[node.split.feature] ?? { name: '' };
  const known = path.get(name) ?? { feature: name, above: null, most: null };
  const { cut } = node.split;
  return [
    ...leavesOf(node.low, features, new Map(path).set(name, { ...known, most: cut })),
    ...leavesOf(node.high, features, new Map(path).set(name, { ...known, above: cut })),
  ];
}

function depthOf(node: Node): number {
  return 'isMember' in node ? 0 : 1 + Math.max(depthOf(node.low), depthOf(node.high));
}

function fidelityOf(rule: Rule, features: readonly Feature[], member: Uint8Array): Fidelity {
  const columns = new Map(features.map(({ name, values }) => [name, values]));
  return fidelity(member, (i) => ruleHolds(rule, (name) => columns.get(name)?.[i] ?? 0));
}

/** Whether all bounds of one of the ways into the group hold of these values: `above` itself is out, `most` is in. */
export function ruleHolds(rule: Rule, value: (feature: string) => number): boolean {
  return rule.some((bounds) => bounds.every(({ feature, above, most }) => (above === null || value(feature) > above) && (most === null || value(feature) <= most)));
}

/** How well a description of members fits. @param member 1 for each row that is one */
export function fidelity(member: Uint8Array, names: (row: number) => boolean): Fidelity {
  let named = 0, both = 0, inside = 0, agreed = 0;
  for (let i = 0; i < member.length; i++) {
    const holds = names(i);
    const isIn = member[i] === 1;
    if (holds) named++;
    if (isIn) inside++;
    if (holds && isIn) both++;
    if (holds === isIn) agreed++;
  }
  return { precision: named === 0 ? null : both / named, recall: inside === 0 ? 0 : both / inside, agreement: member.length === 0 ? 1 : agreed / member.length, named };
}
