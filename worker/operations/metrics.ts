/** The analytics store: daily figures of events and segments, brought up to date shortly after the books change and each night. */
import { minorDigits } from '#core/commerce/money';
import { dayNumber, parseDay } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { countEventDays, readEventRange } from '#data/event-metrics';
import type { EventDayRow } from '#data/event-metrics';
import { countSegmentDays, readSegmentRange, segmentsCountedAt } from '#data/segment-metrics';
import type { SegmentDayRow } from '#data/segment-metrics';
import type { InboxOwner, TenantContext } from '#worker/ports';
import { TimedMap } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

/** A browser's events are in the daily figures this long after they came: what comes meanwhile is counted with them. */
const EVENTS_DELAY_SECONDS = 10;
/** What else comes moves segments, which are counted every five minutes at most. */
const DELAY_SECONDS = 60;
/** Segments change slowly and their figures read every customer. */
const SEGMENTS_MS = 5 * 60_000;
/** Transactions of one call; each counts several days. */
const ROUNDS = 20;
const LONGEST_RANGE_DAYS = 1_100;

/** Companies a refresh was rung for by this isolate. Another isolate's second ring finds nothing to count. */
const rung = new TimedMap<true>();

/** Rings for a refresh unless one is on its way. Losing it loses nothing: the next one, or the night, finds the days that are behind. */
export async function ringMetrics(ctx: TenantContext, owner: InboxOwner): Promise<void> {
  const seconds = owner.kind === 'events' ? EVENTS_DELAY_SECONDS : DELAY_SECONDS;
  const key = `${ctx.companyId} ${String(seconds)}`;
  const now = ctx.clock.now();
  if (rung.get(key, now) === true) return;
  // Forgotten before the job runs, so that nothing comes too late for the one and too early for the next.
  rung.set(key, true, seconds - 1, now);
  try {
    await ctx.jobs.enqueue({ type: 'metrics', companyId: ctx.companyId }, seconds);
  } catch (error) {
    rung.delete(key);
    throw error;
  }
}

/**
 * Counts every day that is behind; late events and refunds open their day again.
 * @param segments `due`: at most every five minutes; `always`: also if they were just counted
 */
export async function refreshMetrics(ctx: TenantContext, segments: 'due' | 'always' = 'due'): Promise<void> {
  const state = await requireState(ctx);
  const digits = minorDigits(state.currency);
  for (let round = 0; round < ROUNDS && (await countEventDays(ctx.db, digits)); round++);
  const now = ctx.clock.now();
  const day = asOfDay(ctx, state);
  const last = segments === 'always' ? null : await segmentsCountedAt(ctx.db, day);
  if (last !== null && now.getTime() - Date.parse(last) < SEGMENTS_MS) return;
  for (let round = 0; round < ROUNDS && (await countSegmentDays(ctx.db, day, now.toISOString())); round++);
}

export interface EventAnalytics {
  currency: string;
  from: string;
  to: string;
  days: EventDayRow[];
  /** Over the whole range; people and sessions counted once each, however many days they came on. */
  total: { events: number; customers: number; sessions: number; value: number };
}

/** Of one type, or of all. @throws AppError `invalid_input` for days that are none, or too many. */
export async function getEventAnalytics(ctx: TenantContext, input: { type?: string; from: string; to: string }): Promise<EventAnalytics> {
  requirePermission(ctx, 'events:read');
  requireRange(input);
  const [state, { days, customers, sessions }] = await Promise.all([requireState(ctx), readEventRange(ctx.db, { ...input, type: input.type ?? null })]);
  const sum = (of: (day: EventDayRow) => number): number => days.reduce((total, day) => total + of(day), 0);
  return { currency: state.currency, from: input.from, to: input.to, days, total: { events: sum((d) => d.events), customers, sessions, value: sum((d) => d.value) } };
}

export interface SegmentAnalytics {
  currency: string;
  from: string;
  to: string;
  days: SegmentDayRow[];
  /** Over the whole range; customers and buyers counted once each. */
  total: { customers: number; buyers: number; entered: number; left: number; orders: number; revenue: number; events: number };
}

/** @throws AppError `invalid_input` for days that are none, or too many. */
export async function getSegmentAnalytics(ctx: TenantContext, input: { segment: string; from: string; to: string }): Promise<SegmentAnalytics> {
  requirePermission(ctx, 'value:read');
  requireRange(input);
  const [state, { days, customers, buyers }] = await Promise.all([requireState(ctx), readSegmentRange(ctx.db, input)]);
  const sum = (of: (day: SegmentDayRow) => number): number => days.reduce((total, day) => total + of(day), 0);
  return {
    currency: state.currency, from: input.from, to: input.to, days,
    total: { customers, buyers, entered: sum((d) => d.entered), left: sum((d) => d.left), orders: sum((d) => d.orders), revenue: sum((d) => d.revenue), events: sum((d) => d.events) },
  };
}

function requireRange({ from, to }: { from: string; to: string }): void {
  for (const [path, day] of [['from', from], ['to', to]] as const) {
    if (parseDay(day) === null) throw new AppError('invalid_input', `"${day.slice(0, 40)}" is not a day`, { errors: [{ path, message: 'Write it like 2026-11-20' }] });
  }
  const days = dayNumber(to) - dayNumber(from);
  if (days < 0 || days > LONGEST_RANGE_DAYS) {
    throw new AppError('invalid_input', 'The range ends before it begins, or is too long', { errors: [{ path: 'to', message: `From ${from} up to ${String(LONGEST_RANGE_DAYS)} days` }] });
  }
}
