/** The minimiser: known minima, bounds, and an honest answer when it was not allowed to finish. */
import { describe, expect, it } from 'vitest';
import { minimise, type Objective } from './bfgs.ts';

const rosenbrock: Objective = (at, gradient) => {
  const [x = 0, y = 0] = at;
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

describe('minimise', () => {
  it('walks along a bent valley', () => {
    const { at, converged } = minimise(rosenbrock, [-1.2, 1], { lower: -10, upper: 10 });
    expect(converged).toBe(true);
    expect(at[0]).toBeCloseTo(1, 6);
    expect(at[1]).toBeCloseTo(1, 6);
  });

  it('stops at the bound when the minimum lies outside the box', () => {
    const { at, converged } = minimise((p, g) => ((g[0] = 2 * ((p[0] ?? 0) - 5)), ((p[0] ?? 0) - 5) ** 2), [0], { lower: -1, upper: 2 });
    expect([at[0], converged]).toEqual([2, true]);
  });

  it('says so when the iterations ran out', () => {
    const { converged, iterations } = minimise(rosenbrock, [-1.2, 1], { lower: -10, upper: 10, maxIterations: 3 });
    expect([converged, iterations]).toEqual([false, 3]);
  });

  it('does not claim a minimum of something undefined', () => {
    expect(minimise(() => NaN, [0], { lower: -1, upper: 1 }).converged).toBe(false);
  });
});
