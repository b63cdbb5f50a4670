/** The one door from pages to operations: who is signed in, what they may reach, and the cookies of signing in and out. */
import { redirect } from '@remix-run/cloudflare';
import type { ActionFunctionArgs, AppLoadContext, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { AppError } from '#core/errors';
import { currentCompany, currentUser, registerCompany, registration } from '#operations/accounts';
import type { Registration } from '#operations/accounts';
import { checkPassword, endCookieSession, resolveCookie, startCookieSession } from '#operations/sessions';
import type { Member } from '#operations/sessions';
import type { CompanyView, UserView } from '#operations/company-views';
import { takeAuthAttempt, takeRequest } from '#worker/context/limits';
import { clearedSessionCookie, isSameOrigin, readSessionCookie, sessionCookie } from '#worker/context/session-cookie';
import type { TenantContext } from '#worker/ports';

type Args = Pick<LoaderFunctionArgs | ActionFunctionArgs, 'request' | 'context'>;

export interface SignedIn {
  ctx: TenantContext;
  user: UserView;
  company: CompanyView;
}

/** All loaders of one page ask; the context object is theirs together, so it is answered once. */
const answers = new WeakMap<AppLoadContext, Promise<SignedIn | null>>();

/** Who is signed in, or null. One request is taken from the session's limit. */
export async function optionalContext(args: Args): Promise<SignedIn | null> {
  const known = answers.get(args.context);
  if (known !== undefined) return await known;
  const answer = resolve(args);
  answers.set(args.context, answer);
  return await answer;
}

/**
 * Who is signed in; everybody else is sent to sign in and comes back here after.
 * @throws Response 302, 429 over the limit, 403 for a write that another site sent.
 */
export async function requireContext(args: Args): Promise<SignedIn> {
  let found: SignedIn | null;
  try {
    found = await optionalContext(args);
  } catch (error) {
    throw asResponse(error, args);
  }
  if (found === null) throw redirect(`/sign-in?next=${encodeURIComponent(returnPath(args.request))}`);
  if (args.request.method !== 'GET' && args.request.method !== 'HEAD' && !isSameOrigin(args.request)) {
    throw new Response('This form was not sent from a page of ours', { status: 403 });
  }
  return found;
}

/** Headers that start the session. @throws AppError `unauthenticated`, `rate_limited`. */
export async function signIn(args: Args, given: { email: string; password: string }): Promise<Headers> {
  requireOwnPage(args);
  await takeAuthAttempt(args.context.edge, args.request);
  return await start(args, await checkPassword(args.context.edge.visitor, given));
}

/** Registers a company and signs its first admin in. @throws AppError `invalid_input`, `conflict`, `rate_limited`. */
export async function signUp(args: Args, given: Registration): Promise<Headers> {
  requireOwnPage(args);
  await takeAuthAttempt(args.context.edge, args.request);
  const parsed = registration.safeParse(given);
  if (!parsed.success) {
    throw new AppError('invalid_input', 'Some fields need mending', {
      errors: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    });
  }
  return await start(args, await registerCompany(args.context.edge.visitor, parsed.data));
}

/** Headers that end the session, which is over on our side as well. */
export async function signOut(args: Args): Promise<Headers> {
  requireOwnPage(args);
  const { edge } = args.context;
  const token = readSessionCookie(args.request);
  const identity = token === null ? null : await endCookieSession(edge.visitor, token);
  if (identity !== null) await edge.closePages(identity.companyId, identity.actor.userId);
  return new Headers({ 'set-cookie': clearedSessionCookie(args.request) });
}

async function start(args: Args, member: Member): Promise<Headers> {
  const session = await startCookieSession(args.context.edge.visitor, member, args.request.headers.get('user-agent'));
  return new Headers({ 'set-cookie': sessionCookie(args.request, session.token, session.expiresAt) });
}

async function resolve({ request, context: { edge } }: Args): Promise<SignedIn | null> {
  const token = readSessionCookie(request);
  const identity = token === null ? null : await resolveCookie(edge.visitor, token);
  if (identity === null) return null;
  await takeRequest(edge, { ...identity, viaCookie: true }, request);
  const ctx = edge.tenant(identity.companyId, identity.actor);
  const [user, company] = await Promise.all([currentUser(ctx), currentCompany(ctx.db)]);
  return user === null ? null : { ctx, user, company };
}

/** @throws AppError `forbidden` when another site sent the form: nobody is to be signed in or out by a stranger's page. */
function requireOwnPage({ request }: Args): void {
  if (!isSameOrigin(request)) throw new AppError('forbidden', 'This form was not sent from a page of ours');
}

/** The page to come back to; a data request of the router names its page with a suffix. */
function returnPath(request: Request): string {
  const url = new URL(request.url);
  url.searchParams.delete('_routes');
  return url.pathname.replace(/(\/_root)?\.data$/, '') + url.search || '/';
}

function asResponse(error: unknown, { context }: Args): unknown {
  if (!(error instanceof AppError) || error.code !== 'rate_limited') return error;
  return new Response(error.message, {
    status: 429, headers: { 'retry-after': String(error.retryAfterSeconds ?? 60), 'x-request-id': context.edge.requestId },
  });
}
