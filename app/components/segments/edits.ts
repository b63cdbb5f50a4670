/** What can be done to a draft: each edit makes a new tree and leaves the old one for undo. */
import { assertNever } from '#core/errors';
import { countConditions, findNode, placeOf, type Keys, type DraftCondition, type DraftGroup, type DraftNode, type Join } from './draft.ts';

/** As the language allows. */
export const MOST_CONDITIONS = 50;
export const DEEPEST = 8;

export type Edit =
  | { type: 'add'; group: string; is: string; args: DraftCondition['args'] }
  | { type: 'add_group'; group: string; is: string; args: DraftCondition['args'] }
  | { type: 'change'; key: string; is: string; args: DraftCondition['args']; /** Edits of one argument in a row are one step back. */ field?: string }
  | { type: 'negate'; key: string }
  | { type: 'join'; key: string; join: Join }
  | { type: 'remove'; key: string }
  | { type: 'duplicate'; key: string }
  | { type: 'wrap'; key: string }
  | { type: 'unwrap'; key: string }
  | { type: 'move'; key: string; group: string; /** Before the child that stands there now. */ index: number }
  | { type: 'step'; key: string; direction: 'up' | 'down' }
  | { type: 'replace'; root: DraftGroup; next: number; /** For a live region. */ what: string; /** Typed as text: strokes in a row are one step back. */ typed?: boolean };

/** Names the handle that moves a node. */
const handleOf = (key: string): string => `${key}-handle`;

export interface Outcome {
  root: DraftGroup;
  /** What should have the focus now: a node's key for its first field, `handleOf` it, or `<group>-add`. */
  focus: string | null;
  /** What happened, for those who cannot see it. */
  said: string;
}

/** The tree after an edit; null where it cannot be done or changes nothing. */
export function applyEdit(root: DraftGroup, edit: Edit, keys: Keys): Outcome | null {
  switch (edit.type) {
    case 'add': {
      const key = keys.take();
      return fitting(intoGroup(root, edit.group, Infinity, { kind: 'condition', key, negated: false, is: edit.is, args: edit.args }), key, 'Condition added');
    }
    case 'add_group': {
      const outer = findNode(root, edit.group);
      if (outer?.kind !== 'group') return null;
      const key = keys.take();
      const inner: DraftCondition = { kind: 'condition', key: keys.take(), negated: false, is: edit.is, args: edit.args };
      const join = outer.join === 'any' ? 'all' : 'any';
      return fitting(intoGroup(root, edit.group, Infinity, { kind: 'group', key, join, children: [inner] }), inner.key, 'Group added');
    }
    case 'change':
      return { root: within(root, edit.key, (node) => (node.kind === 'condition' ? [{ ...node, is: edit.is, args: edit.args }] : [node])), focus: null, said: '' };
    case 'negate': {
      const node = findNode(root, edit.key);
      if (node?.kind !== 'condition') return null;
      return { root: within(root, edit.key, () => [{ ...node, negated: !node.negated }]), focus: null, said: node.negated ? 'Must hold' : 'Must not hold' };
    }
    case 'join': {
      const node = findNode(root, edit.key);
      if (node?.kind !== 'group' || node.join === edit.join) return null;
      return { root: node === root ? { ...root, join: edit.join } : within(root, edit.key, () => [{ ...node, join: edit.join }]), focus: null, said: '' };
    }
    case 'remove': {
      const place = placeOf(root, edit.key);
      if (place === null) return null;
      const next = place.parent.children[place.index + 1] ?? place.parent.children[place.index - 1];
      return { root: within(root, edit.key, () => []), focus: next === undefined ? `${place.parent.key}-add` : handleOf(next.key), said: 'Removed. Undo brings it back.' };
    }
    case 'duplicate': {
      const node = findNode(root, edit.key);
      if (node === null || node === root) return null;
      const copy = copied(node, keys);
      return fitting(within(root, edit.key, () => [node, copy]), handleOf(copy.key), 'Duplicated');
    }
    case 'wrap': {
      const place = placeOf(root, edit.key);
      const node = findNode(root, edit.key);
      if (place === null || node === null) return null;
      const join: Join = place.parent.join === 'any' ? 'all' : 'any';
      return fitting(within(root, edit.key, () => [{ kind: 'group', key: keys.take(), join, children: [node] }]), handleOf(edit.key), 'Put in a group of its own');
    }
    case 'unwrap': {
      const node = findNode(root, edit.key);
      if (node?.kind !== 'group' || node === root) return null;
      return { root: within(root, edit.key, () => node.children), focus: node.children[0] === undefined ? null : handleOf(node.children[0].key), said: 'Group taken apart' };
    }
    case 'move': return moved(root, edit.key, edit.group, edit.index);
    case 'step': return stepped(root, edit.key, edit.direction);
    case 'replace': return { root: edit.root, focus: null, said: edit.what };
    default: return assertNever(edit);
  }
}

