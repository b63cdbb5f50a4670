/** What the forms of one's own account do: guesses counted first, then one operation. */
import { redirect } from '@remix-run/cloudflare';
import { AppError } from '#core/errors';
import { changeOwnPassword, changeOwnProfile, emailChange, passwordChange, profileChange, requestEmailChange, resendVerification } from '#operations/credentials';
import { unlinkIdentity } from '#operations/identities';
import { beginLinking } from '#operations/identity-sign-in';
import { confirmOwnMfa, enrolMfa, pendingMfa, renewRecoveryCodes, turnOffMfa } from '#operations/mfa';
import { endOwnSessions } from '#operations/sessions';
import { takeGuess } from '#worker/context/limits';
import { browserAddress } from '#worker/context/outside';
import { attemptCookie } from '#worker/context/session-cookie';
import { refused, refusedFields, saved, textOf } from './components/forms/form-result.ts';
import type { AccountResult, MfaSetup } from './components/account/account-result.ts';
import type { Args, SignedIn } from './context.server.ts';
import { qrPicture } from './qr.server.ts';

type Forms = (args: Args, signedIn: SignedIn, form: FormData) => Promise<AccountResult>;

/** What they all may hold. */
export const ACCOUNT_FIELDS = ['intent', 'name', 'email', 'password', 'currentPassword', 'newPassword', 'code', 'provider', 'id', 'session'];

/** By the `intent` of the form. */
const FORMS: Readonly<Record<string, Forms>> = {
  async profile(_args, { ctx }, form) {
    const parsed = profileChange.safeParse({ name: textOf(form, 'name') });
    if (!parsed.success) return answer('profile', refusedFields(parsed.error));
    await changeOwnProfile(ctx, parsed.data);
    return answer('profile', saved('Saved.'));
  },
  async email(args, { ctx, user }, form) {
    const { edge } = args.context;
    const parsed = emailChange.safeParse({ email: textOf(form, 'email').trim(), password: textOf(form, 'password') });
    if (!parsed.success) return answer('email', refusedFields(parsed.error));
    await guessed(args, 'password', user.id, () => requestEmailChange(edge.visitor, ctx, parsed.data, edge.publicOrigin));
    return answer('email', saved(`A link was sent to ${parsed.data.email}. Your address changes once it is used.`));
  },
  async verify(args, { ctx, user }) {
    await takeGuess(args.context.edge, args.request, 'mail', user.id);
    await resendVerification(ctx, args.context.edge.publicOrigin);
    return answer('email', saved(`A link was sent to ${user.email}.`));
  },
  async password(args, { ctx, user }, form) {
    const parsed = passwordChange.safeParse({ currentPassword: textOf(form, 'currentPassword'), newPassword: textOf(form, 'newPassword') });
    if (!parsed.success) return answer('password', refusedFields(parsed.error));
    await guessed(args, 'password', user.id, () => changeOwnPassword(ctx, parsed.data, args.context.edge.publicOrigin));
    return answer('password', saved('Your password is changed, and other devices are signed out.'));
  },
  async 'mfa-begin'(args, { ctx, user }, form) {
    const { secret, uri } = await guessed(args, 'password', user.id, () => enrolMfa(ctx, textOf(form, 'password')));
    return { ...answer('mfa', { ok: true, message: null, errors: {} }), setup: setupOf(secret, uri) };
  },
  async 'mfa-confirm'(args, { ctx, user }, form) {
    try {
      const { recoveryCodes } = await guessed(args, 'code', user.id, () => confirmOwnMfa(ctx, textOf(form, 'code'), args.context.edge.publicOrigin));
      return { ...answer('mfa', saved('Two-step sign-in is on, and other devices are signed out.')), recoveryCodes };
    } catch (error) {
      const pending = await pendingMfa(ctx);
      return { ...answer('mfa', refused(error)), setup: pending === null ? null : setupOf(pending.secret, pending.uri) };
    }
  },
  async 'mfa-codes'(args, { ctx, user }, form) {
    const { recoveryCodes } = await guessed(args, 'password', user.id, () => renewRecoveryCodes(ctx, textOf(form, 'password')));
    return { ...answer('mfa', saved('These are your new recovery codes; the former ones do not work any more.')), recoveryCodes };
  },
  async 'mfa-off'(args, { ctx, user }, form) {
    await guessed(args, 'password', user.id, () => turnOffMfa(ctx, textOf(form, 'password'), args.context.edge.publicOrigin));
    return answer('mfa', saved('Two-step sign-in is off.'));
  },
  async 'link-provider'(args, { ctx, user }, form) {
    const { edge } = args.context;
    const given = { provider: textOf(form, 'provider'), password: textOf(form, 'password') };
    const { url, step } = await guessed(args, 'password', user.id, () => beginLinking(edge.visitor, ctx, given, edge.publicOrigin));
    throw redirect(browserAddress(edge.settings.platformOrigins, url), { headers: { 'set-cookie': attemptCookie(args.request, step.token, step.seconds) } });
  },
  async 'unlink-provider'(args, { ctx }, form) {
    const { providerName } = await unlinkIdentity(ctx, textOf(form, 'id'), args.context.edge.publicOrigin);
    return answer('providers', saved(`${providerName} does not open your account any more.`));
  },
  async 'end-session'(_args, { ctx }, form) {
    await endOwnSessions(ctx, { id: textOf(form, 'session') });
    return answer('sessions', saved('That session is over.'));
  },
  async 'end-others'(_args, { ctx }) {
    const ended = await endOwnSessions(ctx, 'others');
    return answer('sessions', saved(ended === 0 ? 'No other session was open.' : ended === 1 ? 'One other session is over.' : `${ended} other sessions are over.`));
  },
};

/** Which card a form belongs to, for saying there what went wrong. */
const CARDS: Readonly<Record<string, AccountResult['card']>> = { profile: 'profile', email: 'email', verify: 'email', password: 'password', 'link-provider': 'providers', 'unlink-provider': 'providers', 'end-session': 'sessions', 'end-others': 'sessions' };

/** @throws what a person cannot mend; everything else is an answer at its card. */
export async function accountAction(args: Args, signedIn: SignedIn, form: FormData): Promise<AccountResult> {
  const intent = textOf(form, 'intent');
  try {
    const known = Object.hasOwn(FORMS, intent) ? FORMS[intent] : undefined;
    if (known === undefined) throw new AppError('invalid_input', 'This form is not known here; load the page again');
    return await known(args, signedIn, form);
  } catch (error) {
    return answer(CARDS[intent] ?? 'mfa', refused(error));
  }
}

async function guessed<T>(args: Args, kind: 'password' | 'code', userId: string, work: () => Promise<T>): Promise<T> {
  const attempt = await takeGuess(args.context.edge, args.request, kind, userId);
  const done = await work();
  await attempt.succeeded();
  return done;
}

function answer(card: AccountResult['card'], result: Pick<AccountResult, 'ok' | 'message' | 'errors'>): AccountResult {
  return { card, setup: null, recoveryCodes: null, ...result };
}

function setupOf(secret: string, uri: string): MfaSetup {
  return { secret: secret.replaceAll(/(.{4})(?=.)/g, '$1 '), picture: qrPicture(uri) };
}
