/** Asking people to join: a letter with a link that works once and for a week. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { DAY_MS } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { SIGN_IN_PROBLEMS } from '#core/sign-in/problems';
import { findInvitation, insertInvitation, insertJoined, listInvitationRows, readInvitation, renewInvitation, revokeInvitationRow } from '#data/team';
import type { NewIdentity } from '#data/identities';
import type { FoundInvitation, InvitationRow } from '#data/team';
import type { TenantContext } from '#worker/ports';
import { invitationMail } from './account-mails.ts';
import { registration } from './accounts.ts';
import { audited, auditedAs } from './audit.ts';
import { refuseGuessable } from './credentials.ts';
import { hashPassword } from './password.ts';
import { requirePermission } from './permissions.ts';
import { randomSecret, sha256 } from './secret-token.ts';
import type { Member } from './sessions.ts';
import { requireGiveable, roleName } from './team.ts';
import type { Visitor } from './visitor.ts';

const VALID_DAYS = 7;
/** Open at once: more is a mistake, or somebody who uses us to send letters. */
const MOST_OPEN = 100;

export type InvitationView = InvitationRow;

export const newInvitation = z.strictObject({ email: registration.shape.email.trim(), role: roleName });
export const joining = z.strictObject({ token: z.string().max(100), name: z.string().trim().min(1, 'Enter your name').max(120, 'Use at most 120 characters'), password: registration.shape.password });

/** Those nobody has answered, newest first. */
export async function listInvitations(ctx: TenantContext): Promise<InvitationView[]> {
  requirePermission(ctx, 'team:manage');
  return await listInvitationRows(ctx.db);
}

/**
 * Writes to somebody that they may join.
 * @param site where the link leads, such as https://perennial.example
 * @throws AppError `conflict` when the address is a member's or was asked already, `unavailable` when the letter could
 *   not be sent: the invitation stands, and can be sent again
 */
export async function invite(ctx: TenantContext, input: z.output<typeof newInvitation>, site: string): Promise<InvitationView> {
  requirePermission(ctx, 'team:manage');
  requireGiveable(ctx, input.role);
  if ((await listInvitationRows(ctx.db)).length >= MOST_OPEN) throw new AppError('conflict', `${String(MOST_OPEN)} invitations wait for an answer; take some back first`);
  const id = uuidv7();
  const secret = await newSecret(ctx);
  const { db } = audited(ctx, { action: 'member.invited', target: { kind: 'invitation', id, name: input.email }, detail: { role: input.role } });
  const row = await insertInvitation(db, { id, email: input.email, role: input.role, invitedBy: nameOf(ctx), ...secret });
  if (row === null) {
    const message = 'This address belongs to a member, or was asked already';
    throw new AppError('conflict', message, { errors: [{ path: 'email', message }] });
  }
  ctx.log.info('member.invited', { invitationId: id, role: row.role });
  await write(ctx, row, secret.token, site);
  return row;
}

/** A new link for another week; the former one stops working. @throws AppError `not_found`, `rate_limited` within a minute. */
export async function resendInvitation(ctx: TenantContext, id: string, site: string): Promise<InvitationView> {
  requirePermission(ctx, 'team:manage');
  const secret = await newSecret(ctx);
  const row = await renewInvitation(audited(ctx, { action: 'member.invitation_sent_again', target: { kind: 'invitation', id } }).db, id, secret);
  if (row === null) {
    if ((await readInvitation(ctx.db, id)) === null) throw notFound();
    throw new AppError('rate_limited', 'This was sent a moment ago; wait a minute', { retryAfterSeconds: 60 });
  }
  await write(ctx, row, secret.token, site);
  return row;
}

/** Its link stops working. @throws AppError `not_found`. */
export async function revokeInvitation(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'team:manage');
  const row = await revokeInvitationRow(audited(ctx, { action: 'member.invitation_revoked', target: { kind: 'invitation', id } }).db, id, ctx.clock.now().toISOString());
  if (row === null) throw notFound();
  ctx.log.info('member.invitation_revoked', { invitationId: id });
}

