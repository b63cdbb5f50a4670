/** Customers, and how they are recognised. */
import { sql } from 'drizzle-orm';
import { date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, money, tenantOnly } from './parts.ts';

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
  index('customers_merged').on(t.companyId, t.mergedInto, t.id).where(sql`merged_into is not null`),
  tenantOnly(t.companyId),
]);

export const customerIdentities = pgTable('customer_identities', {
  companyId: companyId(),
  kind: text('kind').notNull(),
  value: text('value').notNull(),
  customerId: uuid('customer_id').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.kind, t.value] }), index('customer_identities_customer').on(t.companyId, t.customerId), tenantOnly(t.companyId)]);

/** Keyed hashes of identities that were erased: a late delivery that names one brings no person back. */
export const erasedIdentities = pgTable('erased_identities', {
  companyId: companyId(),
  kind: text('kind').notNull(),
  /** HMAC of the identity (operations/tombstones.ts); an e-mail's is the same as in customer_identities. */
  hash: text('hash').notNull(),
  requestId: uuid('request_id').notNull(),
  erasedAt: instant('erased_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.kind, t.hash] }), tenantOnly(t.companyId)]);

/** What people, or platforms for them, asked about their data, and what was done. No name, no address. */
export const privacyRequests = pgTable('privacy_requests', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  /** data_request | erasure | deletion | shop_erasure | uninstalled */
  kind: text('kind').notNull(),
  source: text('source').notNull(),
  /** The platform's name of the request, or the delivery's. */
  externalId: text('external_id').notNull(),
  integrationId: uuid('integration_id'),
  /** Whose data are asked for, also before she is known here; nobody's once they are erased. */
  customerId: uuid('customer_id'),
  /** HMAC of the identity it is about. */
  subjectHash: text('subject_hash'),
  /** open | done | failed */
  state: text('state').notNull(),
  requestedAt: instant('requested_at').notNull(),
  dueAt: instant('due_at'),
  finishedAt: instant('finished_at'),
  /** Who gave the data out; null for what was carried out by itself. */
  finishedBy: text('finished_by'),
  /** Rows removed or changed by table; of a request for data, rows given out by part of the file. */
  result: jsonb('result').notNull().default({}),
  error: text('error'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('privacy_requests_external').on(t.companyId, t.source, t.kind, t.externalId), tenantOnly(t.companyId)]);

export const customerMerges = pgTable('customer_merges', {
  companyId: companyId(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  keptId: uuid('kept_id').notNull(),
  goneId: uuid('gone_id').notNull(),
  movedTransactions: integer('moved_transactions').notNull(),
  mergedAt: instant('merged_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.source, t.externalId] }), tenantOnly(t.companyId)]);
