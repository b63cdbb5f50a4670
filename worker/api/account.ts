/** One's own account: name, address, password, second factor and sessions. */
import { z } from '@hono/zod-openapi';
import { changeOwnPassword, changeOwnProfile, emailChange, passwordChange, profileChange, readOwnAccount, requestEmailChange, resendVerification } from '#operations/credentials';
import { confirmOwnMfa, enrolMfa, mfaPolicy, readMfaPolicy, readOwnMfa, renewRecoveryCodes, setMfaPolicy, turnOffMfa } from '#operations/mfa';
import { listOwnIdentities, unlinkIdentity } from '#operations/identities';
import { endOwnSessions, listOwnSessions } from '#operations/sessions';
import { takeGuess } from '#worker/context/limits';
import type { CountedAttempt } from '#worker/context/limits';
import { requirePerson } from '#operations/permissions';
import type { ApiEnv } from './api-env.ts';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { idParam, userShape } from './shapes.ts';
import type { Context } from 'hono';

const accountShape = userShape.extend({ emailVerifiedAt: z.string().nullable(), passwordChangedAt: z.string().nullable(), hasPassword: z.boolean() }).openapi('Account');
const sessionShape = z.object({
  id: z.uuid(), kind: z.enum(['cookie', 'refresh']).openapi({ description: 'A browser, or a program with tokens' }), userAgent: z.string().nullable(),
  place: z.string().nullable(), createdAt: z.string(), lastSeenAt: z.string(), expiresAt: z.string(), isCurrent: z.boolean(),
}).openapi('Session');
const password = z.strictObject({ password: z.string().max(256).default('').openapi({ description: 'Who has none needs a sign-in of the last ten minutes instead' }) });
const identityShape = z.object({
  id: z.uuid(), provider: z.string(), providerName: z.string(), email: z.string().nullable().openapi({ description: 'At the provider, when it was linked' }),
  createdAt: z.string(), lastUsedAt: z.string().nullable(),
}).openapi('LinkedIdentity');
const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()).openapi({ description: 'Shown this once; each signs in once' }) });
const policyShape = z.object({ roles: z.array(z.enum(['admin', 'manager', 'analyst', 'viewer'])) });

/** Whoever holds a borrowed screen may guess no faster than anybody else. */
async function guess(c: Context<ApiEnv>, kind: 'password' | 'code'): Promise<CountedAttempt> {
  return await takeGuess(c.get('edge'), c.req.raw, kind, requirePerson(c.get('ctx')).userId);
}

