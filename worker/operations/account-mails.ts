/** Mails about an account, in plain words: what happened, what to do, and what to do if it was not you. */
import { AppError } from '#core/errors';
import type { Log, Mail, MailPort } from '#worker/ports';

const NOT_YOU = 'If this was not you, set a new password at once';

export const verifyAddressMail = (to: string, link: string): Mail => ({
  to, subject: 'Confirm your e-mail address',
  text: `Confirm that this address is yours:\n\n${link}\n\nThe link works for two days. If you have not registered with Perennial, ignore this message.\n`,
});

export const resetPasswordMail = (to: string, link: string): Mail => ({
  to, subject: 'Set a new password',
  text: `Somebody, hopefully you, wants to set a new password for your account. Choose one here:\n\n${link}\n\nThe link works once, for an hour. If it was not you, ignore this message: your password stays as it is.\n`,
});

export const moveAddressMail = (to: string, link: string): Mail => ({
  to, subject: 'Confirm your new e-mail address',
  text: `Confirm that your account at Perennial is to move to this address:\n\n${link}\n\nThe link works once, for an hour. Until then your former address stays. If you did not ask for this, ignore this message.\n`,
});

export const invitationMail = (to: string, invitedBy: string, role: string, days: number, link: string): Mail => ({
  to, subject: 'You are invited to Perennial',
  text: `${invitedBy} asks you to join their company on Perennial as ${role}. Choose a name and a password here:\n\n${link}\n\nThe link works once, for ${String(days)} days. If you did not expect this message, ignore it.\n`,
});

/** To an address that has an account already, so that the asking page need not say so. */
export const addressTakenMail = (to: string): Mail => ({
  to, subject: 'Your address has an account already',
  text: 'Somebody wanted to move an account at Perennial to this address. It has an account of its own already, so nothing was changed. You need not do anything.\n',
});

export const addressMovingMail = (to: string, wanted: string, origin: string): Mail => ({
  to, subject: 'Your e-mail address is to change',
  text: `Your account is to move to ${masked(wanted)} as soon as that address is confirmed.\n\n${NOT_YOU}: ${origin}/forgot-password\n`,
});

export const passwordChangedMail = (to: string, origin: string): Mail => ({
  to, subject: 'Your password was changed',
  text: `The password of your account at Perennial was changed just now, and other devices were signed out.\n\n${NOT_YOU}: ${origin}/forgot-password\n`,
});

export const tokenReusedMail = (to: string, origin: string): Mail => ({
  to, subject: 'A session was ended for your safety',
  text: `A refresh token of your account was used a second time. Either a program of yours kept an old one, or somebody has copied it; we cannot tell which, so the whole session was ended and its programs must sign in again.\n\n${NOT_YOU}: ${origin}/forgot-password\n`,
});

export const mfaChangedMail = (to: string, isOn: boolean, origin: string): Mail => ({
  to, subject: isOn ? 'Two-step sign-in is on' : 'Two-step sign-in was turned off',
  text: `${isOn ? 'From now on signing in takes a code from your authenticator app.' : 'Signing in takes your password alone from now on.'}\n\n${NOT_YOU}: ${origin}/forgot-password\n`,
});

export const recoveryCodeUsedMail = (to: string, left: number, origin: string): Mail => ({
  to, subject: 'A recovery code was used',
  text: `Somebody signed in to your account with your password and a recovery code. ${left === 0 ? 'It was the last one: make new ones on the page of your account.' : `${left} of them are left.`}\n\n${NOT_YOU}: ${origin}/forgot-password\n`,
});

export const identityLinkedMail = (to: string, provider: string, origin: string): Mail => ({
  to, subject: `${provider} can sign you in now`,
  text: `From now on your account at Perennial opens with ${provider} as well. You can unlink it on the page of your account: ${origin}/account\n\n${NOT_YOU}, and unlink ${provider} there: ${origin}/forgot-password\n`,
});

export const identityUnlinkedMail = (to: string, provider: string, origin: string): Mail => ({
  to, subject: `${provider} does not sign you in any more`,
  text: `${provider} was unlinked from your account at Perennial just now.\n\n${NOT_YOU}: ${origin}/forgot-password\n`,
});

export const mfaResetMail = (to: string, by: string, origin: string): Mail => ({
  to, subject: 'Your two-step sign-in was reset',
  text: `${by} reset the two-step sign-in of your account at Perennial, and you were signed out everywhere. Your former authenticator entry and recovery codes do not work any more. Sign in and set it up anew: ${origin}/account\n\nIf you did not ask for this, talk to your admin and set a new password: ${origin}/forgot-password\n`,
});

/** Sends what is only a notice: the change it tells of stands, whether or not the mail goes out. */
export async function notify(reach: { mail: MailPort; log: Log }, mail: Mail): Promise<void> {
  try {
    await reach.mail.send(mail);
  } catch (error) {
    reach.log.error('mail.not_sent', { subject: mail.subject, reason: error instanceof AppError ? error.code : String(error) });
  }
}

/** "n…@shop.example": enough for the owner to know it. */
function masked(email: string): string {
  const [name = '', host = ''] = email.split('@');
  return `${name.slice(0, 1)}…@${host}`;
}
