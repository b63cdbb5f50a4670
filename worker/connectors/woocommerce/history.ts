/** WooCommerce's past orders, oldest first, each with its refunds. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { CanonicalRecord } from '#core/commerce/record';
import type { HistoryPage, HistoryUnit, HistoryWindow, PlatformAccess } from '#connectors/connector';
import { readPayload } from '#connectors/payload';
import { modifiedAt, toOrderRecord } from './order.ts';
import { order, refund } from './payload.ts';
import type { OrderPayload } from './payload.ts';
import { PLATFORM } from './platform.ts';
import { refundsOf, refundsSeenIn } from './refund.ts';
import { getList } from './rest.ts';

/** The most that WooCommerce gives at once. */
const PER_PAGE = 100;
/** Where one second fills pages, each page begins this many before the end of the last: orders may be deleted meanwhile. */
const OVERLAP = 10;

/**
 * Where the next page begins: at the second of the last order read, since orders are asked for by second and several
 * may share one. Page numbers would shift as orders come and go. What was read already is passed over by name; where
 * one second fills whole pages (an import of old orders does that), `offset` goes on inside it.
 */
const place = z.object({
  at: z.string().nullable(),
  offset: z.int().min(0),
  read: z.array(z.string()),
  expected: z.int().nullable(),
});
type Place = z.infer<typeof place>;

const dated = z.object({ date_created_gmt: z.string() });

/** `2026-11-22T08:00:00`, moved by whole seconds: what `after` and `before` mean without a zone when `dates_are_gmt`. */
function wpTime(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString().slice(0, 19);
}

function openCursor(cursor: string | null, window: HistoryWindow): Place {
  if (cursor === null) return { at: window.from, offset: 0, read: [], expected: null };
  try {
    return place.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new AppError('invalid_input', 'The place in the history is not one of WooCommerce', { cause });
  }
}

/** One page of `History.read`. */
export async function readOrders(access: PlatformAccess, window: HistoryWindow, cursor: string | null): Promise<HistoryPage> {
  const from = openCursor(cursor, window);
  const page = await getList(access, 'orders', {
    status: 'any', orderby: 'date', order: 'asc', per_page: String(PER_PAGE), offset: String(from.offset), dates_are_gmt: 'true',
    // Both bounds exclude their second.
    ...(from.at === null ? {} : { after: wpTime(from.at, -1) }),
    ...(window.to === null ? {} : { before: wpTime(window.to, 0) }),
  });
  if (page === null) throw new AppError('unavailable', 'WooCommerce does not list its orders');
  const { entries, total } = page;
  const units: HistoryUnit[] = [];
  const rejected: HistoryPage['rejected'] = [];
  const known = new Set(from.read);
  for (const [index, payload] of entries.entries()) {
    try {
      const read = readPayload(order, payload, 'Order');
      if (known.has(read.id)) continue;
      units.push({ deliveryId: `order:${read.id}`, topic: 'order.updated', records: await recordsOf(access, read), payload });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
      rejected.push({ deliveryId: `order:${nameOf(payload) ?? `after ${from.at ?? 'the beginning'} (${String(from.offset + index)})`}`, topic: 'order.updated', payload, error: error.message });
    }
  }
  const expected = from.expected ?? total;
  const done = total === null ? entries.length < PER_PAGE : from.offset + PER_PAGE >= total;
  return { units, rejected, cursor: done ? null : JSON.stringify({ ...nextPlace(from, entries), expected } satisfies Place), expected, waitSeconds: 0 };
}

/** Refunds are asked for order by order: `/refunds`, which lists them all at once, came with WooCommerce 9. */
async function recordsOf(access: PlatformAccess, read: OrderPayload): Promise<CanonicalRecord[]> {
  const context = { currency: access.currency, receivedAt: access.now().toISOString() };
  const record = toOrderRecord(read, PLATFORM, context);
  const modified = modifiedAt(read, context);
  if ((read.refunds ?? []).length === 0) return [record];
  const list = await getList(access, `orders/${read.id}/refunds`, { per_page: String(PER_PAGE) });
  // Gone between the two requests: what the order said of them stands until it is read again.
  if (list === null) return [record, ...refundsSeenIn(read, PLATFORM, modified)];
  return [record, ...refundsOf(read, list.entries.map((entry) => readPayload(refund, entry, 'Refund')), PLATFORM, modified)];
}

function readDated(payload: string): { id: string | null; second: string } | null {
  const parsed = dated.safeParse(JSON.parse(payload));
  if (!parsed.success) return null;
  const time = Date.parse(`${parsed.data.date_created_gmt}Z`);
  return Number.isNaN(time) ? null : { id: nameOf(payload), second: new Date(time).toISOString() };
}

function nameOf(payload: string): string | null {
  return /^\{"id":"?(\d+)"?[,}]/.exec(payload)?.[1] ?? null;
}

function nextPlace(from: Place, entries: readonly string[]): Omit<Place, 'expected'> {
  const read = entries.map(readDated).filter((entry) => entry !== null);
  const last = read.at(-1)?.second;
  const names = read.filter(({ second }) => second === last).map(({ id }) => id).filter((id) => id !== null);
  return last === undefined || (from.at !== null && last <= from.at)
    ? { at: from.at, offset: from.offset + PER_PAGE - OVERLAP, read: names }
    : { at: last, offset: 0, read: names };
}
