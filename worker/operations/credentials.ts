/** One's own name, address and password: confirmed, changed, and found again when forgotten. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { findUserByEmail, isEmailTaken, readCompany } from '#data/accounts';
import { changePassword, moveEmail, readAccountToken, readCredentials, renameUser, resetPassword, verifyEmail } from '#data/credentials';
import type { TenantContext } from '#worker/ports';
import { audited, auditedAs } from './audit.ts';
import { makeLink, readLink } from './account-links.ts';
import { addressMovingMail, addressTakenMail, moveAddressMail, notify, passwordChangedMail, resetPasswordMail, verifyAddressMail } from './account-mails.ts';
import { requireOwnPassword } from './own-password.ts';
import { hashPassword } from './password.ts';
import { MAX_PASSWORD_LENGTH, newPassword, whyGuessable } from './password-rules.ts';
import { requirePerson } from './permissions.ts';
import type { Member } from './sessions.ts';
import type { AccountView } from './company-views.ts';
import type { Visitor } from './visitor.ts';

/** Empty for those who have none: they prove themselves by a fresh sign-in (own-password.ts). */
const givenPassword = z.string().max(MAX_PASSWORD_LENGTH).default('');
export const linkToken = z.string().max(120);
export const passwordReset = z.strictObject({ token: linkToken, password: newPassword });
export const passwordChange = z.strictObject({ currentPassword: givenPassword, newPassword });
export const emailChange = z.strictObject({ email: z.email('Not an e-mail address').max(254), password: givenPassword });
export const profileChange = z.strictObject({ name: z.string().trim().max(120, 'Use at most 120 characters') });

/** The account of whoever is signed in. */
export async function readOwnAccount(ctx: TenantContext): Promise<AccountView> {
  const { userId } = requirePerson(ctx);
  const found = await readCredentials(ctx.db, userId);
  if (found === null) throw new AppError('not_found', 'There is no such account any more');
  const { email, name, role, emailVerifiedAt, passwordChangedAt, passwordHash } = found;
  return { id: userId, email, name, role, emailVerifiedAt, passwordChangedAt, hasPassword: passwordHash !== null };
}

export async function changeOwnProfile(ctx: TenantContext, { name }: z.infer<typeof profileChange>): Promise<void> {
  await renameUser(audited(ctx, { action: 'account.renamed' }).db, requirePerson(ctx).userId, name === '' ? null : name);
}

/** Mails a new member the link that confirms their address. */
export async function sendVerification(visitor: Visitor, member: Member, origin: string): Promise<void> {
  const { id: userId, email } = member.user;
  const db = visitor.database.tenant(member.companyId);
  await notify(visitor, verifyAddressMail(email, await makeLink({ db, clock: visitor.clock }, origin, { userId, purpose: 'verify_email', email })));
}

/** Mails it again. @throws AppError `conflict` when the address is confirmed, `unavailable` when no mail goes out. */
export async function resendVerification(ctx: TenantContext, origin: string): Promise<void> {
  const { id: userId, email, emailVerifiedAt } = await readOwnAccount(ctx);
  if (emailVerifiedAt !== null) throw new AppError('conflict', 'This address is confirmed already');
  await ctx.mail.send(verifyAddressMail(email, await makeLink(audited(ctx, { action: 'account.confirmation_asked' }), origin, { userId, purpose: 'verify_email', email })));
}

/** Uses the link of a mail that confirms an address, the present one or a new one. @throws AppError `invalid_input`, `conflict` */
export async function confirmAddress(visitor: Visitor, token: string): Promise<{ email: string; moved: boolean }> {
  const link = await readLink(token);
  const db = link === null ? null : visitor.database.tenant(link.companyId);
  const open = link === null || db === null ? null : await readAccountToken(db, link.tokenHash);
  if (link === null || db === null || open === null || open.purpose === 'reset_password') throw linkRefused();
  const moved = open.purpose === 'change_email';
  try {
    const noted = auditedAs({ ...visitor, db }, { id: open.userId, name: open.currentEmail }, { action: moved ? 'account.address_changed' : 'account.address_confirmed' });
    if (!(await (moved ? moveEmail(noted, link.tokenHash) : verifyEmail(noted, link.tokenHash)))) throw linkRefused();
  } catch (error) {
    if (isEmailTaken(error)) throw new AppError('conflict', 'This address has come to have an account of its own; choose another', { cause: error });
    throw error;
  }
  visitor.log.info(moved ? 'account.email_moved' : 'account.email_verified', { companyId: link.companyId, userId: open.userId });
  return { email: open.email, moved };
}

