/** Signing in and out, registering and forgotten passwords for pages: limits first, then one operation, then cookies. */
import type { z, ZodError } from 'zod';
import { AppError } from '#core/errors';
import { registerCompany, registration } from '#operations/accounts';
import type { Registration } from '#operations/accounts';
import { confirmAddress, passwordReset, requestPasswordReset, sendVerification, setForgottenPassword } from '#operations/credentials';
import { identityRegistration, registerWithIdentity } from '#operations/identities';
import { linkWaiting, readWaiting, rowOf } from '#operations/identity-sign-in';
import type { WaitingIdentity } from '#operations/identity-sign-in';
import { join, joining } from '#operations/invitations';
import { takeSecondFactor } from '#operations/mfa';
import type { SecondFactor } from '#operations/mfa';
import { endCookieSession, startCookieSession } from '#operations/sessions';
import type { Member } from '#operations/sessions';
import { checkPassword, readCodeStep, sealCodeStep } from '#operations/sign-in';
import { forgiveGuesses, takeAuthAttempt, takeGuess } from '#worker/context/limits';
import { clearedCodeCookie, clearedSessionCookie, clearedWaitingCookie, codeCookie, readCodeCookie, readSessionCookie, readWaitingCookie, sessionCookie } from '#worker/context/session-cookie';
import type { Args } from './context.server.ts';

/**
 * Headers that start the session, or that carry the right password on to the page that asks for the code.
 * @throws AppError `unauthenticated`, `rate_limited`.
 */
export async function signIn(args: Args, given: { email: string; password: string }): Promise<{ headers: Headers; needsCode: boolean }> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  const guess = await takeGuess(edge, args.request, 'password', given.email);
  const { hasMfa, ...member } = await checkPassword(edge.visitor, given);
  if (hasMfa) {
    const step = await sealCodeStep(edge.visitor, member);
    return { headers: new Headers({ 'set-cookie': codeCookie(args.request, step.token, step.seconds) }), needsCode: true };
  }
  await guess.succeeded();
  return { headers: await start(args, member), needsCode: false };
}

/** Whether a right password waits for its code here. */
export async function hasCodeStep(args: Args): Promise<boolean> {
  const token = readCodeCookie(args.request);
  return token !== null && (await readCodeStep(args.context.edge.visitor, token)) !== null;
}

/** Headers that start the session; null when the password was too long ago. @throws AppError `unauthenticated`, `rate_limited`. */
export async function signInWithCode(args: Args, given: SecondFactor): Promise<Headers | null> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  const token = readCodeCookie(args.request);
  const member = token === null ? null : await readCodeStep(edge.visitor, token);
  if (member === null) return null;
  const guess = await takeGuess(edge, args.request, 'code', member.user.id);
  await takeSecondFactor(edge.visitor, member, given, edge.publicOrigin);
  await Promise.all([guess.succeeded(), forgiveGuesses(edge, 'password', member.user.email)]);
  const waiting = readWaitingCookie(args.request);
  if (waiting !== null) await linkWaiting(edge.visitor, member, waiting, edge.publicOrigin);
  const headers = await start(args, member);
  headers.append('set-cookie', clearedCodeCookie(args.request));
  if (waiting !== null) headers.append('set-cookie', clearedWaitingCookie(args.request));
  return headers;
}

/** Registers a company and signs its first admin in. @throws AppError `invalid_input`, `conflict`, `rate_limited`. */
export async function signUp(args: Args, given: Registration): Promise<Headers> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  const parsed = registration.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error);
  const { company: _, ...member } = await registerCompany(edge.visitor, parsed.data);
  edge.later(sendVerification(edge.visitor, member, edge.publicOrigin));
  return await start(args, member);
}

/** The identity that waits in this browser for the name of its company; null when there is none, or no longer. */
export async function waitingIdentity(args: Args): Promise<WaitingIdentity | null> {
  const waiting = await readWaiting(args.context.edge.visitor, readWaitingCookie(args.request));
  return waiting?.linkTo === null ? waiting : null;
}

/** Registers a company with the identity that waits, and signs its first admin in. @throws AppError `invalid_input`, `conflict`, `rate_limited`. */
export async function signUpWithIdentity(args: Args, waiting: WaitingIdentity, given: z.input<typeof identityRegistration>): Promise<Headers> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  const parsed = identityRegistration.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error);
  const { company: _, ...member } = await registerWithIdentity(edge.visitor, parsed.data, waiting, rowOf(waiting.provider, waiting));
  if (!waiting.emailIsProven) edge.later(sendVerification(edge.visitor, member, edge.publicOrigin));
  const headers = await start(args, member, waiting.provider);
  headers.append('set-cookie', clearedWaitingCookie(args.request));
  return headers;
}

/** Makes the account of an invitation and signs it in. @throws AppError `invalid_input`, `not_found`, `conflict`, `rate_limited`. */
export async function joinByLink(args: Args, given: { token: string; name: string; password: string }): Promise<Headers> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  const parsed = joining.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error);
  return await start(args, await join(edge.visitor, parsed.data));
}

/** Headers that end the session, which is over on our side as well. */
export async function signOut(args: Args): Promise<Headers> {
  const token = readSessionCookie(args.request);
  if (token !== null) await endCookieSession(args.context.edge.visitor, token);
  return new Headers({ 'set-cookie': clearedSessionCookie(args.request) });
}

/** Mails a link if the address has an account; whoever asks is not told. @throws AppError `rate_limited`. */
export async function forgotPassword(args: Args, email: string): Promise<void> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  await takeGuess(edge, args.request, 'mail', email);
  edge.later(requestPasswordReset(edge.visitor, email, edge.publicOrigin));
}

/** @throws AppError `invalid_input`, `rate_limited`. */
export async function setPassword(args: Args, given: { token: string; password: string }): Promise<{ email: string }> {
  const { edge } = args.context;
  await takeAuthAttempt(edge, args.request);
  const parsed = passwordReset.safeParse(given);
  if (!parsed.success) throw invalid(parsed.error);
  return await setForgottenPassword(edge.visitor, parsed.data, edge.publicOrigin);
}

/** @throws AppError `invalid_input`, `conflict`, `rate_limited`. */
export async function confirmByLink(args: Args, token: string): Promise<{ email: string; moved: boolean }> {
  await takeAuthAttempt(args.context.edge, args.request);
  return await confirmAddress(args.context.edge.visitor, token);
}

async function start(args: Args, member: Member, provider?: string): Promise<Headers> {
  const { visitor, device } = args.context.edge;
  const session = await startCookieSession(visitor, member, device, { former: readSessionCookie(args.request), provider });
  return new Headers({ 'set-cookie': sessionCookie(args.request, session.token, session.expiresAt) });
}

function invalid(error: ZodError): AppError {
  return new AppError('invalid_input', 'Some fields need mending', { errors: error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })) });
}
