/** Groups of customers that were found rather than described, and the experiment that tells whether acting helps. */
import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, jsonb, pgTable, primaryKey, real, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

/** One search for groups of customers that are alike. */
export const discoveries = pgTable('discoveries', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** What was asked for: method, features, k, within. */
  request: jsonb('request').notNull(),
  /** waiting | running | done | cancelled | failed */
  state: text('state').notNull(),
  /** 0–1. */
  progress: real('progress').notNull().default(0),
  /** What it is at, for people; null before and after. */
  stage: text('stage'),
  customers: integer('customers'),
  /** Clusters, map, evidence and what a nearest centroid needs; null until done. Names nobody. */
  result: jsonb('result'),
  error: text('error'),
  createdBy: text('created_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
  finishedAt: instant('finished_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), index('discoveries_recent').on(t.companyId, t.createdAt.desc()), tenantOnly(t.companyId)]);

/** Who was found in which cluster: one row a cluster, since nobody asks the other way round. */
export const discoveryClusters = pgTable('discovery_clusters', {
  companyId: companyId(),
  discoveryId: uuid('discovery_id').notNull(),
  /** −1 is noise. */
  label: integer('label').notNull(),
  customerIds: uuid('customer_ids').array().notNull().default(sql`'{}'`),
}, (t) => [primaryKey({ columns: [t.companyId, t.discoveryId, t.label] }), tenantOnly(t.companyId)]);

/** Times in which a share of the customers was told no action, so that what the actions bring can be measured. */
export const actionHoldouts = pgTable('action_holdouts', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** Of customers, as a fraction; who they are follows from `salt` and their id. */
  share: real('share').notNull(),
  salt: text('salt').notNull(),
  /** First local day that is measured. */
  startedOn: date('started_on', { mode: 'string' }).notNull(),
  /** First local day that is not measured any more; null while it goes on. */
  endedOn: date('ended_on', { mode: 'string' }),
  /** What it measured: renewed each night, kept as it was when it ended. Names nobody. */
  result: jsonb('result'),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('action_holdouts_one').on(t.companyId).where(sql`ended_on is null`),
  check('action_holdouts_share', sql`${t.share} > 0 and ${t.share} <= 1`), check('action_holdouts_days', sql`${t.endedOn} >= ${t.startedOn}`), tenantOnly(t.companyId),
]);

/** Who had an action on the day the running holdout began: only they are compared. Gone when it ends. */
export const actionHoldoutPeople = pgTable('action_holdout_people', {
  companyId: companyId(),
  holdoutId: uuid('holdout_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  /** Her first action that day (core/actions). */
  action: text('action').notNull(),
  heldOut: boolean('held_out').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.customerId, t.holdoutId] }), tenantOnly(t.companyId)]);
