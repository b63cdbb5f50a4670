/** What people want to see of segments beside their names: how they move, what they are worth, what they share. */
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { readSegmentDays, readSegmentFigures, readSegmentOverlaps } from '#data/segment-figures';
import type { SegmentDayRow, SegmentOverlapRow } from '#data/segment-figures';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';

export interface SegmentDayView {
  /** YYYY-MM-DD, the company's. */
  day: string;
  /** At its end. */
  members: number;
  entered: number;
  left: number;
}

export interface SegmentFigures {
  customers: number;
  /** Of all customers, minor units. */
  value: number;
  /** By segment id; one that nobody came to or left, and that nobody is in, has none. */
  segments: Record<string, { value: number; /** Entered less left. */ last7: number; last30: number; /** Members at the end of each of the last 30 days. */ sizes: number[] }>;
}

const LISTED_DAYS = 30;
const WEEK = 7;

/** @param members of each segment, now */
export async function segmentFigures(ctx: TenantContext, members: ReadonlyMap<string, number>): Promise<SegmentFigures> {
  requirePermission(ctx, 'segments:read');
  const { timeZone } = await requireState(ctx);
  const today = localDay(ctx.clock.now(), timeZone);
  const { worth, base, days } = await readSegmentFigures(ctx.db, addDays(today, 1 - LISTED_DAYS), timeZone);
  const values = new Map(worth.map(({ id, value }) => [id, value]));
  const segments: SegmentFigures['segments'] = {};
  for (const [id, count] of members) {
    const sizes = sizesOf(count, days.filter((row) => row.id === id), today, LISTED_DAYS);
    const net = (of: readonly SegmentDayView[]): number => of.reduce((sum, { entered, left }) => sum + entered - left, 0);
    segments[id] = { value: values.get(id) ?? 0, last7: net(sizes.slice(-WEEK)), last30: net(sizes), sizes: sizes.map((day) => day.members) };
  }
  return { ...base, segments };
}

/** Size, comings and goings of one segment on each of so many days, up to today. */
export async function segmentDays(ctx: TenantContext, id: string, members: number, days: number): Promise<SegmentDayView[]> {
  requirePermission(ctx, 'segments:read');
  const { timeZone } = await requireState(ctx);
  const today = localDay(ctx.clock.now(), timeZone);
  return sizesOf(members, await readSegmentDays(ctx.db, id, addDays(today, 1 - days), timeZone), today, days);
}

/** Reckoned back from today's size. */
export function sizesOf(members: number, rows: readonly SegmentDayRow[], today: string, days: number): SegmentDayView[] {
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const found: SegmentDayView[] = [];
  let size = members;
  for (let back = 0; back < days; back++) {
    const day = addDays(today, -back);
    const { entered = 0, left = 0 } = byDay.get(day) ?? {};
    found.push({ day, members: size, entered, left });
    size -= entered - left;
  }
  return found.reverse();
}

/** Other segments that members of this one are in, the largest overlap first. */
export async function segmentOverlaps(ctx: TenantContext, id: string): Promise<SegmentOverlapRow[]> {
  requirePermission(ctx, 'segments:read');
  return readSegmentOverlaps(ctx.db, id);
}
