/** Companies, their clock, and who may sign in. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, char, date, index, integer, jsonb, pgTable, primaryKey, real, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, tenantOnly } from './parts.ts';

export const companies = pgTable('companies', {
  id: uuid('id').primaryKey(),
  slug: text('slug').notNull(),
  name: text('name').notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  timeZone: text('time_zone').notNull(),
  /** Null: live. Otherwise everything is "as of" the end of this day. */
  analysisDate: date('analysis_date', { mode: 'string' }),
  horizonDays: integer('horizon_days').notNull().default(365),
  /** Annual, as a fraction. */
  discountRate: real('discount_rate').notNull().default(0.1),
  /** net_sales | with_shipping | total_paid */
  revenueBasis: text('revenue_basis').notNull().default('net_sales'),
  countZeroOrders: boolean('count_zero_orders').notNull().default(false),
  settings: jsonb('settings').notNull().default({}),
  /** For comparing with others of the same trade; null until the merchant says. */
  industry: text('industry'),
  /** Whether this company's monthly figures may enter anonymous comparisons. */
  shareBenchmarks: boolean('share_benchmarks').notNull().default(false),
  /** Whether the parameters of this company's fits may enter the prior that small shops begin with; figures of no customer. */
  shareModels: boolean('share_models').notNull().default(true),
  /** Roles whose people must have a second factor before they reach anything. */
  mfaRoles: jsonb('mfa_roles').notNull().default([]),
  /** Years for which single sales are kept; null: all of them. */
  keepYears: smallint('keep_years').default(5),
  /** When that was last decided: rows go 30 days after it at the earliest. */
  keepYearsSetAt: instant('keep_years_set_at').notNull().defaultNow(),
  /** Local days before this one are closed: nothing dated there is taken, and their sales are being made into sums. Only ever rises. */
  closedBefore: date('closed_before', { mode: 'string' }),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [uniqueIndex('companies_slug').on(t.slug), tenantOnly(t.id)]);

export const tenantClock = pgTable('tenant_clock', {
  companyId: uuid('company_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  epoch: integer('epoch').notNull().default(0),
  /** Last local day whose midnight work is done. */
  nightDoneFor: date('night_done_for', { mode: 'string' }),
  /** Frozen cut points (core/rfm) and the day they were cut. */
  rfmCuts: jsonb('rfm_cuts'),
  /** model_runs.id that serves. */
  servingModel: uuid('serving_model'),
  /** learned_models.id whose churn probabilities serve. */
  servingChurn: uuid('serving_churn'),
  /** learned_models.id whose predicted values serve; null: those of the model of repeat buying. */
  servingSpend: uuid('serving_spend'),
  /** The model of repeat buying that people chose to keep; null: the best on evidence. */
  pinnedModel: text('pinned_model'),
  /** What people chose to say who is likely to leave; null: the best on evidence. */
  pinnedChurn: text('pinned_churn'),
  /** What people chose to say how much customers will spend; null: the best on evidence. */
  pinnedSpend: text('pinned_spend'),
  /** Until then somebody looks: whoever writes hands the live object what it wrote. Before and after, it is fed when somebody looks. */
  lookedUntil: instant('looked_until'),
  /** Customers when growth last asked for a fit, and when that fit is due. */
  grownTo: integer('grown_to'),
  grownAt: instant('grown_at'),
}, (t) => [tenantOnly(t.companyId)]);

export const users = pgTable('users', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  email: text('email').notNull(),
  name: text('name'),
  role: text('role').notNull(),
  /** scrypt$N$r$p$salt$hash; null for those who only sign in with a provider. */
  passwordHash: text('password_hash'),
  passwordChangedAt: instant('password_changed_at'),
  /** Null until a link sent to the address came back. */
  emailVerifiedAt: instant('email_verified_at'),
  /** Nobody signs in as this user any more, and their sessions are over. */
  deactivatedAt: instant('deactivated_at'),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('users_email').on(sql`lower(${t.email})`), tenantOnly(t.companyId)]);

