/** The shapes that pages and API handlers get from operations: plain objects, money in minor units of `currency`. */
import type { IntegrationHealth } from '#data/integration-health';
import type { Stage } from '#core/clv/lifecycle';
import type { PresetId } from '#core/commerce/files/preset-ids';
import type { Coverage, DayPoint, Snapshot } from '#core/live/snapshot';
import type { Role } from '#worker/ports';

export interface CompanyView {
  id: string;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  /** YYYY-MM-DD; null = live. */
  analysisDate: string | null;
  horizonDays: number;
  /** Annual fraction, 0.1 = 10 %. */
  discountRate: number;
  revenueBasis: 'net_sales' | 'with_shipping' | 'total_paid';
  countZeroOrders: boolean;
  /** For how many years single sales are kept; null = all of them. */
  keepYears: number | null;
  /** Local days before this one are closed: their sales are sums, and nothing dated there is taken. Null while none is. */
  closedBefore: string | null;
  createdAt: string;
}

/** Company settings that are to come into force with the recount. */
export type PendingView = Partial<Pick<CompanyView, 'currency' | 'timeZone' | 'analysisDate' | 'horizonDays' | 'discountRate' | 'revenueBasis' | 'countZeroOrders'>>;

/** The company as settings pages know it: what is in force, and what is being counted. */
export interface CompanySettingsView extends CompanyView {
  pending: PendingView;
  /** The recount at work; null when the figures are those of the settings. */
  rebuild: { runId: string; progress: number } | null;
}

/** Units of the company's currency for one unit of `currency`, from `day` on. */
export interface RateView {
  currency: string;
  day: string;
  rate: number;
  origin: 'ecb' | 'manual';
}

export interface ExchangeRatesView {
  /** The company's. */
  currency: string;
  /** Currencies that sales came in besides, with their newest rate and how the last fetch went. */
  wanted: { currency: string; latest: RateView | null; triedAt: string | null; fetchedAt: string | null; error: string | null }[];
  /** By hand, or all of one currency when it is named; newest first. */
  rates: RateView[];
}

/** One of several records of a sale. Money in minor units of `currency`, everything the customer paid. */
export interface SaleRecordView {
  id: string;
  source: string;
  externalId: string;
  label: string | null;
  status: string;
  occurredAt: string;
  ofRecord: boolean;
  counted: boolean;
  total: number;
  currency: string;
  customer: { id: string; name: string | null; email: string | null } | null;
}

/** A sale that several records tell of; the one of record comes first. */
export interface PairingView {
  saleId: string;
  records: SaleRecordView[];
}

export interface UserView {
  id: string;
  email: string;
  name: string | null;
  role: Role;
}

/** Which model speaks, and how far to trust it. */
export interface ModelStatus {
  runId: string | null;
  model: string;
  /** `prior`: too little data, the shipped prior speaks. */
  source: 'fitted' | 'nbd-limit' | 'prior' | 'none';
  asOf: string | null;
  fittedAt: string | null;
  /** Sentences for a shop owner. */
  notes: string[];
  /** When the last try failed and an older model serves. */
  lastFailure: { at: string; error: string } | null;
  /** Forecast against what then happened, where there was enough history to hold back. */
  holdout: { from: string; to: string; expectedOrders: number; actualOrders: number } | null;
  /** The plain formula beside the model: average order × orders a year × years a customer stays. Minor units, unrounded. */
  historical: { averageOrderNet: number; ordersPerYear: number; lifespanYears: number; lifetimeGross: number; lifetimeNet: number } | null;
}

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
  rfmSegment: string | null;
  explanation: ExplanationStep[];
  model: ModelStatus;
  /** Cumulative net by purchase or refund day. */
  history: { day: string; net: number; cumulative: number }[];
}

export interface TransactionRow {
  id: string;
  externalId: string;
  source: string;
  kind: 'order' | 'refund';
  type: string;
  label: string | null;
  occurredAt: string;
  status: string;
  counted: boolean;
  /** Why not, in words; null when counted. */
  whyNot: string | null;
  amount: number;
  refunded: number;
  /** As stated by the source; `amount` is in it while the row does not count. */
  statedCurrency: string;
  /** Other platforms that tell of the same sale, by name. */
  alsoAt: string[];
  channel: string | null;
  /** What was sold; of a refund, what came back. */
  items: { name: string; productId: string | null; sku: string | null; category: string | null; quantity: number; amount: number }[];
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
}

