/** Who may do what: each role includes the one below it, and only admins reach the team and its keys. */
import { describe, expect, it } from 'vitest';
import type { Actor, Role } from '#worker/ports';
import { isAllowed, PERMISSIONS, permissionTable, requirePermission } from './permissions.ts';

const as = (role: Role): Actor => ({ kind: 'user', userId: 'u', email: 'e', role, sessionId: 's' });
const grants = (role: Role) => PERMISSIONS.filter((permission) => isAllowed(as(role), permission));

describe('permissions', () => {
  it('grow with the role', () => {
    expect(grants('analyst')).toEqual(expect.arrayContaining(grants('viewer')));
    expect(grants('manager')).toEqual(expect.arrayContaining(grants('analyst')));
    expect(grants('admin')).toEqual([...PERMISSIONS]);
    expect(PERMISSIONS.filter((permission) => !isAllowed(as('manager'), permission))).toEqual(['privacy:manage', 'team:manage', 'api_keys:manage', 'audit:read']);
  });

  it('let a viewer change nothing', () => {
    const reading = new Set(permissionTable().filter((one) => !one.changes).map((one) => one.permission));
    expect(grants('viewer').filter((permission) => !reading.has(permission))).toEqual([]);
  });

  it('of an API key are those of its role that it was held to', () => {
    const key = (role: Role, scopes?: string[]): Actor => ({ kind: 'api_key', keyId: 'k', name: 'k', role, ...(scopes && { scopes }) });
    expect(PERMISSIONS.filter((one) => isAllowed(key('manager'), one))).toEqual(grants('manager'));
    expect(PERMISSIONS.filter((one) => isAllowed(key('manager', ['value:read', 'audit:read']), one))).toEqual(['value:read']);
    expect(PERMISSIONS.filter((one) => isAllowed(key('admin', []), one))).toEqual([]);
  });

  it('are refused by name', () => {
    expect(() => { requirePermission({ actor: as('viewer') }, 'records:write'); }).toThrow(/records:write/);
    expect(() => { requirePermission({ actor: { kind: 'system' } }, 'team:manage'); }).not.toThrow();
  });
});
