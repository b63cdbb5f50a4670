/** Which identities open an account: linked, listed, unlinked, and a company registered with one. */
import type { z } from 'zod';
import { identityProviders } from '#connectors/identity/registry';
import { SignInRefused } from '#connectors/identity/provider';
import { AppError } from '#core/errors';
import { isIdentityTaken } from '#data/accounts';
import { deleteIdentity, findIdentity, insertIdentity, listIdentityRows } from '#data/identities';
import type { IdentityRow, NewIdentity } from '#data/identities';
import type { TenantContext } from '#worker/ports';
import { identityLinkedMail, identityUnlinkedMail, notify } from './account-mails.ts';
import { openCompany, registration } from './accounts.ts';
import { audited, auditedAs } from './audit.ts';
import type { CompanyView } from './company-views.ts';
import { requirePerson } from './permissions.ts';
import type { Member } from './sessions.ts';
import type { Visitor } from './visitor.ts';

export interface IdentityView extends IdentityRow {
  /** "Google" */
  providerName: string;
}

/** The name of a provider for people; of one that is not in the registry any more, its id. */
export function providerName(id: string): string {
  return identityProviders.find((one) => one.id === id)?.name ?? id;
}

/** Those that open the account of whoever asks. */
export async function listOwnIdentities(ctx: TenantContext): Promise<IdentityView[]> {
  return (await listIdentityRows(ctx.db, requirePerson(ctx).userId)).map((row) => ({ ...row, providerName: providerName(row.provider) }));
}

/** It stops opening the account; its user is told by mail. @throws AppError `not_found`, `conflict` for the last way in. */
export async function unlinkIdentity(ctx: TenantContext, id: string, origin: string): Promise<IdentityView> {
  const { userId, email } = requirePerson(ctx);
  const removed = await deleteIdentity(audited(ctx, { action: 'account.identity_unlinked', target: { kind: 'identity', id } }).db, userId, id);
  if (removed === null) throw new AppError('not_found', 'This is not linked, or not any more');
  if (removed === 'last') throw new AppError('conflict', 'This is your only way in: set a password first, or link another provider');
  const view = { ...removed, providerName: providerName(removed.provider) };
  await notify(ctx, identityUnlinkedMail(email, view.providerName, origin));
  ctx.log.info('identity.unlinked', { userId, provider: removed.provider });
  return view;
}

/**
 * The identity opens this account from now on, and its user is told by mail. Nothing happens when it does already.
 * @throws SignInRefused when it opens another account, or the user was deactivated meanwhile.
 */
export async function linkIdentity(visitor: Visitor, user: { companyId: string; userId: string; email: string }, identity: NewIdentity, origin: string): Promise<void> {
  const { companyId, userId, email } = user;
  const { id, provider, issuer, subject } = identity;
  const db = auditedAs({ ...visitor, db: visitor.database.tenant(companyId) }, { id: userId, name: email }, {
    action: 'account.identity_linked', target: { kind: 'identity', id, name: providerName(provider) }, detail: { address: identity.email },
  });
  try {
    if (!(await insertIdentity(db, userId, identity))) throw new SignInRefused('deactivated');
  } catch (error) {
    if (!isIdentityTaken(error)) throw error;
    const owner = await findIdentity(visitor.database, issuer, subject);
    if (owner?.company_id === companyId && owner.user_id === userId) return;
    throw new SignInRefused('taken', null, error);
  }
  await notify(visitor, identityLinkedMail(email, providerName(provider), origin));
  visitor.log.info('identity.linked', { companyId, userId, provider });
}

export const identityRegistration = registration.omit({ password: true, email: true, name: true });

/**
 * A company whose first admin comes in by this identity and has no password. The address counts as confirmed where the
 * provider vouches for it.
 * @throws AppError `conflict` when the address has an account, or the identity opens another.
 */
export async function registerWithIdentity(
  visitor: Visitor, input: z.output<typeof identityRegistration>, waiting: { email: string; emailIsProven: boolean; name: string | null }, identity: NewIdentity,
): Promise<Member & { company: CompanyView }> {
  const name = waiting.name?.trim().slice(0, 120);
  return await openCompany(visitor, { ...input, email: waiting.email, ...(name !== undefined && name !== '' && { name }) }, { passwordHash: null, emailIsVerified: waiting.emailIsProven, identity });
}
