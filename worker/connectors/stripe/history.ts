/**
 * What Stripe has of before: customers, charges, invoices with their payments, checkout sessions, refunds, disputes and
 * subscriptions. Charges hold all money once; invoices and sessions say what it was for; payment intents would repeat charges.
 */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { CanonicalRecord, SubscriptionRecord } from '#core/commerce/record';
import type { HistoryPage, HistoryUnit, HistoryWindow, PlatformAccess } from '#connectors/connector';
import { readPayload } from '#connectors/payload';
import { getList } from './api.ts';
import { toCustomerRecord } from './customer.ts';
import type { Seen } from './identity.ts';
import { toInvoiceRecord } from './invoice.ts';
import { charge, customer, dispute, invoice, refund, session, subscription } from './payload.ts';
import type { SubscriptionPayload } from './payload.ts';
import { toChargeRecords } from './payment.ts';
import { toDisputeRecord, toRefundRecord } from './refund.ts';
import { toSessionRecords } from './session.ts';
import { toSubscriptionRecords } from './subscription.ts';

interface List {
  /** After `/v1/`. */
  path: string;
  query: readonly [string, string][];
  /** The event that would have brought it. Its state is that of the answer, so nothing may be concluded from the topic. */
  topic: string;
  records(payload: string, seen: Seen): CanonicalRecord[];
}

function list<About>(path: string, topic: string, query: List['query'], what: string, shape: z.ZodType<About>, records: (object: About, seen: Seen) => CanonicalRecord[]): List {
  return { path, topic, query, records: (payload, seen) => records(readPayload(shape, payload, what), seen) };
}

/** In the order in which they are read: people, then money, then what tells more of it. */
const LISTS: readonly List[] = [
  list('customers', 'customer.updated', [], 'Customer', customer, (object, seen) => [toCustomerRecord(object, seen)]),
  list('charges', 'charge.updated', [], 'Charge', charge, toChargeRecords),
  list('invoices', 'invoice.updated', [['status', 'paid'], ['expand[]', 'data.payments']], 'Invoice', invoice, (object, seen) => [toInvoiceRecord(object, seen)]),
  list('checkout/sessions', 'checkout.session.completed', [['status', 'complete'], ['expand[]', 'data.payment_intent.latest_charge']], 'Checkout session', session, toSessionRecords),
  list('refunds', 'refund.updated', [], 'Refund', refund, (object, seen) => [toRefundRecord(object, seen)]),
  list('disputes', 'charge.dispute.updated', [], 'Dispute', dispute, (object, seen) => [toDisputeRecord(object, seen)]),
  list('subscriptions', 'customer.subscription.updated', [['status', 'all'], ['expand[]', 'data.discounts.source.coupon']], 'Subscription', subscription, toPastRecords),
];

/**
 * The subscription as it stands, after what its own dates tell of its past: when it began, and when its trial ended.
 * The amounts of then are not told; today's stand for them until an event said otherwise.
 */
function toPastRecords(object: SubscriptionPayload, seen: Seen): SubscriptionRecord[] {
  return toSubscriptionRecords(object, seen).flatMap((now) => {
    const { trial_end: trialEnd } = object;
    const tried = trialEnd !== null && trialEnd !== undefined && trialEnd > now.startedAt ? trialEnd : null;
    const at = (updatedAt: string, status: SubscriptionRecord['status']): SubscriptionRecord => ({ ...now, status, version: { updatedAt, rank: 0 } });
    const over = now.endedAt ?? seen.at;
    return [
      at(now.startedAt, tried === null ? 'active' : 'trialing'),
      ...(tried !== null && tried < over ? [at(tried, 'active')] : []),
      now,
    ].filter(({ version }) => version === now.version || version.updatedAt < seen.at);
  });
}

const DAY = 86_400;
/** Stripe lists newest first only: so time is cut into slices that are read one after the other, longer ones while nothing is found. */
const SHORTEST_SLICE = 31 * DAY;
const LONGEST_SLICE = 1024 * DAY;
/** Nothing there is older than Stripe. */
const BEGINNING = Date.parse('2010-01-01T00:00:00Z') / 1000;

/** All times in seconds since 1970. */
const place = z.object({
  /** The slice that is being read, and where everything ends. */
  from: z.int(), until: z.int(), end: z.int(),
  list: z.int().min(0).max(LISTS.length - 1),
  /** The last object read of this list in this slice. */
  after: z.string().nullable(),
  /** Whether the slice had anything. */
  found: z.boolean(),
});
type Place = z.infer<typeof place>;

const seconds = (instant: string): number => Math.ceil(Date.parse(instant) / 1000);

function openCursor(access: PlatformAccess, window: HistoryWindow, cursor: string | null): Place {
  if (cursor === null) {
    const from = window.from === null ? BEGINNING : seconds(window.from);
    // What is created while we read comes by webhook as well; once would do, twice changes nothing.
    const end = window.to === null ? Math.floor(access.now().getTime() / 1000) + 1 : seconds(window.to);
    return { from, until: Math.min(end, from + SHORTEST_SLICE), end, list: 0, after: null, found: false };
  }
  try {
    return place.parse(JSON.parse(cursor));
  } catch (cause) {
    throw new AppError('invalid_input', 'The place in the history is not one of Stripe', { cause });
  }
}

/** The next list of the slice, else the next slice; null when all is read. */
function following(here: Place): Place | null {
  if (here.list + 1 < LISTS.length) return { ...here, list: here.list + 1, after: null };
  if (here.until >= here.end) return null;
  const length = here.found ? SHORTEST_SLICE : Math.min(LONGEST_SLICE, (here.until - here.from) * 2);
  return { ...here, from: here.until, until: Math.min(here.end, here.until + length), list: 0, after: null, found: false };
}

const named = z.object({ id: z.string() });

/** One page of `History.read`. */
export async function readHistory(access: PlatformAccess, window: HistoryWindow, cursor: string | null): Promise<HistoryPage> {
  const here = openCursor(access, window, cursor);
  const reading = LISTS[here.list];
  const units: HistoryUnit[] = [];
  const rejected: HistoryPage['rejected'] = [];
  const page = (next: Place | null, waitSeconds = 0): HistoryPage => ({ units, rejected, cursor: next === null ? null : JSON.stringify(next), expected: null, waitSeconds });
  if (reading === undefined || here.from >= here.end) return page(null);
  const query: [string, string][] = [['created[gte]', String(here.from)], ['created[lt]', String(here.until)], ...reading.query];
  if (here.after !== null) query.push(['starting_after', here.after]);
  const answer = await getList(access, reading.path, query);
  if (typeof answer === 'number') return page(here, answer);
  const length = here.until - here.from;
  // Something in a long slice: it is halved from its beginning on, so that what is read stays oldest first.
  if (answer.entries.length > 0 && length > SHORTEST_SLICE) {
    return page({ ...here, until: here.from + Math.max(SHORTEST_SLICE, Math.floor(length / 2)), list: 0, after: null, found: false });
  }
  const seen: Seen = { at: answer.answeredAt, topic: '' };
  let last = here.after;
  for (const payload of answer.entries) {
    const { id } = readPayload(named, payload, 'List');
    last = id;
    try {
      const records = reading.records(payload, seen);
      if (records.length > 0) units.push({ deliveryId: `${reading.path}:${id}`, topic: reading.topic, records, payload });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
      rejected.push({ deliveryId: `${reading.path}:${id}`, topic: reading.topic, payload, error: error.message });
    }
  }
  const found = here.found || answer.entries.length > 0;
  return page(answer.hasMore && last !== here.after ? { ...here, after: last, found } : following({ ...here, found }));
}
