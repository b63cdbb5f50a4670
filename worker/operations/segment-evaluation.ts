/** Brings memberships up to date with what was written and with the time that passed, from the mark that says how far that is done. */
import { localDay } from '#core/calendar/local-day';
import { addDays } from '#core/calendar/days';
import { isSameDistance } from '#core/clustering/nearest';
import type { ClosedBooks } from '#core/commerce/closed-books';
import { AppError } from '#core/errors';
import { concerns } from '#core/segments/definition';
import type { CustomerFacts } from '#core/segments/facts';
import { dayStart, momentAt } from '#core/segments/moment';
import type { MatchMoment, Setting } from '#core/segments/moment';
import { loadFacts } from '#data/segment-facts';
import { membershipsOf, readCrossings, writeWork } from '#data/segment-work';
import type { Cause, Crossing, Mark, MemberRow, MembershipChange, Pending, SegmentCount } from '#data/segment-work';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { closedCrossings, closedEdges } from './segment-closed-days.ts';
import { allReads, momentOf, readPlanned, windowKey, windowsOf } from './segment-plan.ts';
import type { PlannedSegment, Verdict } from './segment-plan.ts';
import { refreshSegments } from './segment-refresh.ts';

/** Customers looked at one by one; beyond it each segment is found over everybody at once. */
const MOST = 3_000;
/** Customers whose facts are loaded in one round trip. */
const FACTS = 1_000;
/** What somebody else wrote meanwhile is looked at again, so often. */
const TRIES = 6;
/** Boundaries worked off in one go of those that were missed. */
const ROUNDS = 1_000;
/** A deed older than this is news all the same: then it counts from when we learned of it. */
const LATE_MS = 86_400_000;

/** Why figures or scores moved where no deed was marked. */
export interface Because {
  kind: 'order' | 'score' | 'edit';
  what: string | null;
}

/**
 * Looks at everybody whom something happened to since the mark. Whoever comes second finds nothing left to do; what a
 * crash leaves is found by the mark. Without live segments nothing is asked.
 */
export async function evaluateSegments(ctx: TenantContext, state: TenantState, because: Because = { kind: 'order', what: null }): Promise<void> {
  if (!state.hasSegments) return;
  await untilSettled(ctx, async () => {
    ctx.failpoints.reach('before-segments');
    const found = await prepare(ctx, state, because);
    if (found === null) return;
    await evaluatePending(ctx, found);
    ctx.failpoints.reach('after-segments');
  });
}

/**
 * As above, and works off every boundary that was crossed since the last tick.
 * @returns when the next one is; null for none
 */
export async function tickSegments(ctx: TenantContext, state: TenantState): Promise<string | null> {
  if (!state.hasSegments) return null;
  let next: string | null = null;
  const begun = new Set<string>();
  await untilSettled(ctx, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const found = await prepare(ctx, state, { kind: 'order', what: null });
      if (found === null) return;
      await evaluatePending(ctx, found);
      const again = await prepare(ctx, state, { kind: 'order', what: null });
      if (again === null) return;
      next = again.mark.nextDue;
      if (next === null || Date.parse(next) > again.moment.at.getTime()) return;
      await evaluateTime(ctx, again, begun);
    }
  });
  return next;
}

/** Another writer's memberships or segments make us look again; whoever always comes second leaves it to the next tick. */
async function untilSettled(ctx: TenantContext, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'stale') throw error;
      if (attempt < TRIES) continue;
      ctx.log.warn('segments_overtaken', { companyId: ctx.companyId });
      return;
    }
  }
}

interface Prepared {
  mark: Mark;
  plan: PlannedSegment[];
  pending: Pending[];
  setting: Setting;
  closed: ClosedBooks | null;
  moment: MatchMoment;
  because: Because;
}

/** Reads the work; segments that were never found in this version are found first. Null where nothing is live. */
async function prepare(ctx: TenantContext, state: TenantState, because: Because): Promise<Prepared | null> {
  for (let round = 0; ; round++) {
    const { work, plan, setting } = await readPlanned(ctx, state, MOST);
    if (work.mark === null || work.live.length === 0) return null;
    const moment = momentOf(ctx, state, setting, work.mark.tickedTo);
    const behind = new Set(plan.filter((one) => one.evaluatedVersion < one.version).map((one) => one.id));
    if (behind.size === 0 || round > 0) return { pending: work.pending, mark: work.mark, plan, setting, closed: state.closed, moment, because };
    await refreshSegments(ctx, plan, behind, { moment, cause: { kind: 'edit', what: null } });
  }
}

