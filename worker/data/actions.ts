/** Actions of one customer, of a segment and of everybody: counted, and listed by what they may bring. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { ACTION_IDS, type ActionId } from '#core/actions/assumptions';
import { LEAVE_ALONE } from '#core/actions/catalogue';
import { CHANNELS, CONTRACTS, type ActionFacts } from '#core/actions/facts';
import { STAGES } from '#core/clv/lifecycle';
import { decisions, readMany, type ActionMoment, type ActionScope } from './action-sql.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const factsShape = {
  purchaseDays: z.number(), pAlive: z.number().nullable(), churn: z.number().nullable(), expectedSpend: z.number().nullable(), daysSince: z.number().nullable(), gaps: z.number().nullable(),
  recency: z.number(), frequency: z.number(), monetary: z.number(), contractMonthly: z.number(), stage: z.enum(STAGES).nullable(), channel: z.enum(CHANNELS), contract: z.enum(CONTRACTS),
};
const FACT_COLUMNS = sql.raw(Object.keys(factsShape).map((name) => `d."${name}"`).join(', '));

const flatRow = z.object(factsShape).extend({ id: z.string(), heldOut: z.boolean(), action: z.enum(ACTION_IDS).nullable(), reason: z.enum(LEAVE_ALONE).nullable(), best: z.number().nullable() });

export interface CustomerActionRow extends Pick<z.infer<typeof flatRow>, 'id' | 'heldOut' | 'action' | 'reason' | 'best'> {
  facts: ActionFacts;
}

const rowOf = ({ id, heldOut, action, reason, best, ...facts }: z.infer<typeof flatRow>): CustomerActionRow => ({ id, heldOut, action, reason, best, facts });

/** What is known of her, and what the other execution decided; null for somebody we do not know. Ids lead on to whom they were merged into. */
export async function readCustomerAction(db: TenantDb, moment: ActionMoment, customerId: string): Promise<CustomerActionRow | null> {
  const found = await db.first(flatRow, sql`${decisions(moment, { of: 'customer', id: customerId })} select d.id, d."heldOut", d.action, d.reason, d.best, ${FACT_COLUMNS} from d`);
  return found === null ? null : rowOf(found);
}

/** The same of everybody, for the test that holds both executions together. */
export async function readEveryAction(db: TenantDb, moment: ActionMoment): Promise<CustomerActionRow[]> {
  const [, rows] = await db.transaction([
    command(readMany),
    query(flatRow, sql`${decisions(moment, { of: 'all' })} select d.id, d."heldOut", d.action, d.reason, d.best, ${FACT_COLUMNS} from d order by d.id`),
  ]);
  return rows.map(rowOf);
}

const countRow = z.object({ action: z.enum(ACTION_IDS).nullable(), reason: z.enum(LEAVE_ALONE).nullable(), heldOut: z.boolean(), customers: z.number(), gain: z.number() });
export type ActionCount = z.infer<typeof countRow>;

/** Everybody once, by what is to be done first or why nothing is; gains in minor units, as doubles since a sum may be huge. */
export async function countActions(db: TenantDb, moment: ActionMoment, scope: ActionScope): Promise<ActionCount[]> {
  const [, rows] = await db.transaction([
    command(readMany),
    query(countRow, sql`${decisions(moment, scope)} select d.action, d.reason, d."heldOut", count(*)::int as customers, coalesce(sum(d.best), 0)::float8 as gain from d group by 1, 2, 3`),
  ]);
  return rows;
}

const listRow = z.object(factsShape).extend({ id: z.string(), action: z.enum(ACTION_IDS), name: z.string().nullable(), email: z.string().nullable(), externalId: z.string(), gain: z.number(), totalValue: z.number() });
export type ActionCustomerRow = z.infer<typeof listRow>;

/** Whose first action it is (null: any), those held out left away; those first to whom it brings most. */
export async function listActionRows(db: TenantDb, moment: ActionMoment, scope: ActionScope, action: ActionId | null, limit: number, after: { gain: number; id: string } | null): Promise<ActionCustomerRow[]> {
  const company = db.companyId;
  const [, rows] = await db.transaction([
    command(readMany),
    query(listRow, sql`${decisions(moment, scope)}, page as materialized (select d.id, d.action, d.best, ${FACT_COLUMNS} from d where ${action === null ? sql`d.action is not null` : sql`d.action = ${action}`} and not d."heldOut"
        ${after === null ? sql`` : sql`and (d.best < ${after.gain}::float8 or (d.best = ${after.gain}::float8 and d.id > ${after.id}::uuid))`} order by d.best desc, d.id limit ${limit})
      select d.id, d.action, c.name, c.email, c.external_id as "externalId", d.best as gain, s.total_value as "totalValue", ${FACT_COLUMNS}
      from page d cross join lateral (select * from customers c where c.company_id = ${unseen(company)} and c.id = d.id offset 0) c
      cross join lateral (select * from customer_stats s where s.company_id = ${unseen(company)} and s.customer_id = d.id offset 0) s order by d.best desc, d.id`),
  ]);
  return rows;
}
