/** Who did what. Both tables are append-only for our role: a custom migration takes UPDATE, DELETE and TRUNCATE away. */
import { bigint, index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

export const auditLog = pgTable('audit_log', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  at: instant('at').notNull(),
  /** user | api_key | operator | visitor */
  actorKind: text('actor_kind').notNull(),
  actorId: text('actor_id'),
  /** As they were called then: an e-mail address, the name of a key. */
  actorName: text('actor_name'),
  sessionId: text('session_id'),
  /** One of core/audit/actions.ts. */
  action: text('action').notNull(),
  targetKind: text('target_kind'),
  targetId: text('target_id'),
  targetName: text('target_name'),
  detail: jsonb('detail').notNull().default({}),
  address: text('address'),
  userAgent: text('user_agent'),
  requestId: text('request_id'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('audit_log_recent').on(t.companyId, t.at, t.id), tenantOnly(t.companyId)]);

/** The chain over the log: each link names an entry and holds the hash of that entry together with the link before. */
export const auditSeals = pgTable('audit_seals', {
  companyId: companyId(),
  /** 1, 2, 3, … */
  position: bigint('position', { mode: 'number' }).notNull(),
  entryId: uuid('entry_id').notNull(),
  entryAt: instant('entry_at').notNull(),
  /** SHA-256, hex. */
  hash: text('hash').notNull(),
  sealedAt: instant('sealed_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.position] }), uniqueIndex('audit_seals_entry').on(t.companyId, t.entryId), tenantOnly(t.companyId)]);
