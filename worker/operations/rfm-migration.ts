/** How customers moved between the ten named groups from one day to another. */
import { addDays, dayNumber, dayText, parseDay } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { UNREACHED } from '#core/rfm/rfm';
import type { RfmCuts } from '#core/rfm/rfm';
import { rfmSegment } from '#core/rfm/segments';
import { readFirstSaleDay } from '#data/dashboard';
import { readRfmMoves } from '#data/rfm';
import type { DayCuts } from '#data/rfm';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import type { RfmMigrationView } from './dashboard-views.ts';

const USUAL_DAYS = 90;

/**
 * Both days are judged by today's cut points: of frequency as they are, of recency as far before the day as today's lie
 * before today. So a move is the customer's doing and never that of moving thresholds.
 * @param days left out: 90 days ago, and today
 * @throws AppError `invalid_input` for a day that is none, lies ahead, or days in the wrong order
 */
export async function getRfmMigration(ctx: TenantContext, days: { from?: string | undefined; to?: string | undefined }): Promise<RfmMigrationView> {
  requirePermission(ctx, 'value:read');
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const to = days.to ?? asOf;
  requireDay('to', to, asOf);
  const from = days.from ?? addDays(to, -USUAL_DAYS);
  requireDay('from', from, to);
  const firstDay = await readFirstSaleDay(ctx.db);
  const view = { currency: state.currency, asOf, from, to, firstDay };
  if (state.cuts === null) return { ...view, moves: [] };
  const moves = new Map<string, RfmMigrationView['moves'][number]>();
  for (const row of await readRfmMoves(ctx.db, cutsOn(state.cuts, asOf, from), cutsOn(state.cuts, asOf, to))) {
    const move = { from: row.from_r === 0 ? null : rfmSegment(row.from_r, row.from_f), to: rfmSegment(row.to_r, row.to_f) };
    const key = `${move.from ?? ''} ${move.to}`;
    const known = moves.get(key) ?? { ...move, customers: 0, value: 0 };
    moves.set(key, { ...known, customers: known.customers + row.customers, value: known.value + row.value });
  }
  return { ...view, moves: [...moves.values()].sort((a, b) => b.customers - a.customers || (a.to < b.to ? -1 : 1)) };
}

function requireDay(path: string, day: string, last: string): void {
  const number = parseDay(day);
  const message = number === null ? 'Write the day like 2026-03-31' : number > dayNumber(last) ? `Choose a day up to ${last}` : null;
  if (message !== null) throw new AppError('invalid_input', 'These days cannot be compared', { errors: [{ path, message }] });
}

function cutsOn({ recency, frequency }: RfmCuts, asOf: string, day: string): DayCuts {
  const back = dayNumber(asOf) - dayNumber(day);
  return { day: dayText(dayNumber(day)), recency: recency.map((cut) => (cut === UNREACHED ? cut : cut - back)), frequency };
}
