/** Two versions side by side: who gets which, and what it takes to win. */
import { describe, expect, it } from 'vitest';
import { simulateBuyers } from '../../bench/simulate-buyers.ts';
import type { HoldoutColumns, TenantModel } from './tenant-model.ts';
import { fitTenant } from './tenant-model.ts';
import { armOf, judgeTest, testResultSchema, type Arm } from './version-test.ts';

const id = (i: number): string => `0000${i.toString(16).padStart(4, '0')}-0000-5000-8000-${(i * 7919).toString(16).padStart(12, '0')}`;

describe('arms', () => {
  it.each([0.01, 0.3, 0.5, 0.99])('%f of customers get B, the same ones every time, others in another test', (share) => {
    const count = 20_000;
    const of = (test: string): Arm[] => Array.from({ length: count }, (_, i) => armOf(id(i), test, share));
    const [one, again, other] = [of('t1'), of('t1'), of('t2')];
    const b = one.filter((arm) => arm === 'b').length / count;
    expect(Math.abs(b - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / count));
    expect(again).toEqual(one);
    // Independent of the first: both in B as often as chance has it.
    const both = one.filter((arm, i) => arm === 'b' && other[i] === 'b').length / count;
    expect(Math.abs(both - share * share)).toBeLessThan(4 * Math.sqrt((share * share) / count));
  });

  it('a larger share takes nobody out of B', () => {
    for (let i = 0; i < 2000; i++) if (armOf(id(i), 't', 0.3) === 'b') expect(armOf(id(i), 't', 0.6)).toBe('b');
  });
});

describe('the verdict', () => {
  const shop = simulateBuyers(3000, { leaves: 'after a purchase', dropsAtFirst: true, r: 0.8, alpha: 60, a: 0.9, b: 2.5, p: 6, q: 4, v: 1500, minDays: 150, maxDays: 500, horizonDays: 120 }, 9);
  const seen: HoldoutColumns = { x: shop.x, tx: shop.tx, T: shop.T, mRepeat: shop.m, actualOrders: shop.futureX, actualSpend: shop.futureSpend, horizonDays: 120 };
  const right = fitTenant(seen);
  const wrong: TenantModel = { ...right, behaviour: { ...right.behaviour, params: { ...right.behaviour.params, r: (right.behaviour.params['r'] ?? NaN) * 6 } } };
  const arms = Array.from(shop.x, (_, i): Arm => armOf(id(i), 't', 0.5));

  it('goes to the one that is right, on either side', () => {
    const b = judgeTest(seen, arms, { a: wrong, b: right });
    const a = judgeTest(seen, arms, { a: right, b: wrong });
    expect([b.winner, a.winner]).toEqual(['b', 'a']);
    expect([b.difference < 0, a.difference > 0]).toEqual([true, true]);
    expect(b.a.customers + b.b.customers).toBe(3000);
    expect(Math.abs(b.b.bias)).toBeLessThan(0.15);
    expect(testResultSchema.parse(JSON.parse(JSON.stringify(b)))).toEqual(b);
  });

  it('is none between equals, with one customer, and with nobody', () => {
    expect(judgeTest(seen, arms, { a: right, b: right }).winner).toBeNull();
    const few = judgeTest(seen, arms.map((_, i) => (i === 0 ? 'b' : 'a')), { a: right, b: wrong });
    expect([few.winner, few.b.customers]).toEqual([null, 1]);
    const none = new Float64Array(0);
    const nobody = judgeTest({ ...seen, x: none, tx: none, T: none, mRepeat: none, actualOrders: none, actualSpend: none }, [], { a: right, b: wrong });
    expect(nobody).toMatchObject({ winner: null, difference: 0, standardError: 0 });
  });

  it('between equals is false about as often as two standard errors allow', () => {
    let won = 0;
    for (let round = 0; round < 200; round++) won += Number(judgeTest(seen, Array.from(shop.x, (_, i): Arm => armOf(id(i), `round ${round}`, 0.5)), { a: right, b: right }).winner !== null);
    expect(won).toBeLessThan(25);
  });
});
