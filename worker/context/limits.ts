/** How much a caller may ask, and the headers that tell them (draft-ietf-httpapi-ratelimit-headers). */
import { AppError } from '#core/errors';
import { companyFacts } from '#operations/company-access';
import type { Caller } from './caller.ts';
import type { Edge, RateDecision } from './edge.ts';

const WINDOW_SECONDS = 60;
const SESSION_PER_MINUTE = 600;
const TOKEN_PER_MINUTE = 100;
const OPERATOR_PER_MINUTE = 6_000;
/** All people, pages and programs of a company together, however many keys it makes. */
const COMPANY_PER_MINUTE = 6_000;
/** For those who have not said who they are. */
const ADDRESS_PER_MINUTE = 100;
/** Signing in, registering, refreshing: each costs a password hash or gives a way to guess. */
const AUTH_PER_MINUTE = 10;
/** Passwords, codes and mails before the delays begin: of one account, and of an address that many people may share. */
const FREE_GUESSES = 5;
const FREE_GUESSES_PER_ADDRESS = 30;
/** Beacons of one page, several people behind one address; and of a whole site. */
const BEACONS_PER_ADDRESS = 240;
const BEACONS_PER_SITE = 12_000;
/** Unknown keys, tokens and cookies from one address. */
const GUESSES_PER_MINUTE = 30;

/** The address a request comes from; of an IPv6 address its /64, which one household shares. */
function addressOf(request: Request): string {
  const address = request.headers.get('cf-connecting-ip') ?? 'local';
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
}

/**
 * Takes one request from what this caller may do.
 * @throws AppError `rate_limited`.
 */
export async function takeRequest(edge: Edge, caller: Caller | null, request: Request): Promise<RateDecision> {
  const { subject, usual } = subjectOf(caller, request);
  const chosen = caller === null || caller.actor.kind === 'operator' ? null : (await companyFacts(edge.visitor, caller.companyId))?.apiPerMinute ?? null;
  const own = enforce(await edge.take(subject, edge.settings.apiPerMinute ?? caller?.perMinute ?? chosen ?? usual, WINDOW_SECONDS));
  // After one's own: what is refused there takes nothing from colleagues.
  if (isCounted(caller)) enforce(await edge.take(`company:${caller.companyId}`, Math.max(COMPANY_PER_MINUTE, edge.settings.apiPerMinute ?? 0, chosen ?? 0), WINDOW_SECONDS), 'your company together');
  return own;
}

/** Whether it counts as its company's: the operator speaks for none, and jobs ask nobody. */
function isCounted(caller: Caller | null): caller is Caller {
  return caller !== null && (caller.actor.kind === 'user' || caller.actor.kind === 'api_key');
}

/**
 * Takes one attempt at signing in, before anything is hashed.
 * @throws AppError `rate_limited`.
 */
export async function takeAuthAttempt(edge: Edge, request: Request): Promise<RateDecision> {
  return enforce(await edge.take(`auth:${addressOf(request)}`, edge.settings.authPerMinute ?? AUTH_PER_MINUTE, WINDOW_SECONDS));
}

export interface CountedAttempt {
  /** The attempt was good: the account has nothing to wait for, and its address is not charged. */
  succeeded(): Promise<void>;
}

/**
 * Counts one guess at an account's secret before anything is looked up or hashed: after a few, each further one of the
 * same account or the same address must wait twice as long. Unknown accounts count like known ones.
 *
 * @param kind what is guessed
 * @param account the address that was typed, or the id of who is signed in; kept only as a keyed hash
 * @throws AppError `rate_limited` with the seconds to wait.
 */
export async function takeGuess(edge: Edge, request: Request, kind: 'password' | 'code' | 'mail', account: string): Promise<CountedAttempt> {
  // Where tests lift the limit of signing in, they lift this one with it.
  const lifted = edge.settings.authPerMinute ?? 0;
  const subjects = {
    account: `guess:${kind}:${await edge.visitor.keys.identityHash(account)}`,
    address: `guess:${kind}:${addressOf(request)}`,
  };
  await refuseHasty(edge, subjects.address, Math.max(FREE_GUESSES_PER_ADDRESS, lifted));
  await refuseHasty(edge, subjects.account, Math.max(FREE_GUESSES, lifted));
  return {
    async succeeded() {
      await Promise.all([edge.settleAttempt(subjects.account, 'clear'), edge.settleAttempt(subjects.address, 'take_back')]);
    },
  };
}

