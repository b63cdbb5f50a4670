/** What people watch: history read from platforms, agreement with them, quality, alerts, runs and comparisons. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

/** One reading of a platform's history; goes on where it stopped. */
export const backfills = pgTable('backfills', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  integrationId: uuid('integration_id').notNull(),
  /** waiting | running | done | cancelled | failed */
  state: text('state').notNull(),
  /** First day asked for; null from the beginning. */
  fromDay: date('from_day', { mode: 'string' }),
  /** The connector's place in the platform's history, opaque to us; null at the start. */
  cursor: text('cursor'),
  recordsRead: integer('records_read').notNull().default(0),
  /** What the platform says there is; null when it does not. */
  recordsExpected: integer('records_expected'),
  inserted: integer('inserted').notNull().default(0),
  updated: integer('updated').notNull().default(0),
  rejected: integer('rejected').notNull().default(0),
  /** Not to be asked again before: the platform's rate limit, or a bulk operation at work. */
  waitUntil: instant('wait_until'),
  error: text('error'),
  leaseToken: uuid('lease_token'),
  leaseUntil: instant('lease_until'),
  createdAt: instant('created_at').notNull().defaultNow(),
  startedAt: instant('started_at'),
  finishedAt: instant('finished_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('backfills_recent').on(t.companyId, t.integrationId, t.createdAt.desc()),
  uniqueIndex('backfills_one').on(t.companyId, t.integrationId).where(sql`state in ('waiting', 'running')`), tenantOnly(t.companyId)]);

/** How one day of ours compares with the platform's, and why they differ. */
export const reconciliations = pgTable('reconciliations', {
  companyId: companyId(),
  integrationId: uuid('integration_id').notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  /** { orders, gross, refunds, refunded } in minor units of the company's currency. */
  theirs: jsonb('theirs').notNull(),
  ours: jsonb('ours').notNull(),
  /** [{ cause, records, amount, examples }] */
  drift: jsonb('drift').notNull(),
  checkedAt: instant('checked_at').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.integrationId, t.day] }), tenantOnly(t.companyId)]);

/** How a file's columns were read, kept under a name; offered when a file has the same header. */
export const importMappings = pgTable('import_mappings', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  /** Normalised header of the files it fits. */
  header: text('header').notNull(),
  mapping: jsonb('mapping').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  usedAt: instant('used_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('import_mappings_name').on(t.companyId, t.name), tenantOnly(t.companyId)]);

/** What came from one source on one local day of receipt, and what became of it. Received = all the others but `late` together. */
export const sourceDay = pgTable('source_day', {
  companyId: companyId(),
  source: text('source').notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  received: integer('received').notNull().default(0),
  /** Records that were new, newer than known, or known already. */
  inserted: integer('inserted').notNull().default(0),
  updated: integer('updated').notNull().default(0),
  repeated: integer('repeated').notNull().default(0),
  rejected: integer('rejected').notNull().default(0),
  ignored: integer('ignored').notNull().default(0),
  /** New sales received more than a day after they happened. */
  late: integer('late').notNull().default(0),
  /** Local hours in which anything came, bit 0 for the hour after midnight: the source's rhythm. */
  hours: integer('hours').notNull().default(0),
  lastReceivedAt: instant('last_received_at').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.source, t.day] }), tenantOnly(t.companyId)]);

/** How far a queue of records has been counted into source_day, so that work repeated after a crash counts once. */
export const receiptMarks = pgTable('receipt_marks', {
  companyId: companyId(),
  /** `inbox:<integration>`, `inbox:api`, `import:<id>` */
  queue: text('queue').notNull(),
  /** Rises along the queue. */
  ordinal: bigint('ordinal', { mode: 'number' }).notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.queue] }), tenantOnly(t.companyId)]);

/** Fields that payloads of a topic have been seen with, so that a new or missing one is noticed. */
export const payloadFields = pgTable('payload_fields', {
  companyId: companyId(),
  source: text('source').notNull(),
  topic: text('topic').notNull(),
  path: text('path').notNull(),
  /** string | number | boolean | object | array, and null, joined by | when several were seen. */
  kinds: text('kinds').notNull(),
  firstSeen: instant('first_seen').notNull(),
  lastSeen: instant('last_seen').notNull(),
  /** Samples that had it; the path '' counts all samples of the topic. */
  seen: integer('seen').notNull(),
  /** Samples since that had it not. */
  missed: integer('missed').notNull().default(0),
  /** The kinds before the last change of them, and when that was. */
  kindsBefore: text('kinds_before'),
  kindsChangedAt: instant('kinds_changed_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.source, t.topic, t.path] }), tenantOnly(t.companyId)]);

/** What the merchant wants to be told of; defaults live in code, a row here changes one. */
export const alertRules = pgTable('alert_rules', {
  companyId: companyId(),
  rule: text('rule').notNull(),
  enabled: boolean('enabled').notNull(),
  settings: jsonb('settings').notNull().default({}),
}, (t) => [primaryKey({ columns: [t.companyId, t.rule] }), tenantOnly(t.companyId)]);

export const alerts = pgTable('alerts', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  rule: text('rule').notNull(),
  /** What it is about: a source, an integration, a day. One open alert a rule and subject. */
  subject: text('subject').notNull(),
  /** info | warning | critical */
  severity: text('severity').notNull(),
  title: text('title').notNull(),
  detail: jsonb('detail').notNull(),
  raisedAt: instant('raised_at').notNull(),
  seenAt: instant('seen_at').notNull(),
  acknowledgedAt: instant('acknowledged_at'),
  resolvedAt: instant('resolved_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('alerts_open').on(t.companyId, t.rule, t.subject).where(sql`resolved_at is null`),
  index('alerts_recent').on(t.companyId, t.raisedAt.desc()), tenantOnly(t.companyId)]);

/** Work that runs in steps, so that a person can see how far it is and start it again where it stopped. */
export const jobRuns = pgTable('job_runs', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** night | rebuild */
  kind: text('kind').notNull(),
  /** The local day that a night opens. */
  day: date('day', { mode: 'string' }),
  cause: text('cause').notNull(),
  /** running | done | failed */
  state: text('state').notNull(),
  /** [{ name, state, startedAt, finishedAt, attempts, result, error }] */
  steps: jsonb('steps').notNull().default([]),
  error: text('error'),
  startedAt: instant('started_at').notNull(),
  finishedAt: instant('finished_at'),
  /** Last sign of life. */
  touchedAt: instant('touched_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('job_runs_recent').on(t.companyId, t.startedAt.desc()), tenantOnly(t.companyId)]);

/** A tenant's monthly figures as the comparison with others reads them. */
export const monthFigures = pgTable('month_figures', {
  companyId: companyId(),
  month: date('month', { mode: 'string' }).notNull(),
  figure: text('figure').notNull(),
  value: doublePrecision('value').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.month, t.figure] }), tenantOnly(t.companyId)]);
