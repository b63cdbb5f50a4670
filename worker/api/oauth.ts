/** The way to a provider of identities and back: two addresses that browsers walk through. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { SignInRefused } from '#connectors/identity/provider';
import { safePath } from '#core/net/safe-path';
import type { SignInProblem } from '#core/sign-in/problems';
import { AppError, assertNever } from '#core/errors';
import { beginWithProvider, finishWithProvider } from '#operations/identity-sign-in';
import type { ProviderOutcome, Purpose } from '#operations/identity-sign-in';
import { startCookieSession } from '#operations/sessions';
import { sealCodeStep } from '#operations/sign-in';
import { browserAddress } from '#worker/context/outside';
import { attemptCookie, clearedAttemptCookie, codeCookie, readAttemptCookie, readSessionCookie, sessionCookie, waitingCookie } from '#worker/context/session-cookie';
import type { ApiEnv } from './api-env.ts';
import { apiHono } from './api-hono.ts';
import { problemResponse } from './problem.ts';
import { route } from './route.ts';

const providerParam = z.object({ provider: z.string().max(40).openapi({ example: 'google' }) });
const start = z.object({
  next: z.string().max(2_000).optional().openapi({ description: 'A path of ours to come back to' }),
  invitation: z.string().max(100).optional().openapi({ description: 'Of the letter, to join by it' }),
});

export function oauthApi() {
  const app = apiHono();

  app.openapi(route('credentials', {
    method: 'get', path: '/auth/oauth/{provider}/start', tags: ['auth'], summary: 'Send the browser to a provider of identities',
    description: 'For browsers: Google, Microsoft or GitHub, where this installation is set up for them. What must come back is kept in a sealed cookie for ten minutes.',
    request: { params: providerParam, query: start },
    responses: { 302: { description: 'To the provider, or to the page that says why not' } },
  }), async (c) => {
    const { visitor, publicOrigin: origin, settings } = c.get('edge');
    const { next, invitation } = c.req.valid('query');
    const purpose: Purpose = invitation === undefined ? { kind: 'sign_in' } : { kind: 'join', token: invitation };
    const { url, step } = await beginWithProvider(visitor, c.req.valid('param').provider, purpose, { origin, next: safePath(next ?? null) });
    c.header('set-cookie', attemptCookie(c.req.raw, step.token, step.seconds));
    return c.redirect(browserAddress(settings.platformOrigins, url), 302);
  });

  app.openapi(route('credentials', {
    method: 'get', path: '/auth/oauth/{provider}/callback', tags: ['auth'], summary: 'Where a provider sends the browser back',
    description: 'Only for a browser that was sent from here, to this provider, within ten minutes.',
    // Each provider adds what it likes (scope, session_state, …); what counts is read and checked with the attempt.
    request: { params: providerParam, query: z.looseObject({}) },
    responses: { 302: { description: 'Signed in, on to a second factor or to registering, or to the page that says why not' } },
  }), async (c) => {
    const { visitor, publicOrigin: origin } = c.get('edge');
    const caller = c.get('caller');
    const signedIn = caller?.viaCookie === true && caller.actor.kind === 'user' ? { companyId: caller.companyId, actor: caller.actor, mustEnrol: caller.mustEnrol } : null;
    const providerId = c.req.valid('param').provider;
    const outcome = await finishWithProvider(visitor, { providerId, parameters: new URL(c.req.url).searchParams, step: readAttemptCookie(c.req.raw), signedIn, origin });
    c.header('set-cookie', clearedAttemptCookie(c.req.raw), { append: true });
    return c.redirect(await settle(c, providerId, outcome), 302);
  });

  // People walk here, not programs: they are brought to a page that says it in words.
  app.onError((error, c) => {
    const refused = error instanceof AppError && error.code !== 'internal';
    if (refused) c.get('edge').visitor.log.warn('oauth.refused', { path: c.req.path, problem: problemOf(error), check: error instanceof SignInRefused ? error.check : error.message, cause: error.cause instanceof Error ? error.cause.message : undefined });
    else c.get('edge').visitor.log.error('api.failed', { path: c.req.path, method: c.req.method, reason: error.message, stack: error.stack });
    if (!refused || !acceptsPages(c.req.raw)) return problemResponse(error, c.get('edge').requestId);
    c.header('set-cookie', clearedAttemptCookie(c.req.raw));
    const problem = problemOf(error);
    // Whoever is signed in was linking, or has nothing to do on the page to sign in.
    const page = c.get('caller')?.viaCookie === true ? '/account' : '/sign-in';
    return c.redirect(`${page}?provider-problem=${problem}`, 302);
  });
  return app;
}

/** Puts the outcome into cookies. @returns the page to go on to */
async function settle(c: Context<ApiEnv>, providerId: string, outcome: ProviderOutcome): Promise<string> {
  const { visitor, device } = c.get('edge');
  const keep = (cookie: string): void => { c.header('set-cookie', cookie, { append: true }); };
  switch (outcome.kind) {
    case 'signed_in': {
      const { token, expiresAt } = await startCookieSession(visitor, outcome.member, device, { former: readSessionCookie(c.req.raw), provider: providerId });
      keep(sessionCookie(c.req.raw, token, expiresAt));
      return outcome.next;
    }
    case 'code': {
      const step = await sealCodeStep(visitor, outcome.member);
      keep(codeCookie(c.req.raw, step.token, step.seconds));
      if (outcome.waiting !== null) keep(waitingCookie(c.req.raw, outcome.waiting.token, outcome.waiting.seconds));
      return `/sign-in/code?next=${encodeURIComponent(outcome.next)}`;
    }
    case 'register':
      keep(waitingCookie(c.req.raw, outcome.waiting.token, outcome.waiting.seconds));
      return '/register/company';
    case 'linked':
      return `/account?linked=${outcome.provider}`;
    default: return assertNever(outcome);
  }
}

function problemOf(error: AppError): SignInProblem {
  if (error instanceof SignInRefused) return error.problem;
  return error.code === 'rate_limited' ? 'rate_limited' : error.code === 'unavailable' ? 'unavailable' : 'not_accepted';
}

function acceptsPages(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true;
}
