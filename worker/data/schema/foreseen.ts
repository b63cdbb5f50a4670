/** What a night foresaw: kept because it is dear to work out, and good until the next day. */
import { bigint, date, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

export const forecasts = pgTable('forecasts', {
  companyId: companyId(),
  /** revenue | orders */
  measure: text('measure').notNull(),
  /** day | week | month */
  period: text('period').notNull(),
  /** Last day that it saw. */
  asOf: date('as_of', { mode: 'string' }).notNull(),
  /** How sales counted then: of another epoch it is worth nothing. */
  epoch: bigint('epoch', { mode: 'number' }).notNull(),
  content: jsonb('content').notNull(),
  madeAt: instant('made_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.measure, t.period] }), tenantOnly(t.companyId)]);

/** The recommender that serves. It knows products and no person: whose list is asked for is read from the books. */
export const recommenders = pgTable('recommenders', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  model: text('model').notNull(),
  asOf: date('as_of', { mode: 'string' }).notNull(),
  /** In object storage. */
  fileKey: text('file_key').notNull(),
  evidence: jsonb('evidence').notNull(),
  madeAt: instant('made_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId] }), tenantOnly(t.companyId)]);
