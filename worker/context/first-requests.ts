/**
 * Requests of who asks little, counted in the isolate: most subjects never come near their limit, and waking an object for
 * each of them costs more than answering. What one isolate let through untold, ten requests or a twentieth of the limit at
 * most, is told with the next; from then on the subject's object decides each request, until the isolate has heard nothing
 * of the subject for a whole window.
 */
import { SlidingWindow } from '#durable-objects/sliding-window';
import type { TakeResult } from '#durable-objects/sliding-window';
import { TimedMap } from '#operations/isolate-memory';

const MOST_UNTOLD = 10;
/** Of the limit; one of less than twenty is counted by the object from the first request on. */
const UNTOLD_SHARE = 0.05;
/** What was taken comes back up to a slot late. */
const FORGOTTEN_AFTER_WINDOWS = 62 / 60;
const MOST_SUBJECTS = 20_000;

interface Known {
  window: SlidingWindow;
  isTold: boolean;
}

export class FirstRequests {
  readonly #known = new TimedMap<Known>(MOST_SUBJECTS);

  /**
   * @param ask the subject's object to take one request, beside what it was not told; called when this isolate alone cannot say
   */
  async take(subject: string, { limit, windowSeconds }: { limit: number; windowSeconds: number }, now: Date, ask: (untold: number) => Promise<TakeResult>): Promise<TakeResult> {
    const key = `${subject} ${String(windowSeconds)}`;
    const known = this.#known.get(key, now) ?? { window: new SlidingWindow(windowSeconds), isTold: false };
    this.#known.set(key, known, windowSeconds * FORGOTTEN_AFTER_WINDOWS, now);
    if (known.isTold) return await ask(0);
    const untold = Math.min(MOST_UNTOLD, Math.floor(limit * UNTOLD_SHARE));
    const { allowed, remaining, resetSeconds } = known.window.take(now.getTime(), untold, 1);
    if (allowed) return { allowed, limit, remaining: remaining + limit - untold, resetSeconds };
    // Before the answer: who asks meanwhile must not tell the same once more.
    known.isTold = true;
    try {
      return await ask(untold - remaining);
    } catch (error) {
      known.isTold = false;
      throw error;
    }
  }
}