/** What the letter's link leads to. @throws AppError `not_found` for a link that is not, or no longer, good. */
export async function readJoining(visitor: Visitor, token: string): Promise<{ company: string; email: string; role: FoundInvitation['role'] }> {
  const { company_name: company, email, role } = await requireOpen(visitor, token);
  return { company, email, role };
}

/**
 * Makes the account that the invitation is for. The link proves the address.
 * @throws AppError `not_found` for a link that is not good any more, `conflict` when the address has an account elsewhere.
 */
export async function join(visitor: Visitor, { token, name, password }: z.output<typeof joining>): Promise<Member> {
  const found = await requireOpen(visitor, token);
  refuseGuessable(password, [found.email, found.company_name, name], 'password');
  const made = await takeUp(visitor, found, token, { name, passwordHash: await hashPassword(password), identity: null });
  switch (made) {
    case 'over': throw linkIsOver();
    case 'taken': throw new AppError('conflict', SIGN_IN_PROBLEMS.invitation_taken);
    case 'identity_taken': throw new AppError('conflict', SIGN_IN_PROBLEMS.taken);
    default: return made;
  }
}

/**
 * As `join`, by an identity instead of a password. It may have another address: the link proves the invited one.
 * @returns why it came to nothing, where it did
 */
export async function joinByIdentity(visitor: Visitor, token: string, name: string, identity: NewIdentity): Promise<Member | 'over' | 'taken' | 'identity_taken'> {
  const found = await findOpen(visitor, token);
  return found === null ? 'over' : await takeUp(visitor, found, token, { name, passwordHash: null, identity });
}

async function takeUp(
  visitor: Visitor, found: FoundInvitation, token: string, { name, passwordHash, identity }: { name: string; passwordHash: string | null; identity: NewIdentity | null },
): Promise<Member | 'over' | 'taken' | 'identity_taken'> {
  const user = { id: uuidv7(), name, passwordHash };
  const db = auditedAs({ ...visitor, db: visitor.database.tenant(found.company_id) }, { id: user.id, name: found.email }, {
    action: 'member.joined', target: { kind: 'invitation', id: found.invitation_id, name: found.email }, detail: { role: found.role, ...(identity !== null && { provider: identity.provider }) },
  });
  const made = await insertJoined(db, { invitationId: found.invitation_id, tokenHash: await sha256(token), at: visitor.clock.now().toISOString(), user, identity });
  if (made === null) return 'over';
  if (made === 'taken' || made === 'identity_taken') return made;
  visitor.log.info('member.joined', { companyId: found.company_id, userId: user.id });
  return { companyId: found.company_id, user: { id: user.id, email: made.email, name, role: made.role } };
}

async function requireOpen(visitor: Visitor, token: string): Promise<FoundInvitation> {
  const found = await findOpen(visitor, token);
  if (found === null) throw linkIsOver();
  return found;
}

async function findOpen(visitor: Visitor, token: string): Promise<FoundInvitation | null> {
  const found = await findInvitation(visitor.database, await sha256(token));
  const isOpen = found !== null && found.accepted_at === null && found.revoked_at === null && new Date(found.expires_at) > visitor.clock.now();
  return isOpen ? found : null;
}

async function newSecret(ctx: TenantContext): Promise<{ token: string; tokenHash: string; at: string; expiresAt: string }> {
  const token = randomSecret();
  const now = ctx.clock.now().getTime();
  return { token, tokenHash: await sha256(token), at: new Date(now).toISOString(), expiresAt: new Date(now + VALID_DAYS * DAY_MS).toISOString() };
}

async function write(ctx: TenantContext, { email, role, invitedBy }: InvitationRow, token: string, site: string): Promise<void> {
  await ctx.mail.send(invitationMail(email, invitedBy, role, VALID_DAYS, `${site}/join/${token}`));
}

function nameOf({ actor }: TenantContext): string {
  return actor.kind === 'user' ? actor.email : 'An admin';
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such invitation, or it was answered already');
}

function linkIsOver(): AppError {
  return new AppError('not_found', 'This link does not work any more: it was used, taken back or is older than a week. Ask for a new invitation.');
}
