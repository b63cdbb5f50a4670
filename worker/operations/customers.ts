/** Customers as people read them: lists, one profile with its value explained, orders, timeline. */
import { z } from 'zod';
import { dayNumber } from '#core/calendar/days';
import { eventLines } from '#core/commerce/event-lines';
import { sourceName } from '#core/commerce/source-name';
import { AppError } from '#core/errors';
import { countClosedOrders, customerExists, listCustomerRows, listTransactionRows, readProfile } from '#data/customers';
import type { CustomerDataRow, CustomerFilter, TransactionDataRow } from '#data/customers';
import { listEventRows } from '#data/event-list';
import { readModelRuns } from '#data/models';
import { cellsOf, rfmSegment } from '#core/rfm/segments';
import type { TenantContext } from '#worker/ports';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { explainValue } from './explain-value.ts';
import { lookAtBooks } from './looks.ts';
import { toStatus } from './models.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import { spendReasons } from './spend-reasons.ts';
import type { CustomerList, CustomerListInput, CustomerProfile, CustomerRow, CustomerSort, TimelineEntry } from './customer-views.ts';
import type { TransactionRow } from './sale-views.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;
/** Events that a timeline looks back at; they become far fewer lines. */
const TIMELINE_EVENTS = 500;

const uuid = z.uuid();

/** @throws AppError `invalid_input` for a cursor, filter or limit that cannot be */
export async function listCustomers(ctx: TenantContext, input: CustomerListInput): Promise<CustomerList> {
  requirePermission(ctx, 'customers:read');
  await lookAtBooks(ctx);
  const sort = input.sort ?? 'total';
  const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(input.limit ?? DEFAULT_PAGE)));
  const { recency, frequency, monetary, cells } = rfmFilter(input.rfm);
  const prefix = input.q?.trim().toLowerCase() ?? '';
  const [state, { rows, matched, exact }] = await Promise.all([
    requireState(ctx),
    listCustomerRows(ctx.db, {
      prefix: prefix === '' ? null : prefix, stage: input.stage ?? null, recency, frequency, monetary, cells, cohort: cohortMonth(input.cohort), segment: segmentId(input.segment),
    }, { sort, descending: input.descending ?? true, limit: limit + 1, after: input.cursor === undefined ? null : decodeCursor(input.cursor) }),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    currency: state.currency, rows: page.map(toRow),
    nextCursor: rows.length > limit && last ? encodeCursor(sortValue(last, sort), last.id) : null,
    matched, matchedIsExact: exact,
  };
}

/** A cell by its digits, or one of the ten groups by its name. */
function rfmFilter(rfm: string | undefined): Pick<CustomerFilter, 'recency' | 'frequency' | 'monetary' | 'cells'> {
  const nothing = { recency: null, frequency: null, monetary: null, cells: null };
  if (rfm === undefined || rfm === '') return nothing;
  const cells = cellsOf(rfm);
  if (cells.length > 0) return { ...nothing, cells };
  const match = /^([1-5])([1-5])([1-5])?$/.exec(rfm);
  if (!match) throw new AppError('invalid_input', `"${rfm}" is not an RFM cell`, { errors: [{ path: 'rfm', message: 'Two or three digits from 1 to 5, such as 55 or 543, or a group such as champions' }] });
  return { recency: Number(match[1]), frequency: Number(match[2]), monetary: match[3] === undefined ? null : Number(match[3]), cells: null };
}

function cohortMonth(month: string | undefined): string | null {
  if (month === undefined || month === '') return null;
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new AppError('invalid_input', `"${month}" is not a month`, { errors: [{ path: 'cohort', message: 'Write it like 2026-03' }] });
  return `${month}-01`;
}

function segmentId(id: string | undefined): string | null {
  if (id === undefined || id === '') return null;
  if (!uuid.safeParse(id).success) throw new AppError('invalid_input', 'This is not the id of a segment', { errors: [{ path: 'segment', message: 'Write the id of a segment, as GET /segments tells it' }] });
  return id;
}

