/** Calls an object, and says in the product's own words when it cannot be reached. */
import { AppError } from '#core/errors';

function flag(error: unknown, name: 'remote' | 'retryable' | 'overloaded'): boolean {
  return error instanceof Error && Reflect.get(error, name) === true;
}

/**
 * Runs one call. A call that failed on the way is made once more (every method of ours may be repeated);
 * an error thrown by the object itself passes through.
 * @param call gets its own stub each time: a stub is broken after an error
 * @throws AppError `unavailable` when the object cannot be reached
 */
export async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (first) {
    if (flag(first, 'remote')) throw first;
    if (!flag(first, 'retryable') || flag(first, 'overloaded')) throw unreachable(first);
    try {
      return await call();
    } catch (second) {
      throw flag(second, 'remote') ? second : unreachable(second);
    }
  }
}

function unreachable(cause: unknown): AppError {
  return new AppError('unavailable', 'This part of the service is not reachable just now; try again shortly.', { cause, retryAfterSeconds: 2 });
}