/** Who somebody is at Google, Microsoft or GitHub: another way in for one of our users. */
export const userIdentities = pgTable('user_identities', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  userId: uuid('user_id').notNull(),
  /** google | microsoft | github */
  provider: text('provider').notNull(),
  /** Who vouches, and their name for the person: together they are one person for ever, whatever the address. */
  issuer: text('issuer').notNull(),
  subject: text('subject').notNull(),
  /** Address there when it was linked, for people to tell two accounts apart; never looked up. */
  email: text('email'),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastUsedAt: instant('last_used_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('user_identities_subject').on(t.issuer, t.subject), index('user_identities_user').on(t.companyId, t.userId), tenantOnly(t.companyId)]);

export const sessions = pgTable('sessions', {
  companyId: companyId(),
  /** SHA-256 of the cookie or refresh token, hex. */
  tokenHash: text('token_hash').notNull(),
  id: uuid('id').notNull(),
  userId: uuid('user_id').notNull(),
  /** cookie | refresh */
  kind: text('kind').notNull(),
  userAgent: text('user_agent'),
  /** "Berlin, DE", as the edge saw it when the session began. */
  place: text('place'),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  endedAt: instant('ended_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('sessions_token').on(t.tokenHash), index('sessions_user').on(t.companyId, t.userId), tenantOnly(t.companyId)]);

/** Single-use links in mails: confirming an address, setting a new password, moving to another address. */
export const accountTokens = pgTable('account_tokens', {
  companyId: companyId(),
  /** SHA-256, hex. */
  tokenHash: text('token_hash').notNull(),
  userId: uuid('user_id').notNull(),
  /** verify_email | reset_password | change_email */
  purpose: text('purpose').notNull(),
  /** Where it was sent: a link speaks for this address alone. */
  email: text('email').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.tokenHash] }), index('account_tokens_user').on(t.companyId, t.userId, t.purpose), tenantOnly(t.companyId)]);

/** The second factor of a user: a TOTP secret, in force once confirmed. */
export const userMfa = pgTable('user_mfa', {
  companyId: companyId(),
  userId: uuid('user_id').notNull(),
  /** AES-256-GCM under the credential key named beside it. */
  secret: text('secret').notNull(),
  keyId: text('key_id').notNull(),
  confirmedAt: instant('confirmed_at'),
  /** Number of the 30-second step of the newest code taken: that one and older ones are refused. */
  lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.userId] }), tenantOnly(t.companyId)]);

/** A code is deleted when it is used. */
export const recoveryCodes = pgTable('recovery_codes', {
  companyId: companyId(),
  userId: uuid('user_id').notNull(),
  /** SHA-256, hex. */
  codeHash: text('code_hash').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.userId, t.codeHash] }), tenantOnly(t.companyId)]);

export const apiKeys = pgTable('api_keys', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  prefix: text('prefix').notNull(),
  /** SHA-256, hex. */
  keyHash: text('key_hash').notNull(),
  role: text('role').notNull(),
  /** Permissions it is held to beside its role; null: all of the role's. */
  scopes: jsonb('scopes'),
  /** Requests a minute; null: the company's limit. */
  perMinute: integer('per_minute'),
  expiresAt: instant('expires_at'),
  /** E-mail address or key of whoever made it. */
  createdBy: text('created_by'),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('api_keys_hash').on(t.keyHash), tenantOnly(t.companyId)]);

/** Somebody asked to join; the link in the letter carries the secret whose hash is kept here. */
export const invitations = pgTable('invitations', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  email: text('email').notNull(),
  role: text('role').notNull(),
  /** SHA-256, hex; changes each time the letter is sent. */
  tokenHash: text('token_hash').notNull(),
  invitedBy: text('invited_by').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  sentAt: instant('sent_at').notNull().defaultNow(),
  expiresAt: instant('expires_at').notNull(),
  acceptedAt: instant('accepted_at'),
  revokedAt: instant('revoked_at'),
}, (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('invitations_token').on(t.tokenHash),
  uniqueIndex('invitations_open').on(t.companyId, sql`lower(${t.email})`).where(sql`accepted_at is null and revoked_at is null`), tenantOnly(t.companyId)]);
