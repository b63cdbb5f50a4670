/** Who may do what: one table of roles and permissions, asked by every operation. */
import { AppError } from '#core/errors';
import type { Actor, Role, TenantContext } from '#worker/ports';

export const PERMISSIONS = [
  'company:read', 'company:write',
  'team:manage', 'api_keys:manage',
  'records:write',
  'imports:read', 'imports:write', 'imports:undo',
  'dead_letters:read', 'dead_letters:write',
  'quality:read', 'alerts:acknowledge',
  'integrations:read', 'integrations:manage',
  'customers:read', 'customers:write',
  'privacy:read', 'privacy:manage',
  'value:read',
  'models:read', 'models:refit',
  'runs:read', 'runs:write',
  'live:read',
  'events:read', 'events:manage',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const READ: Permission[] = ['company:read', 'customers:read', 'value:read', 'models:read', 'live:read', 'imports:read', 'integrations:read', 'runs:read', 'quality:read', 'events:read'];
const WORK: Permission[] = [...READ, 'imports:write', 'models:refit', 'dead_letters:read', 'alerts:acknowledge'];
const MANAGE: Permission[] = [...WORK, 'imports:undo', 'records:write', 'company:write', 'integrations:manage', 'runs:write', 'dead_letters:write', 'customers:write', 'privacy:read', 'events:manage'];

const GRANTED: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(READ),
  analyst: new Set(WORK),
  manager: new Set(MANAGE),
  admin: new Set(PERMISSIONS),
};

/** Whether `actor` has `permission`. System and operator are the machine's own and may do everything. */
export function isAllowed(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'system':
    case 'operator':
      return true;
    case 'user':
    case 'api_key':
      return GRANTED[actor.role].has(permission);
  }
}

/** Whoever is signed in as a person. @throws AppError `forbidden` for keys and the machine's own: they have no account. */
export function requirePerson(ctx: Pick<TenantContext, 'actor'>): Extract<Actor, { kind: 'user' }> {
  if (ctx.actor.kind !== 'user') throw new AppError('forbidden', 'Only a person who is signed in has an account; this is a key');
  return ctx.actor;
}

/** @throws AppError `forbidden` naming the permission that is missing. */
export function requirePermission(ctx: Pick<TenantContext, 'actor'>, permission: Permission): void {
  if (!isAllowed(ctx.actor, permission)) {
    throw new AppError('forbidden', `Your role does not include ${permission}. Ask an admin of your company.`);
  }
}
