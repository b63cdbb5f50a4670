/**
 * Signing in with Google, Microsoft or GitHub. Which account an identity opens is decided here, by issuer and subject;
 * an e-mail address decides only where the provider vouches for it and it was confirmed with us as well.
 */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { generateRandomCodeVerifier, generateRandomNonce, generateRandomState } from 'oauth4webapi';
import { identityProviders } from '#connectors/identity/registry';
import { SignInRefused } from '#connectors/identity/provider';
import type { IdentityProvider, ProviderAccess, ProviderIdentity } from '#connectors/identity/provider';
import { assertNever } from '#core/errors';
import { findUserByEmail } from '#data/accounts';
import { findIdentity, touchIdentity } from '#data/identities';
import type { NewIdentity } from '#data/identities';
import type { TenantContext } from '#worker/ports';
import type { Identity } from './access-token.ts';
import { linkIdentity } from './identities.ts';
import { joinByIdentity } from './invitations.ts';
import { requireOwnPassword } from './own-password.ts';
import { requirePerson } from './permissions.ts';
import { sameSecret } from './secret-token.ts';
import { openStep, sealStep } from './sealed-step.ts';
import type { SealedStep } from './sealed-step.ts';
import type { Member } from './sessions.ts';
import type { SignInClient, Visitor } from './visitor.ts';

const ATTEMPT_SECONDS = 10 * 60;
/** How long a known but new identity may wait for the name of its company, or for a code. */
const WAITING_SECONDS = 15 * 60;

export interface ProviderView {
  id: string;
  name: string;
}

/** Those that are set up here, in the order of the registry. */
export function offeredProviders(visitor: Pick<Visitor, 'signInClients'>): ProviderView[] {
  return identityProviders.filter(({ id }) => visitor.signInClients.has(id)).map(({ id, name }) => ({ id, name }));
}

/** Where forms may lead besides to us. */
export function providerOrigins(visitor: Pick<Visitor, 'signInClients'>): string[] {
  return identityProviders.filter(({ id }) => visitor.signInClients.has(id)).map(({ origin }) => origin);
}

const purposeShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sign_in') }),
  z.strictObject({ kind: z.literal('join'), token: z.string() }),
  z.strictObject({ kind: z.literal('link'), companyId: z.string(), userId: z.string() }),
]);
/** What coming back is to lead to. */
export type Purpose = z.infer<typeof purposeShape>;

const attemptShape = z.strictObject({ provider: z.string(), state: z.string(), nonce: z.string(), verifier: z.string(), purpose: purposeShape, next: z.string() });

const waitingShape = z.strictObject({
  provider: z.string(), issuer: z.string(), subject: z.string(), email: z.string(), emailIsProven: z.boolean(), name: z.string().nullable(),
  /** Whose account it is to open once the code is right; null: a company is to be registered with it. */
  linkTo: z.strictObject({ companyId: z.string(), userId: z.string() }).nullable(), next: z.string(),
});
/** An identity that the provider has vouched for, and that opens nothing yet. */
export type WaitingIdentity = z.infer<typeof waitingShape>;

/**
 * Where to send the browser, and what it must bring back.
 * @param origin our address, for the way back
 * @param next a path of ours
 * @throws SignInRefused, AppError `unavailable`.
 */
export async function beginWithProvider(visitor: Visitor, providerId: string, purpose: Purpose, { origin, next }: { origin: string; next: string }): Promise<{ url: string; step: SealedStep }> {
  const { provider, client } = requireOffered(visitor, providerId);
  const attempt = { state: generateRandomState(), nonce: generateRandomNonce(), verifier: generateRandomCodeVerifier() };
  const url = await provider.authorizationUrl(accessOf(visitor, provider, client, origin), attempt);
  return { url: url.href, step: await sealStep(visitor, 'oauth-attempt', ATTEMPT_SECONDS, { provider: providerId, ...attempt, purpose, next }) };
}

/**
 * As `beginWithProvider`, to link it to the account of whoever asks: they prove themselves once more, since what is
 * linked opens the account from then on.
 * @throws AppError `invalid_input` for a wrong password.
 */
export async function beginLinking(visitor: Visitor, ctx: TenantContext, given: { provider: string; password: string }, origin: string): Promise<{ url: string; step: SealedStep }> {
  const { userId } = requirePerson(ctx);
  await requireOwnPassword(ctx, given.password);
  return await beginWithProvider(visitor, given.provider, { kind: 'link', companyId: ctx.companyId, userId }, { origin, next: '/account' });
}

export type ProviderOutcome =
  | { kind: 'signed_in'; member: Member; next: string }
  /** A code is needed as well; `waiting`, where the identity is to be linked after it. */
  | { kind: 'code'; member: Member; waiting: SealedStep | null; next: string }
  | { kind: 'register'; waiting: SealedStep }
  | { kind: 'linked'; provider: string };

export interface CameBack {
  providerId: string;
  /** The query of the callback. */
  parameters: URLSearchParams;
  /** What the browser kept since it was sent. */
  step: string | null;
  /** Who is signed in in this browser. */
  signedIn: Identity | null;
  origin: string;
}

/**
 * What comes of it when a browser comes back.
 * @throws SignInRefused saying why nothing does; AppError `unavailable`.
 */
