/**
 * How much one subject (a user, a key, an address) may still do, and how long it must wait after guessing: one object
 * each, so that counting is exact under concurrency. Requests are counted in memory. Once a tenth of the limit is taken
 * the count is written behind, at most five times a second and without holding the answer, and read back after an
 * eviction: most subjects never come near their limit, and cost no write. A crash can forget the last fifth of a second,
 * an eviction a tenth of the limit. Guesses are few, and each is kept before it is answered.
 */
import { DurableObject } from 'cloudflare:workers';
import { z } from 'zod';
import { GrowingDelay, type AttemptResult } from './growing-delay.ts';
import { SlidingWindow, type TakeResult } from './sliding-window.ts';

const WRITE_EVERY_MS = 200;
/** What an eviction may forget, as a share of the limit. */
const FORGOTTEN_SHARE = 0.1;
const KEY = 'windows';
const DELAY_KEY = 'delay';
const storedDelay = z.object({ attempts: z.number(), openAt: z.number(), lastAt: z.number() });
const stored = z.array(z.object({ windowSeconds: z.number(), slots: z.array(z.tuple([z.number(), z.number()])) }));

export class RateLimiter extends DurableObject {
  #windows: Map<number, SlidingWindow>;
  #delay: GrowingDelay;
  #writing = false;
  #lastWrite = 0;
  #alarmAt: number | null = null;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    const kept = stored.safeParse(ctx.storage.kv.get(KEY));
    this.#windows = new Map((kept.success ? kept.data : []).map(({ windowSeconds, slots }) => [windowSeconds, new SlidingWindow(windowSeconds, slots)]));
    const delay = storedDelay.safeParse(ctx.storage.kv.get(DELAY_KEY));
    this.#delay = new GrowingDelay(delay.success ? delay.data : undefined);
  }

  /** @param untold what was let through without asking us: it counts, whatever the answer */
  take(limit: number, windowSeconds: number, cost: number, untold: number): TakeResult {
    let window = this.#windows.get(windowSeconds);
    if (window === undefined) this.#windows.set(windowSeconds, (window = new SlidingWindow(windowSeconds)));
    const now = Date.now();
    window.add(now, untold);
    const result = window.take(now, limit, cost);
    // A refusal changes nothing: a flood of them costs no write.
    if ((result.allowed || untold > 0) && limit - result.remaining >= limit * FORGOTTEN_SHARE) this.#writeSoon(now);
    return result;
  }

  /** Counts an attempt at guessing something; see growing-delay.ts. Kept before it is answered: these are few, and each counts. */
  attempt(free: number): AttemptResult {
    const result = this.#delay.attempt(Date.now(), free);
    if (result.allowed) this.#keepDelay();
    return result;
  }

  /** The last attempt was good: it is not counted, or nothing is any more. */
  settle(how: 'take_back' | 'clear'): void {
    if (how === 'clear') this.#delay.clear();
    else this.#delay.takeBack();
    this.#keepDelay();
  }

  #keepDelay(): void {
    this.ctx.storage.kv.put(DELAY_KEY, this.#delay.state);
    if (this.#alarmAt === null) this.#arm(Math.max(Date.now(), this.#emptyAt()));
  }

  /** Nothing counts any more: the object goes away. */
  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    const emptyAt = this.#emptyAt();
    if (emptyAt > Date.now()) {
      this.#arm(emptyAt);
      return;
    }
    this.#windows.clear();
    this.#delay.clear();
    await this.ctx.storage.deleteAll();
  }

  #emptyAt(): number {
    return Math.max(0, this.#delay.emptyAt(), ...[...this.#windows.values()].map((window) => window.emptyAt()));
  }

  #writeSoon(now: number): void {
    if (this.#writing) return;
    const due = this.#lastWrite + WRITE_EVERY_MS;
    if (now >= due) {
      this.#write();
      return;
    }
    this.#writing = true;
    setTimeout(() => {
      this.#writing = false;
      this.#write();
    }, due - now);
  }

  #write(): void {
    this.#lastWrite = Date.now();
    const windows = [...this.#windows].map(([windowSeconds, window]) => ({ windowSeconds, slots: window.slots }));
    // Unconfirmed: the answer does not wait for the disk.
    void this.ctx.storage.put(KEY, windows, { allowUnconfirmed: true });
    if (this.#alarmAt === null) this.#arm(this.#emptyAt());
  }

  #arm(at: number): void {
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at, { allowUnconfirmed: true });
  }
}
