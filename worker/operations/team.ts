/** The people of a company: who they are, what they may do, and who may not come in any more. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { changeRoleRow, deactivateRow, listMemberRows, reactivateRow, resetMfaRow } from '#data/team';
import type { MemberChange, MemberRow } from '#data/team';
import type { Role, TenantContext } from '#worker/ports';
import { mfaResetMail, notify } from './account-mails.ts';
import { audited } from './audit.ts';
import { isAllowed, permissionTable, requirePermission } from './permissions.ts';
import type { PermissionView } from './permissions.ts';

export type MemberView = MemberRow;
export type ChangedMember = MemberChange['member'];

export const roleName = z.enum(['admin', 'manager', 'analyst', 'viewer']);

/** Those who may come in first. */
export async function listMembers(ctx: TenantContext): Promise<MemberView[]> {
  requirePermission(ctx, 'team:read');
  return await listMemberRows(ctx.db);
}

/** What each role may do. */
export function listPermissions(ctx: TenantContext): PermissionView[] {
  requirePermission(ctx, 'team:read');
  return permissionTable();
}

/** @throws AppError `forbidden` when the role may do what whoever gives it may not. */
export function requireGiveable(ctx: Pick<TenantContext, 'actor'>, role: Role): void {
  const beyond = permissionTable().find(({ permission, roles }) => roles.includes(role) && !isAllowed(ctx.actor, permission));
  if (beyond !== undefined) throw new AppError('forbidden', `You cannot give what you do not have: ${beyond.permission}`, { errors: [{ path: 'role', message: 'Choose a lesser role' }] });
}

/**
 * Takes effect here with the next request, and everywhere within seconds.
 * @throws AppError `not_found`, `conflict` for the last admin, `forbidden`.
 */
export async function changeRole(ctx: TenantContext, id: string, role: Role): Promise<ChangedMember> {
  requirePermission(ctx, 'team:manage');
  requireGiveable(ctx, role);
  const now = await changeRoleRow(audited(ctx, { action: 'member.role_changed', target: { kind: 'member', id }, detail: { role } }).db, id, role);
  if (now === null) throw notFound();
  if (!now.changed && now.member.role !== role) throw lastAdmin();
  ctx.sessions.changed(now.sessionIds);
  ctx.log.info('member.role_changed', { userId: id, role });
  return now.member;
}

/**
 * Ends every session, here at once and everywhere within seconds, and refuses new ones; what they did stays.
 * @throws AppError `not_found`, `conflict` for oneself and for the last admin.
 */
export async function deactivateMember(ctx: TenantContext, id: string): Promise<ChangedMember> {
  requirePermission(ctx, 'team:manage');
  if (ctx.actor.kind === 'user' && ctx.actor.userId === id) throw new AppError('conflict', 'You cannot deactivate yourself; ask another admin');
  const now = await deactivateRow(audited(ctx, { action: 'member.deactivated', target: { kind: 'member', id } }).db, id, ctx.clock.now().toISOString());
  if (now === null) throw notFound();
  if (!now.changed && now.member.deactivatedAt === null) throw lastAdmin();
  await ctx.sessions.ended(now.sessionIds);
  ctx.log.info('member.deactivated', { userId: id });
  return now.member;
}

/** Lets them sign in again. @throws AppError `not_found`. */
export async function reactivateMember(ctx: TenantContext, id: string): Promise<ChangedMember> {
  requirePermission(ctx, 'team:manage');
  const now = await reactivateRow(audited(ctx, { action: 'member.reactivated', target: { kind: 'member', id } }).db, id);
  if (now === null) throw notFound();
  ctx.log.info('member.reactivated', { userId: id });
  return now.member;
}

/**
 * For whoever has lost phone and codes: their second factor is gone, every session ends, and they are told by mail.
 * @param origin our address, for the mail
 * @throws AppError `not_found`, `conflict` for oneself and for a member who has none.
 */
export async function resetSecondFactor(ctx: TenantContext, id: string, origin: string): Promise<ChangedMember> {
  requirePermission(ctx, 'team:manage');
  if (ctx.actor.kind === 'user' && ctx.actor.userId === id) throw new AppError('conflict', 'You cannot reset your own second factor this way; use the page of your account, or ask another admin');
  const now = await resetMfaRow(audited(ctx, { action: 'member.second_factor_reset', target: { kind: 'member', id } }).db, id);
  if (now === null) throw notFound();
  if (!now.changed) throw new AppError('conflict', 'This member has no second factor');
  await ctx.sessions.ended(now.sessionIds);
  await notify(ctx, mfaResetMail(now.member.email, ctx.actor.kind === 'user' ? ctx.actor.email : 'An admin', origin));
  ctx.log.info('member.second_factor_reset', { userId: id });
  return now.member;
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such member');
}

function lastAdmin(): AppError {
  return new AppError('conflict', 'This is your only admin: make somebody else an admin first');
}