function sortValue(row: CustomerDataRow, sort: CustomerSort): string | null {
  switch (sort) {
    case 'total': return String(row.total_value);
    case 'historical': return String(row.historical_value);
    case 'predicted': return String(row.predicted_value);
    case 'orders': return String(row.orders);
    case 'last_order': return row.last_day;
  }
}

export function toRow(row: CustomerDataRow): CustomerRow {
  return {
    id: row.id, externalId: row.external_id, source: row.source, name: row.name, email: row.email, country: row.country, channel: row.acquisition_channel,
    stage: row.stage, orders: row.orders, firstDay: row.first_day, lastDay: row.last_day, historicalValue: row.historical_value,
    predictedValue: row.predicted_value, predictedLow: row.predicted_low, predictedHigh: row.predicted_high, totalValue: row.total_value,
    pAlive: row.p_alive, recencyScore: row.recency_score, frequencyScore: row.frequency_score, monetaryScore: row.monetary_score,
  };
}

/** An id that cannot be one of ours is simply not found. */
function requireId(id: string): string {
  if (!uuid.safeParse(id).success) throw new AppError('not_found', 'There is no such customer');
  return id;
}

/** @throws AppError `not_found` */
export async function getCustomer(ctx: TenantContext, id: string): Promise<CustomerProfile> {
  requirePermission(ctx, 'customers:read');
  await lookAtBooks(ctx);
  const [state, found, runs] = await Promise.all([requireState(ctx), readProfile(ctx.db, requireId(id)), readModelRuns(ctx.db)]);
  if (!found) throw new AppError('not_found', 'There is no such customer');
  const { profile, identities, history } = found;
  const model = toStatus(runs.serving, runs.newest);
  const asOf = profile.scored_for ?? asOfDay(ctx, state);
  const gaps = profile.purchase_days - 1;
  const span = profile.first_day !== null && profile.last_day !== null ? dayNumber(profile.last_day) - dayNumber(profile.first_day) : 0;
  let cumulative = 0;
  return {
    ...toRow(profile), currency: state.currency, horizonDays: state.horizonDays, asOf,
    acquisitionCost: profile.acquisition_cost, acquiredOn: profile.acquired_on, consentEmail: profile.consent_email, attributes: profile.attributes,
    // The e-mail identity is a keyed hash, an anonymous id a browser's random name: of no use to a reader.
    identities: identities.filter((i) => i.kind !== 'email' && i.kind !== 'anonymous'),
    gross: profile.gross, refunded: profile.refunded, purchaseDays: profile.purchase_days,
    averageOrderValue: profile.orders > 0 ? Math.round(profile.historical_value / profile.orders) : null,
    averageGapDays: gaps > 0 ? span / gaps : null,
    expectedOrders: profile.expected_orders, expectedSpend: profile.expected_spend, nextOrderDay: profile.next_order_day, predictedBy: profile.predicted_by,
    rfmSegment: profile.recency_score > 0 ? rfmSegment(profile.recency_score, profile.frequency_score) : null,
    valueReasons: profile.predicted_by === 'learned' ? await spendReasons(ctx, state, profile.id, asOf) : null,
    explanation: explainValue(profile, state, model, asOf), model,
    history: history.map(({ day, net }) => ({ day, net, cumulative: (cumulative += net) })),
  };
}

export interface TransactionPage {
  currency: string;
  rows: TransactionRow[];
  nextCursor: string | null;
  /** Counted orders of earlier days that are only there as sums; null when there are none. */
  closed: { before: string; orders: number } | null;
}

