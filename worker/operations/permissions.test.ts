/** Who may do what: each role includes the one below it, and only admins reach the team and its keys. */
import { describe, expect, it } from 'vitest';
import type { Actor, Role } from '#worker/ports';
import { isAllowed, PERMISSIONS, requirePermission } from './permissions.ts';

const as = (role: Role): Actor => ({ kind: 'user', userId: 'u', email: 'e', role, sessionId: 's' });
const grants = (role: Role) => PERMISSIONS.filter((permission) => isAllowed(as(role), permission));

describe('permissions', () => {
  it('grow with the role', () => {
    expect(grants('analyst')).toEqual(expect.arrayContaining(grants('viewer')));
    expect(grants('manager')).toEqual(expect.arrayContaining(grants('analyst')));
    expect(grants('admin')).toEqual([...PERMISSIONS]);
    expect(PERMISSIONS.filter((permission) => !isAllowed(as('manager'), permission))).toEqual(['team:manage', 'api_keys:manage', 'privacy:manage']);
  });

  it('let a viewer change nothing', () => {
    expect(grants('viewer').every((permission) => permission.endsWith(':read'))).toBe(true);
  });

  it('are refused by name', () => {
    expect(() => { requirePermission({ actor: as('viewer') }, 'records:write'); }).toThrow(/records:write/);
    expect(() => { requirePermission({ actor: { kind: 'system' } }, 'team:manage'); }).not.toThrow();
  });
});
