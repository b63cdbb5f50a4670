/** Companies and the people in them: registering the first admin, and what a member sees of both. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { isTimeZone } from '#core/calendar/local-day';
import { AppError } from '#core/errors';
import { anyCompanyExists, findCompanyIdBySlug, findUserByEmail, insertCompany, isSlugTaken, readCompany, readUser } from '#data/accounts';
import type { NewUser } from '#data/accounts';
import type { TenantContext } from '#worker/ports';
import { auditedAs } from './audit.ts';
import { viewOfCompany } from './company.ts';
import { refuseGuessable } from './credentials.ts';
import { hashPassword } from './password.ts';
import { newPassword } from './password-rules.ts';
import { randomSecret } from './secret-token.ts';
import type { Member } from './sessions.ts';
import type { CompanyView, UserView } from './company-views.ts';
import type { Visitor } from './visitor.ts';

const timeZone = z.string().refine(isTimeZone, 'Not a time zone we know; write it like Europe/Berlin');

export const registration = z.strictObject({
  companyName: z.string().trim().min(1, 'Give your company a name').max(120),
  email: z.email('Not an e-mail address').max(254),
  password: newPassword,
  name: z.string().trim().max(120).optional(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'Write a three-letter currency code such as EUR').default('USD'),
  timeZone: timeZone.default('UTC'),
  countZeroOrders: z.boolean().default(false),
});
export type Registration = z.input<typeof registration>;

/**
 * A new company with its first admin.
 * @throws AppError `conflict` when the e-mail address has an account.
 */
export async function registerCompany(visitor: Visitor, input: z.output<typeof registration>): Promise<Member & { company: CompanyView }> {
  const { password, ...rest } = input;
  refuseGuessable(password, [input.email, input.companyName], 'password');
  return await openCompany(visitor, rest, { passwordHash: await hashPassword(password), emailIsVerified: false, identity: null });
}

/** How the first admin comes in. */
type FirstWayIn = Pick<NewUser, 'passwordHash' | 'emailIsVerified' | 'identity'>;

/**
 * A new company whose first admin comes in by one of the ways.
 * @throws AppError `conflict` when the e-mail address has an account, or the identity opens another.
 */
export async function openCompany(visitor: Visitor, input: Omit<z.output<typeof registration>, 'password'>, wayIn: FirstWayIn): Promise<Member & { company: CompanyView }> {
  // After hashing, so that a refusal takes as long as a registration.
  if ((await findUserByEmail(visitor.database, input.email)) !== null) {
    throw new AppError('conflict', 'There is an account with this e-mail address already; sign in instead', {
      errors: [{ path: 'email', message: 'This address has an account already' }],
    });
  }
  const companyId = uuidv7();
  const user = { id: uuidv7(), email: input.email.trim(), name: input.name ?? null };
  const db = auditedAs({ ...visitor, db: visitor.database.tenant(companyId) }, { id: user.id, name: user.email }, { action: 'company.registered', target: { kind: 'company', id: companyId, name: input.companyName } });
  const { companyName: name, currency, timeZone: zone, countZeroOrders } = input;
  const insert = async (slug: string): Promise<void> => {
    await insertCompany(db, { slug, name, currency, timeZone: zone, countZeroOrders }, { ...user, ...wayIn });
  };

  const slug = slugOf(name);
  const distinct = `${slug}-${randomSecret().replaceAll(/[^a-z0-9]/g, '').slice(0, 6)}`;
  try {
    await insert((await findCompanyIdBySlug(visitor.database, slug)) === null ? slug : distinct);
  } catch (error) {
    if (!isSlugTaken(error)) throw error;
    await insert(distinct);
  }
  visitor.log.info('company.registered', { companyId });
  const company = await readCompany(db);
  if (company === null) throw new AppError('internal', 'The company was registered but cannot be read back');
  return { companyId, user: { ...user, role: 'admin' }, company: viewOfCompany(company) };
}

/** The company of a context, for those who are in it. */
export async function currentCompany(db: TenantContext['db']): Promise<CompanyView> {
  const company = await readCompany(db);
  if (company === null) throw new AppError('not_found', 'There is no such company');
  return viewOfCompany(company);
}

/** The user behind a context; null for keys, the operator and the system. */
export async function currentUser(ctx: TenantContext): Promise<UserView | null> {
  return ctx.actor.kind === 'user' ? await readUser(ctx.db, ctx.actor.userId) : null;
}

/** Whether this installation has any company; without one the first page registers it. */
export async function hasCompanies(visitor: Visitor): Promise<boolean> {
  return await anyCompanyExists(visitor.database);
}

/** Lower-case words joined by dashes; never empty. */
function slugOf(name: string): string {
  const words = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('-').slice(0, 48).replace(/-$/, '') ?? 'company';
}