export interface RfmView {
  currency: string;
  asOf: string;
  cells: { recency: number; frequency: number; customers: number; historicalValue: number; predictedValue: number }[];
  segments: { name: string; customers: number; historicalValue: number; predictedValue: number }[];
  /** Lower bounds of scores 2–5, in words of the measure: days as dates, counts, minor units. */
  cuts: { recency: string[]; frequency: number[]; monetary: number[] } | null;
}

export interface ImportView {
  id: string;
  name: string;
  state: 'uploading' | 'waiting' | 'running' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone';
  /** The file as stored, and how much of it was read. */
  bytesTotal: number | null;
  bytesRead: number;
  linesRead: number;
  inserted: number;
  /** Lines that an earlier import (or source) had brought already. */
  unchanged: number;
  /** Of those, lines without an id of their own: an earlier file had the same, but each might be another sale. */
  skipped: number;
  rejected: number;
  /** Sales taken out again when it was undone. */
  undone: number;
  /** The export that the file was recognised as; null: read by its columns. */
  preset: PresetId | null;
  /** When the uploaded file was deleted. */
  fileRemovedAt: string | null;
  /** The import whose skipped lines this one brings, from the same file; null for a file of its own. */
  anywayOf: string | null;
  /** The import that brings this one's skipped lines; null while none does. */
  anywayId: string | null;
  error: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** A line that an earlier file had brought already. */
export interface SkippedLine {
  line: number;
  /** As it stands in the file, cut to 500 characters. */
  raw: string;
}

export interface ImportRejection {
  line: number;
  code: string;
  reason: string;
  column: string | null;
  raw: string;
}

export interface IntegrationView {
  id: string;
  platform: string;
  platformName: string;
  name: string;
  /** Path below the app's origin. */
  webhookPath: string;
  topics: string[];
  setup: string[];
  /** Whether what the platform had before can be read, and compared with ours. */
  hasHistory: boolean;
  createdAt: string;
  waiting: number;
  lastReceivedAt: string | null;
  acceptedTotal: number;
  /** When the platform said that the app was removed there; from then on only privacy requests are acted on. */
  uninstalledAt: string | null;
  /** When the platform first greeted the address; null once something has arrived, and for platforms that do not greet. */
  greetedAt: string | null;
  /** What the last look at the platform's side found; null before the first, and where it cannot be asked. */
  health: IntegrationHealth | null;
  /** Whether the platform can be asked. */
  checkable: boolean;
}

export interface ModelRunView {
  id: string;
  model: string;
  source: string;
  asOf: string;
  parameters: Record<string, unknown>;
  evidence: Record<string, unknown>;
  notes: string[];
  error: string | null;
  cause: string;
  createdAt: string;
  serving: boolean;
}

/** One step of a run; `result` is what it has to say for itself. */
export interface RunStepView {
  name: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  startedAt: string | null;
  finishedAt: string | null;
  attempts: number;
  result: Record<string, unknown>;
  error: string | null;
}

export interface RunView {
  id: string;
  kind: 'night' | 'rebuild';
  /** The local day that a night opens. */
  day: string | null;
  cause: string;
  /** `stopped`: killed in its middle, and nobody works on it. */
  state: 'running' | 'done' | 'failed' | 'stopped';
  steps: RunStepView[];
  /** Share of the steps that are done. */
  progress: number;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
  canRestart: boolean;
}

/** What a person, or a platform for her, asked about her data. No name, no address. */
export interface PrivacyRequestView {
  id: string;
  kind: 'data_request' | 'erasure' | 'deletion' | 'shop_erasure' | 'uninstalled';
  source: string;
  /** Whose data are asked for, while they are there. */
  customerId: string | null;
  state: 'open' | 'done' | 'failed';
  requestedAt: string;
  dueAt: string | null;
  finishedAt: string | null;
  /** Rows removed or changed by table. */
  result: Record<string, number>;
  /** Why it could not be carried out, for people. */
  error: string | null;
}