/** Both password and code were right: an account's guesses of this kind do not count any more. */
export async function forgiveGuesses(edge: Edge, kind: 'password', account: string): Promise<void> {
  await edge.settleAttempt(`guess:${kind}:${await edge.visitor.keys.identityHash(account)}`, 'clear');
}

async function refuseHasty(edge: Edge, subject: string, free: number): Promise<void> {
  const { allowed, waitSeconds } = await edge.attempt(subject, free);
  if (!allowed) {
    throw new AppError('rate_limited', `Too many attempts; try again in ${waitSeconds < 120 ? `${String(waitSeconds)} seconds` : `${String(Math.ceil(waitSeconds / 60))} minutes`}`, { retryAfterSeconds: waitSeconds });
  }
}

/**
 * Takes one request of events from what a visitor's address and the whole site may send.
 * @throws AppError `rate_limited`.
 */
export async function takeEvents(edge: Edge, sourceId: string, request: Request): Promise<void> {
  enforce(await edge.take(`events:${sourceId}:${addressOf(request)}`, edge.settings.apiPerMinute ?? BEACONS_PER_ADDRESS, WINDOW_SECONDS));
  enforce(await edge.take(`events:${sourceId}`, BEACONS_PER_SITE, WINDOW_SECONDS));
}

/** @throws AppError `rate_limited` when this address has sent too many unknown credentials. */
export function refuseGuesser(edge: Edge, request: Request): void {
  if (edge.visitor.memory.guessers.get(addressOf(request), edge.visitor.clock.now()) === true) throw tooMany(WINDOW_SECONDS);
}

/** Notes that unknown credentials came from this address. */
export async function noteGuess(edge: Edge, request: Request): Promise<void> {
  const address = addressOf(request);
  const decision = await edge.take(`guess:${address}`, edge.settings.apiPerMinute ?? GUESSES_PER_MINUTE, WINDOW_SECONDS);
  if (!decision.allowed) edge.visitor.memory.guessers.set(address, true, decision.resetSeconds, edge.visitor.clock.now());
}

/** `RateLimit` and `RateLimit-Policy`. */
export function rateHeaders(decision: RateDecision): [string, string][] {
  return [
    ['ratelimit', `"default";r=${String(decision.remaining)};t=${String(decision.resetSeconds)}`],
    ['ratelimit-policy', `"default";q=${String(decision.limit)};w=${String(WINDOW_SECONDS)}`],
  ];
}

/** Carries the decision, so that the refusal states limits as well. */
export class RateLimited extends AppError {
  readonly decision: RateDecision;

  /** @param whose of whom, where it is not the caller's own limit */
  constructor(decision: RateDecision, whose?: string) {
    super('rate_limited', `Too many requests: ${String(decision.limit)} a minute are allowed${whose === undefined ? '' : ` to ${whose}`}`, { retryAfterSeconds: Math.max(1, decision.resetSeconds) });
    this.decision = decision;
  }
}

function enforce(decision: RateDecision, whose?: string): RateDecision {
  if (!decision.allowed) throw new RateLimited(decision, whose);
  return decision;
}

function tooMany(seconds: number): AppError {
  return new AppError('rate_limited', 'Too many unknown credentials from your address', { retryAfterSeconds: seconds });
}

function subjectOf(caller: Caller | null, request: Request): { subject: string; usual: number } {
  if (caller === null) return { subject: `ip:${addressOf(request)}`, usual: ADDRESS_PER_MINUTE };
  const { actor } = caller;
  switch (actor.kind) {
    case 'user':
      return caller.viaCookie
        ? { subject: `session:${actor.sessionId}`, usual: SESSION_PER_MINUTE }
        : { subject: `token:${actor.sessionId}`, usual: TOKEN_PER_MINUTE };
    case 'api_key':
      return { subject: `key:${actor.keyId}`, usual: TOKEN_PER_MINUTE };
    case 'operator':
    case 'system':
      return { subject: `operator:${caller.companyId}`, usual: OPERATOR_PER_MINUTE };
  }
}
