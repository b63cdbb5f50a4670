import { describe, expect, it } from 'vitest';
import { chance, pick, createRandom } from '#core/math/random';
import { countConditions, filterOf, findNode, Keys, openFilter, pathsOf, placeOf, type DraftGroup, type DraftNode } from './draft.ts';
import { depthOf, DEEPEST, MOST_CONDITIONS, type Edit } from './edits.ts';
import { editorReducer, openEditor, type EditorState } from './history.ts';

const a = { is: 'orders.total', op: 'gt', value: 200 };
const b = { is: 'last_order', op: 'more_than', days: 60 };
const c = { is: 'p_alive', op: 'lt', value: 0.4 };
const d = { is: 'segment', id: 'vip' };

const edit = (state: EditorState, ...actions: Parameters<typeof editorReducer>[1][]): EditorState => actions.reduce(editorReducer, state);
const keyOf = (state: EditorState, is: string): string => {
  const find = (node: DraftNode): string | null => (node.kind === 'condition' ? (node.is === is ? node.key : null) : node.children.map(find).find((key) => key !== null) ?? null);
  return find(state.root) ?? '';
};

describe('a filter opened for editing', () => {
  it.each([
    { all: [a, b, { not: d }] },
    { any: [a, { all: [b, c] }, { not: { any: [c, d] } }] },
    { not: { any: [a, { not: { all: [b, c] } }] } },
    { not: { all: [a, b] } },
    { all: [] },
  ])('says the same as before: %j', (filter) => {
    expect(filterOf(openFilter(filter, new Keys()))).toEqual(filter);
  });

  it('opens a lone condition as a group of one, and a double not as what it means', () => {
    expect(filterOf(openFilter(a, new Keys()))).toEqual({ all: [a] });
    expect(filterOf(openFilter({ not: a }, new Keys()))).toEqual({ all: [{ not: a }] });
    expect(filterOf(openFilter({ not: { not: a } }, new Keys()))).toEqual({ not: { any: [{ not: a }] } });
  });

  it('knows where each condition stands in the filter it makes', () => {
    const root = openFilter({ all: [a, { not: { any: [b, { not: c }] } }] }, new Keys());
    const paths = [...pathsOf(root).values()];
    const json: unknown = filterOf(root);
    const at = (path: string): unknown => path.split('.').reduce<unknown>((value, part) => (value instanceof Object ? Reflect.get(value, part) : undefined), json);
    expect(paths).toContain('all.1.not.any.1.not');
    expect(at('all.0')).toEqual(a);
    expect(at('all.1.not.any.0')).toEqual(b);
    expect(at('all.1.not.any.1.not')).toEqual(c);
  });
});

