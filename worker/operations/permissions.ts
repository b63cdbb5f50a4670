/** Who may do what: one table, asked by every operation, shown on the team page and in docs/permissions.md. */
import { AppError } from '#core/errors';
import type { Actor, Role, TenantContext } from '#worker/ports';

interface Grant {
  /** Heading under which people find it. */
  area: string;
  /** Completes "may …". */
  words: string;
  /** The least of the roles that has it; every greater one has it too. */
  from: Role;
  /** Whether it lets one change something, so that its operations leave an entry in the audit log. */
  changes: boolean;
}

const TABLE = {
  'value:read': { area: 'Figures', words: 'see the dashboard, values, cohorts and forecasts', from: 'viewer', changes: false },
  'live:read': { area: 'Figures', words: 'see figures move live', from: 'viewer', changes: false },
  'models:read': { area: 'Figures', words: 'see models and how well they forecast', from: 'viewer', changes: false },
  'models:refit': { area: 'Figures', words: 'fit the model anew', from: 'analyst', changes: true },
  'customers:read': { area: 'Customers', words: 'see customers and their orders', from: 'viewer', changes: false },
  'customers:write': { area: 'Customers', words: 'merge customers', from: 'manager', changes: true },
  'actions:manage': { area: 'Customers', words: 'hold customers out of actions, and say what actions are reckoned with', from: 'manager', changes: true },
  'privacy:read': { area: 'Customers', words: 'see privacy requests', from: 'manager', changes: false },
  'privacy:manage': { area: 'Customers', words: 'erase a customer and answer privacy requests', from: 'admin', changes: true },
  'segments:read': { area: 'Segments', words: 'see segments, who is in them and why', from: 'viewer', changes: false },
  'segments:write': { area: 'Segments', words: 'make, change and archive segments', from: 'analyst', changes: true },
  'records:write': { area: 'Data', words: 'send sales, customers and events, and pair sales', from: 'manager', changes: true },
  'imports:read': { area: 'Data', words: 'see imports', from: 'viewer', changes: false },
  'imports:write': { area: 'Data', words: 'import files', from: 'analyst', changes: true },
  'imports:undo': { area: 'Data', words: 'undo an import', from: 'manager', changes: true },
  'events:read': { area: 'Data', words: 'see events and their sources', from: 'viewer', changes: false },
  'events:manage': { area: 'Data', words: 'make and change event sources', from: 'manager', changes: true },
  'quality:read': { area: 'Data', words: 'see data quality and alerts', from: 'viewer', changes: false },
  'alerts:acknowledge': { area: 'Data', words: 'acknowledge alerts', from: 'analyst', changes: true },
  'dead_letters:read': { area: 'Data', words: 'see refused records', from: 'analyst', changes: false },
  'dead_letters:write': { area: 'Data', words: 'mend, replay and set aside refused records', from: 'manager', changes: true },
  'integrations:read': { area: 'Platforms', words: 'see connected platforms', from: 'viewer', changes: false },
  'integrations:manage': { area: 'Platforms', words: 'connect platforms and read their secrets', from: 'manager', changes: true },
  'company:read': { area: 'Company', words: 'see settings and exchange rates', from: 'viewer', changes: false },
  'company:write': { area: 'Company', words: 'change settings, exchange rates and alert rules', from: 'manager', changes: true },
  'runs:read': { area: 'Company', words: 'see what ran at night', from: 'viewer', changes: false },
  'runs:write': { area: 'Company', words: 'start a night’s work or a run again', from: 'manager', changes: true },
  'team:read': { area: 'Team', words: 'see members and what each role may do', from: 'viewer', changes: false },
  'team:manage': { area: 'Team', words: 'invite members, change roles, reset second factors and deactivate members', from: 'admin', changes: true },
  'api_keys:manage': { area: 'Team', words: 'make and revoke API keys', from: 'admin', changes: true },
  'audit:read': { area: 'Team', words: 'see and export who did what', from: 'admin', changes: false },
} as const satisfies Record<string, Grant>;

export type Permission = keyof typeof TABLE;

const isPermission = (text: string): text is Permission => Object.hasOwn(TABLE, text);

export const PERMISSIONS: readonly Permission[] = Object.keys(TABLE).filter(isPermission);

/** From least to greatest: each has what the one before it has. */
export const ROLES = ['viewer', 'analyst', 'manager', 'admin'] as const satisfies readonly Role[];

const rankOf = (role: Role): number => ROLES.indexOf(role);

function has(role: Role, permission: Permission): boolean {
  return rankOf(role) >= rankOf(TABLE[permission].from);
}

/** Whether `actor` has `permission`. System and operator are the machine's own and may do everything. */
export function isAllowed(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'system':
    case 'operator':
      return true;
    case 'user':
      return has(actor.role, permission);
    case 'api_key':
      return has(actor.role, permission) && (actor.scopes?.includes(permission) !== false);
  }
}

/** Whoever is signed in as a person. @throws AppError `forbidden` for keys and the machine's own: they have no account. */
export function requirePerson(ctx: Pick<TenantContext, 'actor'>): Extract<Actor, { kind: 'user' }> {
  if (ctx.actor.kind !== 'user') throw new AppError('forbidden', 'Only a person who is signed in has an account; this is a key');
  return ctx.actor;
}

/** @throws AppError `forbidden` naming the permission that is missing. */
export function requirePermission(ctx: Pick<TenantContext, 'actor'>, permission: Permission): void {
  if (isAllowed(ctx.actor, permission)) return;
  throw new AppError('forbidden', ctx.actor.kind === 'api_key'
    ? `This API key may not ${TABLE[permission].words} (${permission}). Ask an admin of your company for one that may.`
    : `Your role may not ${TABLE[permission].words} (${permission}). Ask an admin of your company.`);
}

export interface PermissionView {
  permission: Permission;
  area: string;
  words: string;
  roles: Role[];
  changes: boolean;
}

/** The whole table, in its order. */
export function permissionTable(): PermissionView[] {
  return PERMISSIONS.map((permission) => {
    const { area, words, changes } = TABLE[permission];
    return { permission, area, words, changes, roles: ROLES.filter((role) => has(role, permission)) };
  });
}
