/**
 * The live figures of one tenant: a fold over what Postgres stamped, kept in SQLite, answered from memory.
 *
 * A feed is applied in one transaction and only where the object stands, so whatever is repeated, lost or late counts
 * once. A feed into a new epoch builds everything anew while the last complete figures are served.
 */
import { DurableObject } from 'cloudflare:workers';
import { emptyAggregates } from '#core/live/aggregates';
import type { Feed, Position, TenantClock } from '#core/live/feed';
import { beginEpoch, fitOf, fold } from '#core/live/fold';
import type { CustomerChange, ServerMessage } from '#core/live/messages';
import type { Snapshot } from '#core/live/snapshot';
import { asOfDay, snapshotOf } from '#core/live/snapshot-of';
import { nextLocalDayStart } from '#core/calendar/local-day';
import type { Job } from '#worker/ports';
import { AggregatesStore, type Kept } from './aggregates-store.ts';
import type { LiveHub } from './live-hub.ts';

export interface AggregatesEnv {
  LIVE_HUB: DurableObjectNamespace<LiveHub>;
  JOBS: Queue<Job>;
}

/** Somebody asked where we stand and no complete feed came since: ask for one. */
const FEED_LATE_MS = 30_000;
const FEED_LATE_MOST_MS = 3_600_000;
/**
 * The alarm for that is set only when a feed takes longer than this: nearly all come within milliseconds, and each alarm
 * would wake the object later for nothing. Should we be lost meanwhile, whoever brought the work brings it again, and the
 * next page that looks asks as well.
 */
const ALARM_AFTER_MS = 3_000;
/** Set while pages may be open, to when this was last told to the books: with none, a change wakes no hub. */
const WATCHED = 'watched';
/** Whoever writes feeds us while the books know that somebody looks (`data/looks.ts`): a third of what a look counts there. */
const LOOK_AGAIN_MS = 300_000;

function sameClock(a: TenantClock | null, b: TenantClock): boolean {
  return a !== null && a.currency === b.currency && a.timeZone === b.timeZone && a.analysisDate === b.analysisDate && a.horizonDays === b.horizonDays;
}

export class TenantAggregates extends DurableObject<AggregatesEnv> {
  #store: AggregatesStore;
  #kept: Kept;
  #memo: { asOf: number; snapshot: Snapshot } | null = null;
  #companyId: string | null;
  /** More may be stamped than we were fed. After waking we cannot know, and assume so. */
  #behind = true;
  #late = FEED_LATE_MS;
  #alarmSoon: ReturnType<typeof setTimeout> | null = null;
  #askedUntil = 0;
  #alarmAt: number | null = null;
  /** When the books were last told that pages are open; null while none are. */
  #watchedAt: number | null;
  /** How often pages came: an answer of the hub that is older than the last of them says nothing. */
  #joined = 0;

  constructor(ctx: DurableObjectState, env: AggregatesEnv) {
    super(ctx, env);
    const watched = ctx.storage.kv.get(WATCHED);
    this.#watchedAt = typeof watched === 'number' ? watched : watched === true ? 0 : null;
    this.#store = new AggregatesStore(ctx.storage.sql);
    this.#kept = this.#store.load();
    this.#companyId = this.#kept.companyId;
  }

  /** Asked before a feed is read; an alarm asks for the feed again should it never arrive. */
  position(companyId: string): Position {
    this.#companyId = companyId;
    this.#behind = true;
    this.#alarmSoon ??= setTimeout(() => {
      this.#alarmSoon = null;
      if (this.#behind) this.#armWithin(Date.now() + FEED_LATE_MS);
    }, ALARM_AFTER_MS);
    return { ...this.#kept.totals.position };
  }

