/** Asking whoever is signed in for their password again, before something that a borrowed screen must not do. */
import { AppError } from '#core/errors';
import { readCredentials } from '#data/credentials';
import type { Credentials } from '#data/credentials';
import { readSessionStart } from '#data/sessions';
import type { TenantContext } from '#worker/ports';
import { verifyPassword } from './password.ts';
import { requirePerson } from './permissions.ts';

/** Whoever has no password proves themselves by having signed in with their provider this lately. */
const FRESH_MS = 10 * 60_000;

/**
 * The password, or, where there is none, a session that has just begun.
 * @throws AppError `invalid_input` at `password` (or the field named) when it is not theirs, or the session is too old.
 */
export async function requireOwnPassword(ctx: TenantContext, password: string, field = 'password'): Promise<Credentials> {
  const { userId, sessionId } = requirePerson(ctx);
  const found = await readCredentials(ctx.db, userId);
  if (found?.passwordHash === null) {
    const begun = await readSessionStart(ctx.db, sessionId);
    if (begun !== null && ctx.clock.now().getTime() - Date.parse(begun) <= FRESH_MS) return found;
    const message = 'You have no password here, so this takes a fresh sign-in: sign in again with your provider, then do it within ten minutes';
    throw new AppError('invalid_input', message, { errors: [{ path: field, message }] });
  }
  if (found === null || !(await verifyPassword(password, found.passwordHash))) {
    const message = 'This is not your present password';
    throw new AppError('invalid_input', message, { errors: [{ path: field, message }] });
  }
  return found;
}
