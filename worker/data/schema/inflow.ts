/** The doors in: integrations, files, and what could not be taken. */
import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

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
  /** The platform said that our app was removed there: nothing but privacy requests is expected any more. */
  uninstalledAt: instant('uninstalled_at'),
  /** What the last look at the platform's side found: `integrationHealth`. */
  health: jsonb('health'),
  /** How the last comparison with the platform went: { state, startedAt, finishedAt, error }. */
  reconciliation: jsonb('reconciliation'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('integrations_id').on(t.id), tenantOnly(t.companyId)]);

export const deadLetters = pgTable('dead_letters', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** webhook | api | import | history */
  door: text('door').notNull(),
  source: text('source').notNull(),
  deliveryId: text('delivery_id').notNull(),
  topic: text('topic').notNull(),
  payload: text('payload').notNull(),
  /** As a person mended it; null while it stands as it came. */
  editedPayload: text('edited_payload'),
  headers: jsonb('headers').notNull().default({}),
  error: text('error').notNull(),
  /** [{ at, error }] of each failure, [{ at, event, detail, by }] of what people did. */
  history: jsonb('history').notNull().default([]),
  receivedAt: instant('received_at').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  resolvedAt: instant('resolved_at'),
  /** replayed | discarded | erased */
  resolution: text('resolution'),
  /** What a replay made of it: [{ kind, source, externalId, label }]. */
  became: jsonb('became').notNull().default([]),
  /** Who replays it, until when: a second press does nothing. */
  claimToken: uuid('claim_token'),
  claimedUntil: instant('claimed_until'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('dead_letters_delivery').on(t.companyId, t.door, t.source, t.deliveryId), index('dead_letters_open').on(t.companyId, t.createdAt.desc()).where(sql`resolved_at is null`),
  tenantOnly(t.companyId)]);

export const imports = pgTable('imports', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  fileKey: text('file_key').notNull(),
  /** uploading | waiting | running | done | cancelled | failed | undoing | undone */
  state: text('state').notNull(),
  mapping: jsonb('mapping').notNull(),
  /** The file as it is stored, and how much of it was read: what people see of the progress. */
  bytesTotal: bigint('bytes_total', { mode: 'number' }),
  fileRead: bigint('file_read', { mode: 'number' }).notNull().default(0),
  /** Where in the unpacked content the next unread line starts (bytes; rows of a spreadsheet). */
  bytesRead: bigint('bytes_read', { mode: 'number' }).notNull().default(0),
  /** Where in the content to stop, when only a part was read by the import that this one completes; null: at its end. */
  readTo: bigint('read_to', { mode: 'number' }),
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
  /** Sales taken out again when the import was undone. */
  undone: integer('undone').notNull().default(0),
  /** The uploaded file was deleted: nothing can be read from it any more. */
  fileRemovedAt: instant('file_removed_at'),
  /** Who works on it, until when: a second bell for the same import does nothing. */
  leaseToken: uuid('lease_token'),
  leaseUntil: instant('lease_until'),
  createdBy: uuid('created_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
  startedAt: instant('started_at'),
  finishedAt: instant('finished_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('imports_recent').on(t.companyId, t.createdAt.desc()),
  // Two who ask for the same lines start one import.
  uniqueIndex('imports_anyway').on(t.companyId, t.anywayOf).where(sql`anyway_of is not null and state not in ('cancelled', 'failed', 'undoing', 'undone')`),
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

export const importSkipped = pgTable('import_skipped', {
  companyId: companyId(),
  importId: uuid('import_id').notNull(),
  line: integer('line').notNull(),
  raw: text('raw').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.importId, t.line] }), tenantOnly(t.companyId)]);
