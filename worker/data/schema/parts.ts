/** What the tables share. drizzle-kit reads this folder to generate migrations; row security is forced in custom ones. */
import { sql } from 'drizzle-orm';
import { bigint, pgPolicy, pgRole, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

export const appUser = pgRole('app_user').existing();

/** `nullif`: a pooled connection keeps an empty setting after its first transaction. */
export const tenantOnly = (column: AnyPgColumn) => {
  const rule = sql`${column} = (select nullif(current_setting('app.company_id', true), '')::uuid)`;
  return pgPolicy('tenant', { as: 'permissive', for: 'all', to: appUser, using: rule, withCheck: rule });
};

export const companyId = () => uuid('company_id').notNull();
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });
export const money = (name: string) => bigint(name, { mode: 'number' });