async function evaluatePending(ctx: TenantContext, prepared: Prepared): Promise<void> {
  const { mark, plan, pending, moment, because } = prepared;
  if (pending.length === 0 && mark.seq === mark.mark) return;
  if (pending.length > MOST) {
    await refreshSegments(ctx, plan, new Set(plan.map((one) => one.id)), { moment, cause: because, upTo: mark.seq });
    return;
  }
  const byId = new Map(pending.map((one) => [one.id, one]));
  const changes = await judgeAll(ctx, prepared, [...byId.keys()], moment.at, (id) => (segment) => {
    const touch = byId.get(id)?.touches.find(({ kind }) => concerns(kind, segment.reads));
    if (touch !== undefined) return { cause: causeOf(touch.kind, touch.what), at: Date.parse(touch.at) };
    // Figures and scores that moved without a mark concern whom an order would.
    return byId.get(id)?.moved === true && concerns('order', segment.reads) ? { cause: because, at: null } : null;
  });
  await write(ctx, prepared, changes, { customers: pending.map((one) => one.id), isWhole: true, tickedTo: mark.tickedTo });
}

function causeOf(kind: string, what: string | null): Cause {
  if (kind.startsWith('list:')) return { kind: 'list', what: kind.slice('list:'.length), by: what };
  if (kind === 'new') return { kind: 'profile', what: 'new' };
  if (kind === 'closing') return { kind: 'night', what: 'closing' };
  return { kind: kind.startsWith('event:') ? 'event' : kind, what };
}

/**
 * Whoever reached an age since the last tick, up to now or as many as one go takes; before them whole segments whose day began.
 * @param begun days whose beginning, and instants, that were worked off over everybody in this tick
 */
async function evaluateTime(ctx: TenantContext, prepared: Prepared, begun: Set<string>): Promise<void> {
  const { mark, plan, moment, setting, closed } = prepared;
  const today = localDay(moment.at, setting.timeZone);
  const ofTheDay = new Set(plan.filter((one) => one.reads.calendar).map((one) => one.id));
  if (ofTheDay.size > 0 && !begun.has(today) && localDay(new Date(mark.tickedTo), setting.timeZone) < today) {
    begun.add(today);
    await refreshSegments(ctx, plan, ofTheDay, { moment, at: new Date(dayStart(today, setting.timeZone)), cause: { kind: 'time', what: today } });
    return;
  }
  const windows = allReads(plan).windows;
  const range = { from: mark.tickedTo, to: moment.at.toISOString() };
  const crossings = await readCrossings(ctx.db, windows, range, closedCrossings(windows, closed, setting.timeZone, range), MOST);
  // A full page may have cut an instant in two: its last one is left to the next.
  const last = crossings.at(-1)?.at, [first] = crossings;
  if (first !== undefined && crossings.length === MOST && first.at === last) {
    await evaluateInstant(ctx, prepared, first, begun);
    return;
  }
  const isFull = crossings.length === MOST;
  const taken = isFull ? crossings.filter((one) => one.at !== last) : crossings;
  await writeTime(ctx, prepared, taken, isFull ? (taken.at(-1)?.at ?? moment.at.toISOString()) : moment.at.toISOString());
}

/** More reach one instant than a go takes, such as the orders of a file that knows days only: who crossed is found over everybody. */
async function evaluateInstant(ctx: TenantContext, prepared: Prepared, { at, of, type, ms }: Crossing, begun: Set<string>): Promise<void> {
  if (begun.has(at)) {
    await writeTime(ctx, prepared, [], at);
    return;
  }
  begun.add(at);
  const crossed = new Set(prepared.plan.filter((one) => windowsOf(one).length > 0).map((one) => one.id));
  await refreshSegments(ctx, prepared.plan, crossed, { moment: prepared.moment, at: new Date(at), cause: { kind: 'time', what: `${type ?? of} ${String(ms)}` } });
}

async function writeTime(ctx: TenantContext, prepared: Prepared, crossings: readonly Crossing[], tickedTo: string): Promise<void> {
  const by = new Map<string, Crossing[]>();
  for (const one of crossings) by.set(one.id, [...(by.get(one.id) ?? []), one]);
  const customers = [...by.keys()];
  const changes = await judgeAll(ctx, prepared, customers, new Date(prepared.mark.tickedTo), (id) => {
    const mine = by.get(id) ?? [];
    return (segment) => {
      const read = new Set(windowsOf(segment).map(windowKey));
      const crossed = mine.filter(({ of, type, ms }) => read.has(windowKey({ of, eventType: type, ms })));
      const [first] = crossed;
      return first === undefined ? null : { cause: { kind: 'time', what: `${first.of} ${String(first.ms)}` }, at: null, boundaries: crossed };
    };
  });
  await write(ctx, prepared, changes, { customers: [], isWhole: false, tickedTo });
}

/** Why a customer is looked at for a segment. */
interface Reason {
  cause: Cause;
  /** When it happened, in milliseconds; null: now. */
  at: number | null;
  boundaries?: readonly Crossing[];
}