/**
 * Mails a link to set a new password, when the address has an account. Callers answer before it is known whether it
 * has: neither words nor time tell.
 */
export async function requestPasswordReset(visitor: Visitor, email: string, origin: string): Promise<void> {
  const found = await findUserByEmail(visitor.database, email.trim());
  if (found === null) return;
  const db = visitor.database.tenant(found.company_id);
  const link = await makeLink({ db, clock: visitor.clock }, origin, { userId: found.user_id, purpose: 'reset_password', email: found.email });
  await notify(visitor, resetPasswordMail(found.email, link));
}

/** Whether a link of a mail still sets a password. */
export async function isResetLinkGood(visitor: Visitor, token: string): Promise<boolean> {
  const link = await readLink(token);
  const open = link === null ? null : await readAccountToken(visitor.database.tenant(link.companyId), link.tokenHash);
  return open?.purpose === 'reset_password';
}

/**
 * Sets a new password by the link of a mail; every session of the user ends, and they sign in anew.
 * @throws AppError `invalid_input` for a link that is used or old, or a password that would be guessed.
 */
export async function setForgottenPassword(visitor: Visitor, input: z.infer<typeof passwordReset>, origin: string): Promise<{ email: string }> {
  const link = await readLink(input.token);
  if (link === null) throw linkRefused();
  const db = visitor.database.tenant(link.companyId);
  const [open, company] = await Promise.all([readAccountToken(db, link.tokenHash), readCompany(db)]);
  if (open?.purpose !== 'reset_password') throw linkRefused();
  refuseGuessable(input.password, [open.currentEmail, company?.name ?? ''], 'password');
  const noted = auditedAs({ ...visitor, db }, { id: open.userId, name: open.currentEmail }, { action: 'account.password_reset' });
  const set = await resetPassword(noted, link.tokenHash, open.userId, await hashPassword(input.password));
  if (set === null) throw linkRefused();
  await visitor.sessions(link.companyId).ended(set.ended);
  await notify(visitor, passwordChangedMail(open.currentEmail, origin));
  visitor.log.info('account.password_reset', { companyId: link.companyId, userId: open.userId, ended: set.ended.length });
  return { email: open.currentEmail };
}

/** Every other session ends. @throws AppError `invalid_input` naming the field. */
export async function changeOwnPassword(ctx: TenantContext, input: z.infer<typeof passwordChange>, origin: string): Promise<void> {
  const { userId, sessionId } = requirePerson(ctx);
  const [found, company] = await Promise.all([requireOwnPassword(ctx, input.currentPassword, 'currentPassword'), readCompany(ctx.db)]);
  refuseGuessable(input.newPassword, [found.email, company?.name ?? ''], 'newPassword');
  const ended = await changePassword(audited(ctx, { action: 'account.password_changed' }).db, userId, await hashPassword(input.newPassword), { except: sessionId });
  await ctx.sessions.ended(ended);
  await notify(ctx, passwordChangedMail(found.email, origin));
  ctx.log.info('account.password_changed', { userId, ended: ended.length });
}

/**
 * Mails a link to the new address and a notice to the present one, which stays until the link is used. Whether the new
 * address has an account already is told to its owner alone.
 * @throws AppError `invalid_input` for a wrong password or the same address, `unavailable` when no mail goes out.
 */
export async function requestEmailChange(visitor: Visitor, ctx: TenantContext, input: z.infer<typeof emailChange>, origin: string): Promise<void> {
  const { userId } = requirePerson(ctx);
  const wanted = input.email.trim();
  const { email } = await requireOwnPassword(ctx, input.password);
  if (wanted.toLowerCase() === email.toLowerCase()) throw new AppError('invalid_input', 'This is your address already', { errors: [{ path: 'email', message: 'This is your address already' }] });
  const taken = (await findUserByEmail(visitor.database, wanted)) !== null;
  const link = await makeLink(audited(ctx, { action: 'account.address_change_asked' }), origin, { userId, purpose: 'change_email', email: wanted });
  await ctx.mail.send(taken ? addressTakenMail(wanted) : moveAddressMail(wanted, link));
  await notify(ctx, addressMovingMail(email, wanted, origin));
}

/** @throws AppError `invalid_input` at `field` for a password that would be guessed soon. */
export function refuseGuessable(password: string, own: string[], field: string): void {
  const message = whyGuessable(password, own);
  if (message !== null) throw new AppError('invalid_input', message, { errors: [{ path: field, message }] });
}

function linkRefused(): AppError {
  return new AppError('invalid_input', 'This link was used already or is too old; ask for a new one');
}
