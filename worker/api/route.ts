/** Routes that cannot be made without saying who may call them. */
import { createRoute, z } from '@hono/zod-openapi';
import type { RouteConfig } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { AppError } from '#core/errors';
import { requirePermission, requirePerson } from '#operations/permissions';
import type { Permission } from '#operations/permissions';
import { rateHeaders, takeAuthAttempt } from '#worker/context/limits';
import type { ApiEnv } from './api-env.ts';

/**
 * `signed_in`: any caller of a company. `own_account`: any person, also one who must still set up a second factor;
 * nothing else is open to them. `credentials`: open, but limited like signing in. `ticket`: the route checks its own.
 */
export type Access = Permission | 'signed_in' | 'own_account' | 'credentials' | 'ticket';

export const problem = z.object({
  type: z.string(), title: z.string(), status: z.int(), detail: z.string(),
  code: z.string().openapi({ description: 'Stable; programs may rely on it' }),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
}).openapi('Problem');

const PROBLEM = { description: 'What went wrong', content: { 'application/problem+json': { schema: problem } } };

/** Either of them. */
const SIGNED_IN: Record<string, string[]>[] = [{ bearer: [] }, { session: [] }];

function guard(access: Access) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    if (access === 'credentials') {
      const decision = await takeAuthAttempt(c.get('edge'), c.req.raw);
      await next();
      for (const [name, value] of rateHeaders(decision)) c.res.headers.set(name, value);
      return;
    }
    if (access !== 'ticket') {
      const caller = c.get('caller');
      if (caller === null) throw new AppError('unauthenticated', 'Sign in, or send an API key or token as: Authorization: Bearer …');
      const ctx = c.get('edge').tenant(caller.companyId, caller.actor);
      if (access === 'own_account') requirePerson(ctx);
      else {
        if (caller.mustEnrol) throw new AppError('mfa_required', 'Your company requires a second factor of your role; set it up first (POST /api/v1/auth/mfa/enrol)');
        if (access !== 'signed_in') requirePermission(ctx, access);
      }
      c.set('ctx', ctx);
    }
    await next();
  });
}

/** A route with its access checked before its handler, and problem documents among its answers. */
export function route<const R extends RouteConfig>(access: Access, config: R) {
  const isOpen = access === 'credentials' || access === 'ticket';
  return createRoute({
    ...config,
    middleware: [guard(access)] as const,
    security: isOpen ? [] : SIGNED_IN,
    // What it needs, for programs and for the test that walks all routes.
    'x-permission': access,
    description: [config.description, isOpen || access === 'signed_in' || access === 'own_account' ? null : `Needs ${access}.`].filter(Boolean).join(' '),
    responses: { ...config.responses, default: PROBLEM },
  });
}

/** `content` of a JSON body or answer. */
export function json<S extends z.ZodType>(schema: S) {
  return { 'application/json': { schema } };
}