/** @throws AppError `not_found` */
export async function listCustomerTransactions(ctx: TenantContext, id: string, page: { cursor?: string; limit?: number }): Promise<TransactionPage> {
  requirePermission(ctx, 'customers:read');
  const limit = Math.min(LARGEST_PAGE, Math.max(1, Math.trunc(page.limit ?? DEFAULT_PAGE)));
  const after = page.cursor === undefined ? null : decodeCursor(page.cursor);
  const [state, closedOrders, exists, rows] = await Promise.all([
    requireState(ctx), countClosedOrders(ctx.db, requireId(id)), customerExists(ctx.db, requireId(id)),
    listTransactionRows(ctx.db, id, limit + 1, after && after.value !== null ? { at: after.value, id: after.id } : null),
  ]);
  if (!exists) throw new AppError('not_found', 'There is no such customer');
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    currency: state.currency, rows: shown.map((row) => toTransaction(row, state.currency)), nextCursor: rows.length > limit && last ? encodeCursor(last.transaction_date, last.id) : null,
    closed: state.closed === null || closedOrders === 0 ? null : { before: state.closed.before, orders: closedOrders },
  };
}

function toTransaction(row: TransactionDataRow, currency: string): TransactionRow {
  return {
    id: row.id, externalId: row.external_id, source: row.source, kind: row.kind, type: row.type, label: row.label, occurredAt: row.transaction_date, status: row.status,
    counted: row.counted, whyNot: row.counted ? null : whyNot(row, currency), amount: row.amount, refunded: row.refunded, statedCurrency: row.currency, channel: row.channel, items: row.items,
    alsoAt: row.kind === 'order' ? row.told_by.map(sourceName) : [],
  };
}

function whyNot(row: TransactionDataRow, currency: string): string {
  if (!row.source_counts) return `Its state is "${row.status}": not a sale`;
  if (!row.of_record) return `The same sale counts by ${row.record_source === null || row.record_source === row.source ? 'another record of it' : `its order at ${sourceName(row.record_source)}`}`;
  if (row.kind === 'refund' && row.record_source !== null && row.record_source !== row.source) return `The sale counts by its order at ${sourceName(row.record_source)}, which tells its own refunds`;
  if (row.currency !== currency) return `It is in ${row.currency} and we have no exchange rate to ${currency} for that day`;
  return row.kind === 'refund' ? 'Its order does not count' : 'It does not count';
}

const NAMED_ITEMS = 5;

/** The first few things, and how many more there are: an order may have thousands of lines. */
function itemsInWords(items: TransactionDataRow['items']): string | null {
  if (items.length === 0) return null;
  const named = items.slice(0, NAMED_ITEMS).map((i) => (i.quantity > 1 ? `${i.quantity} × ${i.name}` : i.name)).join(', ');
  return items.length > NAMED_ITEMS ? `${named} and ${items.length - NAMED_ITEMS} more` : named;
}

/** Newest first: orders, refunds, what she did besides, when she was first seen, and her last score. */
export async function getCustomerTimeline(ctx: TenantContext, id: string): Promise<TimelineEntry[]> {
  requirePermission(ctx, 'customers:read');
  const [state, found, rows, events] = await Promise.all([
    requireState(ctx), readProfile(ctx.db, requireId(id)), listTransactionRows(ctx.db, id, LARGEST_PAGE, null),
    listEventRows(ctx.db, { type: null, customerId: id, sessionId: null }, TIMELINE_EVENTS, null),
  ]);
  if (!found) throw new AppError('not_found', 'There is no such customer');
  const entries = rows.map((row): TimelineEntry => ({
    at: row.transaction_date, kind: row.kind, title: row.kind === 'order' ? `Order ${row.label ?? row.external_id}` : 'Refund',
    detail: itemsInWords(row.items), amount: row.amount, currency: row.counted ? state.currency : row.currency, counted: row.counted,
  }));
  for (const { type, at, count, subjects } of eventLines(events)) {
    entries.push({ at, kind: 'event', title: type, count, detail: subjects.length === 0 ? null : subjects.join(', '), amount: null, currency: null, counted: true });
  }
  entries.push({ at: found.profile.created_at, kind: 'first_seen', title: 'First known to Perennial', detail: `From ${sourceName(found.profile.source)}`, amount: null, currency: null, counted: true });
  return entries.sort((a, b) => (a.at < b.at ? 1 : -1));
}
