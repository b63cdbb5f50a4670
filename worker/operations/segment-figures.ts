/** What people want to see of segments beside their names: how they move, what they are worth, what they share. */
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { readKeptFigures, readSegmentDays, readSegmentFigures, readSegmentOverlaps, readSegmentValues } from '#data/segment-figures';
import type { SegmentDayRow, SegmentOverlapRow, SegmentsRead, SegmentValueRow } from '#data/segment-figures';
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
  /** The earliest instant that a segment's value is of, where not all are of now. */
  valuedAt: string | null;
  /** By segment id. */
  segments: Record<string, { value: number; /** Entered less left. */ last7: number; last30: number; /** Members at the end of each of the last 30 days. */ sizes: number[] }>;
}

const LISTED_DAYS = 30;
const WEEK = 7;
/** Memberships that are summed up for whoever looks; of more the daily figures speak. */
const SUMMED_UP_TO = 50_000;

/**
 * @param members of each segment, now
 * @param summedUpTo memberships in all
 */
export async function segmentFigures(ctx: TenantContext, members: ReadonlyMap<string, number>, summedUpTo = SUMMED_UP_TO): Promise<SegmentFigures> {
  requirePermission(ctx, 'segments:read');
  const { timeZone } = await requireState(ctx);
  const today = localDay(ctx.clock.now(), timeZone);
  const all = [...members.values()].reduce((sum, one) => sum + one, 0);
  // One more than is shown: the day that the first is compared with.
  const since = addDays(today, -LISTED_DAYS);
  const { worth, base, sizesOfOne } = all <= summedUpTo ? await fromMemberships(ctx, since, timeZone, today) : await fromDailyFigures(ctx, since, today);
  const values = new Map(worth.map((one) => [one.id, one.value]));
  const segments: SegmentFigures['segments'] = {};
  for (const [id, count] of members) {
    const sizes = sizesOfOne(id, count), before = (days: number): number => sizes.at(-1 - days) ?? 0;
    segments[id] = { value: values.get(id) ?? 0, last7: count - before(WEEK), last30: count - before(LISTED_DAYS), sizes: sizes.slice(-LISTED_DAYS) };
  }
  return { ...base, valuedAt: worth.reduce<string | null>((least, { at }) => (at !== null && (least === null || at < least) ? at : least), null), segments };
}

/** Of a segment of so many members: how many it had at the end of each day since the first that was asked for, today's last. */
interface Figures extends SegmentsRead {
  sizesOfOne: (id: string, members: number) => number[];
}

async function fromMemberships(ctx: TenantContext, since: string, timeZone: string, today: string): Promise<Figures> {
  const { days, ...rest } = await readSegmentFigures(ctx.db, since, timeZone);
  const byId = bySegment(days);
  return { ...rest, sizesOfOne: (id, members) => sizesOf(members, byId.get(id) ?? [], today, LISTED_DAYS + 1).map((day) => day.members) };
}

function bySegment<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.id);
    if (group) group.push(row);
    else groups.set(row.id, [row]);
  }
  return groups;
}

/** A day without figures is as the one before it, and empty before the first. */
async function fromDailyFigures(ctx: TenantContext, since: string, today: string): Promise<Figures> {
  const { sizes, ...rest } = await readKeptFigures(ctx.db, since);
  const byId = bySegment(sizes);
  return {
    ...rest,
    sizesOfOne(id, members) {
      const known = new Map(byId.get(id)?.map((row) => [row.day, row.members]));
      const found: number[] = [];
      for (let day = since; day < today; day = addDays(day, 1)) found.push(known.get(day) ?? found.at(-1) ?? 0);
      return [...found, members];
    },
  };
}

/** Size, comings and goings of one segment on each of so many days, up to today. */
export async function segmentDays(ctx: TenantContext, id: string, members: number, days: number): Promise<SegmentDayView[]> {
  requirePermission(ctx, 'segments:read');
  const { timeZone } = await requireState(ctx);
  const today = localDay(ctx.clock.now(), timeZone);
  return sizesOf(members, await readSegmentDays(ctx.db, id, addDays(today, 1 - days), timeZone), today, days);
}

/** Worth of the members on those of so many days up to today of which it was kept, minor units. It cannot be reckoned back: values of a past day are gone. */
export async function segmentValues(ctx: TenantContext, id: string, days: number): Promise<SegmentValueRow[]> {
  requirePermission(ctx, 'segments:read');
  const { timeZone } = await requireState(ctx);
  return readSegmentValues(ctx.db, id, addDays(localDay(ctx.clock.now(), timeZone), 1 - days));
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
