/** Computes the live figures from the running totals: sums over days, no customer is looked at. */
import { dayNumber, dayText } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { STAGES } from '#core/clv/lifecycle';
import { type Aggregates, emptyTally } from './aggregates.ts';
import type { TenantClock } from './feed.ts';
import { type DayPoint, type RfmCellTotals, type Snapshot, type StageTotals, WINDOWS, type WindowDays, type WindowTotals } from './snapshot.ts';

const RECENT_DAYS = 90;
const COVERAGE_DAYS = 365;

/**
 * Customers by first purchase day whose last purchase lies after `day`. They are rare (an order dated tomorrow, an
 * analysis date in the past) and only asked for when the counters show that there are any.
 */
export type LaterBuyers = (day: number) => ReadonlyMap<number, number>;

/** The day (days since 1970-01-01) that figures are as of: the analysis date, or today where the tenant is. */
export function asOfDay(clock: TenantClock, now: Date): number {
  return dayNumber(clock.analysisDate ?? localDay(now, clock.timeZone));
}

interface SpanTotals {
  gross: number;
  net: number;
  orders: number;
  newCustomers: number;
  lastBuyers: number;
}

function sumDays(totals: Aggregates, first: number, last: number): SpanTotals {
  const sum: SpanTotals = { gross: 0, net: 0, orders: 0, newCustomers: 0, lastBuyers: 0 };
  for (let day = first; day <= last; day += 1) {
    const sales = totals.days.get(day);
    if (sales !== undefined) {
      sum.gross += sales.gross;
      sum.net += sales.gross - sales.refunded;
      sum.orders += sales.orders;
    }
    const buyers = totals.buyers.get(day);
    if (buyers !== undefined) {
      sum.newCustomers += buyers.first;
      sum.lastBuyers += buyers.last;
    }
  }
  return sum;
}

function windowOf(totals: Aggregates, days: WindowDays, asOf: number, later: ReadonlyMap<number, number>): WindowTotals {
  const first = asOf - days + 1;
  const now = sumDays(totals, first, asOf);
  const former = sumDays(totals, first - days, first - 1);
  // Last purchase inside the window, less those who are new in it; of the new ones, those who bought
  // after the window again are not among the former.
  let newAndLater = 0;
  for (const [firstDay, customers] of later) {
    if (firstDay >= first && firstDay <= asOf) newAndLater += customers;
  }
  return {
    days,
    gross: now.gross,
    net: now.net,
    orders: now.orders,
    newCustomers: now.newCustomers,
    returningCustomers: now.lastBuyers - (now.newCustomers - newAndLater),
    averageOrderValue: now.orders === 0 ? null : Math.round(now.net / now.orders),
    previous: { gross: former.gross, net: former.net, orders: former.orders, newCustomers: former.newCustomers },
  };
}

function stageTotals(totals: Aggregates): StageTotals[] {
  return STAGES.map((stage) => ({ stage, ...(totals.stages.get(stage) ?? emptyTally()) }));
}

function cellTotals(totals: Aggregates): RfmCellTotals[] {
  return Array.from({ length: 125 }, (_, index) => ({
    recency: Math.floor(index / 25) + 1,
    frequency: Math.floor((index % 25) / 5) + 1,
    monetary: (index % 5) + 1,
    ...(totals.cells.get(index) ?? emptyTally()),
  }));
}

function recentDays(totals: Aggregates, asOf: number): DayPoint[] {
  return Array.from({ length: RECENT_DAYS }, (_, index) => {
    const day = asOf - RECENT_DAYS + 1 + index;
    const { gross, net, orders, newCustomers } = sumDays(totals, day, day);
    return { day: dayText(day), gross, net, orders, newCustomers };
  });
}

function coverageOf(totals: Aggregates, asOf: number): Snapshot['coverage'] {
  const coverage = { orders: 0, unattributedOrders: 0, uncountedOrders: 0 };
  for (let day = asOf - COVERAGE_DAYS + 1; day <= asOf; day += 1) {
    const sales = totals.days.get(day);
    if (sales === undefined) continue;
    coverage.orders += sales.orders;
    coverage.unattributedOrders += sales.unattributedOrders;
    coverage.uncountedOrders += sales.uncountedOrders;
  }
  return coverage;
}

/**
 * The live figures as of the tenant's day. Before any feed: zeros in US dollars as of today (UTC), `ready` false.
 * All 125 cells and all stages (in the order of STAGES) are present, also the empty ones.
 */
export function snapshotOf(totals: Aggregates, now: Date, laterBuyers: LaterBuyers): Snapshot {
  const clock: TenantClock = totals.clock ?? { currency: 'USD', timeZone: 'UTC', analysisDate: null, horizonDays: 365 };
  const asOf = asOfDay(clock, now);
  let anyLater = false;
  for (const [day, counts] of totals.buyers) {
    if (day > asOf && counts.last > 0) anyLater = true;
  }
  const later = anyLater ? laterBuyers(asOf) : new Map<number, number>();
  return {
    epoch: totals.position.epoch,
    seq: totals.position.seq,
    currency: clock.currency,
    asOf: dayText(asOf),
    live: clock.analysisDate === null,
    horizonDays: clock.horizonDays,
    windows: WINDOWS.map((days) => windowOf(totals, days, asOf, later)),
    stages: stageTotals(totals),
    cells: cellTotals(totals),
    value: { ...totals.total, totalValue: totals.total.historicalValue + totals.total.predictedValue },
    coverage: coverageOf(totals, asOf),
    recent: recentDays(totals, asOf),
    updatedAt: totals.updatedAt,
    ready: !totals.building,
  };
}
