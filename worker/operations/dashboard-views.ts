/** What the dashboard, the cohorts and the RFM grid show; money in minor units of the company's currency. */
import type { RfmSegment } from '#core/rfm/segments';
import type { RfmThresholds } from '#core/rfm/thresholds';
import type { Coverage, DayPoint, Snapshot } from '#core/live/snapshot';
import type { CompanyView } from './company-views.ts';
import type { CustomerRow } from './customer-views.ts';
import type { ModelStatus } from './model-views.ts';

export type DashboardRange = '7d' | '30d' | '90d' | '365d' | 'all';

export interface TrendPoint extends DayPoint {
  /** Last day of the bucket; equals `day` for daily points. */
  through: string;
}

export interface Dashboard {
  company: CompanyView;
  snapshot: Snapshot;
  range: DashboardRange;
  /** At most about 120 points: days, weeks or months by length of the range. */
  bucket: 'day' | 'week' | 'month';
  trend: TrendPoint[];
  /** Average value per customer by month of first purchase, oldest first, at most 24 months. */
  valueByCohort: { month: string; customers: number; historicalPerCustomer: number; predictedPerCustomer: number }[];
  topCustomers: CustomerRow[];
  coverage: Coverage & { parkedRefunds: number; openDeadLetters: number };
  model: ModelStatus;
  /** Has anything ever been imported or received? */
  empty: boolean;
}

export interface CohortCell {
  /** Months since the cohort's month. */
  offset: number;
  month: string;
  customers: number;
  orders: number;
  net: number;
  /** False for the month that is still running. */
  complete: boolean;
}

export interface CohortsView {
  currency: string;
  asOf: string;
  cohorts: { month: string; size: number; cells: CohortCell[] }[];
  /** Null unless asked for. */
  projection: CohortProjectionView | null;
}

/** Net revenue per customer won, cumulative, minor units. */
export interface CohortProjectionView {
  /** Months after the first that values reach. */
  age: number;
  /** Cohorts whose first month is over. */
  cohorts: {
    month: string;
    size: number;
    /** Whole months seen, the first included. */
    seen: number;
    soFar: number;
    /** As older cohorts went on; 80 % likely between low and high. */
    value: number;
    low: number;
    high: number;
    /** As the share that still buys falls. */
    bySurvivors: number;
    /** At every age from 0: seen, then projected. */
    path: number[];
  }[];
  /** All of them, weighted by customers. */
  average: { soFar: number; value: number; bySurvivors: number } | null;
  /** Share of a cohort that buys in the month after its first, by the survivor curve. */
  firstMonthShare: number;
  /** The same made earlier, of cohorts that have reached the age since; sums over their customers. */
  check: { from: string; cohorts: number; held: number; expected: number; actual: number } | null;
  notes: string[];
}

export interface RfmView {
  currency: string;
  asOf: string;
  cells: { recency: number; frequency: number; customers: number; historicalValue: number; predictedValue: number }[];
  segments: { name: RfmSegment; customers: number; historicalValue: number; predictedValue: number }[];
  /** Lower bounds of scores 2–5, in words of the measure: days as dates, counts, minor units. */
  cuts: { recency: string[]; frequency: number[]; monetary: number[] } | null;
  /** By which rule they were made. */
  thresholds: RfmThresholds;
}

export interface RfmMigrationView {
  currency: string;
  asOf: string;
  from: string;
  to: string;
  /** Of the first sale; null before there is one. */
  firstDay: string | null;
  /** `from` null: had not bought by the first day. Most customers first. `value`: net so far by the later day, minor units. */
  moves: { from: RfmSegment | null; to: RfmSegment; customers: number; value: number }[];
}
