/**
 * Where a delivery is safe before anybody looks at it: one object per integration or API company.
 *
 * `append` answers once the rows are on disk (the output gate sees to that). A consumer pulls a batch under a lease,
 * commits it elsewhere and finishes it here; only then is it forgotten. The lease lives in memory on purpose: when the
 * object is lost so is the lease, and the batch is handed out again, which costs the consumer a replay that changes nothing.
 * Only what was handed out in vain is written down; and once nothing waits, no alarm is left to wake the object.
 */
import { DurableObject } from 'cloudflare:workers';
import type {
  AcceptedDelivery, DeliveryTrace, InboxLease, InboxOwner, InboxStats, Job,
} from '#worker/ports';
import { INBOX_BODY_BYTES } from '#worker/ports';
import { Bell } from './inbox-bell.ts';
import { parseOwner } from './inbox-owner.ts';
import { type FinishedDelivery, InboxStore } from './inbox-store.ts';

export interface InboxEnv {
  JOBS: Queue<Job>;
}

export type AppendResult = 'accepted' | 'too_large' | 'full';

const LEASE_MS = 60_000;
/** Of the 10 GB an object may hold. */
const FULL_BYTES = 8_000_000_000;
/** One answer carries at most 32 MiB. */
const MAX_PULL_BYTES = 24_000_000;
const MAX_PULL = 10_000;

interface Lease {
  leaseId: string;
  expiresAt: number;
  first: number;
  last: number;
  remaining: Set<number>;
}

function utf8Bytes(text: string): number {
  // Three bytes a UTF-16 unit is the most it can be: short texts need no counting.
  return text.length * 3 <= INBOX_BODY_BYTES ? text.length : new TextEncoder().encode(text).length;
}

export class Inbox extends DurableObject<InboxEnv> {
  #store: InboxStore;
  #bell: Bell;
  #savedOwner: string | null;
  #lease: Lease | null = null;

  constructor(ctx: DurableObjectState, env: InboxEnv) {
    super(ctx, env);
    this.#store = new InboxStore(ctx.storage);
    this.#savedOwner = this.#store.owner();
    this.#bell = new Bell(ctx, () => this.#ring(), () => ({
      waiting: this.#store.hasWaiting(), leasedUntil: this.#activeLease(Date.now())?.expiresAt ?? null,
    }));
  }

  append(owner: InboxOwner, deliveries: AcceptedDelivery[]): AppendResult {
    if (deliveries.length === 0) return 'accepted';
    if (deliveries.some(({ body }) => utf8Bytes(body) > INBOX_BODY_BYTES)) return 'too_large';
    if (this.#store.size > FULL_BYTES) return 'full';
    this.#know(owner);
    this.#store.append(deliveries);
    const now = Date.now();
    this.#bell.appended(now, this.#activeLease(now) !== null);
    return 'accepted';
  }

  pull(owner: InboxOwner, limits: { max: number; maxBytes: number }): InboxLease | null {
    const now = Date.now();
    if (this.#activeLease(now) !== null || this.#bell.isQuiet(now)) return null;
    this.#bell.answered();
    this.#giveUpLease();
    const deliveries = this.#store.pull(Math.min(limits.max, MAX_PULL), Math.min(limits.maxBytes, MAX_PULL_BYTES));
    const first = deliveries[0], last = deliveries.at(-1);
    if (first === undefined || last === undefined) return null;
    this.#know(owner);
    const lease = { leaseId: crypto.randomUUID(), expiresAt: now + LEASE_MS, first: first.position, last: last.position, remaining: new Set(deliveries.map(({ position }) => position)) };
    this.#lease = lease;
    return { leaseId: lease.leaseId, owner, deliveries };
  }

  /**
   * Forgets deliveries that were dealt with. Whoever did the work may say so, also after losing the lease: positions are
   * never used again, so a late or repeated finish removes nothing else.
   * @returns whether more waits
   */
  finish(owner: InboxOwner, leaseId: string, outcomes: FinishedDelivery[]): boolean {
    this.#store.finish(outcomes, new Date(), owner.kind === 'api');
    const isWaiting = this.#store.hasWaiting();
    const lease = this.#lease;
    if (!isWaiting) this.#bell.emptied();
    if (lease === null || lease.leaseId !== leaseId) return isWaiting;
    for (const { position } of outcomes) lease.remaining.delete(position);
    if (lease.remaining.size > 0) return isWaiting;
    this.#lease = null;
    if (isWaiting) this.#bell.finished();
    return isWaiting;
  }

  release(_owner: InboxOwner, leaseId: string, delaySeconds: number): void {
    // Somebody else holds it by now: the former holder has nothing to give back.
    if (this.#lease?.leaseId !== leaseId) return;
    this.#giveUpLease();
    this.#bell.released(Date.now(), Math.max(0, delaySeconds) * 1000);
  }

  bodyKeys(): string[] {
    return this.#store.bodyKeys();
  }

  recent(limit: number): DeliveryTrace[] {
    return this.#store.recent(limit);
  }

  stats(): InboxStats {
    return this.#store.stats();
  }

  /** Not `trace`: the runtime keeps that name for a handler of its own and refuses the call. */
  traceOf(deliveryId: string): DeliveryTrace | null {
    return this.#store.trace(deliveryId);
  }

  /** Keeps a small text, sealed or hashed by the caller, so that accepting goes on while the database is away. */
  remember(key: string, value: string, ttlSeconds: number): void {
    const now = Date.now();
    this.#store.remember(key, value, now, now + ttlSeconds * 1000);
  }

  recall(key: string): string | null {
    return this.#store.recall(key, Date.now());
  }

  forget(key: string): void {
    this.#store.forget(key, Date.now());
  }

  override async alarm(): Promise<void> {
    await this.#bell.alarm();
  }

  /** Its holder went silent or gave it back. */
  #giveUpLease(): void {
    if (this.#lease !== null) this.#store.noteAttempt(this.#lease.first, this.#lease.last);
    this.#lease = null;
  }

  #activeLease(now: number): Lease | null {
    return this.#lease !== null && this.#lease.expiresAt > now ? this.#lease : null;
  }

  /** Keeps whom to ring for; the alarm has nobody to ask. */
  #know(owner: InboxOwner): void {
    const text = JSON.stringify(owner);
    if (text === this.#savedOwner) return;
    this.#store.saveOwner(text);
    this.#savedOwner = text;
  }

  async #ring(): Promise<void> {
    if (this.#savedOwner !== null) await this.env.JOBS.send({ type: 'inbox', owner: parseOwner(this.#savedOwner) });
  }
}
