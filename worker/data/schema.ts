/**
 * Every table, as drizzle-kit reads it to generate migrations. Row-level security is forced in a custom migration.
 * Long because the tables refer to one another and are read side by side.
 */
import { sql } from 'drizzle-orm';
import {
  bigint, boolean, char, date, doublePrecision, index, integer, jsonb, pgPolicy, pgRole, pgTable, primaryKey,
  real, smallint, text, timestamp, uniqueIndex, uuid,
} from 'drizzle-orm/pg-core';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

export const appUser = pgRole('app_user').existing();

/** `nullif`: a pooled connection keeps an empty setting after its first transaction. */
const tenantOnly = (column: AnyPgColumn) => {
  const rule = sql`${column} = (select nullif(current_setting('app.company_id', true), '')::uuid)`;
  return pgPolicy('tenant', { as: 'permissive', for: 'all', to: appUser, using: rule, withCheck: rule });
};

const companyId = () => uuid('company_id').notNull();
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });
const money = (name: string) => bigint(name, { mode: 'number' });

export const companies = pgTable('companies', {
  id: uuid('id').primaryKey(),
  slug: text('slug').notNull(),
  name: text('name').notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  timeZone: text('time_zone').notNull(),
  /** Null: live. Otherwise everything is "as of" the end of this day. */
  analysisDate: date('analysis_date', { mode: 'string' }),
  horizonDays: integer('horizon_days').notNull().default(365),
  /** Annual, as a fraction. */
  discountRate: real('discount_rate').notNull().default(0.1),
  /** net_sales | with_shipping | total_paid */
  revenueBasis: text('revenue_basis').notNull().default('net_sales'),
  countZeroOrders: boolean('count_zero_orders').notNull().default(false),
  settings: jsonb('settings').notNull().default({}),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [uniqueIndex('companies_slug').on(t.slug), tenantOnly(t.id)]);

/** One row a tenant: the sequence that orders every change, and how far the nights have come. */
export const tenantClock = pgTable('tenant_clock', {
  companyId: uuid('company_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  epoch: integer('epoch').notNull().default(0),
  /** Last local day whose midnight work is done. */
  nightDoneFor: date('night_done_for', { mode: 'string' }),
  /** Frozen cut points (core/rfm) and the day they were cut. */
  rfmCuts: jsonb('rfm_cuts'),
  /** model_runs.id that serves. */
  servingModel: uuid('serving_model'),
}, (t) => [tenantOnly(t.companyId)]);

export const users = pgTable('users', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  email: text('email').notNull(),
  name: text('name'),
  role: text('role').notNull(),
  /** scrypt$N$r$p$salt$hash */
  passwordHash: text('password_hash').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('users_email').on(sql`lower(${t.email})`), tenantOnly(t.companyId)]);

export const sessions = pgTable('sessions', {
  companyId: companyId(),
  /** SHA-256 of the cookie or refresh token, hex. */
  tokenHash: text('token_hash').notNull(),
  id: uuid('id').notNull(),
  userId: uuid('user_id').notNull(),
  /** cookie | refresh */
  kind: text('kind').notNull(),
  userAgent: text('user_agent'),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  endedAt: instant('ended_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('sessions_token').on(t.tokenHash), index('sessions_user').on(t.companyId, t.userId), tenantOnly(t.companyId)]);

export const apiKeys = pgTable('api_keys', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  prefix: text('prefix').notNull(),
  /** SHA-256, hex. */
  keyHash: text('key_hash').notNull(),
  role: text('role').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('api_keys_hash').on(t.keyHash), tenantOnly(t.companyId)]);

export const customers = pgTable('customers', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  email: text('email'),
  name: text('name'),
  country: text('country'),
  acquisitionChannel: text('acquisition_channel'),
  acquisitionCost: money('acquisition_cost'),
  acquiredOn: date('acquired_on', { mode: 'string' }),
  consentEmail: text('consent_email').notNull().default('unknown'),
  attributes: jsonb('attributes').notNull().default({}),
  /** Version of the profile, newest wins. */
  versionAt: instant('version_at'),
  mergedInto: uuid('merged_into'),
  /** Search keys, collated "C": `lower()` is not leakproof, so an index over it is not used under row security. */
  nameKey: text('name_key').generatedAlwaysAs(sql`lower(name)`),
  surnameKey: text('surname_key').generatedAlwaysAs(sql`lower(regexp_replace(name, '^.*\\s', ''))`),
  emailKey: text('email_key').generatedAlwaysAs(sql`lower(email)`),
  externalKey: text('external_key').generatedAlwaysAs(sql`lower(external_id)`),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.id] }),
  index('customers_name').on(t.companyId, t.nameKey),
  index('customers_surname').on(t.companyId, t.surnameKey),
  index('customers_email').on(t.companyId, t.emailKey),
  index('customers_external').on(t.companyId, t.externalKey),
  tenantOnly(t.companyId),
]);

