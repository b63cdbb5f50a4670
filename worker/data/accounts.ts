/** Companies and the people in them, in Postgres. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { SIGN_IN_PROBLEMS } from '#core/sign-in/problems';
import { insertIdentityQuery } from './identities.ts';
import type { NewIdentity } from './identities.ts';
import type { Database, TenantDb } from './tenant.ts';
import { command } from './tenant.ts';

const role = z.enum(['admin', 'manager', 'analyst', 'viewer']);

const userRow = z.object({
  company_id: z.string(), user_id: z.string(), email: z.string(), name: z.string().nullable(), role, password_hash: z.string().nullable(),
  has_mfa: z.boolean(), email_verified_at: z.string().nullable(),
});
export type UserRow = z.infer<typeof userRow>;

/** Null also for a user who was deactivated. */
export async function findUserByEmail(database: Database, email: string): Promise<UserRow | null> {
  return (await database.lookup(userRow, sql`select * from find_user_by_email(${email})`))[0] ?? null;
}

const companyIdRow = z.object({ company_id: z.string() });

export async function findCompanyIdBySlug(database: Database, slug: string): Promise<string | null> {
  return (await database.lookup(companyIdRow, sql`select * from find_company_by_slug(${slug})`))[0]?.company_id ?? null;
}

export async function anyCompanyExists(database: Database): Promise<boolean> {
  const [row] = await database.lookup(z.object({ any: z.boolean() }), sql`select any_company_exists() as any`);
  return row?.any ?? false;
}

const roleSafety = z.object({ name: z.string(), unsafe: z.boolean() });

/** The database role we speak as, and whether row security means nothing to it. */
export async function readRoleSafety(database: Database): Promise<{ name: string; unsafe: boolean } | null> {
  const [row] = await database.lookup(roleSafety, sql`
    select rolname::text as name, rolsuper or rolbypassrls as unsafe from pg_roles where rolname = current_user`);
  return row ?? null;
}

export interface NewCompany {
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  countZeroOrders: boolean;
}

export interface NewUser {
  id: string;
  email: string;
  name: string | null;
  /** Null for those who sign in with a provider alone. */
  passwordHash: string | null;
  emailIsVerified: boolean;
  /** Opens the account as well. */
  identity: NewIdentity | null;
}

/**
 * A company, its clock, and its first admin, in one transaction.
 * @throws AppError `conflict` when the e-mail address has an account or the identity opens another; `invalid_input` when the slug was taken meanwhile.
 */
export async function insertCompany(db: TenantDb, company: NewCompany, admin: NewUser): Promise<void> {
  try {
    await db.transaction([
      command(sql`
        insert into companies (id, slug, name, currency, time_zone, count_zero_orders)
        values (${db.companyId}, ${company.slug}, ${company.name}, ${company.currency}, ${company.timeZone}, ${company.countZeroOrders})`),
      command(sql`insert into tenant_clock (company_id) values (${db.companyId})`),
      command(sql`
        insert into users (company_id, id, email, name, role, password_hash, email_verified_at)
        values (${db.companyId}, ${admin.id}, ${admin.email}, ${admin.name}, 'admin', ${admin.passwordHash}, case when ${admin.emailIsVerified} then now() end)`),
      admin.identity === null ? null : insertIdentityQuery(db, admin.id, admin.identity),
    ]);
  } catch (error) {
    if (isEmailTaken(error)) {
      throw new AppError('conflict', 'There is an account with this e-mail address already; sign in instead', { cause: error });
    }
    if (isIdentityTaken(error)) throw new AppError('conflict', SIGN_IN_PROBLEMS.taken, { cause: error });
    throw error;
  }
}

/** Whether `error` says that another user has this e-mail address. */
export function isEmailTaken(error: unknown): boolean {
  return brokenConstraint(error) === 'users_email';
}

/** Whether `error` says that this identity of a provider opens another account. */
export function isIdentityTaken(error: unknown): boolean {
  return brokenConstraint(error) === 'user_identities_subject';
}

/** Whether `error` says that another company took the slug between our look and our insert. */
export function isSlugTaken(error: unknown): boolean {
  return brokenConstraint(error) === 'companies_slug';
}

/** Read by shape: the driver's class may be another bundle's copy of it. */
const databaseError = z.object({ name: z.literal('NeonDbError'), constraint: z.string() });

export function brokenConstraint(error: unknown): string | undefined {
  const cause = databaseError.safeParse(error instanceof AppError ? error.cause : error);
  return cause.success ? cause.data.constraint : undefined;
}

const companyRow = z.object({
  id: z.string(), slug: z.string(), name: z.string(), currency: z.string(), timeZone: z.string(),
  analysisDate: z.string().nullable(), horizonDays: z.number(), discountRate: z.number(),
  revenueBasis: z.enum(['net_sales', 'with_shipping', 'total_paid']), countZeroOrders: z.boolean(),
  settings: z.record(z.string(), z.unknown()), createdAt: z.string(),
  keepYears: z.number().nullable(), keepYearsSetAt: z.string(), closedBefore: z.string().nullable(), opensAt: z.string().nullable(),
});
export type CompanyRow = z.infer<typeof companyRow>;

export async function readCompany(db: TenantDb): Promise<CompanyRow | null> {
  return await db.first(companyRow, sql`
    select id, slug, name, currency, time_zone as "timeZone", analysis_date as "analysisDate", horizon_days as "horizonDays",
      discount_rate as "discountRate", revenue_basis as "revenueBasis", count_zero_orders as "countZeroOrders", settings,
      created_at as "createdAt", keep_years as "keepYears", keep_years_set_at as "keepYearsSetAt",
      closed_before as "closedBefore", closed_before::timestamp at time zone time_zone as "opensAt"
    from companies where id = ${db.companyId}`);
}

const memberRow = z.object({ id: z.string(), email: z.string(), name: z.string().nullable(), role });

/** Null when there is no such user, or no longer. */
export async function readUser(db: TenantDb, userId: string): Promise<z.infer<typeof memberRow> | null> {
  return await db.first(memberRow, sql`select id, email, name, role from users
    where company_id = ${db.companyId} and id = ${userId} and deactivated_at is null`);
}
