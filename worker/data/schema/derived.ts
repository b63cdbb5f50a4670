/** What is derived from the raw rows, and how it was verified. */
import { sql } from 'drizzle-orm';
import { bigint, date, doublePrecision, index, integer, jsonb, pgTable, primaryKey, real, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, money, tenantOnly } from './parts.ts';

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
  /** Who said the predicted value: `learned` (from features) or `probabilistic` (orders times spend an order); null without a purchase. */
  predictedBy: text('predicted_by'),
  totalValue: money('total_value').notNull().default(0),
  nextOrderDay: date('next_order_day', { mode: 'string' }),
  recencyScore: smallint('recency_score').notNull().default(0),
  frequencyScore: smallint('frequency_score').notNull().default(0),
  monetaryScore: smallint('monetary_score').notNull().default(0),
  stage: text('stage'),
  /** Calibrated probability of no order within the company's horizon; null without a purchase. */
  churn: real('churn'),
  /** Who said so: `learned` (the churn model, at night) or `rhythm` (the model of repeat buying). */
  churnBy: text('churn_by'),
  /** The version these scores belong to; less than `version` while a score is on its way. */
  scoredVersion: bigint('scored_version', { mode: 'number' }).notNull().default(-1),
  scoredFor: date('scored_for', { mode: 'string' }),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.customerId] }),
  index('customer_stats_seq').on(t.companyId, t.seq),
  // Holds all that the dashboard's values by cohort read, so that they are read without the table.
  index('customer_stats_cohort').on(t.companyId, t.firstDay, t.historicalValue, t.predictedValue),
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

/** Models learned from features, each with its evidence; the model itself lies in object storage. */
export const learnedModels = pgTable('learned_models', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** churn | spend */
  kind: text('kind').notNull(),
  /** logistic | forest | boosted | ridge, or what served instead (rhythm, probabilistic); `none` when nothing could be fitted. */
  model: text('model').notNull(),
  modelVersion: integer('model_version').notNull(),
  asOf: date('as_of', { mode: 'string' }).notNull(),
  horizonDays: integer('horizon_days').notNull(),
  /** Object key, beginning with the company; null when there is no file to serve from. */
  fileKey: text('file_key'),
  evidence: jsonb('evidence').notNull(),
  notes: jsonb('notes').notNull().default([]),
  error: text('error'),
  cause: text('cause').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('learned_models_recent').on(t.companyId, t.kind, t.createdAt.desc()), tenantOnly(t.companyId)]);

/** Two versions of the model side by side: customers are parted by a hash of their id, and judged when the horizon has passed. */
export const modelTests = pgTable('model_tests', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** Both versions as they were when it began: everything scoring needs. */
  a: jsonb('a').notNull(),
  b: jsonb('b').notNull(),
  /** Share of customers whom B serves. */
  share: real('share').notNull(),
  startedFor: date('started_for', { mode: 'string' }).notNull(),
  endsFor: date('ends_for', { mode: 'string' }).notNull(),
  /** running | done | stopped */
  state: text('state').notNull(),
  result: jsonb('result'),
  createdAt: instant('created_at').notNull().defaultNow(),
  endedAt: instant('ended_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('model_tests_running').on(t.companyId).where(sql`state = 'running'`), tenantOnly(t.companyId)]);

/** Parameters of a company's own fits, for the prior that small shops begin with; nothing else of the company. */
export const sharedParameters = pgTable('shared_parameters', {
  companyId: companyId(),
  /** mbg-nbd | bg-nbd | pareto-nbd | gamma-gamma */
  model: text('model').notNull(),
  /** By symbol, time in weeks; prices taken out. */
  params: jsonb('params').notNull(),
  asOf: date('as_of', { mode: 'string' }).notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.model] }), tenantOnly(t.companyId)]);

export const verifications = pgTable('verifications', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  checkedAt: instant('checked_at').notNull().defaultNow(),
  differences: jsonb('differences').notNull(),
  seconds: doublePrecision('seconds').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), tenantOnly(t.companyId)]);