/** How people are recognised: (source, its id) and ('email', HMAC). */
export const customerIdentities = pgTable('customer_identities', {
  companyId: companyId(),
  kind: text('kind').notNull(),
  value: text('value').notNull(),
  customerId: uuid('customer_id').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.kind, t.value] }), index('customer_identities_customer').on(t.companyId, t.customerId), tenantOnly(t.companyId)]);

/**
 * Canonical sales and refunds; a hypertable on transaction_date where Timescale is available.
 * The nil UUID as customer_id means "nobody we can name" (order) or "its order has not come" (refund).
 */
export const transactions = pgTable('transactions', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  transactionDate: instant('transaction_date').notNull(),
  customerId: uuid('customer_id').notNull(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  /** order | refund */
  kind: text('kind').notNull(),
  type: text('type').notNull(),
  /** A refund's order at the same source. */
  orderExternalId: text('order_external_id'),
  label: text('label'),
  status: text('status').notNull(),
  /** What the source's state says. */
  sourceCounts: boolean('source_counts').notNull(),
  /** source_counts, in a currency we can convert, and (refund) its order counts. */
  counted: boolean('counted').notNull(),
  channel: text('channel'),
  currency: char('currency', { length: 3 }).notNull(),
  /** Minor units of `currency`, as stated: given, or its parts. */
  given: money('given'),
  goods: money('goods').notNull(),
  discount: money('discount').notNull(),
  tax: money('tax').notNull(),
  shipping: money('shipping').notNull(),
  tip: money('tip').notNull(),
  /** In the tenant's currency under the company's revenue basis; ≥ 0, also on refunds. */
  amount: money('amount').notNull(),
  /** On an order: the sum of its counted refunds. */
  refunded: money('refunded').notNull().default(0),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.id, t.transactionDate] }),
  index('transactions_customer').on(t.companyId, t.customerId, t.transactionDate.desc()),
  tenantOnly(t.companyId),
]);

/** Which version of a record stands, and where its row is: a hypertable cannot hold this constraint. */
export const transactionKeys = pgTable('transaction_keys', {
  companyId: companyId(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  transactionId: uuid('transaction_id').notNull(),
  transactionDate: instant('transaction_date').notNull(),
  versionAt: instant('version_at').notNull(),
  versionRank: smallint('version_rank').notNull(),
  orderExternalId: text('order_external_id'),
  /** The import that first brought it; null when it came another way. */
  importId: uuid('import_id'),
  /** A refund whose order has not come: kept, uncounted, reported. */
  parked: boolean('parked').notNull().default(false),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.source, t.externalId] }),
  index('transaction_keys_order').on(t.companyId, t.source, t.orderExternalId).where(sql`order_external_id is not null`),
  index('transaction_keys_parked').on(t.companyId).where(sql`parked`),
  tenantOnly(t.companyId),
]);

export const transactionItems = pgTable('transaction_items', {
  companyId: companyId(),
  transactionId: uuid('transaction_id').notNull(),
  line: integer('line').notNull(),
  productId: text('product_id'),
  sku: text('sku'),
  name: text('name').notNull(),
  category: text('category'),
  quantity: integer('quantity').notNull(),
  /** Minor units of the transaction's currency, after discounts. */
  amount: money('amount').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.transactionId, t.line] }), tenantOnly(t.companyId)]);

/** What one customer did on one tenant-local day; the nil UUID gathers the unattributed. */
export const customerDay = pgTable('customer_day', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  /** Counted orders of the day, and those with something left after refunds (or zero by the company's choice). */
  orders: integer('orders').notNull(),
  purchases: integer('purchases').notNull(),
  gross: money('gross').notNull(),
  /** Counted refunds dated on this day. */
  refunded: money('refunded').notNull(),
  /** Orders of this day minus all their refunds, whenever those came. */
  orderNet: money('order_net').notNull(),
  uncounted: integer('uncounted').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.customerId, t.day] }), tenantOnly(t.companyId)]);

