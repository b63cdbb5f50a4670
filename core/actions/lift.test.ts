// What acting brought: intervals that hold what they say, and how long it takes until something can be told.
import { expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { addArms, customersNeeded, daysNeeded, differenceOf, measuredResponse, NO_ARM, smallestSeen, studentQuantile, type ArmSums } from './lift.ts';

const of = (...orders: number[]): ArmSums => ({
  customers: orders.length, buyers: orders.filter((n) => n > 0).length, orders: orders.reduce((a, b) => a + b, 0), ordersSquared: orders.reduce((a, b) => a + b * b, 0),
  net: orders.reduce((a, b) => a + b * 100, 0), netSquared: orders.reduce((a, b) => a + b * b * 10_000, 0),
});

it('is Welch’s interval', () => {
  // Means 5.4 and 2, squared errors 1.06 and 1/6: 5.19 degrees of freedom, t = 2.545.
  const found = differenceOf('orders', of(3, 4, 5, 6, 9), of(1, 2, 2, 3));
  expect([found.difference, found.low, found.high, found.isSure].map((one) => (typeof one === 'number' ? Number(one.toFixed(1)) : one))).toEqual([3.4, 0.6, 6.2, true]);
  expect([3, 5, 10, 100].map((freedom) => Number(studentQuantile(0.975, freedom).toFixed(2)))).toEqual([3.18, 2.57, 2.23, 1.98]);
  expect(differenceOf('net', of(1), of(1, 2))).toMatchObject({ difference: -50, low: null, high: null, isSure: false });
  expect(differenceOf('orders', of(1, 1), of(0, 0))).toMatchObject({ difference: 1, isSure: false });
  expect(differenceOf('orders', NO_ARM, NO_ARM)).toMatchObject({ acted: 0, heldOut: 0, difference: 0, low: null });
  expect(addArms(of(1, 2), of(3))).toEqual(of(1, 2, 3));
});

it('holds the truth in about 95 of 100 cases, and a response is told with its doubt', () => {
  const random = createRandom('lift');
  const buys = (n: number, p: number) => of(...Array.from({ length: n }, () => (random() < p ? 1 + Math.floor(random() * 3) : 0)));
  let held = 0, near = 0;
  const TIMES = 400;
  for (let n = 0; n < TIMES; n++) {
    // 30 % buy two orders on average where they are acted on, 20 % where they are not: a response of 1 in 8.
    const [acted, heldOut] = [buys(400, 0.3), buys(100, 0.2)], found = differenceOf('orders', acted, heldOut), response = measuredResponse(acted, heldOut);
    if (found.low !== null && found.high !== null && found.low <= 0.2 && found.high >= 0.2) held++;
    if (response !== null && Math.abs(response.response - 0.125) <= 1.96 * response.standardError) near++;
  }
  expect([held / TIMES > 0.92 && held / TIMES < 0.98, near / TIMES > 0.92 && near / TIMES < 0.985], `${held} ${near}`).toEqual([true, true]);
  expect([measuredResponse(of(1, 0), of(1)), measuredResponse(of(1, 1), of(1, 1))]).toEqual([null, null]);
  expect(measuredResponse(of(0, 0, 0, 0), of(0, 0, 0, 0))?.standardError).toBeGreaterThan(0);
});

it('says how long it takes, shorter with more customers, a larger effect and even arms', () => {
  const input = { customers: 10_000, share: 0.1, variancePerDay: 0.01, effectPerDay: 0.001 };
  const days = daysNeeded(input);
  // (2.8016 / 0.001)² × 0.01 × (1/1000 + 1/9000)
  expect(days).toBe(88);
  expect([daysNeeded({ ...input, customers: 40_000 }), daysNeeded({ ...input, effectPerDay: 0.002 }), daysNeeded({ ...input, share: 0.5 })].map((other) => (other ?? Infinity) < (days ?? 0))).toEqual([true, true, true]);
  expect([customersNeeded(88, input), smallestSeen(88, input)].map((value) => Math.round((value ?? 0) * 1000) / 1000)).toEqual([expect.closeTo(9_911, -2), expect.closeTo(0.088, 3)]);
  expect([daysNeeded({ ...input, effectPerDay: 0 }), daysNeeded({ ...input, customers: 3 }), daysNeeded({ ...input, effectPerDay: 1e-9 }), smallestSeen(30, { ...input, customers: 0 })]).toEqual([null, null, null, null]);
});
