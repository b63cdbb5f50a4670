/** Who is in the company, who was asked to join, and what each role may do. */
import { z } from '@hono/zod-openapi';
import { currentCompany } from '#operations/accounts';
import { invite, join, joining, listInvitations, newInvitation, resendInvitation, revokeInvitation } from '#operations/invitations';
import { startTokenSession } from '#operations/sessions';
import { changeRole, deactivateMember, listMembers, listPermissions, reactivateMember, resetSecondFactor } from '#operations/team';
import { apiHono } from './api-hono.ts';
import { json, route } from './route.ts';
import { companyShape, idParam, role, userShape } from './shapes.ts';

const changed = userShape.extend({ createdAt: z.string(), deactivatedAt: z.string().nullable() });
const member = changed.extend({ lastSeenAt: z.string().nullable(), hasMfa: z.boolean().openapi({ description: 'Signs in with a second factor' }) }).openapi('Member');
const invitation = z.object({
  id: z.string(), email: z.string(), role, invitedBy: z.string(), createdAt: z.string(), sentAt: z.string(),
  expiresAt: z.string().openapi({ description: 'From then on its link does not work; it can be sent again' }),
}).openapi('Invitation');
const permission = z.object({
  permission: z.string(), area: z.string(), words: z.string().openapi({ description: 'Completes “may …”' }), roles: z.array(role),
  changes: z.boolean().openapi({ description: 'Whether it lets one change something' }),
}).openapi('Permission');
export function teamApi() {
  const app = apiHono();

  app.openapi(route('team:read', {
    method: 'get', path: '/users', tags: ['team'], summary: 'Members',
    responses: { 200: { description: 'Those who may come in first', content: json(z.object({ rows: z.array(member) })) } },
  }), async (c) => c.json({ rows: await listMembers(c.get('ctx')) }, 200));

  app.openapi(route('team:read', {
    method: 'get', path: '/permissions', tags: ['team'], summary: 'What each role may do',
    responses: { 200: { description: 'The whole table', content: json(z.object({ rows: z.array(permission) })) } },
  }), (c) => c.json({ rows: listPermissions(c.get('ctx')) }, 200));

  app.openapi(route('team:manage', {
    method: 'patch', path: '/users/{id}', tags: ['team'], summary: 'Give another role',
    description: 'Holds everywhere within seconds.',
    request: { params: idParam, body: { required: true, content: json(z.strictObject({ role })) } },
    responses: { 200: { description: 'As they are now', content: json(changed) } },
  }), async (c) => c.json(await changeRole(c.get('ctx'), c.req.valid('param').id, c.req.valid('json').role), 200));

  app.openapi(route('team:manage', {
    method: 'post', path: '/users/{id}/deactivate', tags: ['team'], summary: 'Keep a member out',
    description: 'Ends every session within seconds. The last admin cannot be kept out.',
    request: { params: idParam },
    responses: { 200: { description: 'As they are now', content: json(changed) } },
  }), async (c) => c.json(await deactivateMember(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('team:manage', {
    method: 'post', path: '/users/{id}/reactivate', tags: ['team'], summary: 'Let a member in again',
    request: { params: idParam },
    responses: { 200: { description: 'As they are now', content: json(changed) } },
  }), async (c) => c.json(await reactivateMember(c.get('ctx'), c.req.valid('param').id), 200));

  app.openapi(route('team:manage', {
    method: 'post', path: '/users/{id}/reset-mfa', tags: ['team'], summary: 'Reset a member’s second factor',
    description: 'For whoever has lost phone and recovery codes. Every session of theirs ends, and they are told by mail. Not one’s own.',
    request: { params: idParam },
    responses: { 200: { description: 'Reset', content: json(changed) } },
  }), async (c) => c.json(await resetSecondFactor(c.get('ctx'), c.req.valid('param').id, c.get('edge').publicOrigin), 200));

  app.openapi(route('team:manage', {
    method: 'get', path: '/invitations', tags: ['team'], summary: 'Invitations that wait for an answer',
    responses: { 200: { description: 'Newest first', content: json(z.object({ rows: z.array(invitation) })) } },
  }), async (c) => c.json({ rows: await listInvitations(c.get('ctx')) }, 200));

  app.openapi(route('team:manage', {
    method: 'post', path: '/invitations', tags: ['team'], summary: 'Ask somebody to join',
    description: 'They get a letter with a link that works once and for a week.',
    request: { body: { required: true, content: json(newInvitation) } },
    responses: { 201: { description: 'Asked', content: json(invitation) } },
  }), async (c) => c.json(await invite(c.get('ctx'), c.req.valid('json'), c.get('edge').publicOrigin), 201));

  app.openapi(route('team:manage', {
    method: 'post', path: '/invitations/{id}/resend', tags: ['team'], summary: 'Send an invitation again',
    description: 'With a new link for another week; the former one stops working.',
    request: { params: idParam },
    responses: { 200: { description: 'Sent', content: json(invitation) } },
  }), async (c) => c.json(await resendInvitation(c.get('ctx'), c.req.valid('param').id, c.get('edge').publicOrigin), 200));

  app.openapi(route('team:manage', {
    method: 'delete', path: '/invitations/{id}', tags: ['team'], summary: 'Take an invitation back',
    request: { params: idParam },
    responses: { 204: { description: 'Its link does not work any more' } },
  }), async (c) => {
    await revokeInvitation(c.get('ctx'), c.req.valid('param').id);
    return c.body(null, 204);
  });

  app.openapi(route('credentials', {
    method: 'post', path: '/invitations/accept', tags: ['team'], summary: 'Join by an invitation',
    request: { body: { required: true, content: json(joining) } },
    responses: { 201: { description: 'Joined and signed in', content: json(z.object({ accessToken: z.string(), refreshToken: z.string(), expiresIn: z.int(), user: userShape, company: companyShape })) } },
  }), async (c) => {
    const { visitor, device } = c.get('edge');
    const made = await join(visitor, c.req.valid('json'));
    const [pair, company] = await Promise.all([
      startTokenSession(visitor, made, device), currentCompany(visitor.database.tenant(made.companyId)),
    ]);
    return c.json({ ...pair, user: made.user, company }, 201);
  });

  return app;
}
