import { describe, expect, it } from 'vitest';
import { seeded } from '#core/math/seeded';
import { baselineSchema, driftOf, fitBaseline, MOVED, MOVED_SOMEWHAT, stabilityIndex } from './drift.ts';
import { permutationImportance } from './permutation.ts';
import { splitBy, stratifiedSplit } from './split.ts';
import type { Column } from './table.ts';

const random = seeded(1);
const numbers = (name: string, rows: number, shift = 0): Column => ({ kind: 'number', name, values: Float64Array.from({ length: rows }, () => random() + random() + shift) });

describe('drift', () => {
  const baseline = fitBaseline(numbers('age', 5000));

  it('is Σ (now − then)·ln(now / then)', () => {
    const known = fitBaseline({ kind: 'category', name: 'plan', codes: Int32Array.of(0, 0, 0, 1), levels: ['a', 'b'] });
    const now: Column = { kind: 'category', name: 'plan', codes: Int32Array.of(1, 0), levels: ['a', 'b'] };
    expect(stabilityIndex(known, now)).toBeCloseTo((0.5 - 0.75) * Math.log(0.5 / 0.75) + (0.5 - 0.25) * Math.log(0.5 / 0.25), 10);
  });

  it('is next to nothing for the same distribution, and grows as it moves', () => {
    expect(stabilityIndex(baseline, numbers('age', 5000))).toBeLessThan(0.02);
    expect(stabilityIndex(baseline, numbers('age', 5000, 0.15))).toBeGreaterThan(MOVED_SOMEWHAT);
    expect(stabilityIndex(baseline, numbers('age', 5000, 0.4))).toBeGreaterThan(MOVED);
  });

  it('sees values that are gone, levels that are new, and stays finite for nothing at all', () => {
    expect(stabilityIndex(baseline, { kind: 'number', name: 'age', values: new Float64Array(100).fill(NaN) })).toBeGreaterThan(MOVED);
    const plan = fitBaseline({ kind: 'category', name: 'plan', codes: Int32Array.of(0, 1), levels: ['a', 'b'] });
    expect(stabilityIndex(plan, { kind: 'category', name: 'plan', codes: Int32Array.of(0, 0, -1), levels: ['new'] })).toBeGreaterThan(MOVED);
    expect(Number.isFinite(stabilityIndex(baseline, { kind: 'number', name: 'age', values: new Float64Array(0) }))).toBe(true);
    expect(Number.isFinite(stabilityIndex(fitBaseline({ kind: 'number', name: 'x', values: new Float64Array(0) }), numbers('x', 10)))).toBe(true);
  });

  it('names the most moved column first; its baselines are plain JSON', () => {
    const moved = driftOf([baseline, fitBaseline(numbers('gap', 1000))], { rows: 1000, columns: [numbers('gap', 1000, 1), numbers('age', 1000)] });
    expect(moved.map(({ name }) => name)).toEqual(['gap', 'age']);
    expect(baselineSchema.parse(JSON.parse(JSON.stringify(baseline)))).toEqual(baseline);
  });
});

describe('splits and permutation', () => {
  it('holds back the same share of each class, and the same rows for the same seed', () => {
    const y = Float64Array.from({ length: 1000 }, (_, i) => Number(i % 10 === 0));
    const { fit, held } = stratifiedSplit(y, 0.2, 4);
    expect([fit.length, held.length, held.filter((i) => y[i] === 1).length]).toEqual([800, 200, 20]);
    expect(stratifiedSplit(y, 0.2, 4).held).toEqual(held);
    expect(stratifiedSplit(y, 0.2, 5).held).not.toEqual(held);
    expect(stratifiedSplit(Float64Array.of(0, 1), 0.9, 1).held.length).toBe(0);
    expect([...splitBy(6, (i) => i % 5 === 0).held]).toEqual([0, 5]);
  });

  it('finds the column a score rests on, and none that it does not', () => {
    const table = { rows: 500, columns: [numbers('used', 500), numbers('not used', 500)] };
    const truth = table.columns[0]!;
    const score = ({ columns }: typeof table): number => {
      const used = columns.find(({ name }) => name === 'used');
      return used?.kind === 'number' && truth.kind === 'number' ? -used.values.reduce((sum, value, i) => sum + (value - truth.values[i]!) ** 2, 0) : 0;
    };
    const [first, second] = permutationImportance(table, score);
    expect(first?.name).toBe('used');
    expect(first?.loss).toBeGreaterThan(10);
    expect(second?.loss).toBe(0);
  });
});
