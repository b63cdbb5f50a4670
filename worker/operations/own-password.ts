/** Asking whoever is signed in for their password again, before something that a borrowed screen must not do. */
import { AppError } from '#core/errors';
import { readCredentials } from '#data/credentials';
import type { Credentials } from '#data/credentials';
import type { TenantContext } from '#worker/ports';
import { verifyPassword } from './password.ts';
import { requirePerson } from './permissions.ts';

/** @throws AppError `invalid_input` at `password` (or the field named) when it is not theirs. */
export async function requireOwnPassword(ctx: TenantContext, password: string, field = 'password'): Promise<Credentials> {
  const { userId } = requirePerson(ctx);
  const found = await readCredentials(ctx.db, userId);
  if (found === null || !(await verifyPassword(password, found.passwordHash))) {
    const message = 'This is not your present password';
    throw new AppError('invalid_input', message, { errors: [{ path: field, message }] });
  }
  return found;
}
