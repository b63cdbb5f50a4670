/** What Postgres hands a tenant's live object: everything stamped after a position, in order. */
import type { Stage } from '#core/clv/lifecycle';

/** Where a live object stands: nothing counts twice because a feed says which position it starts from. */
export interface Position {
  /** Rises when derived rows were rebuilt from scratch; everything before is void. */
  epoch: number;
  /** Last applied value of the tenant's sequence. */
  seq: number;
}

/** A customer's whole contribution to the aggregates; replaces the former one. */
export interface CustomerContribution {
  id: string;
  /** YYYY-MM-DD of the first and last purchase day; null when nothing counts (any more). */
  firstDay: string | null;
  lastDay: string | null;
  purchaseDays: number;
  orders: number;
  /** Minor units. Net of refunds. */
  historicalValue: number;
  predictedValue: number;
  /** 1–5 each, 0 while unscored. */
  recencyScore: number;
  frequencyScore: number;
  monetaryScore: number;
  stage: Stage | null;
  /** For the live list only. */
  name: string | null;
}

/** One tenant-local day of sales; replaces the former row of that day. */
export interface DayTotals {
  day: string;
  orders: number;
  gross: number;
  /** Refunds dated on this day. Net = gross − refunded. */
  refunded: number;
  /** Customers who bought on this day, and those of them whose first purchase day it is. */
  buyers: number;
  newCustomers: number;
  /** Orders without a resolvable customer: in revenue, in no customer. */
  unattributedOrders: number;
  /** Orders kept but not counted, for want of an exchange rate. */
  uncountedOrders: number;
}

export interface TenantClock {
  currency: string;
  timeZone: string;
  /** YYYY-MM-DD, or null for live. */
  analysisDate: string | null;
  horizonDays: number;
}

export interface Feed {
  from: Position;
  to: Position;
  /** False when more is stamped after `to`. */
  complete: boolean;
  clock: TenantClock;
  customers: CustomerContribution[];
  days: DayTotals[];
}
