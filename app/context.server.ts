/** The one door from pages to operations: who is signed in and what they may reach. Signing in and out is in account.server.ts. */
import { redirect } from '@remix-run/cloudflare';
import type { ActionFunctionArgs, AppLoadContext, LoaderFunctionArgs } from '@remix-run/cloudflare';
import { AppError } from '#core/errors';
import { currentCompany, currentUser } from '#operations/accounts';
import { resolveCookie } from '#operations/sessions';
import type { CompanyView, UserView } from '#operations/company-views';
import { takeRequest } from '#worker/context/limits';
import { readSessionCookie } from '#worker/context/session-cookie';
import type { TenantContext } from '#worker/ports';

export type Args = Pick<LoaderFunctionArgs | ActionFunctionArgs, 'request' | 'context'>;

export interface SignedIn {
  ctx: TenantContext;
  user: UserView;
  company: CompanyView;
  /** A second factor must be set up before anything else. */
  mustEnrol: boolean;
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
 * Who is signed in; everybody else is sent to sign in, and whoever lacks a second factor that the company requires to
 * set it up; both come back here after.
 * @throws Response 302, 429 over the limit.
 */
export async function requireContext(args: Args): Promise<SignedIn> {
  const found = await requireAccount(args);
  if (found.mustEnrol) throw redirect(`/second-factor?next=${encodeURIComponent(returnPath(args.request))}`);
  return found;
}

/** As `requireContext`, also for those who must still set up a second factor: for the pages where they do. */
export async function requireAccount(args: Args): Promise<SignedIn> {
  let found: SignedIn | null;
  try {
    found = await optionalContext(args);
  } catch (error) {
    throw asResponse(error, args);
  }
  if (found === null) throw redirect(`/sign-in?next=${encodeURIComponent(returnPath(args.request))}`);
  return found;
}

async function resolve({ request, context: { edge } }: Args): Promise<SignedIn | null> {
  const token = readSessionCookie(request);
  const identity = token === null ? null : await resolveCookie(edge.visitor, token);
  if (identity === null) return null;
  const { mustEnrol } = identity;
  await takeRequest(edge, { ...identity, viaCookie: true }, request);
  const ctx = edge.tenant(identity.companyId, identity.actor);
  const [user, company] = await Promise.all([currentUser(ctx), currentCompany(ctx.db)]);
  return user === null ? null : { ctx, user, company, mustEnrol };
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
