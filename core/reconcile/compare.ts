/**
 * What a platform says it sold beside what our books say, record by record and local day by local day. Every cent of
 * difference gets a cause: on each day, theirs − ours equals the sum of the causes that were not mended.
 */

export type DriftCause =
  | 'refund_dating' | 'order_dating' | 'test_orders' | 'zero_orders' | 'currency' | 'duplicates' | 'not_arrived' | 'gone' | 'amount';

interface RecordName {
  kind: 'order' | 'refund';
  externalId: string;
  orderExternalId: string | null;
  /** Local day, YYYY-MM-DD. */
  day: string;
  currency: string;
}

export interface TheirRecord extends RecordName {
  /** Whether the platform's own list of orders counts it: paid, and also tests and orders over nothing. */
  listed: boolean;
  test: boolean;
  /** Minor units of `currency` under the company's revenue basis. */
  stated: number;
  label: string | null;
}

export interface OurRecord extends RecordName {
  /** What the platform's state said when we took it. */
  sourceCounts: boolean;
  /** False when another platform's order stands for the sale. */
  ofRecord: boolean;
  counted: boolean;
  /** Minor units of `currency` under the company's revenue basis. */
  stated: number;
  /** Minor units of the company's currency. */
  amount: number;
  label: string | null;
  customerId: string | null;
}

export interface DayFigures {
  orders: number;
  /** Minor units of the company's currency. */
  gross: number;
  refunds: number;
  refunded: number;
}

export interface DriftExample {
  kind: 'order' | 'refund';
  externalId: string;
  label: string | null;
  customerId: string | null;
  /** As in `Drift`. */
  amount: number;
}

export interface Drift {
  cause: DriftCause;
  records: number;
  /** Orders that they count and we do not, net. */
  orders: number;
  /** Theirs − ours in net money, minor units of the company's currency. */
  amount: number;
  /** It was so, and is no longer: the record was fetched while comparing. */
  mended: boolean;
  examples: DriftExample[];
}

export interface ComparedDay {
  day: string;
  theirs: DayFigures;
  ours: DayFigures;
  drift: Drift[];
}

export interface Comparison {
  currency: string;
  countZeroOrders: boolean;
  /** Every local day that is compared, in order. */
  days: readonly string[];
  theirs: readonly TheirRecord[];
  /** As the books stand after what was missing was fetched. */
  ours: readonly OurRecord[];
  /** What was fetched: its name, and how the books had it before (null: not at all). */
  fetched: ReadonlyMap<string, OurRecord | null>;
}

const EXAMPLES = 5;

export function recordKey({ kind, externalId }: Pick<RecordName, 'kind' | 'externalId'>): string {
  return `${kind} ${externalId}`;
}

/** What one record adds to its day. */
interface Share {
  day: string;
  count: number;
  money: number;
}

export function compareBooks(input: Comparison): ComparedDay[] {
  const days = new Map(input.days.map((day) => [day, { day, theirs: nothing(), ours: nothing(), drift: new Map<string, Drift>() }]));
  const theirs = new Map(input.theirs.map((record) => [recordKey(record), record]));
  const ours = new Map(input.ours.map((record) => [recordKey(record), record]));

  const note = (day: string, cause: DriftCause, mended: boolean, record: TheirRecord | OurRecord, count: number, money: number): void => {
    const found = days.get(day);
    if (found === undefined) return;
    const key = `${cause} ${String(mended)}`;
    const drift = found.drift.get(key) ?? { cause, records: 0, orders: 0, amount: 0, mended, examples: [] };
    const amount = record.kind === 'order' ? money : -money;
    drift.records += 1;
    drift.orders += record.kind === 'order' ? count : 0;
    drift.amount += amount;
    if (drift.examples.length < EXAMPLES) {
      drift.examples.push({ kind: record.kind, externalId: record.externalId, label: record.label, customerId: ours.get(recordKey(record))?.customerId ?? null, amount });
    }
    found.drift.set(key, drift);
  };

  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    const [their, our] = [theirs.get(key), ours.get(key)];
    const said = their === undefined ? null : theirShare(their, our, theirs, input);
    const booked = our === undefined ? null : ourShare(our, input);
    if (said !== null) add(days.get(said.day)?.theirs, key, said);
    if (booked !== null) add(days.get(booked.day)?.ours, key, booked);

    const before = input.fetched.get(key);
    if (their !== undefined && before !== undefined) {
      const was = before === null ? null : ourShare(before, input);
      // Money that the books have now and had not before; without any, nothing was missing that counts.
      if (before === null ? booked !== null || said !== null : !sameShare(was, booked)) {
        if (our !== undefined) note(booked?.day ?? their.day, before === null ? 'not_arrived' : 'amount', true, their, (booked?.count ?? 0) - (was?.count ?? 0), (booked?.money ?? 0) - (was?.money ?? 0));
      }
    }
    if (sameShare(said, booked)) continue;
    const cause = causeOf(their, our, said, booked, input, (id) => ours.get(`order ${id}`));
    const record = their ?? our;
    if (record === undefined) continue;
    if (said !== null && booked !== null && said.day === booked.day) note(said.day, cause, false, record, said.count - booked.count, said.money - booked.money);
    else {
      if (said !== null) note(said.day, cause, false, record, said.count, said.money);
      if (booked !== null) note(booked.day, cause, false, record, -booked.count, -booked.money);
    }
  }
  return [...days.values()].map(({ drift, ...day }) => ({ ...day, drift: [...drift.values()].sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || a.cause.localeCompare(b.cause)) }));
}

