/** What pages and the API get of customers; money in minor units of `currency`. */
import type { Stage } from '#core/clv/lifecycle';
import type { ModelStatus, Reasons } from './model-views.ts';

export interface CustomerRow {
  id: string;
  externalId: string;
  source: string;
  name: string | null;
  email: string | null;
  country: string | null;
  channel: string | null;
  stage: Stage | null;
  orders: number;
  firstDay: string | null;
  lastDay: string | null;
  historicalValue: number;
  predictedValue: number;
  predictedLow: number;
  predictedHigh: number;
  totalValue: number;
  pAlive: number | null;
  recencyScore: number;
  frequencyScore: number;
  monetaryScore: number;
}

export const CUSTOMER_SORTS = ['total', 'historical', 'predicted', 'last_order', 'orders'] as const;
export type CustomerSort = (typeof CUSTOMER_SORTS)[number];

export interface CustomerListInput {
  q?: string;
  stage?: Stage;
  /** Two or three digits, e.g. "55" or "555". */
  rfm?: string;
  /** Acquisition month, YYYY-MM. */
  cohort?: string;
  /** Id of a segment that they are in. */
  segment?: string;
  sort?: CustomerSort;
  descending?: boolean;
  limit?: number;
  cursor?: string;
}

export interface CustomerList {
  currency: string;
  rows: CustomerRow[];
  nextCursor: string | null;
  /** Customers that match; exact up to 10,000, else a lower bound ("10,000+"). */
  matched: number;
  matchedIsExact: boolean;
}

/** One line of "how this came about". */
export interface ExplanationStep {
  label: string;
  /** Already worded with unit and window, money as decimal text. */
  value: string;
  detail: string;
}

export interface CustomerProfile extends CustomerRow {
  currency: string;
  horizonDays: number;
  asOf: string;
  acquisitionCost: number | null;
  acquiredOn: string | null;
  consentEmail: string;
  attributes: Record<string, unknown>;
  identities: { kind: string; value: string }[];
  gross: number;
  refunded: number;
  purchaseDays: number;
  averageOrderValue: number | null;
  /** Mean days between purchase days; null before the second. */
  averageGapDays: number | null;
  expectedOrders: number | null;
  expectedSpend: number | null;
  nextOrderDay: string | null;
  /** Who said the predicted value: a model learned from features, or the model of repeat buying; null without a purchase. */
  predictedBy: 'learned' | 'probabilistic' | null;
  rfmSegment: string | null;
  /** What moves the predicted value, where a learned model says it. */
  valueReasons: Reasons | null;
  explanation: ExplanationStep[];
  model: ModelStatus;
  /** Cumulative net by purchase or refund day. */
  history: { day: string; net: number; cumulative: number }[];
}

export interface TimelineEntry {
  at: string;
  kind: 'order' | 'refund' | 'first_seen' | 'scored' | 'event';
  /** Of an event its type. */
  title: string;
  /** How many events of one visit the line stands for. */
  count?: number;
  detail: string | null;
  amount: number | null;
  /** Of the amount: the company's, or the one an order was stated in that waits for an exchange rate. */
  currency: string | null;
  /** Whether an order or a refund is in the figures; true of everything else. */
  counted: boolean;
}
