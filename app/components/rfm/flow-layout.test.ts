// The flow chart neither loses nor doubles anybody: bars add up, and ribbons fill them without overlap.
import { expect, it } from 'vitest';
import { flowLayout } from './flow-layout.ts';

it('fills each bar with its ribbons, in order', () => {
  const flows = [
    { from: 'a', to: 'a', amount: 50 }, { from: 'a', to: 'b', amount: 30 }, { from: 'c', to: 'a', amount: 20 }, { from: 'c', to: 'c', amount: 0 }, { from: 'x', to: 'a', amount: 9 },
  ];
  const { left, right, ribbons, height } = flowLayout(flows, ['a', 'b', 'c'], 200);
  expect(left.map(({ group, amount, top, height: tall }) => [group, amount, top, tall])).toEqual([['a', 80, 0, 160], ['c', 20, 174, 40]]);
  expect(right.map(({ group, amount, top, height: tall }) => [group, amount, top, tall])).toEqual([['a', 70, 0, 140], ['b', 30, 154, 60]]);
  expect(ribbons.map((one) => [one.from, one.to, one.left, one.right, one.height])).toEqual([['a', 'a', 0, 0, 100], ['a', 'b', 100, 154, 60], ['c', 'a', 174, 100, 40]]);
  expect(height).toBe(214);
  expect(flowLayout([], ['a'], 200)).toEqual({ height: 0, left: [], right: [], ribbons: [] });
});
