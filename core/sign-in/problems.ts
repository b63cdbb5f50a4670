/** Why signing in with a provider came to nothing, each with the words a person reads. Codes travel in addresses, words never. */
export const SIGN_IN_PROBLEMS = {
  cancelled: 'Nothing was changed: you did not go through with it at the provider.',
  interrupted: 'This sign-in was begun in another browser or tab, or more than ten minutes ago. Begin again here.',
  used: 'This sign-in was used already, or took too long. Begin again.',
  not_accepted: 'The provider’s answer could not be trusted, so nobody was signed in. Begin again; if it happens again, sign in with your password.',
  unavailable: 'The provider does not answer just now. Try again in a minute, or sign in with your password.',
  misconfigured: 'The provider refuses this installation’s own key. Sign in with your password, and tell whoever runs this installation.',
  not_offered: 'This way of signing in is not set up here.',
  no_address: 'The provider tells us no confirmed e-mail address of yours. Confirm one there, or register with e-mail and password.',
  address_not_proven: 'There is an account with this e-mail address already, and the provider does not vouch that the address is yours. Sign in with your password, then link the provider on the page of your account.',
  address_not_confirmed: 'There is an account with this e-mail address already, but the address was never confirmed here. Sign in with your password and confirm it first.',
  deactivated: 'Your account was deactivated. Ask an admin of your company to let you in again.',
  taken: 'This account at the provider already opens another account here. Sign in with it, or choose another one there.',
  session_over: 'You were signed out meanwhile. Sign in, then link the provider again.',
  invitation_over: 'This invitation does not work any more: it was used, taken back or is older than a week. Ask for a new one.',
  invitation_taken: 'The invited address has an account with another company. Ask to be invited under another address.',
  rate_limited: 'Too many attempts from your address. Wait a minute, then begin again.',
} as const;

export type SignInProblem = keyof typeof SIGN_IN_PROBLEMS;

/** The words of a code from an address; null for one that is not ours. */
export function signInProblemWords(code: string | null): string | null {
  return code !== null && isSignInProblem(code) ? SIGN_IN_PROBLEMS[code] : null;
}

function isSignInProblem(code: string): code is SignInProblem {
  return Object.hasOwn(SIGN_IN_PROBLEMS, code);
}
