// Frequent sequences agree with looking at every sequence there is, gaps included; what is closed, and what memory cuts off, is told.
import { expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { frequentSequences, type History } from './sequences.ts';

/** Whether a history holds the items in order, each within the gap of the one before: every way is tried. */
function holds({ items, times }: History, wanted: readonly number[], maxGap: number, together = true): boolean {
  const from = (at: number, step: number): boolean => {
    if (step === wanted.length) return true;
    for (let i = at + 1; i < items.length; i++) {
      if (items[i] === wanted[step] && (at < 0 || ((times[i] ?? 0) - (times[at] ?? 0) <= maxGap && (together || (times[i] ?? 0) > (times[at] ?? 0)))) && from(i, step + 1)) return true;
    }
    return false;
  };
  return from(-1, 0);
}

it.each([[3, true], [8, false], [Infinity, true]] as const)('finds exactly what trying everything finds, with %d days between steps at most, at the same time: %s', (maxGap, together) => {
  const random = createRandom(`patterns ${String(maxGap)}`);
  const histories = Array.from({ length: 60 }, () => {
    let time = 0;
    const length = Math.floor(random() * 7);
    const steps = Array.from({ length }, () => ({ item: Math.floor(random() * 4), time: (time += Math.floor(random() * 5)) }));
    return { items: steps.map(({ item }) => item), times: steps.map(({ time: at }) => at) };
  });
  const expected = new Map<string, number>();
  const every = (prefix: number[]): void => {
    for (let item = 0; item < 4; item++) {
      const items = [...prefix, item];
      const count = histories.filter((history) => holds(history, items, maxGap, together)).length;
      if (count < 6) continue;
      if (items.length > 1) expected.set(items.join(' '), count);
      if (items.length < 4) every(items);
    }
  };
  every([]);
  const closed = [...expected].filter(([key, count]) => ![...expected].some(([other, same]) => same === count && other.length > key.length && holds({ items: other.split(' ').map(Number), times: other.split(' ').map(() => 0) }, key.split(' ').map(Number), Infinity)));
  const { patterns, complete, histories: n } = frequentSequences(histories, { minSupport: 0.1, maxGap, together, longest: 4, most: 10_000 });
  expect({ complete, n }).toEqual({ complete: true, n: 60 });
  expect(Object.fromEntries(patterns.map(({ items, count }) => [items.join(' '), count]))).toEqual(Object.fromEntries(closed));
  expect(patterns.length).toBeGreaterThan(5);
  for (const { items, lift, confidence, count, support } of patterns) {
    const all = histories.filter((history) => holds(history, items.slice(0, -1), maxGap, together)).length;
    expect(confidence).toBeCloseTo(count / all, 12);
    expect(lift).toBeCloseTo(confidence / (histories.filter(({ items: own }) => own.includes(items.at(-1) ?? 0)).length / 60), 12);
    expect(support).toBeCloseTo(count / 60, 12);
  }
});

it('ends where memory does and says so; nobody is no pattern', () => {
  const histories = Array.from({ length: 20 }, () => ({ items: [0, 1, 2, 3, 4, 5], times: [0, 1, 2, 3, 4, 5] }));
  const cut = frequentSequences(histories, { minSupport: 0.5, maxGap: Infinity, together: true, longest: 5, most: 7 });
  expect(cut.complete).toBe(false);
  // All twenty do all six: only the longest is closed.
  expect(frequentSequences(histories, { minSupport: 0.5, maxGap: Infinity, together: true, longest: 6, most: 1_000 }).patterns.map(({ items }) => items)).toEqual([[0, 1, 2, 3, 4, 5]]);
  expect(frequentSequences([], { minSupport: 0.1, maxGap: 1, together: true, longest: 3, most: 10 })).toEqual({ patterns: [], histories: 0, complete: true });
});
