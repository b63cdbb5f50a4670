/** Routes that cannot be made without saying who may call them. */
import { createRoute, z } from '@hono/zod-openapi';
import type { RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '#core/errors';
import { requirePermission, requirePerson } from '#operations/permissions';
import type { Permission } from '#operations/permissions';
import { rateHeaders, takeAuthAttempt } from '#worker/context/limits';
import { JSON_BODY_BYTES, parseJson, readText, requireKeepable } from '#worker/context/read-json';
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

function guard(access: Access, input: Input) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    if (access === 'credentials') {
      const decision = await takeAuthAttempt(c.get('edge'), c.req.raw);
      await readInput(c, input);
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
    await readInput(c, input);
    await next();
  });
}

/** What a route takes: names of its parameters, null for any, and how large a JSON body may be, null where the handler reads it itself. */
interface Input {
  parameters: ReadonlySet<string> | null;
  bodyBytes: number | null;
}

function inputOf({ request }: RouteConfig, bodyBytes: number): Input {
  const { query, body } = request ?? {};
  const shape = body?.content['application/json'];
  return {
    parameters: query instanceof z.ZodObject && query.def.catchall instanceof z.ZodUnknown ? null : new Set(query instanceof z.ZodObject ? Object.keys(query.shape) : []),
    bodyBytes: shape !== undefined && 'schema' in shape && shape.schema instanceof z.ZodType ? bodyBytes : null,
  };
}

/**
 * Refuses parameters that nobody reads, and reads a JSON body once for whoever validates it.
 * @throws AppError `invalid_input`, `too_large`.
 */
async function readInput(c: Context<ApiEnv>, { parameters, bodyBytes }: Input): Promise<void> {
  const unknown = parameters === null ? [] : [...new URL(c.req.url).searchParams.keys()].filter((name) => !parameters.has(name));
  if (parameters !== null && unknown.length > 0) {
    const known = parameters.size === 0 ? 'this address takes none' : `known are ${[...parameters].join(', ')}`;
    throw new AppError('invalid_input', 'Some parameters are not known here', { errors: unknown.slice(0, 20).map((name) => ({ path: name.slice(0, 100), message: `There is no such parameter; ${known}` })) });
  }
  if (bodyBytes === null || !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return;
  const text = await readText(c.req.raw, bodyBytes);
  requireKeepable(parseJson(text));
  // Read anew by the validator: a body can be read once.
  const { url, method, headers } = c.req.raw;
  c.req.raw = new Request(url, { method, headers, body: text });
}

/**
 * A route with its access checked before its handler, and problem documents among its answers.
 * @param bodyBytes the largest JSON body that it takes.
 */
export function route<const R extends RouteConfig>(access: Access, config: R, bodyBytes = JSON_BODY_BYTES) {
  const isOpen = access === 'credentials' || access === 'ticket';
  return createRoute({
    ...config,
    middleware: [guard(access, inputOf(config, bodyBytes))] as const,
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
