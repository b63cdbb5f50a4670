/** The four roles as people read them. */
import type { MemberView } from '#operations/team';

type Role = MemberView['role'];

/** From least to greatest. */
export const ROLES: readonly Role[] = ['viewer', 'analyst', 'manager', 'admin'];

const WORDS: Record<Role, string> = { viewer: 'Viewer', analyst: 'Analyst', manager: 'Manager', admin: 'Admin' };

export function roleWords(role: Role): string {
  return WORDS[role];
}

export function RoleOptions() {
  return <>{ROLES.map((role) => <option key={role} value={role}>{WORDS[role]}</option>)}</>;
}
