/** A filter while somebody works on it: the same tree with a key on every node and with conditions that may not be finished. */
import { assertNever } from '#core/errors';

/** How a group reads its children: all of them, at least one, not one, not all. */
export const JOINS = ['all', 'any', 'none', 'not_all'] as const;
export type Join = (typeof JOINS)[number];

export interface DraftCondition {
  kind: 'condition';
  key: string;
  negated: boolean;
  /** Which condition, by its id in the language. */
  is: string;
  /** Its arguments as they will stand in the filter; what is not filled in is absent. */
  args: Readonly<Record<string, unknown>>;
}

export interface DraftGroup {
  kind: 'group';
  key: string;
  join: Join;
  children: readonly DraftNode[];
}

export type DraftNode = DraftCondition | DraftGroup;

/** A filter as JSON, read without a cast: `{ all }`, `{ any }`, `{ not }`, or a condition. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Hands out keys `n1`, `n2`, …: the same on the server and in the browser. */
export class Keys {
  #next: number;
  constructor(next = 1) { this.#next = next; }
  take(): string { return `n${String(this.#next++)}`; }
  get next(): number { return this.#next; }
}

/** A filter opened for editing; its top is always a group. */
export function openFilter(filter: unknown, keys: Keys): DraftGroup {
  const node = open(filter, keys);
  return node.kind === 'group' ? node : { kind: 'group', key: keys.take(), join: 'all', children: [node] };
}

function open(filter: unknown, keys: Keys): DraftNode {
  const json = isJson(filter) ? filter : {};
  if (Array.isArray(json.all)) return group('all', json.all, keys);
  if (Array.isArray(json.any)) return group('any', json.any, keys);
  if (isJson(json.not)) {
    const inner = open(json.not, keys);
    if (inner.kind === 'condition' && !inner.negated) return { ...inner, negated: true };
    if (inner.kind === 'group' && inner.join === 'any') return { ...inner, join: 'none' };
    if (inner.kind === 'group' && inner.join === 'all') return { ...inner, join: 'not_all' };
    return { kind: 'group', key: keys.take(), join: 'none', children: [inner] };
  }
  const { is, ...args } = json;
  return { kind: 'condition', key: keys.take(), negated: false, is: typeof is === 'string' ? is : '', args };
}

function group(join: Join, children: readonly unknown[], keys: Keys): DraftGroup {
  const key = keys.take();
  return { kind: 'group', key, join, children: children.map((child) => open(child, keys)) };
}

/** The filter that a draft says, as JSON; whether it is a valid one is for the language to say. */
export function filterOf(node: DraftNode): Json {
  if (node.kind === 'condition') {
    const condition = { is: node.is, ...node.args };
    return node.negated ? { not: condition } : condition;
  }
  const children = node.children.map(filterOf);
  switch (node.join) {
    case 'all': return { all: children };
    case 'any': return { any: children };
    case 'none': return { not: { any: children } };
    case 'not_all': return { not: { all: children } };
    default: return assertNever(node.join);
  }
}

/** Where each node stands in the filter that `filterOf` makes, as a path of zod: `all.0.not.value` begins with that of its condition. */
export function pathsOf(root: DraftGroup): Map<string, string> {
  const paths = new Map<string, string>();
  const walk = (node: DraftNode, path: readonly (string | number)[]): void => {
    paths.set(node.key, path.join('.'));
    if (node.kind === 'condition') {
      if (node.negated) paths.set(node.key, [...path, 'not'].join('.'));
      return;
    }
    const list = node.join === 'all' || node.join === 'any' ? [node.join] : ['not', node.join === 'none' ? 'any' : 'all'];
    node.children.forEach((child, index) => walk(child, [...path, ...list, index]));
  };
  walk(root, []);
  return paths;
}

export function countConditions(node: DraftNode): number {
  return node.kind === 'condition' ? 1 : node.children.reduce((sum, child) => sum + countConditions(child), 0);
}

export function findNode(node: DraftNode, key: string): DraftNode | null {
  if (node.key === key) return node;
  if (node.kind === 'condition') return null;
  for (const child of node.children) {
    const found = findNode(child, key);
    if (found !== null) return found;
  }
  return null;
}

/** The group around a node and the node's place in it; null for the top and for what is not there. */
export function placeOf(root: DraftGroup, key: string): { parent: DraftGroup; index: number } | null {
  const index = root.children.findIndex((child) => child.key === key);
  if (index >= 0) return { parent: root, index };
  for (const child of root.children) {
    const found = child.kind === 'group' ? placeOf(child, key) : null;
    if (found !== null) return found;
  }
  return null;
}