/** One row a customer: sufficient statistics as of the analysis date, and the scores that everything reads. */
export const customerStats = pgTable('customer_stats', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  orders: integer('orders').notNull().default(0),
  purchaseDays: integer('purchase_days').notNull().default(0),
  firstDay: date('first_day', { mode: 'string' }),
  lastDay: date('last_day', { mode: 'string' }),
  /** The purchase day before the last. */
  previousDay: date('previous_day', { mode: 'string' }),
  gross: money('gross').notNull().default(0),
  refunded: money('refunded').notNull().default(0),
  /** Net of refunds, so far. */
  historicalValue: money('historical_value').notNull().default(0),
  /** Net of the purchase days after the first: what the spend model reads. */
  repeatSpend: money('repeat_spend').notNull().default(0),
  /** Rises with every change of the statistics; scores are written only against the version they were made from. */
  version: bigint('version', { mode: 'number' }).notNull().default(0),
  /** Tenant sequence of the last change to anything in this row. */
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  pAlive: real('p_alive'),
  expectedOrders: real('expected_orders'),
  /** Per order, minor units. */
  expectedSpend: money('expected_spend'),
  predictedValue: money('predicted_value').notNull().default(0),
  predictedLow: money('predicted_low').notNull().default(0),
  predictedHigh: money('predicted_high').notNull().default(0),
  totalValue: money('total_value').notNull().default(0),
  nextOrderDay: date('next_order_day', { mode: 'string' }),
  recencyScore: smallint('recency_score').notNull().default(0),
  frequencyScore: smallint('frequency_score').notNull().default(0),
  monetaryScore: smallint('monetary_score').notNull().default(0),
  stage: text('stage'),
  /** The version these scores belong to; less than `version` while a score is on its way. */
  scoredVersion: bigint('scored_version', { mode: 'number' }).notNull().default(-1),
  scoredFor: date('scored_for', { mode: 'string' }),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.customerId] }),
  index('customer_stats_seq').on(t.companyId, t.seq),
  index('customer_stats_total').on(t.companyId, t.totalValue.desc(), t.customerId),
  index('customer_stats_historical').on(t.companyId, t.historicalValue.desc(), t.customerId),
  index('customer_stats_predicted').on(t.companyId, t.predictedValue.desc(), t.customerId),
  index('customer_stats_last').on(t.companyId, t.lastDay.desc(), t.customerId),
  index('customer_stats_orders').on(t.companyId, t.orders.desc(), t.customerId),
  index('customer_stats_stage').on(t.companyId, t.stage, t.totalValue.desc()),
  index('customer_stats_unscored').on(t.companyId).where(sql`scored_version <> version`),
  tenantOnly(t.companyId),
]);

export const dailyRollup = pgTable('daily_rollup', {
  companyId: companyId(),
  day: date('day', { mode: 'string' }).notNull(),
  orders: integer('orders').notNull(),
  gross: money('gross').notNull(),
  refunded: money('refunded').notNull(),
  buyers: integer('buyers').notNull(),
  newCustomers: integer('new_customers').notNull(),
  unattributed: integer('unattributed').notNull(),
  uncounted: integer('uncounted').notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
}, (t) => [primaryKey({ columns: [t.companyId, t.day] }), index('daily_rollup_seq').on(t.companyId, t.seq), tenantOnly(t.companyId)]);

/** Months are their first day. */
export const customerMonth = pgTable('customer_month', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  month: date('month', { mode: 'string' }).notNull(),
  orders: integer('orders').notNull(),
  purchases: integer('purchases').notNull(),
  gross: money('gross').notNull(),
  orderNet: money('order_net').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.customerId, t.month] }), tenantOnly(t.companyId)]);

export const cohortMonth = pgTable('cohort_month', {
  companyId: companyId(),
  cohort: date('cohort', { mode: 'string' }).notNull(),
  month: date('month', { mode: 'string' }).notNull(),
  /** Customers of the cohort who bought in the month. */
  customers: integer('customers').notNull(),
  orders: integer('orders').notNull(),
  gross: money('gross').notNull(),
  orderNet: money('order_net').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.cohort, t.month] }), tenantOnly(t.companyId)]);

/** A customer's value as it was calculated, kept so that a change can be explained later. */
export const clvCalculations = pgTable('clv_calculations', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  calculatedFor: date('calculated_for', { mode: 'string' }).notNull(),
  modelRunId: uuid('model_run_id'),
  historicalValue: money('historical_value').notNull(),
  predictedValue: money('predicted_value').notNull(),
  predictedLow: money('predicted_low').notNull(),
  predictedHigh: money('predicted_high').notNull(),
  totalClv: money('total_clv').notNull(),
  pAlive: real('p_alive'),
}, (t) => [primaryKey({ columns: [t.companyId, t.customerId, t.calculatedFor] }), tenantOnly(t.companyId)]);

