/** Windows that reach back into days whose single orders are sums by now: their orders leave with the whole day, at its beginning + N. */
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import type { ClosedBooks } from '#core/commerce/closed-books';
import { dayStart } from '#core/segments/moment';
import type { RelativeWindow } from '#core/segments/reads';
import type { ClosedCrossing, ClosedEdge } from '#data/segment-work';

/** Where windows of orders end in closed days, at an instant. */
export function closedEdges(windows: readonly RelativeWindow[], closed: ClosedBooks | null, timeZone: string, at: string): ClosedEdge[] {
  if (closed === null) return [];
  return windows.flatMap(({ of, ms }) => {
    const after = localDay(new Date(Date.parse(at) - ms), timeZone);
    // Of the last closed day and later ones everything is gone already, or nothing.
    return of === 'orders' && addDays(after, 1) < closed.before ? [{ ms, after }] : [];
  });
}

/** Closed days that such an edge passes after `from`, up to `to`. */
export function closedCrossings(windows: readonly RelativeWindow[], closed: ClosedBooks | null, timeZone: string, { from, to }: { from: string; to: string }): ClosedCrossing[] {
  if (closed === null) return [];
  const crossings: ClosedCrossing[] = [];
  for (const { ms, after } of closedEdges(windows, closed, timeZone, from)) {
    for (let day = addDays(after, 1); day < closed.before; day = addDays(day, 1)) {
      const at = dayStart(day, timeZone) + ms;
      if (at > Date.parse(to)) break;
      crossings.push({ ms, day, at: new Date(at).toISOString() });
    }
  }
  return crossings;
}
