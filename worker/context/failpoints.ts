/** Failures on purpose, for the fault tests of this machine; in production nothing is ever thrown here. */
import { AppError } from '#core/errors';
import type { Failpoints } from '#worker/ports';

/** `rate` is the chance of a failure at each point reached, 0–1. */
export function makeFailpoints(rate: number): Failpoints {
  if (rate === 0) return { reach: () => undefined };
  return {
    reach(point) {
      if (Math.random() < rate) throw new AppError('unavailable', `Failed on purpose at ${point}`);
    },
  };
}
