/** What one isolate remembers between requests, so that knowing who asks needs no store most of the time. */
import type { z } from 'zod';
import { AppError } from '#core/errors';
import type { Clock, InboxOwner, InboxPort, Log } from '#worker/ports';

/** A map whose entries expire, bounded so that strangers cannot fill it. */
export class TimedMap<T> {
  readonly #entries = new Map<string, { value: T; until: number }>();
  readonly #flights = new Map<string, Promise<T>>();
  readonly #overtaken = new WeakSet<Promise<T>>();
  readonly #limit: number;

  constructor(limit = 5_000) {
    this.#limit = limit;
  }

  get(key: string, now: Date): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > now.getTime()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: T, seconds: number, now: Date): void {
    this.#entries.delete(key);
    const oldest = this.#entries.size >= this.#limit ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { value, until: now.getTime() + seconds * 1000 });
  }

  delete(key: string): void {
    this.#entries.delete(key);
    this.#overtake(key);
  }

  /** The question about `key` that is under way, or the one that `ask` begins: a burst asks once. */
  flight(key: string, ask: () => Promise<T>): { answer: Promise<T>; isOurs: boolean } {
    const known = this.#flights.get(key);
    if (known !== undefined) return { answer: known, isOurs: false };
    const answer = ask();
    this.#flights.set(key, answer);
    return { answer, isOurs: true };
  }

  /** Whoever has an answer, or gave up waiting, makes room for the next question. */
  landed(key: string, answer: Promise<T>): void {
    if (this.#flights.get(key) === answer) this.#flights.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    for (const key of [...this.#flights.keys()]) this.#overtake(key);
  }

  /** Whether what is known was forgotten while this question was under way: its answer may be older than that, and is not kept. */
  isOvertaken(answer: Promise<T>): boolean {
    return this.#overtaken.has(answer);
  }

  #overtake(key: string): void {
    const flight = this.#flights.get(key);
    if (flight === undefined) return;
    this.#overtaken.add(flight);
    this.#flights.delete(key);
  }
}

export interface CachedLookup<T> {
  memory: TimedMap<T | null>;
  key: string;
  /** How long the isolate believes what it knows; absences are believed for five seconds. */
  seconds: number;
  /**
   * Where the answer is kept for when Postgres is down; null when nobody knows whose inbox that would be.
   * `first`: asked before Postgres, for what is taken back there explicitly; otherwise only when Postgres is silent.
   */
  inbox: {
    port: Pick<InboxPort, 'recall' | 'remember'>; owner: InboxOwner; shape: z.ZodType<T>; seconds: number; first: boolean;
    /** What is kept may have aged otherwise than by time: `stale` is good only while Postgres is silent, `useless` never. */
    judge?: (kept: T) => 'good' | 'stale' | 'useless';
  } | null;
  load(): Promise<T | null>;
  clock: Clock;
  log: Log;
}

const ABSENCE_SECONDS = 5;
/** Longer than any healthy lookup, shorter than a sender's patience. */
const POSTGRES_PATIENCE_MS = 2_000;

/**
 * Isolate, then inbox object and Postgres; what Postgres answers is kept in both.
 * @throws AppError `unavailable` when only Postgres could tell and it is down.
 */
export async function lookUp<T>(lookup: CachedLookup<T>): Promise<T | null> {
  const { memory, key, seconds, inbox, clock } = lookup;
  const known = memory.get(key, clock.now());
  if (known !== undefined) return known;

  let early: T | null = null;
  if (inbox?.first === true) {
    const kept = await recall(inbox, key);
    const judged = kept === null ? 'useless' : inbox.judge?.(kept) ?? 'good';
    if (judged === 'stale') early = kept;
    if (kept !== null && judged === 'good') {
      memory.set(key, kept, seconds, clock.now());
      return kept;
    }
  }
  const { answer, isOurs } = memory.flight(key, () => lookup.load());
  let loaded: T | null;
  try {
    // Bounded also because the request that asked may be gone before its answer.
    loaded = await withinPatience(answer);
  } catch (error) {
    const kept = early ?? (inbox?.first === false ? await recall(inbox, key) : null);
    if (kept === null) throw error;
    memory.set(key, kept, ABSENCE_SECONDS, clock.now());
    return kept;
  } finally {
    memory.landed(key, answer);
  }
  if (memory.isOvertaken(answer)) return loaded;
  memory.set(key, loaded, loaded === null ? ABSENCE_SECONDS : seconds, clock.now());
  if (isOurs && loaded !== null && inbox !== null) {
    try {
      await inbox.port.remember(inbox.owner, key, JSON.stringify(loaded), inbox.seconds);
    } catch (error) {
      // Known to be right; only the next outage would notice that it was not kept.
      lookup.log.warn('lookup.not_kept', { reason: error instanceof AppError ? error.code : String(error) });
    }
  }
  return loaded;
}

async function recall<T>(inbox: NonNullable<CachedLookup<T>['inbox']>, key: string): Promise<T | null> {
  const kept = await inbox.port.recall(inbox.owner, key);
  const parsed = kept === null ? null : inbox.shape.safeParse(JSON.parse(kept));
  return parsed?.success === true ? parsed.data : null;
}

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError('unavailable', 'The database does not answer', { retryAfterSeconds: 5 }));
    }, POSTGRES_PATIENCE_MS);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