export const modelRuns = pgTable('model_runs', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  model: text('model').notNull(),
  modelVersion: integer('model_version').notNull(),
  /** fitted | nbd-limit | prior | failed */
  source: text('source').notNull(),
  asOf: date('as_of', { mode: 'string' }).notNull(),
  /** Everything scoring needs, versioned. */
  parameters: jsonb('parameters').notNull(),
  evidence: jsonb('evidence').notNull(),
  notes: jsonb('notes').notNull().default([]),
  error: text('error'),
  cause: text('cause').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('model_runs_recent').on(t.companyId, t.createdAt.desc()), tenantOnly(t.companyId)]);

export const integrations = pgTable('integrations', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  platform: text('platform').notNull(),
  name: text('name').notNull(),
  /** AES-256-GCM, base64; the key is named so that keys can rotate. */
  credentials: text('credentials').notNull(),
  credentialKeyId: text('credential_key_id').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  disabledAt: instant('disabled_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('integrations_id').on(t.id), tenantOnly(t.companyId)]);

export const deadLetters = pgTable('dead_letters', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** webhook | api | import */
  door: text('door').notNull(),
  source: text('source').notNull(),
  deliveryId: text('delivery_id').notNull(),
  topic: text('topic').notNull(),
  payload: text('payload').notNull(),
  headers: jsonb('headers').notNull().default({}),
  error: text('error').notNull(),
  /** [{ at, error, attempt }] */
  history: jsonb('history').notNull().default([]),
  receivedAt: instant('received_at').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  resolvedAt: instant('resolved_at'),
  resolution: text('resolution'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('dead_letters_delivery').on(t.companyId, t.door, t.source, t.deliveryId), index('dead_letters_open').on(t.companyId, t.createdAt.desc()).where(sql`resolved_at is null`), tenantOnly(t.companyId)]);

export const imports = pgTable('imports', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  fileKey: text('file_key').notNull(),
  /** uploading | waiting | running | done | cancelled | failed */
  state: text('state').notNull(),
  mapping: jsonb('mapping').notNull(),
  bytesTotal: bigint('bytes_total', { mode: 'number' }),
  /** Where the next unread line starts. */
  bytesRead: bigint('bytes_read', { mode: 'number' }).notNull().default(0),
  /** Zone of the file's times without one, as it stood when reading began: a row's name depends on it. */
  timeZone: text('time_zone'),
  /** The import whose skipped lines this one brings, from the same file; null for a file of its own. */
  anywayOf: uuid('anyway_of'),
  linesRead: integer('lines_read').notNull().default(0),
  inserted: integer('inserted').notNull().default(0),
  unchanged: integer('unchanged').notNull().default(0),
  /** Of the unchanged ones, lines without an id of their own. */
  skipped: integer('skipped').notNull().default(0),
  rejected: integer('rejected').notNull().default(0),
  error: text('error'),
  /** Who works on it, until when: a second bell for the same import does nothing. */
  leaseToken: uuid('lease_token'),
  leaseUntil: instant('lease_until'),
  createdBy: uuid('created_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
  startedAt: instant('started_at'),
  finishedAt: instant('finished_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('imports_recent').on(t.companyId, t.createdAt.desc()),
  // Two who ask for the same lines start one import.
  uniqueIndex('imports_anyway').on(t.companyId, t.anywayOf).where(sql`anyway_of is not null and state not in ('cancelled', 'failed')`),
  tenantOnly(t.companyId),
]);

export const importRejections = pgTable('import_rejections', {
  companyId: companyId(),
  importId: uuid('import_id').notNull(),
  line: integer('line').notNull(),
  code: text('code').notNull(),
  reason: text('reason').notNull(),
  column: text('column_name'),
  raw: text('raw').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.importId, t.line] }), tenantOnly(t.companyId)]);

/** The first lines of an import that were skipped because an earlier file had brought them. */
export const importSkipped = pgTable('import_skipped', {
  companyId: companyId(),
  importId: uuid('import_id').notNull(),
  line: integer('line').notNull(),
  raw: text('raw').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.importId, t.line] }), tenantOnly(t.companyId)]);

/** What the nightly recount found; an empty list is a clean night. */
export const verifications = pgTable('verifications', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  checkedAt: instant('checked_at').notNull().defaultNow(),
  differences: jsonb('differences').notNull(),
  seconds: doublePrecision('seconds').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), tenantOnly(t.companyId)]);