export function accountApi() {
  const app = apiHono();

  app.openapi(route('own_account', {
    method: 'get', path: '/auth/account', tags: ['account'], summary: 'One’s own account',
    responses: { 200: { description: 'The account', content: json(accountShape) } },
  }), async (c) => c.json(await readOwnAccount(c.get('ctx')), 200));

  app.openapi(route('own_account', {
    method: 'patch', path: '/auth/account', tags: ['account'], summary: 'Change one’s name',
    request: { body: { required: true, content: json(profileChange) } },
    responses: { 200: { description: 'Changed', content: json(accountShape) } },
  }), async (c) => {
    const ctx = c.get('ctx');
    await changeOwnProfile(ctx, c.req.valid('json'));
    return c.json(await readOwnAccount(ctx), 200);
  });

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/change-password', tags: ['account'], summary: 'Change one’s password',
    description: 'Every other session ends, and a notice is mailed.',
    request: { body: { required: true, content: json(passwordChange) } },
    responses: { 204: { description: 'Changed' } },
  }), async (c) => {
    const counted = await guess(c, 'password');
    await changeOwnPassword(c.get('ctx'), c.req.valid('json'), c.get('edge').publicOrigin);
    await counted.succeeded();
    return c.body(null, 204);
  });

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/change-email', tags: ['account'], summary: 'Move to another e-mail address',
    description: 'A link is mailed to the new address and a notice to the present one, which stays until the link is used. Answers alike whether or not the new address has an account.',
    request: { body: { required: true, content: json(emailChange) } },
    responses: { 202: { description: 'A link was mailed' } },
  }), async (c) => {
    const counted = await guess(c, 'password');
    const edge = c.get('edge');
    await requestEmailChange(edge.visitor, c.get('ctx'), c.req.valid('json'), edge.publicOrigin);
    await counted.succeeded();
    return c.body(null, 202);
  });

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/verify-email/send', tags: ['account'], summary: 'Mail the link that confirms one’s address again',
    responses: { 202: { description: 'Mailed' } },
  }), async (c) => {
    const edge = c.get('edge');
    await takeGuess(edge, c.req.raw, 'mail', requirePerson(c.get('ctx')).userId);
    await resendVerification(c.get('ctx'), edge.publicOrigin);
    return c.body(null, 202);
  });

  app.openapi(route('own_account', {
    method: 'get', path: '/auth/identities', tags: ['account'], summary: 'Providers that open one’s account',
    responses: { 200: { description: 'The oldest first', content: json(z.object({ rows: z.array(identityShape) })) } },
  }), async (c) => c.json({ rows: await listOwnIdentities(c.get('ctx')) }, 200));

  app.openapi(route('own_account', {
    method: 'delete', path: '/auth/identities/{id}', tags: ['account'], summary: 'Unlink a provider',
    description: 'Not the last way in. A notice is mailed. Linking takes a browser: the page of the account does it.',
    request: { params: idParam },
    responses: { 204: { description: 'Unlinked' } },
  }), async (c) => {
    await unlinkIdentity(c.get('ctx'), c.req.valid('param').id, c.get('edge').publicOrigin);
    return c.body(null, 204);
  });

  app.openapi(route('own_account', {
    method: 'get', path: '/auth/mfa', tags: ['account'], summary: 'How one’s second factor stands',
    responses: { 200: { description: 'The second factor', content: json(z.object({ isOn: z.boolean(), since: z.string().nullable(), recoveryCodesLeft: z.int(), isRequired: z.boolean() })) } },
  }), async (c) => c.json(await readOwnMfa(c.get('ctx')), 200));

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/mfa/enrol', tags: ['account'], summary: 'Begin to set up a second factor',
    description: 'Answers the secret for an authenticator app, as text and as an otpauth address to draw. It is in force once confirmed.',
    request: { body: { required: true, content: json(password) } },
    responses: { 200: { description: 'To be confirmed', content: json(z.object({ secret: z.string(), uri: z.string() })) } },
  }), async (c) => {
    const counted = await guess(c, 'password');
    const begun = await enrolMfa(c.get('ctx'), c.req.valid('json').password);
    await counted.succeeded();
    return c.json(begun, 200);
  });

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/mfa/confirm', tags: ['account'], summary: 'Put the second factor in force by a code of it',
    description: 'Every other session ends.',
    request: { body: { required: true, content: json(z.strictObject({ code: z.string().max(12) })) } },
    responses: { 200: { description: 'In force', content: json(recoveryCodes) } },
  }), async (c) => {
    const counted = await guess(c, 'code');
    const confirmed = await confirmOwnMfa(c.get('ctx'), c.req.valid('json').code, c.get('edge').publicOrigin);
    await counted.succeeded();
    return c.json(confirmed, 200);
  });

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/mfa/recovery-codes', tags: ['account'], summary: 'Ten new recovery codes in place of the former',
    request: { body: { required: true, content: json(password) } },
    responses: { 200: { description: 'Made', content: json(recoveryCodes) } },
  }), async (c) => {
    const counted = await guess(c, 'password');
    const made = await renewRecoveryCodes(c.get('ctx'), c.req.valid('json').password);
    await counted.succeeded();
    return c.json(made, 200);
  });

  app.openapi(route('own_account', {
    method: 'post', path: '/auth/mfa/disable', tags: ['account'], summary: 'Turn the second factor off',
    request: { body: { required: true, content: json(password) } },
    responses: { 204: { description: 'Off' } },
  }), async (c) => {
    const counted = await guess(c, 'password');
    await turnOffMfa(c.get('ctx'), c.req.valid('json').password, c.get('edge').publicOrigin);
    await counted.succeeded();
    return c.body(null, 204);
  });

  app.openapi(route('company:read', {
    method: 'get', path: '/auth/mfa/policy', tags: ['account'], summary: 'Roles that must have a second factor',
    responses: { 200: { description: 'The policy', content: json(policyShape) } },
  }), async (c) => c.json(await readMfaPolicy(c.get('ctx')), 200));

  app.openapi(route('team:manage', {
    method: 'put', path: '/auth/mfa/policy', tags: ['account'], summary: 'Require a second factor by role',
    description: 'Whoever lacks one is led to set it up before anything else; until then the API answers `mfa_required`.',
    request: { body: { required: true, content: json(mfaPolicy) } },
    responses: { 200: { description: 'The policy', content: json(policyShape) } },
  }), async (c) => c.json(await setMfaPolicy(c.get('ctx'), c.req.valid('json')), 200));

  app.openapi(route('own_account', {
    method: 'get', path: '/sessions', tags: ['account'], summary: 'One’s own open sessions',
    responses: { 200: { description: 'The one used last first', content: json(z.object({ rows: z.array(sessionShape) })) } },
  }), async (c) => c.json({ rows: await listOwnSessions(c.get('ctx')) }, 200));

  app.openapi(route('own_account', {
    method: 'delete', path: '/sessions', tags: ['account'], summary: 'End every session but the one that asks',
    responses: { 200: { description: 'How many were ended', content: json(z.object({ ended: z.int() })) } },
  }), async (c) => c.json({ ended: await endOwnSessions(c.get('ctx'), 'others') }, 200));

  app.openapi(route('own_account', {
    method: 'delete', path: '/sessions/{id}', tags: ['account'], summary: 'End one of one’s own sessions',
    request: { params: idParam },
    responses: { 204: { description: 'Ended' } },
  }), async (c) => {
    await endOwnSessions(c.get('ctx'), c.req.valid('param'));
    return c.body(null, 204);
  });

  return app;
}
