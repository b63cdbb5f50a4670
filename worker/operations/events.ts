/** What customers did besides buying, as people read it: the list, and an overview of the last weeks. */
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { AppError } from '#core/errors';
import { readEventRange, readEventTypes } from '#data/event-metrics';
import type { EventDayRow, EventRangeRow } from '#data/event-metrics';
import { listEventRows } from '#data/event-list';
import type { EventDataRow } from '#data/event-list';
import type { TenantContext } from '#worker/ports';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;
const uuid = z.uuid();

export type EventView = EventDataRow;

export interface EventListInput {
  type?: string;
  customerId?: string;
  sessionId?: string;
  limit?: number;
  cursor?: string;
}

/** Newest first. @throws AppError `invalid_input` for a cursor that is not ours. */
export async function listEvents(ctx: TenantContext, input: EventListInput): Promise<{ rows: EventView[]; nextCursor: string | null }> {
  requirePermission(ctx, 'events:read');
  const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(input.limit ?? DEFAULT_PAGE)));
  const after = input.cursor === undefined ? null : decodeCursor(input.cursor);
  if (after !== null && (after.value === null || Number.isNaN(Date.parse(after.value)))) throw new AppError('invalid_input', 'The cursor is not one of ours: start again without it');
  if (input.customerId !== undefined && !uuid.safeParse(input.customerId).success) return { rows: [], nextCursor: null };
  const rows = await listEventRows(ctx.db, { type: input.type ?? null, customerId: input.customerId ?? null, sessionId: input.sessionId ?? null }, limit + 1,
    after === null || after.value === null ? null : { at: after.value, id: after.id });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last ? encodeCursor(last.occurredAt, last.id) : null };
}

export interface EventsOverview {
  currency: string;
  from: string;
  to: string;
  /** Of one type or of all, without gaps. */
  days: EventDayRow[];
  customers: number;
  sessions: number;
  types: EventRangeRow[];
  latest: EventView[];
}

const LATEST = 20;

/** The last `days` days until today. */
export async function getEventsOverview(ctx: TenantContext, input: { days: number; type: string | null }): Promise<EventsOverview> {
  requirePermission(ctx, 'events:read');
  const state = await requireState(ctx);
  const to = localDay(ctx.clock.now(), state.timeZone);
  const from = addDays(to, 1 - input.days);
  const [range, types, latest] = await Promise.all([
    readEventRange(ctx.db, { from, to, type: input.type }), readEventTypes(ctx.db, { from, to }),
    listEventRows(ctx.db, { type: input.type, customerId: null, sessionId: null }, LATEST, null),
  ]);
  const known = new Map(range.days.map((day) => [day.day, day]));
  const days = Array.from({ length: input.days }, (_, n) => {
    const day = addDays(from, n);
    return known.get(day) ?? { day, events: 0, customers: 0, sessions: 0, value: 0 };
  });
  return { currency: state.currency, from, to, days, customers: range.customers, sessions: range.sessions, types, latest };
}