describe('edits', () => {
  const start = openEditor({ all: [a, b, { any: [c, d] }] });

  it('moves a condition down into a group, through it and out again, and back up', () => {
    const key = keyOf(start, 'orders.total');
    const down: Edit = { type: 'step', key, direction: 'down' };
    const up: Edit = { type: 'step', key, direction: 'up' };
    const walk = [start];
    for (let step = 0; step < 6; step++) walk.push(edit(walk.at(-1) ?? start, down));
    expect(walk.map((state) => filterOf(state.root))).toEqual([
      { all: [a, b, { any: [c, d] }] }, { all: [b, a, { any: [c, d] }] }, { all: [b, { any: [a, c, d] }] }, { all: [b, { any: [c, a, d] }] },
      { all: [b, { any: [c, d, a] }] }, { all: [b, { any: [c, d] }, a] }, { all: [b, { any: [c, d] }, a] },
    ]);
    let back = walk.at(-1) ?? start;
    for (let step = 0; step < 6; step++) back = edit(back, up);
    expect(filterOf(back.root)).toEqual(filterOf(start.root));
    expect(back.focus?.key).toBe(`${key}-handle`);
  });

  it('drops a node before any other, and never into itself', () => {
    const inner = start.root.children[2]?.key ?? '';
    expect(filterOf(edit(start, { type: 'move', key: inner, group: start.root.key, index: 0 }).root)).toEqual({ all: [{ any: [c, d] }, a, b] });
    expect(edit(start, { type: 'move', key: inner, group: inner, index: 0 })).toBe(start);
    expect(edit(start, { type: 'move', key: inner, group: start.root.key, index: 3 })).toBe(start);
  });

  it('changes how groups read, also the outermost', () => {
    expect(filterOf(edit(start, { type: 'join', key: start.root.key, join: 'none' }).root)).toEqual({ not: { any: [a, b, { any: [c, d] }] } });
    expect(filterOf(edit(start, { type: 'join', key: start.root.children[2]?.key ?? '', join: 'not_all' }).root)).toEqual({ all: [a, b, { not: { all: [c, d] } }] });
  });

  it('wraps, takes apart, duplicates, negates and removes, and says where the focus goes', () => {
    const key = keyOf(start, 'last_order');
    const wrapped = edit(start, { type: 'wrap', key });
    expect(filterOf(wrapped.root)).toEqual({ all: [a, { any: [b] }, { any: [c, d] }] });
    expect(filterOf(edit(wrapped, { type: 'unwrap', key: wrapped.root.children[1]?.key ?? '' }).root)).toEqual(filterOf(start.root));
    const twice = edit(start, { type: 'duplicate', key: start.root.children[2]?.key ?? '' });
    expect(filterOf(twice.root)).toEqual({ all: [a, b, { any: [c, d] }, { any: [c, d] }] });
    expect(twice.focus?.key).toBe(`${twice.root.children[3]?.key}-handle`);
    expect(filterOf(edit(start, { type: 'negate', key }).root)).toEqual({ all: [a, { not: b }, { any: [c, d] }] });
    const without = edit(start, { type: 'remove', key });
    expect(without.focus?.key).toBe(`${start.root.children[2]?.key}-handle`);
    const emptied = edit(openEditor({ all: [a] }), { type: 'remove', key: 'n2' });
    expect(emptied.focus?.key).toBe('n1-add');
  });

  it('takes strokes in one field back as one step, and edits elsewhere one by one', () => {
    const key = keyOf(start, 'orders.total');
    const type = (value: number): Edit => ({ type: 'change', key, is: 'orders.total', args: { op: 'gt', value }, field: 'value' });
    const typed = edit(start, type(1), type(15), type(150), { type: 'change', key, is: 'orders.total', args: { op: 'lt', value: 150 }, field: 'op' });
    expect(filterOf(edit(typed, { type: 'undo' }).root)).toMatchObject({ all: [{ ...a, value: 150 }, {}, {}] });
    expect(edit(typed, { type: 'undo' }, { type: 'undo' }).root).toBe(start.root);
    expect(filterOf(edit(typed, { type: 'undo' }, { type: 'undo' }, { type: 'redo' }, { type: 'redo' }).root)).toEqual(filterOf(typed.root));
    expect(edit(start, { type: 'undo' })).toBe(start);
  });

  it('refuses what a filter may not hold', () => {
    const full = openEditor({ all: Array.from({ length: MOST_CONDITIONS }, () => a) });
    expect(edit(full, { type: 'add', group: 'n1', is: 'p_alive', args: {} })).toBe(full);
    expect(edit(full, { type: 'duplicate', key: 'n2' })).toBe(full);
    let deep = openEditor({ all: [a] });
    for (let step = 0; step < 20; step++) deep = edit(deep, { type: 'wrap', key: keyOf(deep, 'orders.total') });
    expect(depthOf(deep.root)).toBe(DEEPEST);
  });
});

it('keeps every condition once and every key its own, whatever is done, and undoes all of it', () => {
  const random = createRandom('edits of a draft');
  const nodes = (node: DraftNode): DraftNode[] => [node, ...(node.kind === 'group' ? node.children.flatMap(nodes) : [])];
  for (let run = 0; run < 60; run++) {
    const start = openEditor({ all: [a, { any: [b, { not: { all: [c, a] } }] }, { not: d }] });
    let state = start;
    for (let step = 0; step < 25; step++) {
      const all = nodes(state.root);
      const groups = all.filter((node): node is DraftGroup => node.kind === 'group');
      const { key } = pick(random, all);
      const group = pick(random, groups);
      const before = countConditions(state.root);
      const index = Math.floor(random() * (group.children.length + 1));
      const act: Edit = pick<Edit>(random, [
        { type: 'move', key, group: group.key, index }, { type: 'step', key, direction: chance(random, 0.5) ? 'up' : 'down' }, { type: 'wrap', key }, { type: 'unwrap', key }, { type: 'negate', key },
      ]);
      state = editorReducer(state, act);
      expect(countConditions(state.root)).toBe(before);
      const keys = nodes(state.root).map((node) => node.key);
      expect(new Set(keys).size).toBe(keys.length);
      if (state.focus !== null) expect(findNode(state.root, state.focus.key.replace('-handle', ''))).not.toBeNull();
      expect(all.every((node) => node.kind === 'group' || placeOf(state.root, node.key) !== null)).toBe(true);
    }
    while (state.past.length > 0) state = editorReducer(state, { type: 'undo' });
    expect(state.root).toEqual(start.root);
  }
});
