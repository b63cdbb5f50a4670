/** Registering, signing in and out, forgotten passwords, for programs; pages do it by app/account.server.ts. */
import { z } from '@hono/zod-openapi';
import { currentCompany, currentUser, registerCompany, registration } from '#operations/accounts';
import { confirmAddress, linkToken, passwordReset, requestPasswordReset, sendVerification, setForgottenPassword } from '#operations/credentials';
import { endCookieSession, endTokenSession, refreshTokens, startTokenSession } from '#operations/sessions';
import { signInWithCode } from '#operations/sign-in';
import { takeGuess } from '#worker/context/limits';
import { clearedSessionCookie, readSessionCookie } from '#worker/context/session-cookie';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { companyShape, userShape } from './shapes.ts';

const tokens = z.object({
  accessToken: z.string().openapi({ description: 'A JWT signed by a key of /.well-known/jwks.json' }),
  refreshToken: z.string(), expiresIn: z.int().openapi({ description: 'Seconds' }),
  user: userShape, company: companyShape,
}).openapi('Tokens');
const refreshBody = z.strictObject({ refreshToken: z.string().max(400) });
const login = z.strictObject({
  email: z.string().max(254), password: z.string().max(256),
  totp: z.string().max(12).optional().openapi({ description: 'Six digits of the authenticator app, where two-step sign-in is on' }),
  recoveryCode: z.string().max(40).optional().openapi({ description: 'Instead of totp; each works once' }),
});

export function authApi() {
  const app = apiHono();

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/register', tags: ['auth'], summary: 'Register a company and its first admin',
    description: 'A link that confirms the address is mailed.',
    request: { body: { required: true, content: json(registration.openapi('Registration')) } },
    responses: { 201: { description: 'Registered and signed in', content: json(tokens) } },
  }), async (c) => {
    const edge = c.get('edge');
    const { visitor, device, publicOrigin: origin } = edge;
    const { company, ...member } = await registerCompany(visitor, c.req.valid('json'));
    edge.later(sendVerification(visitor, member, origin));
    return c.json({ ...(await startTokenSession(visitor, member, device)), user: member.user, company }, 201);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/login', tags: ['auth'], summary: 'Sign in with e-mail and password',
    description: 'Answers `mfa_required` (403) when the password is right and a code is missing. After a few wrong attempts each further one must wait longer (429).',
    request: { body: { required: true, content: json(login) } },
    responses: { 200: { description: 'Signed in', content: json(tokens) } },
  }), async (c) => {
    const edge = c.get('edge');
    const { visitor, device, publicOrigin: origin } = edge;
    const given = c.req.valid('json');
    const guess = await takeGuess(edge, c.req.raw, 'password', given.email);
    const member = await signInWithCode(visitor, given, origin);
    const [pair, company] = await Promise.all([
      startTokenSession(visitor, member, device), currentCompany(visitor.database.tenant(member.companyId)), guess.succeeded(),
    ]);
    return c.json({ ...pair, user: member.user, company }, 200);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/refresh', tags: ['auth'], summary: 'The next pair of tokens',
    description: 'Each refresh token works once, for seven days; using one again ends the whole session, and the user is told by mail.',
    request: { body: { required: true, content: json(refreshBody) } },
    responses: { 200: { description: 'New tokens', content: json(tokens) } },
  }), async (c) => {
    const { visitor, publicOrigin: origin } = c.get('edge');
    const { member, ...pair } = await refreshTokens(visitor, c.req.valid('json').refreshToken, origin);
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

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/forgot-password', tags: ['auth'], summary: 'Mail a link that sets a new password',
    description: 'Answers alike, in words and time, whether or not the address has an account.',
    request: { body: { required: true, content: json(z.strictObject({ email: z.email().max(254) })) } },
    responses: { 202: { description: 'A link was mailed if there is such an account' } },
  }), async (c) => {
    const edge = c.get('edge');
    const { email } = c.req.valid('json');
    await takeGuess(edge, c.req.raw, 'mail', email);
    edge.later(requestPasswordReset(edge.visitor, email, edge.publicOrigin));
    return c.body(null, 202);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/reset-password', tags: ['auth'], summary: 'Set a new password by the link of a mail',
    description: 'The link works once, for an hour. Every session of the user ends.',
    request: { body: { required: true, content: json(passwordReset) } },
    responses: { 204: { description: 'Set; sign in with it' } },
  }), async (c) => {
    const { visitor, publicOrigin: origin } = c.get('edge');
    await setForgottenPassword(visitor, c.req.valid('json'), origin);
    return c.body(null, 204);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/auth/verify-email', tags: ['auth'], summary: 'Confirm an address by the link of a mail',
    request: { body: { required: true, content: json(z.strictObject({ token: linkToken })) } },
    responses: { 200: { description: 'Confirmed; `moved` when the account has this address from now on', content: json(z.object({ email: z.string(), moved: z.boolean() })) } },
  }), async (c) => c.json(await confirmAddress(c.get('edge').visitor, c.req.valid('json').token), 200));

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
