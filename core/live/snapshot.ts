/** The live figures of one tenant as every dashboard shows them. */
import type { Stage } from '#core/clv/lifecycle';

export const WINDOWS = [1, 7, 30, 90, 365] as const;
export type WindowDays = (typeof WINDOWS)[number];

/** Totals of the `days` tenant-local days that end with the as-of day (1 = that day alone). */
export interface WindowTotals {
  days: WindowDays;
  /** Minor units. */
  gross: number;
  net: number;
  orders: number;
  /** First purchase day inside the window / before it (and bought inside it). */
  newCustomers: number;
  returningCustomers: number;
  /** Net ÷ orders in minor units, null without orders. */
  averageOrderValue: number | null;
  /** The same length of time before this window; customers are not compared. */
  previous: { gross: number; net: number; orders: number; newCustomers: number };
}

export interface StageTotals {
  stage: Stage;
  customers: number;
  historicalValue: number;
  predictedValue: number;
}

export interface RfmCellTotals {
  /** 1–5 each. */
  recency: number;
  frequency: number;
  monetary: number;
  customers: number;
  historicalValue: number;
  predictedValue: number;
}

export interface ValueTotals {
  customers: number;
  historicalValue: number;
  predictedValue: number;
  totalValue: number;
}

export interface DayPoint {
  day: string;
  gross: number;
  net: number;
  orders: number;
  newCustomers: number;
}

export interface Coverage {
  orders: number;
  unattributedOrders: number;
  uncountedOrders: number;
}

export interface Snapshot {
  epoch: number;
  seq: number;
  currency: string;
  /** YYYY-MM-DD these figures are "as of". */
  asOf: string;
  live: boolean;
  horizonDays: number;
  windows: WindowTotals[];
  stages: StageTotals[];
  cells: RfmCellTotals[];
  value: ValueTotals;
  /** Over the last 365 days. */
  coverage: Coverage;
  /** The last 90 days ending asOf, gaps filled with zeros. */
  recent: DayPoint[];
  /** ISO 8601 of the last applied feed; null before any. */
  updatedAt: string | null;
  /** False while the object is being (re)built: figures are the last complete ones, or zeros at the very first. */
  ready: boolean;
}

/** Whether `a` shows an earlier state of the tenant than `b`; equal positions are not older (the day may have turned). */
export function isOlder(a: Snapshot, b: Snapshot): boolean {
  return a.epoch !== b.epoch ? a.epoch < b.epoch : a.seq < b.seq;
}
