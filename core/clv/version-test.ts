/** Two versions of a model side by side: who gets which, and which foretold better once the horizon has passed. */
import { z } from 'zod';
import { expectedOrders } from './choose-model.ts';
import { poissonLoss } from './compare-forecasts.ts';
import type { HoldoutColumns, TenantModel } from './tenant-model.ts';

export type Arm = 'a' | 'b';

/** Always the same for one customer and test; `share` of all get B. FNV-1a over both ids, finished as in MurmurHash3. */
export function armOf(customerId: string, testId: string, share: number): Arm {
  let hash = 0x811c9dc5;
  for (const char of `${testId}:${customerId}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < share ? 'b' : 'a';
}

const armSchema = z.object({ model: z.string(), customers: z.number(), expectedOrders: z.number(), actualOrders: z.number(), bias: z.number(), mae: z.number(), deviance: z.number() });

export const testResultSchema = z.object({
  a: armSchema,
  b: armSchema,
  /** Deviance a customer of B minus that of A, and what chance leaves open of it. */
  difference: z.number(),
  standardError: z.number(),
  winner: z.enum(['a', 'b']).nullable(),
});

export type TestResult = z.infer<typeof testResultSchema>;

/** @param seen customers as of the test's start, and what they did until its end; one a row. @param arms parallel to it */
export function judgeTest(seen: HoldoutColumns, arms: readonly Arm[], versions: Readonly<Record<Arm, TenantModel>>): TestResult {
  const judged = { a: judge(seen, arms, 'a', versions.a), b: judge(seen, arms, 'b', versions.b) };
  const difference = judged.b.figures.deviance - judged.a.figures.deviance;
  const standardError = Math.sqrt(judged.a.variance + judged.b.variance);
  const isSure = judged.a.figures.customers > 1 && judged.b.figures.customers > 1 && Math.abs(difference) > 2 * standardError;
  return { a: judged.a.figures, b: judged.b.figures, difference, standardError, winner: !isSure ? null : difference < 0 ? 'b' : 'a' };
}

function judge(seen: HoldoutColumns, arms: readonly Arm[], arm: Arm, { behaviour }: TenantModel): { figures: TestResult['a']; variance: number } {
  const expected = expectedOrders(behaviour.model, behaviour.params, seen, behaviour.unitDays);
  const sum = { customers: 0, expected: 0, actual: 0, absolute: 0, loss: 0, squared: 0 };
  expected.forEach((mean, i) => {
    if (arms[i] !== arm) return;
    const was = seen.actualOrders[i] ?? 0;
    const loss = poissonLoss(mean, was);
    sum.customers++;
    sum.expected += mean;
    sum.actual += was;
    sum.absolute += Math.abs(mean - was);
    sum.loss += loss;
    sum.squared += loss * loss;
  });
  const n = Math.max(1, sum.customers);
  const deviance = sum.loss / n;
  return {
    figures: { model: behaviour.model, customers: sum.customers, expectedOrders: sum.expected, actualOrders: sum.actual, bias: sum.actual > 0 ? sum.expected / sum.actual - 1 : 0, mae: sum.absolute / n, deviance },
    variance: Math.max(0, sum.squared / n - deviance * deviance) / n,
  };
}