/** Null when the tree has grown beyond what a filter may hold. */
function fitting(root: DraftGroup, focus: string, said: string): Outcome | null {
  return countConditions(root) > MOST_CONDITIONS || depthOf(root) > DEEPEST ? null : { root, focus, said };
}

export function depthOf(node: DraftNode): number {
  return node.kind === 'condition' ? 1 : 1 + Math.max(0, ...node.children.map(depthOf));
}

function copied(node: DraftNode, keys: Keys): DraftNode {
  const key = keys.take();
  return node.kind === 'condition' ? { ...node, key } : { ...node, key, children: node.children.map((child) => copied(child, keys)) };
}

/** The tree with one node below the top made into others. */
function within(root: DraftGroup, key: string, make: (node: DraftNode) => readonly DraftNode[]): DraftGroup {
  const children = root.children.flatMap((child): readonly DraftNode[] => {
    if (child.key === key) return make(child);
    return child.kind === 'group' ? [within(child, key, make)] : [child];
  });
  return { ...root, children };
}

function intoGroup(root: DraftGroup, group: string, index: number, node: DraftNode): DraftGroup {
  if (root.key === group) {
    const at = Math.min(index, root.children.length);
    return { ...root, children: [...root.children.slice(0, at), node, ...root.children.slice(at)] };
  }
  return { ...root, children: root.children.map((child) => (child.kind === 'group' ? intoGroup(child, group, index, node) : child)) };
}

function moved(root: DraftGroup, key: string, group: string, index: number): Outcome | null {
  const place = placeOf(root, key);
  const node = findNode(root, key);
  if (place === null || node === null || findNode(node, group) !== null) return null;
  const same = place.parent.key === group;
  // Taken out before it is put in: places behind it in the same group move up by one.
  const at = same && place.index < index ? index - 1 : index;
  if (same && at === place.index) return null;
  const root2 = intoGroup(within(root, key, () => []), group, at, node);
  const now = placeOf(root2, key);
  if (now === null) return null;
  return fitting(root2, handleOf(key), `Now ${String(now.index + 1)} of ${String(now.parent.children.length)}${same ? '' : ' in another group'}`);
}

/** One place up or down as the eye reads it: into a group that is in the way, and out of one at its edge. */
function stepped(root: DraftGroup, key: string, direction: 'up' | 'down'): Outcome | null {
  const place = placeOf(root, key);
  if (place === null) return null;
  const { parent, index } = place;
  const neighbour = parent.children[direction === 'up' ? index - 1 : index + 1];
  if (neighbour?.kind === 'group') return moved(root, key, neighbour.key, direction === 'up' ? neighbour.children.length : 0);
  if (neighbour !== undefined) return moved(root, key, parent.key, direction === 'up' ? index - 1 : index + 2);
  const outer = placeOf(root, parent.key);
  return outer === null ? null : moved(root, key, outer.parent.key, direction === 'up' ? outer.index : outer.index + 1);
}