  /** @param changed what to tell open pages about; not counted */
  apply(companyId: string, feed: Feed, changed: CustomerChange[]): Position {
    this.#companyId = companyId;
    const { totals } = this.#kept;
    const fit = fitOf(feed, totals.position);
    if (fit === 'refused') return { ...totals.position };
    if (feed.complete) {
      this.#behind = false;
      this.#late = FEED_LATE_MS;
      if (this.#alarmSoon !== null) clearTimeout(this.#alarmSoon);
      this.#alarmSoon = null;
    }
    const nothingNew = fit === 'continues' && feed.to.seq === totals.position.seq && feed.customers.length === 0 && feed.days.length === 0
      && !totals.building && sameClock(totals.clock, feed.clock);
    if (!nothingNew) {
      const wasBuilding = totals.building;
      this.#write(companyId, feed, fit === 'begins_epoch');
      // While building, the figures served do not change from page to page.
      this.#publish(changed, !(wasBuilding && totals.building) || fit === 'begins_epoch');
    } else if (changed.length > 0) {
      this.#publish(changed, false);
    }
    this.#armWhileWatched();
    return { ...this.#kept.totals.position };
  }

  /** What open pages show. One that was never fed, just woke or lost a feed asks for one. */
  snapshot(companyId: string): Snapshot {
    this.#companyId = companyId;
    if (this.#kept.totals.clock === null || (this.#behind && this.#alarmSoon === null)) this.#askForFeed(companyId);
    return this.#figures();
  }

  /** As `snapshot`, for pages that want to hear of every change from now on. */
  watch(companyId: string): Snapshot {
    this.#joined += 1;
    if (this.#watchedAt === null) this.#setWatched(Date.now());
    return this.snapshot(companyId);
  }

  /** Customers with a value, as far as is folded; null while a new epoch is built. */
  customers(): number | null {
    const { totals } = this.#kept;
    return totals.building ? null : totals.total.customers;
  }

  #setWatched(at: number | null): void {
    if (at === this.#watchedAt) return;
    this.#watchedAt = at;
    if (at !== null) this.ctx.storage.kv.put(WATCHED, at);
    else this.ctx.storage.kv.delete(WATCHED);
    this.#armWhileWatched();
  }

  #figures(): Snapshot {
    const { totals, served } = this.#kept;
    if (totals.building && served !== null) return { ...served, ready: false };
    const now = new Date();
    const shown = totals.building ? { ...emptyAggregates(), clock: totals.clock, updatedAt: totals.updatedAt } : totals;
    const asOf = totals.clock === null ? -1 : asOfDay(totals.clock, now);
    if (this.#memo?.asOf !== asOf || asOf === -1) {
      this.#memo = { asOf, snapshot: snapshotOf(shown, now, (day) => this.#store.laterBuyers(day)) };
    }
    return this.#memo.snapshot;
  }

  /**
   * Forgets where it stands, so that the next feed starts from the beginning, also one of an earlier epoch (the database
   * was restored from a backup). The last complete figures are served until then.
   */
  reset(companyId: string): Position {
    const served = this.#kept.totals.building ? this.#kept.served : this.#figures();
    const { clock, updatedAt } = this.#kept.totals;
    const totals = { ...emptyAggregates(), clock, updatedAt };
    this.ctx.storage.transactionSync(() => {
      this.#store.open();
      this.#store.clear();
      this.#store.save(companyId, totals, served, { customers: new Map(), stages: new Set(), cells: new Set(), buyers: new Set(), days: new Set() });
    });
    this.#kept = { companyId, totals, served };
    this.#memo = null;
    return this.position(companyId);
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      const isDue = this.#watchedAt !== null && Date.now() >= this.#watchedAt + LOOK_AGAIN_MS;
      if ((this.#behind || isDue) && this.#companyId !== null) await this.env.JOBS.send(this.#feedJob(this.#companyId));
      if (isDue) this.#setWatched(Date.now());
      // The day may have turned: every window moves on although nothing was stamped.
      this.#publish([], true);
    } catch (error) {
      console.error(JSON.stringify({ event: 'feed_ring_failed', companyId: this.#companyId, message: String(error) }));
    } finally {
      if (this.#behind && this.#companyId !== null) {
        this.#late = Math.min(FEED_LATE_MOST_MS, this.#late * 2);
        this.#armWithin(Date.now() + this.#late);
      }
      this.#armWhileWatched();
    }
  }

  #askForFeed(companyId: string): void {
    const now = Date.now();
    if (now < this.#askedUntil) return;
    this.#askedUntil = now + FEED_LATE_MS;
    this.ctx.waitUntil(this.env.JOBS.send(this.#feedJob(companyId)).catch((error: unknown) => {
      this.#askedUntil = 0;
      console.error(JSON.stringify({ event: 'feed_ring_failed', companyId, message: String(error) }));
    }));
  }

  #feedJob(companyId: string): Job {
    return this.#watchedAt === null ? { type: 'feed', companyId } : { type: 'feed', companyId, looked: true };
  }

  #write(companyId: string, feed: Feed, beginsEpoch: boolean): void {
    const { totals } = this.#kept;
    const complete = totals.building ? this.#kept.served : null;
    try {
      this.ctx.storage.transactionSync(() => {
        this.#store.open();
        let served = complete;
        if (beginsEpoch) {
          served = totals.building ? complete : this.#figures();
          this.#store.clear();
          beginEpoch(totals);
        }
        const before = this.#store.customers([...new Set(feed.customers.map(({ id }) => id))]);
        const touched = fold(totals, feed, (id) => before.get(id), new Date().toISOString());
        this.#kept.served = totals.building ? served : null;
        this.#store.save(companyId, totals, this.#kept.served, touched);
      });
    } catch (error) {
      // The transaction is undone on disk; memory follows it.
      this.#store = new AggregatesStore(this.ctx.storage.sql);
      this.#kept = this.#store.load();
      throw error;
    } finally {
      this.#memo = null;
    }
  }

  #publish(customers: CustomerChange[], figures: boolean): void {
    if (this.#companyId === null || this.#watchedAt === null) return;
    const at = new Date().toISOString();
    const messages: ServerMessage[] = figures ? [{ type: 'kpi', snapshot: this.#figures(), at }] : [];
    if (customers.length > 0) messages.push({ type: 'customer', customers, at });
    if (messages.length === 0) return;
    // Nobody waits for the pages: they get a whole snapshot with the next change anyhow.
    this.ctx.waitUntil(this.#tell(this.#companyId, messages));
  }

  async #tell(companyId: string, messages: ServerMessage[]): Promise<void> {
    const joined = this.#joined;
    try {
      const heard = await this.env.LIVE_HUB.getByName(companyId).publish(messages);
      if (!heard && joined === this.#joined) this.#setWatched(null);
    } catch (error) {
      console.warn(JSON.stringify({ event: 'live_publish_failed', companyId, message: String(error) }));
    }
  }

  /** Open pages see the day turn, and keep being fed; who comes later asks anyway. */
  #armWhileWatched(): void {
    if (this.#watchedAt === null) return;
    const { clock } = this.#kept.totals;
    const midnight = clock === null || clock.analysisDate !== null ? Number.POSITIVE_INFINITY : nextLocalDayStart(new Date(), clock.timeZone).getTime();
    // What could not be told is told again, but not at once.
    this.#armWithin(Math.min(midnight, Math.max(this.#watchedAt + LOOK_AGAIN_MS, Date.now() + FEED_LATE_MS)));
  }

  /** One alarm serves all uses: the earliest wins, and sets the others again when it rings. */
  #armWithin(at: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
