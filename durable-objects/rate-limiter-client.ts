/** Asks whether a subject may go on. */
import { reach } from './reach.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { AttemptResult } from './growing-delay.ts';
import type { TakeResult } from './sliding-window.ts';

export interface RateLimitRule {
  limit: number;
  windowSeconds: number;
  /** What this request takes of the limit; 1 unless said. */
  cost?: number;
  /** What was let through before without being told; 0 unless said. */
  untold?: number;
}

/**
 * Takes from what `subject` may do in any `windowSeconds`; see sliding-window.ts for the algorithm.
 * @param subject such as `user:…`, `key:…`, `ip:…`; each is an object of its own
 * @throws AppError `unavailable` when the object cannot be reached
 */
export function rateLimit(namespace: DurableObjectNamespace<RateLimiter>, subject: string, rule: RateLimitRule): Promise<TakeResult> {
  return reach(async () => await namespace.getByName(subject).take(rule.limit, rule.windowSeconds, rule.cost ?? 1, rule.untold ?? 0));
}

/**
 * Counts one attempt at guessing what `subject` protects, before it is known how it ends.
 * @param free attempts without any wait
 */
export function attempt(namespace: DurableObjectNamespace<RateLimiter>, subject: string, free: number): Promise<AttemptResult> {
  return reach(async () => await namespace.getByName(subject).attempt(free));
}

/** The last attempt was good: it is not counted, or none of `subject` is any more. */
export function settleAttempt(namespace: DurableObjectNamespace<RateLimiter>, subject: string, how: 'take_back' | 'clear'): Promise<void> {
  return reach(async () => { await namespace.getByName(subject).settle(how); });
}
