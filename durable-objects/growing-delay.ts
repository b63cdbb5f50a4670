/**
 * Slows guessing down: the first few attempts are free, each further one doubles how long the next must wait. Whoever
 * gets in has nothing more to wait for; whoever stays away for an hour begins anew.
 */

const FIRST_DELAY_MS = 1_000;
export const LONGEST_DELAY_MS = 15 * 60_000;
const FORGOTTEN_AFTER_MS = 60 * 60_000;

export interface AttemptResult {
  allowed: boolean;
  /** Seconds until the next attempt is let through; 0 when it may come at once. */
  waitSeconds: number;
}

export interface DelayState {
  attempts: number;
  /** Milliseconds since 1970: no attempt before. */
  openAt: number;
  lastAt: number;
}

export class GrowingDelay {
  #state: DelayState;

  constructor(state: DelayState = { attempts: 0, openAt: 0, lastAt: 0 }) {
    this.#state = { ...state };
  }

  get state(): DelayState {
    return this.#state;
  }

  /** Counts an attempt at `now` before anybody knows how it ends, so that many at once are counted as well. */
  attempt(now: number, free: number): AttemptResult {
    if (now >= this.emptyAt()) this.clear();
    const { openAt, attempts } = this.#state;
    if (now < openAt) return { allowed: false, waitSeconds: Math.ceil((openAt - now) / 1000) };
    const beyond = attempts + 1 - free;
    const delay = beyond < 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(beyond, 30));
    this.#state = { attempts: attempts + 1, openAt: now + delay, lastAt: now };
    return { allowed: true, waitSeconds: delay / 1000 };
  }

  /** The attempt was good: it does not count. */
  takeBack(): void {
    const { attempts, lastAt } = this.#state;
    this.#state = { attempts: Math.max(0, attempts - 1), openAt: 0, lastAt };
  }

  clear(): void {
    this.#state = { attempts: 0, openAt: 0, lastAt: 0 };
  }

  /** Milliseconds since 1970 when all is forgotten. */
  emptyAt(): number {
    return this.#state.attempts === 0 ? 0 : this.#state.lastAt + FORGOTTEN_AFTER_MS;
  }
}