function nothing(): DayFigures {
  return { orders: 0, gross: 0, refunds: 0, refunded: 0 };
}

function add(figures: DayFigures | undefined, key: string, { count, money }: Share): void {
  if (figures === undefined) return;
  if (key.startsWith('order ')) {
    figures.orders += count;
    figures.gross += money;
  } else {
    figures.refunds += count;
    figures.refunded += money;
  }
}

/** Null when the platform's list does not have it, as with an order that was never paid. */
function theirShare(record: TheirRecord, our: OurRecord | undefined, theirs: ReadonlyMap<string, TheirRecord>, { currency }: Comparison): Share | null {
  const order = record.orderExternalId === null ? undefined : theirs.get(`order ${record.orderExternalId}`);
  if (!record.listed || (order !== undefined && !order.listed)) return null;
  // One sum that goes back takes as much of the order as counts of it: where both state the same, the books say how much.
  const sameRefund = record.kind === 'refund' && our?.counted === true && our.currency === record.currency && our.stated === record.stated;
  return { day: record.day, count: 1, money: record.currency === currency && !sameRefund ? record.stated : converted(record, our) };
}

/** By the rate at which we took it; without one its worth in the company's currency is not known, and counts as nothing. */
function converted(record: TheirRecord, our: OurRecord | undefined): number {
  if (our === undefined || !our.counted || our.currency !== record.currency || our.stated === 0) return 0;
  return record.stated === our.stated ? our.amount : Math.round((record.stated * our.amount) / our.stated);
}

function ourShare(record: OurRecord, { countZeroOrders }: Comparison): Share | null {
  if (!record.counted) return null;
  const count = record.kind === 'refund' || record.amount > 0 || countZeroOrders ? 1 : 0;
  return count === 0 && record.amount === 0 ? null : { day: record.day, count, money: record.amount };
}

function sameShare(a: Share | null, b: Share | null): boolean {
  return a === null || b === null ? a === b : a.day === b.day && a.count === b.count && a.money === b.money;
}

function causeOf(
  their: TheirRecord | undefined, our: OurRecord | undefined, said: Share | null, booked: Share | null, { currency }: Comparison,
  orderOf: (externalId: string) => OurRecord | undefined,
): DriftCause {
  if (our === undefined) return 'not_arrived';
  if (their === undefined) return 'gone';
  if (said !== null && booked !== null) {
    if (said.day !== booked.day && said.money === booked.money) return their.kind === 'refund' ? 'refund_dating' : 'order_dating';
    return 'amount';
  }
  // A refund stands and falls with its order.
  const order = our.kind === 'refund' && our.orderExternalId !== null ? orderOf(our.orderExternalId) : our;
  if (their.test) return 'test_orders';
  if (!our.ofRecord || order?.ofRecord === false) return 'duplicates';
  if (our.currency !== currency && our.sourceCounts && !our.counted) return 'currency';
  return said !== null && said.money === 0 && our.stated === 0 ? 'zero_orders' : 'amount';
}

export interface Verdict {
  /** Days on which theirs and ours differ. */
  daysApart: number;
  /** Sum over those days of the absolute difference in net money, minor units. */
  apart: number;
  /** First day since which every day agrees, up to the last one; null when the last one does not. */
  since: string | null;
  /** Causes of what differs, the heaviest first. */
  causes: DriftCause[];
  /** Records that were missing or old and were fetched. */
  mended: number;
}

/** @param days in order, oldest first */
export function verdictOf(days: readonly Pick<ComparedDay, 'day' | 'theirs' | 'ours' | 'drift'>[]): Verdict {
  const verdict: Verdict = { daysApart: 0, apart: 0, since: null, causes: [], mended: 0 };
  const weights = new Map<DriftCause, number>();
  for (const { day, theirs, ours, drift } of days) {
    const open = drift.filter((one) => !one.mended);
    verdict.mended += drift.filter((one) => one.mended).reduce((sum, one) => sum + one.records, 0);
    for (const one of open) weights.set(one.cause, (weights.get(one.cause) ?? 0) + Math.abs(one.amount));
    if (open.length === 0) verdict.since ??= day;
    else {
      verdict.since = null;
      verdict.daysApart += 1;
      verdict.apart += Math.abs(theirs.gross - theirs.refunded - ours.gross + ours.refunded);
    }
  }
  verdict.causes = [...weights].sort(([, a], [, b]) => b - a).map(([cause]) => cause);
  return verdict;
}
