/**
 * When an inbox rings for a consumer. The queue message is a doorbell: one is enough however much waits, and one that is
 * lost is made up for by an alarm that is set in the same write as the first delivery.
 */

/** A ring counts as on its way this long; the alarm comes after it. */
const RING_LASTS_MS = 5_000;
const FIRST_ALARM_MS = 5_000;
const LAST_ALARM_MS = 60_000;
/** A consumer that finished pulls again at once; only when it does not, the inbox rings for the rest. */
const LEFTOVER_MS = 100;

export interface BellState {
  waiting: boolean;
  /** Milliseconds since 1970 until which a consumer holds the lease; null when none does. */
  leasedUntil: number | null;
}

export class Bell {
  #ctx: DurableObjectState;
  #send: () => Promise<void>;
  #look: () => BellState;
  #rungUntil = 0;
  /** Released with a delay: nobody is called before. */
  #quietUntil = 0;
  #alarmAt: number | null = null;
  #interval = FIRST_ALARM_MS;

  /**
   * @param send puts the job on the queue
   * @param look how the inbox is now; may run SQL
   */
  constructor(ctx: DurableObjectState, send: () => Promise<void>, look: () => BellState) {
    this.#ctx = ctx;
    this.#send = send;
    this.#look = look;
  }

  isQuiet(now: number): boolean {
    return now < this.#quietUntil;
  }

  /** Something was written. The alarm joins that write; the ring is not waited for. */
  appended(now: number, leased: boolean): void {
    if (this.#alarmAt === null) this.#arm(Math.max(now + FIRST_ALARM_MS, this.#quietUntil));
    if (!leased && !this.isQuiet(now) && now >= this.#rungUntil) this.#ring(now);
  }

  /** A consumer came: the next delivery may ring again. */
  answered(): void {
    this.#rungUntil = 0;
    this.#interval = FIRST_ALARM_MS;
  }

  /** Nothing waits: the alarm goes in the write that took the last of it. */
  emptied(): void {
    this.#alarmAt = null;
    void this.#ctx.storage.deleteAlarm();
  }

  /** A consumer is through with its lease and more may wait. */
  finished(): void {
    setTimeout(() => {
      const now = Date.now();
      const { waiting, leasedUntil } = this.#look();
      if (waiting && leasedUntil === null && !this.isQuiet(now) && now >= this.#rungUntil) this.#ring(now);
    }, LEFTOVER_MS);
  }

  /** A consumer gave up for now. Only the alarm calls the next one, or rings would breed during an outage. */
  released(now: number, delayMs: number): void {
    this.#quietUntil = now + delayMs;
    this.#rungUntil = 0;
    this.#arm(this.#quietUntil);
  }

  async alarm(): Promise<void> {
    this.#alarmAt = null;
    const now = Date.now();
    try {
      const { waiting, leasedUntil } = this.#look();
      if (waiting && leasedUntil === null && !this.isQuiet(now)) {
        this.#rungUntil = now + RING_LASTS_MS;
        await this.#send();
      }
    } catch (error) {
      // The queue cannot be reached: the next alarm tries again, and the runtime's own six retries are not used up.
      console.error(JSON.stringify({ event: 'inbox_ring_failed', message: String(error) }));
    } finally {
      const { waiting, leasedUntil } = this.#look();
      if (waiting) {
        this.#arm(leasedUntil ?? Math.max(Date.now() + this.#interval, this.#quietUntil));
        this.#interval = Math.min(LAST_ALARM_MS, this.#interval * 2);
      }
    }
  }

  #arm(at: number): void {
    this.#alarmAt = at;
    // Not awaited: it is written with whatever else this turn writes, and the output gate waits for both.
    void this.#ctx.storage.setAlarm(at);
  }

  #ring(now: number): void {
    this.#rungUntil = now + RING_LASTS_MS;
    this.#ctx.waitUntil(this.#send().catch((error: unknown) => {
      this.#rungUntil = 0;
      console.error(JSON.stringify({ event: 'inbox_ring_failed', message: String(error) }));
    }));
  }
}
