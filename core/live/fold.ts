/**
 * The fold: applies a feed to the running totals by difference, the new contribution of a customer minus the former.
 *
 * A feed counts once because it says where it starts: one that does not start where the totals stand is refused,
 * so replays, losses and reorderings change nothing. A feed into a higher epoch voids everything before it.
 */
import { dayNumber } from '#core/calendar/days';
import type { Stage } from '#core/clv/lifecycle';
import type { CustomerContribution, DayTotals, Feed, Position } from './feed.ts';
import {
  type Aggregates, type BuyerCounts, type DaySales, type FoldedCustomer, type Tally, cellIndex, emptyAggregates, emptyTally,
} from './aggregates.ts';

/** What one feed does to totals standing at `at`. */
export type FeedFit = 'continues' | 'begins_epoch' | 'refused';

/** Keys whose rows a store must write after a fold; customers with null are gone. */
export interface Touched {
  customers: Map<string, FoldedCustomer | null>;
  stages: Set<Stage>;
  cells: Set<number>;
  buyers: Set<number>;
  days: Set<number>;
}

/**
 * Whether a feed may be applied by someone who stands at `at`.
 * A feed into a higher epoch holds that epoch's rows from its beginning, and says so by `from.seq` 0 of that epoch
 * or by naming where the reader stood before it learned of the new epoch.
 */
export function fitOf(feed: Feed, at: Position): FeedFit {
  const { from, to } = feed;
  const standsThere = from.epoch === at.epoch && from.seq === at.seq;
  if (to.epoch > at.epoch) {
    const fromItsBeginning = from.epoch === to.epoch && from.seq === 0;
    return standsThere || fromItsBeginning ? 'begins_epoch' : 'refused';
  }
  return standsThere && to.epoch === at.epoch && to.seq >= at.seq ? 'continues' : 'refused';
}

function foldedOf(customer: CustomerContribution): FoldedCustomer {
  return {
    firstDay: customer.firstDay === null ? null : dayNumber(customer.firstDay),
    lastDay: customer.lastDay === null ? null : dayNumber(customer.lastDay),
    historicalValue: customer.historicalValue,
    predictedValue: customer.predictedValue,
    cell: cellIndex(customer.recencyScore, customer.frequencyScore, customer.monetaryScore),
    stage: customer.stage,
  };
}

function addsNothing(customer: FoldedCustomer): boolean {
  return customer.firstDay === null && customer.lastDay === null && customer.historicalValue === 0
    && customer.predictedValue === 0 && customer.cell === -1 && customer.stage === null;
}

function addTo<K>(tallies: Map<K, Tally>, key: K, customer: FoldedCustomer, sign: 1 | -1): void {
  let tally = tallies.get(key);
  if (tally === undefined) tallies.set(key, (tally = emptyTally()));
  addTally(tally, customer, sign, 1);
}

function addTally(tally: Tally, customer: FoldedCustomer, sign: 1 | -1, heads: 0 | 1): void {
  tally.customers += sign * heads;
  tally.historicalValue += sign * customer.historicalValue;
  tally.predictedValue += sign * customer.predictedValue;
}

function buyersOf(totals: Aggregates, day: number): BuyerCounts {
  let counts = totals.buyers.get(day);
  if (counts === undefined) totals.buyers.set(day, (counts = { first: 0, last: 0 }));
  return counts;
}

/** Adds (or with −1 takes back) one customer's whole contribution. */
function count(totals: Aggregates, touched: Touched, customer: FoldedCustomer, sign: 1 | -1): void {
  addTally(totals.total, customer, sign, customer.firstDay === null ? 0 : 1);
  if (customer.stage !== null) {
    addTo(totals.stages, customer.stage, customer, sign);
    touched.stages.add(customer.stage);
  }
  if (customer.cell !== -1) {
    addTo(totals.cells, customer.cell, customer, sign);
    touched.cells.add(customer.cell);
  }
  if (customer.firstDay !== null) {
    buyersOf(totals, customer.firstDay).first += sign;
    touched.buyers.add(customer.firstDay);
  }
  if (customer.lastDay !== null) {
    buyersOf(totals, customer.lastDay).last += sign;
    touched.buyers.add(customer.lastDay);
  }
}

function salesOf(row: DayTotals): DaySales {
  const { orders, gross, refunded, unattributedOrders, uncountedOrders } = row;
  return { orders, gross, refunded, unattributedOrders, uncountedOrders };
}

/** Makes `totals` those of an epoch nobody has fed yet. */
export function beginEpoch(totals: Aggregates): void {
  Object.assign(totals, emptyAggregates(), { clock: totals.clock, updatedAt: totals.updatedAt });
}

/**
 * Applies a feed in place. Call only when `fitOf` did not refuse it, after `beginEpoch` when it begins an epoch.
 * @param before the contribution a customer had so far; never asked twice for one customer of a feed
 * @param at ISO 8601 of now
 * @returns what changed, for the store to write in one transaction
 */
export function fold(totals: Aggregates, feed: Feed, before: (id: string) => FoldedCustomer | undefined, at: string): Touched {
  const touched: Touched = { customers: new Map(), stages: new Set(), cells: new Set(), buyers: new Set(), days: new Set() };
  // The last contribution of a customer in the feed is the one that holds.
  const last = new Map(feed.customers.map((customer) => [customer.id, customer]));
  for (const [id, contribution] of last) {
    const former = before(id);
    const next = foldedOf(contribution);
    if (former !== undefined) count(totals, touched, former, -1);
    count(totals, touched, next, 1);
    touched.customers.set(id, addsNothing(next) ? null : next);
  }
  for (const row of feed.days) {
    const day = dayNumber(row.day);
    totals.days.set(day, salesOf(row));
    touched.days.add(day);
  }
  totals.position = { ...feed.to };
  totals.clock = { ...feed.clock };
  totals.updatedAt = at;
  if (feed.complete) totals.building = false;
  return touched;
}
