/** Asks whether a subject may go on. */
import { reach } from './reach.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { TakeResult } from './sliding-window.ts';

export interface RateLimitRule {
  limit: number;
  windowSeconds: number;
  /** What this request takes of the limit; 1 unless said. */
  cost?: number;
}

/**
 * Takes from what `subject` may do in any `windowSeconds`; see sliding-window.ts for the algorithm.
 * @param subject such as `user:…`, `key:…`, `ip:…`; each is an object of its own
 * @throws AppError `unavailable` when the object cannot be reached
 */
export function rateLimit(namespace: DurableObjectNamespace<RateLimiter>, subject: string, rule: RateLimitRule): Promise<TakeResult> {
  return reach(async () => await namespace.getByName(subject).take(rule.limit, rule.windowSeconds, rule.cost ?? 1));
}
