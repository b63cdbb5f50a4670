/** The shape every provider of identities has: how to send a browser there, and how to read who came back. */
import type { AuthorizationServer } from 'oauth4webapi';
import { AppError } from '#core/errors';
import type { ErrorCode } from '#core/errors';
import { SIGN_IN_PROBLEMS } from '#core/sign-in/problems';
import type { SignInProblem } from '#core/sign-in/problems';

/** What a provider may reach, and who we are to it. */
export interface ProviderAccess {
  now(): Date;
  /** Our one way out; `manual` follows no redirect. @throws AppError `unavailable` when nobody answers. */
  fetch(url: string, init?: { method?: string; headers?: Record<string, string>; body?: string; redirect?: 'manual' }): Promise<Response>;
  clientId: string;
  clientSecret: string;
  /** Exactly as registered with the provider. */
  redirectUri: string;
  /** What servers said of themselves, kept for an hour; their signing keys are remembered with it. */
  servers: { get(issuer: string, now: Date): AuthorizationServer | undefined; set(issuer: string, server: AuthorizationServer, seconds: number, now: Date): void };
}

/** Secrets of one attempt, kept by the browser that began it. */
export interface Attempt {
  state: string;
  /** Comes back inside the ID token; unused where there is none. */
  nonce: string;
  /** PKCE (RFC 7636). */
  verifier: string;
}

export interface ProviderIdentity {
  /** Who vouches. */
  issuer: string;
  /** The provider's own, unchanging name for the person. */
  subject: string;
  /** Null where the provider tells none. */
  email: string | null;
  /** The provider vouches that whoever signed in holds this address now. Only then may it decide anything here. */
  emailIsProven: boolean;
  name: string | null;
}

export interface IdentityProvider {
  /** In addresses and rows; upper-cased it begins the names of its two variables, such as GOOGLE_CLIENT_ID. */
  id: string;
  name: string;
  /** Where browsers are sent; a form may lead there. */
  origin: string;
  /** @throws AppError `unavailable` when the provider does not answer. */
  authorizationUrl(access: ProviderAccess, attempt: Attempt): Promise<URL>;
  /**
   * Checks what came back and asks the provider who it is.
   * @throws SignInRefused, AppError `unavailable`.
   */
  identify(access: ProviderAccess, attempt: Attempt, parameters: URLSearchParams): Promise<ProviderIdentity>;
}

const CODES: Partial<Record<SignInProblem, ErrorCode>> = {
  unavailable: 'unavailable', misconfigured: 'unavailable', rate_limited: 'rate_limited', not_offered: 'not_found', invitation_over: 'not_found',
  invitation_taken: 'conflict', taken: 'conflict', address_not_proven: 'conflict', address_not_confirmed: 'conflict', deactivated: 'forbidden',
};

/** Nobody was signed in, and why; `check` names for the log and for programs what failed in the provider's answer. */
export class SignInRefused extends AppError {
  readonly problem: SignInProblem;
  readonly check: string | null;

  constructor(problem: SignInProblem, check: string | null = null, cause?: unknown) {
    super(CODES[problem] ?? 'unauthenticated', check === null ? SIGN_IN_PROBLEMS[problem] : `${SIGN_IN_PROBLEMS[problem]} (${check})`, { cause });
    this.problem = problem;
    this.check = check;
  }
}
