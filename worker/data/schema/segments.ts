/** Segments, who is in them, how they came in and went, and how far that was worked off. */
import { sql } from 'drizzle-orm';
import { bigint, date, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

export const segments = pgTable('segments', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  description: text('description').notNull().default(''),
  /** Null: in none. */
  folder: text('folder'),
  tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
  /** rule | cluster */
  kind: text('kind').notNull(),
  /** By kind: core/segments/definition.ts. */
  definition: jsonb('definition').notNull(),
  /** What a change must be of to matter here: `orders`, `profile`, `scores`, `event:<type>`, … */
  reads: text('reads').array().notNull().default(sql`'{}'::text[]`),
  /** live | paused | archived */
  status: text('status').notNull(),
  /** made | template:<id> | discovery | list */
  origin: text('origin').notNull().default('made'),
  /** Rises with each change of the definition. */
  version: integer('version').notNull().default(1),
  /** The version that the members were all found by; less than `version` while that is still to be done. */
  evaluatedVersion: integer('evaluated_version').notNull().default(0),
  evaluatedAt: instant('evaluated_at'),
  /** Rows of segment_members. */
  members: integer('members').notNull().default(0),
  createdAt: instant('created_at').notNull().defaultNow(),
  createdBy: text('created_by'),
  updatedAt: instant('updated_at').notNull().defaultNow(),
  updatedBy: text('updated_by'),
  /** When the definition changed last; null where it was kept before that was noted. */
  definedAt: instant('defined_at'),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.id] }),
  uniqueIndex('segments_name').on(t.companyId, sql`lower(${t.name})`).where(sql`status <> 'archived'`),
  tenantOnly(t.companyId),
]);

export const segmentMembers = pgTable('segment_members', {
  companyId: companyId(),
  segmentId: uuid('segment_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  since: instant('since').notNull(),
  /** A distance or a probability, where the segment has one. */
  score: doublePrecision('score'),
}, (t) => [primaryKey({ columns: [t.companyId, t.segmentId, t.customerId] }), index('segment_members_customer').on(t.companyId, t.customerId), tenantOnly(t.companyId)]);

/** Who stands on a list that somebody brought: an address or id that leads to nobody is not kept. */
export const listEntries = pgTable('list_entries', {
  companyId: companyId(),
  /** Of the segment that it was brought for. */
  listId: uuid('list_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  /** Null of entries that were kept before that was noted. */
  addedAt: instant('added_at'),
  addedBy: text('added_by'),
}, (t) => [primaryKey({ columns: [t.companyId, t.listId, t.customerId] }), index('list_entries_customer').on(t.companyId, t.customerId), tenantOnly(t.companyId)]);

/** Every coming and going, in the order of the tenant's sequence: whoever remembers a position reads on from there. */
export const segmentChanges = pgTable('segment_changes', {
  companyId: companyId(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  segmentId: uuid('segment_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  /** entered | left */
  change: text('change').notNull(),
  /** The instant that made it true. */
  at: instant('at').notNull(),
  recordedAt: instant('recorded_at').notNull(),
  /** { kind: order | event | profile | time | score | night | edit | segment | merge, what } */
  cause: jsonb('cause').notNull(),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.seq, t.segmentId, t.customerId] }),
  index('segment_changes_segment').on(t.companyId, t.segmentId, t.at, t.customerId),
  index('segment_changes_customer').on(t.companyId, t.customerId, t.at),
  tenantOnly(t.companyId),
]);

/** What happened to customers since their memberships were looked at: written with the deed, so that no crash loses it. */
export const segmentTouches = pgTable('segment_touches', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  /** order | profile | event:<type> | new | merge | closing */
  kind: text('kind').notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  /** When it happened, and its name. */
  at: instant('at').notNull(),
  what: text('what'),
}, (t) => [primaryKey({ columns: [t.companyId, t.customerId, t.kind] }), index('segment_touches_seq').on(t.companyId, t.seq), tenantOnly(t.companyId)]);

/** How far memberships were worked off: along the tenant's sequence, and along time. */
export const segmentTicks = pgTable('segment_ticks', {
  companyId: uuid('company_id').primaryKey(),
  /** Everything up to it is in the memberships. */
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  /** Rises with each writing of memberships or segments: what was found under another one is not written. */
  version: bigint('version', { mode: 'number' }).notNull().default(0),
  /** Every boundary up to this instant was worked off. */
  tickedTo: instant('ticked_to').notNull(),
  /** The next boundary that anybody crosses; null for none. */
  nextDue: instant('next_due'),
}, (t) => [tenantOnly(t.companyId)]);

/** Quantiles of a number over all customers with orders, as the night froze them. */
export const percentileCuts = pgTable('percentile_cuts', {
  companyId: companyId(),
  measure: text('measure').notNull(),
  cutOn: date('cut_on', { mode: 'string' }).notNull(),
  /** Values at 0, 0.5, 1, … 100 percent; empty when nobody has the number. */
  points: jsonb('points').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.measure, t.cutOn] }), tenantOnly(t.companyId)]);
