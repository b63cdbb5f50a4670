/** Running totals of one tenant: everything a snapshot is computed from, and no customer in it. */
import type { Stage } from '#core/clv/lifecycle';
import type { Position, TenantClock } from './feed.ts';

/** How many customers and what they are worth together. Minor units. */
export interface Tally {
  customers: number;
  historicalValue: number;
  predictedValue: number;
}

/** Customers by the day (days since 1970-01-01) of their first and of their last purchase. */
export interface BuyerCounts {
  first: number;
  last: number;
}

/** One day of sales under its day number. Minor units. */
export interface DaySales {
  orders: number;
  gross: number;
  refunded: number;
  unattributedOrders: number;
  uncountedOrders: number;
}

/** What the fold keeps of a customer, so that the next contribution can replace this one. */
export interface FoldedCustomer {
  /** Days since 1970-01-01, null when nothing counts. */
  firstDay: number | null;
  lastDay: number | null;
  historicalValue: number;
  predictedValue: number;
  /** 0–124 by `cellIndex`, or −1 while unscored. */
  cell: number;
  stage: Stage | null;
}

export interface Aggregates {
  position: Position;
  /** Null before any feed. */
  clock: TenantClock | null;
  /** ISO 8601 of the last applied feed. */
  updatedAt: string | null;
  /** True from the first page of an epoch until its first complete one. */
  building: boolean;
  total: Tally;
  stages: Map<Stage, Tally>;
  cells: Map<number, Tally>;
  buyers: Map<number, BuyerCounts>;
  days: Map<number, DaySales>;
}

export function emptyTally(): Tally {
  return { customers: 0, historicalValue: 0, predictedValue: 0 };
}

export function emptyAggregates(): Aggregates {
  return {
    position: { epoch: 0, seq: 0 },
    clock: null,
    updatedAt: null,
    building: true,
    total: emptyTally(),
    stages: new Map(),
    cells: new Map(),
    buyers: new Map(),
    days: new Map(),
  };
}

/** 0–124 for scores of 1–5 each; −1 when any is missing. */
export function cellIndex(recency: number, frequency: number, monetary: number): number {
  const valid = (score: number): boolean => Number.isInteger(score) && score >= 1 && score <= 5;
  if (!valid(recency) || !valid(frequency) || !valid(monetary)) return -1;
  return (recency - 1) * 25 + (frequency - 1) * 5 + (monetary - 1);
}
