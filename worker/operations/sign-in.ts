/** Signing in: the password, and the code of a second factor where there is one. */
import { AppError } from '#core/errors';
import { findUserByEmail } from '#data/accounts';
import { readCredentials, replacePasswordHash } from '#data/credentials';
import { takeSecondFactor } from './mfa.ts';
import type { SecondFactor } from './mfa.ts';
import { hashPassword, isOutdated, verifyPassword } from './password.ts';
import { hexToUuid, sameSecret, seal, sha256, uuidToHex } from './secret-token.ts';
import type { Member } from './sessions.ts';
import type { Visitor } from './visitor.ts';

/** How long a right password may wait for its code. */
const CODE_WITHIN_MS = 10 * 60_000;

export interface PasswordCheck extends Member {
  /** A code is needed as well. */
  hasMfa: boolean;
}

/**
 * Who has this e-mail address and password. A hash of older parameters is made anew.
 * @throws AppError `unauthenticated`, the same in words and time for an unknown address and a wrong password.
 */
export async function checkPassword(visitor: Visitor, given: { email: string; password: string }): Promise<PasswordCheck> {
  const found = await findUserByEmail(visitor.database, given.email.trim());
  if (!(await verifyPassword(given.password, found?.password_hash ?? null)) || found === null) {
    throw new AppError('unauthenticated', 'The e-mail address or the password is not right');
  }
  const { company_id: companyId, user_id: id, email, name, role, password_hash: stored, has_mfa: hasMfa } = found;
  if (stored !== null && isOutdated(stored)) await replacePasswordHash(visitor.database.tenant(companyId), id, stored, await hashPassword(given.password));
  return { companyId, user: { id, email, name, role }, hasMfa };
}

/**
 * Password and code in one step, for programs.
 * @throws AppError `unauthenticated`; `mfa_required` when the password is right and a code is missing.
 */
export async function signInWithCode(visitor: Visitor, given: { email: string; password: string } & SecondFactor, origin: string): Promise<Member> {
  const { hasMfa, ...member } = await checkPassword(visitor, given);
  if (!hasMfa) return member;
  if (given.totp === undefined && given.recoveryCode === undefined) {
    throw new AppError('mfa_required', 'This account signs in with a second factor: send the six digits of the authenticator app as totp, or a recovery code as recoveryCode');
  }
  await takeSecondFactor(visitor, member, given, origin);
  return member;
}

/** States that the password was right a moment ago, for the page that asks for the code. It opens nothing by itself. */
export async function sealCodeStep(visitor: Visitor, member: Member): Promise<{ token: string; seconds: number }> {
  const body = `mc.${uuidToHex(member.companyId)}.${uuidToHex(member.user.id)}.${String(visitor.clock.now().getTime() + CODE_WITHIN_MS)}`;
  return { token: `${body}.${await seal(visitor.authSecret, await bound(visitor, member.companyId, member.user.id, body))}`, seconds: CODE_WITHIN_MS / 1000 };
}

/** Whose step this is; null when it is not ours, too old, or the password was changed since. */
export async function readCodeStep(visitor: Visitor, token: string): Promise<Member | null> {
  const [prefix, company = '', user = '', until = '', sealed = '', ...rest] = token.split('.');
  const companyId = hexToUuid(company);
  const userId = hexToUuid(user);
  if (prefix !== 'mc' || companyId === null || userId === null || rest.length > 0 || !(Number(until) > visitor.clock.now().getTime())) return null;
  const expected = await seal(visitor.authSecret, await bound(visitor, companyId, userId, `mc.${company}.${user}.${until}`));
  if (!(await sameSecret(sealed, expected))) return null;
  const found = await readCredentials(visitor.database.tenant(companyId), userId);
  return found === null ? null : { companyId, user: { id: userId, email: found.email, name: found.name, role: found.role } };
}

async function bound(visitor: Visitor, companyId: string, userId: string, body: string): Promise<string> {
  const found = await readCredentials(visitor.database.tenant(companyId), userId);
  return `${body}.${await sha256(found?.passwordHash ?? '')}`;
}
