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

/** Per segment and tenant-local day; until segments are built, stages and RFM groups are the segments. */
export const segmentMetrics = pgTable('segment_metrics', {
  companyId: companyId(),
  /** `stage:active`, `rfm:champions`, later a segment's id. */
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
