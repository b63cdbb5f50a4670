/** What customers do besides buying, and the daily figures made of it. */
import { sql } from 'drizzle-orm';
import { bigint, date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, money, tenantOnly } from './parts.ts';

/** Behaviour events; a hypertable on occurred_at where Timescale is available. The nil UUID is nobody we can name (yet). */
export const events = pgTable('events', {
  companyId: companyId(),
  occurredAt: instant('occurred_at').notNull(),
  /** Derived from source and external id, so that a repeat is the same row. */
  id: uuid('id').notNull(),
  type: text('type').notNull(),
  customerId: uuid('customer_id').notNull(),
  anonymousId: text('anonymous_id'),
  sessionId: text('session_id'),
  source: text('source').notNull(),
  properties: jsonb('properties').notNull(),
  receivedAt: instant('received_at').notNull(),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.id, t.occurredAt] }),
  index('events_type').on(t.companyId, t.type, t.occurredAt.desc()),
  index('events_customer').on(t.companyId, t.customerId, t.occurredAt.desc()),
  index('events_anonymous').on(t.companyId, t.anonymousId, t.occurredAt.desc()).where(sql`anonymous_id is not null`),
  // The day that is recounted, and the last events that came.
  index('events_time').on(t.companyId, t.occurredAt.desc(), t.id),
  index('events_session').on(t.companyId, t.sessionId, t.occurredAt).where(sql`session_id is not null`),
  tenantOnly(t.companyId),
]);

/** A site or app that may send events with a key that everyone can read. */
export const eventSources = pgTable('event_sources', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  writeKey: text('write_key').notNull(),
  /** Exact origins; an empty list lets servers in and no browser. */
  allowedOrigins: jsonb('allowed_origins').notNull().default([]),
  createdAt: instant('created_at').notNull().defaultNow(),
  disabledAt: instant('disabled_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('event_sources_key').on(t.writeKey), tenantOnly(t.companyId)]);

/**
 * Tenant-local days whose figures are behind: touched since they were last counted. A day that only sold something is
 * found by `daily_rollup.seq` instead, and need not stand here.
 */
export const metricDays = pgTable('metric_days', {
  companyId: companyId(),
  day: date('day', { mode: 'string' }).notNull(),
  /** Tenant sequence of the last event that came, left or was given a customer on this day. */
  touchedSeq: bigint('touched_seq', { mode: 'number' }).notNull().default(0),
  /** Everything up to this sequence is in the event figures of the day, and in its segment figures. */
  countedSeq: bigint('counted_seq', { mode: 'number' }).notNull().default(0),
  segmentsSeq: bigint('segments_seq', { mode: 'number' }).notNull().default(0),
  segmentsAt: instant('segments_at'),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.day] }),
  index('metric_days_behind').on(t.companyId, t.day).where(sql`touched_seq > counted_seq`),
  tenantOnly(t.companyId),
]);

/** Who was in which segment from which day until before which: one open row for each customer and dimension. */
export const segmentStays = pgTable('segment_stays', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  /** `stage` or `rfm`: a customer is in one segment of each. */
  dimension: text('dimension').notNull(),
  fromDay: date('from_day', { mode: 'string' }).notNull(),
  segment: text('segment').notNull(),
  /** The first day she was no longer in it; null while she is. */
  untilDay: date('until_day', { mode: 'string' }),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.customerId, t.dimension, t.fromDay] }),
  index('segment_stays_segment').on(t.companyId, t.segment, t.fromDay),
  tenantOnly(t.companyId),
]);

/** Per event type and tenant-local day. */
export const eventMetrics = pgTable('event_metrics', {
  companyId: companyId(),
  type: text('type').notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  events: integer('events').notNull(),
  customers: integer('customers').notNull(),
  sessions: integer('sessions').notNull(),
  /** Minor units of the company's currency, from the property `value`. */
  value: money('value').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.type, t.day] }), tenantOnly(t.companyId)]);

/** Per segment and tenant-local day: stages, RFM groups and segments that people made. */
export const segmentMetrics = pgTable('segment_metrics', {
  companyId: companyId(),
  /** `stage:active`, `rfm:champions`, or a segment's id. */
  segment: text('segment').notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  customers: integer('customers').notNull(),
  entered: integer('entered').notNull(),
  left: integer('left_count').notNull(),
  /** Customers of the segment who bought that day, their orders and money. */
  buyers: integer('buyers').notNull(),
  orders: integer('orders').notNull(),
  revenue: money('revenue').notNull(),
  events: bigint('events', { mode: 'number' }).notNull(),
  historicalValue: money('historical_value').notNull(),
  predictedValue: money('predicted_value').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.segment, t.day] }), index('segment_metrics_day').on(t.companyId, t.day), tenantOnly(t.companyId)]);
