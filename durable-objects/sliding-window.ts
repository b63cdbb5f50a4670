/**
 * Counts what was let through in the last window, exactly and in little memory: a sliding log in sixty slots.
 *
 * A window of W seconds is cut into slots of W/60. A request counts in the slot it falls in, and a slot is forgotten
 * as a whole once all of it lies more than a window back. So in no span of W seconds is more than the limit let
 * through, wherever the span begins; and what was taken comes back at most one slot (1/60 window) late.
 */

const SLOTS = 60;

export interface TakeResult {
  allowed: boolean;
  limit: number;
  /** What may still be taken at this moment. */
  remaining: number;
  /** Seconds until more may be taken: until this request would pass when it was refused, else until the oldest taken comes back. 0 when nothing is taken. */
  resetSeconds: number;
}

/** Slot number (time ÷ slot length) and what was taken in it, oldest first. */
export type Slots = [slot: number, taken: number][];

export class SlidingWindow {
  #slotMs: number;
  #slots: Slots;

  constructor(windowSeconds: number, slots: Slots = []) {
    this.#slotMs = (windowSeconds * 1000) / SLOTS;
    this.#slots = slots;
  }

  get slots(): Slots {
    return this.#slots;
  }

  /** Takes `cost` of `limit` at `now` (milliseconds), or nothing when that would be more than is left. */
  take(now: number, limit: number, cost: number): TakeResult {
    this.#forget(now);
    const taken = this.#slots.reduce((sum, [, count]) => sum + count, 0);
    const allowed = taken + cost <= limit;
    if (allowed && cost > 0) this.#note(now, cost);
    const remaining = Math.max(0, limit - taken - (allowed ? cost : 0));
    return { allowed, limit, remaining, resetSeconds: this.#resetSeconds(now, allowed ? 1 : taken + cost - limit) };
  }

  /** Counts what was let through elsewhere, also beyond the limit. */
  add(now: number, cost: number): void {
    this.#forget(now);
    if (cost > 0) this.#note(now, cost);
  }

  /** Milliseconds since 1970 when nothing taken counts any more. */
  emptyAt(): number {
    const newest = this.#slots.at(-1);
    return newest === undefined ? 0 : this.#freeAt(newest[0]);
  }

  #note(now: number, cost: number): void {
    // A clock that steps back must not reorder the slots.
    const slot = Math.max(Math.floor(now / this.#slotMs), this.#slots.at(-1)?.[0] ?? 0);
    const newest = this.#slots.at(-1);
    if (newest !== undefined && newest[0] === slot) newest[1] += cost;
    else this.#slots.push([slot, cost]);
  }

  #freeAt(slot: number): number {
    return (slot + 1 + SLOTS) * this.#slotMs;
  }

  #forget(now: number): void {
    while (this.#slots[0] !== undefined && this.#freeAt(this.#slots[0][0]) <= now) this.#slots.shift();
  }

  /** Seconds until `needed` of what is taken has come back. */
  #resetSeconds(now: number, needed: number): number {
    let back = 0;
    for (const [slot, count] of this.#slots) {
      back += count;
      if (back >= needed) return Math.max(1, Math.ceil((this.#freeAt(slot) - now) / 1000));
    }
    return this.#slots.length === 0 ? 0 : Math.max(1, Math.ceil((this.emptyAt() - now) / 1000));
  }
}
