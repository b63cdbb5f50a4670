/** Registering, signing in and out, and who am I, for programs; pages sign in by app/context.server.ts. */
import { z } from '@hono/zod-openapi';
import { currentCompany, currentUser, registerCompany, registration } from '#operations/accounts';
import { checkPassword, endCookieSession, endTokenSession, refreshTokens, startTokenSession } from '#operations/sessions';
import { clearedSessionCookie, readSessionCookie } from '#worker/context/session-cookie';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { companyShape, userShape } from './shapes.ts';

const tokens = z.object({
  accessToken: z.string(), refreshToken: z.string(), expiresIn: z.int().openapi({ description: 'Seconds' }),
  user: userShape, company: companyShape,
}).openapi('Tokens');
const refreshBody = z.strictObject({ refreshToken: z.string().max(400) });

export function authApi() {
  const app = apiHono();

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/register', tags: ['auth'], summary: 'Register a company and its first admin',
    request: { body: { required: true, content: json(registration.openapi('Registration')) } },
    responses: { 201: { description: 'Registered and signed in', content: json(tokens) } },
  }), async (c) => {
    const { visitor } = c.get('edge');
    const { company, ...member } = await registerCompany(visitor, c.req.valid('json'));
    const pair = await startTokenSession(visitor, member, c.req.header('user-agent') ?? null);
    return c.json({ ...pair, user: member.user, company }, 201);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/login', tags: ['auth'], summary: 'Sign in with e-mail and password',
    request: { body: { required: true, content: json(z.strictObject({ email: z.string().max(254), password: z.string().max(256) })) } },
    responses: { 200: { description: 'Signed in', content: json(tokens) } },
  }), async (c) => {
    const { visitor } = c.get('edge');
    const member = await checkPassword(visitor, c.req.valid('json'));
    const [pair, company] = await Promise.all([
      startTokenSession(visitor, member, c.req.header('user-agent') ?? null),
      currentCompany(visitor.database.tenant(member.companyId)),
    ]);
    return c.json({ ...pair, user: member.user, company }, 200);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/refresh', tags: ['auth'], summary: 'The next pair of tokens',
    description: 'Each refresh token works once; using one again ends the whole session.',
    request: { body: { required: true, content: json(refreshBody) } },
    responses: { 200: { description: 'New tokens', content: json(tokens) } },
  }), async (c) => {
    const { visitor } = c.get('edge');
    const { member, ...pair } = await refreshTokens(visitor, c.req.valid('json').refreshToken);
    return c.json({ ...pair, user: member.user, company: await currentCompany(visitor.database.tenant(member.companyId)) }, 200);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/logout', tags: ['auth'], summary: 'End a session',
    description: 'Ends the session of the refresh token in the body, and that of the session cookie.',
    request: { body: { required: false, content: json(refreshBody.partial()) } },
    responses: { 204: { description: 'Ended' } },
  }), async (c) => {
    const { visitor } = c.get('edge');
    const { refreshToken } = c.req.valid('json');
    if (refreshToken !== undefined) await endTokenSession(visitor, refreshToken);
    const cookie = readSessionCookie(c.req.raw);
    if (cookie !== null) {
      await endCookieSession(visitor, cookie);
      c.header('set-cookie', clearedSessionCookie(c.req.raw));
    }
    return c.body(null, 204);
  });

  app.openapi(route('signed_in', {
    method: 'get', path: '/auth/me', tags: ['auth'], summary: 'Who is asking',
    responses: { 200: { description: 'The user (null for a key) and the company', content: json(z.object({ user: userShape.nullable(), company: companyShape, role: z.string() })) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    const [user, company] = await Promise.all([currentUser(ctx), currentCompany(ctx.db)]);
    const role = ctx.actor.kind === 'user' || ctx.actor.kind === 'api_key' ? ctx.actor.role : ctx.actor.kind;
    return c.json({ user, company, role }, 200);
  });

  return app;
}