export async function finishWithProvider(visitor: Visitor, { providerId, parameters, step, signedIn, origin }: CameBack): Promise<ProviderOutcome> {
  const { provider, client } = requireOffered(visitor, providerId);
  const attempt = await openStep(visitor, 'oauth-attempt', attemptShape, step);
  // Before anything is asked: an answer that this browser did not ask this provider for is nobody's (RFC 9700, 4.4 and 4.7).
  if (attempt === null || attempt.provider !== providerId || !(await sameSecret(parameters.get('state') ?? '', attempt.state))) throw new SignInRefused('interrupted');
  const proven = await provider.identify(accessOf(visitor, provider, client, origin), attempt, parameters);
  const { purpose, next } = attempt;
  switch (purpose.kind) {
    case 'sign_in': return await signIn(visitor, provider, proven, { next, origin });
    case 'join': return await joinWith(visitor, provider, proven, purpose.token);
    case 'link': {
      if (signedIn === null || signedIn.companyId !== purpose.companyId || signedIn.actor.userId !== purpose.userId) throw new SignInRefused('session_over');
      const { companyId, actor } = signedIn;
      await linkIdentity(visitor, { companyId, userId: actor.userId, email: actor.email }, rowOf(provider.id, proven), origin);
      return { kind: 'linked', provider: provider.id };
    }
    default: return assertNever(purpose);
  }
}

/** The identity that waits in this browser; null when there is none, or no longer. */
export async function readWaiting(visitor: Visitor, token: string | null): Promise<WaitingIdentity | null> {
  return await openStep(visitor, 'oauth-identity', waitingShape, token);
}

/** After the code: the identity that was waiting for it opens the account from now on. Where it cannot, signing in goes on all the same. */
export async function linkWaiting(visitor: Visitor, member: Member, token: string | null, origin: string): Promise<void> {
  const waiting = await readWaiting(visitor, token);
  if (waiting?.linkTo?.userId !== member.user.id || waiting.linkTo.companyId !== member.companyId) return;
  try {
    await linkIdentity(visitor, { companyId: member.companyId, userId: member.user.id, email: member.user.email }, rowOf(waiting.provider, waiting), origin);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    visitor.log.warn('identity.not_linked', { companyId: member.companyId, userId: member.user.id, problem: error.problem });
  }
}

/** As it is kept. */
export function rowOf(provider: string, { issuer, subject, email }: Pick<ProviderIdentity, 'issuer' | 'subject' | 'email'>): NewIdentity {
  return { id: uuidv7(), provider, issuer, subject, email };
}

async function signIn(visitor: Visitor, provider: IdentityProvider, proven: ProviderIdentity, { next, origin }: { next: string; origin: string }): Promise<ProviderOutcome> {
  const known = await findIdentity(visitor.database, proven.issuer, proven.subject);
  if (known !== null) {
    const { company_id: companyId, identity_id: identityId, user_id: id, email, name, role, has_mfa: hasMfa, deactivated_at: deactivatedAt } = known;
    if (deactivatedAt !== null) throw new SignInRefused('deactivated');
    await touchIdentity(visitor.database.tenant(companyId), identityId);
    const member: Member = { companyId, user: { id, email, name, role } };
    return hasMfa ? { kind: 'code', member, waiting: null, next } : { kind: 'signed_in', member, next };
  }
  if (proven.email === null) throw new SignInRefused('no_address');
  const wait = (linkTo: WaitingIdentity['linkTo']): Promise<SealedStep> =>
    sealStep(visitor, 'oauth-identity', WAITING_SECONDS, { provider: provider.id, ...proven, linkTo, next });
  const user = await findUserByEmail(visitor.database, proven.email);
  if (user === null) return { kind: 'register', waiting: await wait(null) };
  if (!proven.emailIsProven) throw new SignInRefused('address_not_proven');
  // Somebody may have registered with an address that is not theirs, and wait for its owner to come this way.
  if (user.email_verified_at === null) throw new SignInRefused('address_not_confirmed');
  const { company_id: companyId, user_id: userId, email, name, role } = user;
  const member: Member = { companyId, user: { id: userId, email, name, role } };
  if (user.has_mfa) return { kind: 'code', member, waiting: await wait({ companyId, userId }), next };
  await linkIdentity(visitor, { companyId, userId, email }, rowOf(provider.id, proven), origin);
  return { kind: 'signed_in', member, next };
}

async function joinWith(visitor: Visitor, provider: IdentityProvider, proven: ProviderIdentity, token: string): Promise<ProviderOutcome> {
  const name = (proven.name ?? proven.email?.split('@')[0] ?? provider.name).trim().slice(0, 120);
  const made = await joinByIdentity(visitor, token, name, rowOf(provider.id, proven));
  switch (made) {
    case 'over': throw new SignInRefused('invitation_over');
    case 'taken': throw new SignInRefused('invitation_taken');
    case 'identity_taken': throw new SignInRefused('taken');
    default: return { kind: 'signed_in', member: made, next: '/' };
  }
}

function requireOffered(visitor: Visitor, id: string): { provider: IdentityProvider; client: SignInClient } {
  const provider = identityProviders.find((one) => one.id === id);
  const client = visitor.signInClients.get(id);
  if (provider === undefined || client === undefined) throw new SignInRefused('not_offered');
  return { provider, client };
}

function accessOf(visitor: Visitor, { id }: IdentityProvider, client: SignInClient, origin: string): ProviderAccess {
  return {
    ...client, redirectUri: `${origin}/api/v1/auth/oauth/${id}/callback`, servers: visitor.memory.identityServers,
    now: () => visitor.clock.now(), fetch: (url, init) => visitor.outside.fetch(url, { timeoutSeconds: 10, ...init }),
  };
}