async function judgeAll(ctx: TenantContext, { plan, moment, mark }: Prepared, ids: readonly string[], since: Date, reasonsOf: (id: string) => (segment: PlannedSegment) => Reason | null): Promise<MembershipChange[]> {
  if (ids.length === 0) return [];
  // Memberships are read here, all of them.
  const reads = { ...allReads(plan), segments: new Set<string>() };
  const changes: MembershipChange[] = [];
  for (let from = 0; from < ids.length; from += FACTS) {
    const some = ids.slice(from, from + FACTS);
    const [facts, [members]] = await Promise.all([loadFacts(ctx.db, some, reads, since), ctx.db.transaction([membershipsOf(ctx.companyId, some)])]);
    const known = new Map(facts.map((one) => [one.id, one]));
    const memberships = new Map<string, MemberRow[]>();
    for (const one of members) memberships.set(one.customerId, [...(memberships.get(one.customerId) ?? []), one]);
    for (const id of some) changes.push(...judgeOne(id, known.get(id) ?? null, memberships.get(id) ?? [], plan, moment, Date.parse(mark.tickedTo), reasonsOf(id)));
  }
  return changes;
}

/** All segments for one customer, each after those it reads. */
function judgeOne(
  id: string, facts: CustomerFacts | null, members: readonly MemberRow[], plan: readonly PlannedSegment[], moment: MatchMoment, tickedTo: number, reasonOf: (segment: PlannedSegment) => Reason | null,
): MembershipChange[] {
  const standing = new Map(members.map((one) => [one.segmentId, one]));
  const segments = new Set(standing.keys());
  const changed = new Set<string>();
  const changes: MembershipChange[] = [];
  const now = moment.at.getTime();
  for (const segment of plan) {
    const cascade = [...segment.reads.segments].find((one) => changed.has(one));
    const reason = reasonOf(segment) ?? (cascade === undefined ? null : { cause: { kind: 'segment', what: cascade }, at: null });
    if (reason === null) continue;
    const member = standing.get(segment.id);
    // Whoever was merged into another or erased is in nothing.
    const ask = (at: number): Verdict => (facts === null ? { holds: false, score: null } : segment.verdict({ ...facts, segments }, at === now ? moment : momentAt(moment, new Date(at))));
    const verdict = ask(now);
    if (verdict.holds === (member !== undefined)) {
      if (member !== undefined && !isSameDistance(verdict.score, member.score)) changes.push({ segmentId: segment.id, customerId: id, change: 'rescored', at: moment.at.toISOString(), cause: reason.cause, score: verdict.score });
      continue;
    }
    changed.add(segment.id);
    if (verdict.holds) segments.add(segment.id);
    else segments.delete(segment.id);
    const boundary = turnedAt(reason.boundaries ?? [], (at) => ask(at).holds === verdict.holds);
    const happened = reason.at !== null && now - reason.at < LATE_MS ? reason.at : now;
    // Never before what stood: a history is read by its instants.
    const at = boundary === null ? Math.min(now, Math.max(happened, member === undefined ? 0 : Date.parse(member.since))) : Math.max(boundary.at, Math.min(now, tickedTo));
    changes.push({
      segmentId: segment.id, customerId: id, change: verdict.holds ? 'entered' : 'left', at: new Date(at).toISOString(),
      cause: boundary === null ? reason.cause : { kind: 'time', what: boundary.what }, score: verdict.score,
    });
  }
  return changes;
}

/** The boundary that made it so: the earliest from which on it was as it is now. */
function turnedAt(boundaries: readonly Crossing[], isAsNow: (at: number) => boolean): { at: number; what: string } | null {
  let turned: { at: number; what: string } | null = null;
  for (const { at, of, type, ms } of boundaries.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))) {
    const instant = Date.parse(at);
    if (!isAsNow(instant)) break;
    turned = { at: instant, what: `${type ?? of} ${String(ms)}` };
  }
  return turned;
}

async function write(ctx: TenantContext, { mark, plan, setting, closed, moment }: Prepared, changes: readonly MembershipChange[],
  { customers, isWhole, tickedTo }: { customers: readonly string[]; isWhole: boolean; tickedTo: string }): Promise<void> {
  const nextDay = plan.some((one) => one.reads.calendar) ? new Date(dayStart(addDays(localDay(new Date(tickedTo), setting.timeZone), 1), setting.timeZone)).toISOString() : null;
  const { windows } = allReads(plan);
  const counts = await writeWork(ctx.db, {
    mark, changes, customers, isWhole, tickedTo, windows, nextDay, recordedAt: ctx.clock.now().toISOString(),
    closed: { before: closed?.before ?? null, timeZone: setting.timeZone, edges: closedEdges(windows, closed, setting.timeZone, tickedTo) },
  });
  await publishCounts(ctx, counts, moment.at);
}

/** Open pages learn of the new sizes; a page that misses it reads them with its next load. */
export async function publishCounts(ctx: TenantContext, counts: readonly SegmentCount[], at: Date): Promise<void> {
  if (counts.length > 0) await ctx.live.publish(counts.map(({ id, members }) => ({ type: 'segment', segmentId: id, count: members, at: at.toISOString() })));
}
