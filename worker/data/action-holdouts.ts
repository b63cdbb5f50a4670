/** What actions are reckoned with: a company's assumptions, the holdout that runs, and what it measured. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { ACTION_IDS, assumptionsSchema, DEFAULT_ASSUMPTIONS, type Assumptions } from '#core/actions/assumptions';
import { ACTIONS } from '#core/actions/catalogue';
import { times, fact, number } from '#core/actions/expression';
import { amountSql, decisions, readMany, type ActionMoment } from './action-sql.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const armSums = z.object({ customers: z.number(), buyers: z.number(), orders: z.number(), ordersSquared: z.number(), net: z.number(), netSquared: z.number() });
const liftRow = armSums.extend({ action: z.enum(ACTION_IDS), heldOut: z.boolean() });
export type LiftRow = z.infer<typeof liftRow>;
const dayRow = z.object({ day: z.string(), heldOut: z.boolean(), orders: z.number(), net: z.number() });
export type LiftDayRow = z.infer<typeof dayRow>;

/** `action_holdouts.result`. */
export const liftResultSchema = z.object({ format: z.literal(1), currency: z.string(), /** First local day that is not in it. */ until: z.string(), rows: z.array(liftRow), days: z.array(dayRow) });
export type LiftResult = z.infer<typeof liftResultSchema>;

const holdoutRow = z.object({ id: z.string(), share: z.number(), salt: z.string(), startedOn: z.string(), endedOn: z.string().nullable(), result: z.unknown() });
export interface HoldoutRow extends Omit<z.infer<typeof holdoutRow>, 'result'> {
  /** Null while nothing was measured. */
  result: LiftResult | null;
}

/** Exact to the last bit: shares are compared in SQL. */
const HOLDOUT = sql.raw('h.id, h.share::float8 as share, h.salt, h.started_on as "startedOn", h.ended_on as "endedOn", h.result');

export interface ActionBasis {
  assumptions: Assumptions;
  /** The one that runs. */
  running: HoldoutRow | null;
  /** The newest first; at most ten, the running one among them. */
  holdouts: HoldoutRow[];
}

/** In one round trip. Assumptions that are not understood (any more) fall back to the defaults. */
export async function readActionBasis(db: TenantDb): Promise<ActionBasis> {
  const [settings, rows] = await db.transaction([
    query(z.object({ actions: z.unknown() }), sql`select settings -> 'actions' as actions from companies where id = ${db.companyId}`),
    query(holdoutRow, sql`select ${HOLDOUT} from action_holdouts h where h.company_id = ${db.companyId} order by h.created_at desc, h.id desc limit 10`),
  ]);
  const holdouts = rows.map((row): HoldoutRow => ({ ...row, result: liftResultSchema.safeParse(row.result).data ?? null }));
  return { assumptions: assumptionsSchema.safeParse(settings[0]?.actions).data ?? DEFAULT_ASSUMPTIONS, running: holdouts.find(({ endedOn }) => endedOn === null) ?? null, holdouts };
}

export async function keepAssumptions(db: TenantDb, assumptions: Assumptions): Promise<void> {
  await db.run(sql`update companies set settings = jsonb_set(settings, '{actions}', ${JSON.stringify(assumptions)}::jsonb) where id = ${db.companyId}`);
}

export interface NewHoldout {
  id: string;
  share: number;
  salt: string;
  startedOn: string;
}

/**
 * Begins it, and keeps who has an action now and on which side she is. Answers how many are on each, null when another one runs.
 * @param moment with the new holdout in it
 */
export async function beginHoldout(db: TenantDb, { id, share, salt, startedOn }: NewHoldout, moment: ActionMoment): Promise<{ acted: number; heldOut: number } | null> {
  const company = db.companyId;
  const [made, , , , counted] = await db.write([
    query(z.object({ id: z.string() }), sql`insert into action_holdouts (company_id, id, share, salt, started_on) values (${company}, ${id}, ${share}, ${salt}, ${startedOn}::date) on conflict do nothing returning id`),
    command(readMany),
    // What an earlier one left behind.
    command(sql`delete from action_holdout_people p where p.company_id = ${company} and not exists (select from action_holdouts h where h.company_id = ${company} and h.id = p.holdout_id and h.ended_on is null)`),
    command(sql`${decisions(moment, { of: 'all' })} insert into action_holdout_people (company_id, holdout_id, customer_id, action, held_out)
      select ${company}::uuid, ${id}::uuid, d.id, d.action, d."heldOut" from d where d.action is not null and exists (select from action_holdouts h where h.company_id = ${company} and h.id = ${id})`),
    query(z.object({ acted: z.number(), heldOut: z.number() }), sql`select count(*) filter (where not held_out)::int as acted, count(*) filter (where held_out)::int as "heldOut"
      from action_holdout_people where company_id = ${company} and holdout_id = ${id}`),
  ]);
  return made.length === 0 ? null : (counted[0] ?? { acted: 0, heldOut: 0 });
}

/** Keeps what it measured and forgets who was in it. @returns false when it does not run (any more) */
export async function endHoldout(db: TenantDb, id: string, endedOn: string, result: LiftResult): Promise<boolean> {
  const company = db.companyId;
  const [ended] = await db.write([
    query(z.object({ id: z.string() }), sql`update action_holdouts set ended_on = greatest(started_on, ${endedOn}::date), result = ${JSON.stringify(result)}::jsonb
      where company_id = ${company} and id = ${id} and ended_on is null returning id`),
    command(sql`delete from action_holdout_people where company_id = ${company} and holdout_id = ${id}`),
  ]);
  return ended.length > 0;
}

/** What it measured so far. */
export async function keepLift(db: TenantDb, id: string, result: LiftResult): Promise<void> {
  await db.run(sql`update action_holdouts set result = ${JSON.stringify(result)}::jsonb where company_id = ${db.companyId} and id = ${id} and ended_on is null`);
}

/**
 * Orders of days from the start on and before `until`, net of what was sent back since, of everybody who had an action when it began; sums by her
 * action and side, and by day and side. `customer_day` holds closed sales as well. Whoever was merged into another or erased is left out.
 */
export async function readLift(db: TenantDb, { id, startedOn }: Pick<HoldoutRow, 'id' | 'startedOn'>, until: string): Promise<{ rows: LiftRow[]; days: LiftDayRow[] }> {
  const company = db.companyId;
  const people = sql`p as materialized (select p.customer_id, p.action, p.held_out from action_holdout_people p join customers c on c.company_id = ${company} and c.id = p.customer_id and c.merged_into is null
      where p.company_id = ${company} and p.holdout_id = ${id}),
    t as materialized (select x.customer_id, x.day, x.orders, x.order_net from customer_day x where x.company_id = ${company} and x.day >= ${startedOn}::date and x.day < ${until}::date
      and x.customer_id in (select p.customer_id from p))`;
  const [, rows, days] = await db.transaction([
    command(readMany),
    query(liftRow, sql`with ${people}, e as (select t.customer_id, sum(t.orders)::float8 as orders, sum(t.order_net)::float8 as net from t group by 1)
      select p.action, p.held_out as "heldOut", count(*)::int as customers, count(*) filter (where e.orders > 0)::int as buyers, coalesce(sum(e.orders), 0)::float8 as orders,
        coalesce(sum(e.orders * e.orders), 0)::float8 as "ordersSquared", coalesce(sum(e.net), 0)::float8 as net, coalesce(sum(e.net * e.net), 0)::float8 as "netSquared"
      from p left join e on e.customer_id = p.customer_id group by 1, 2 order by 1, 2`),
    query(dayRow, sql`with ${people} select t.day, p.held_out as "heldOut", sum(t.orders)::float8 as orders, sum(t.order_net)::float8 as net
      from t join p on p.customer_id = t.customer_id group by 1, 2 order by 1, 2`),
  ]);
  return { rows, days };
}

const powerRow = z.object({ customers: z.number(), orders: z.number(), ordersSquared: z.number(), effect: z.number() });
/** Of everybody who has an action that a holdout measures. */
export type PowerRow = z.infer<typeof powerRow>;

/** What the past says of how long a holdout takes: orders of the `days` before today, and how many orders a message each is assumed to add. */
export async function readPower(db: TenantDb, moment: ActionMoment, days: number): Promise<PowerRow> {
  const company = db.companyId;
  const measured = ACTIONS.filter(({ isMeasured }) => isMeasured);
  const effects: SQL[] = measured.map(({ id }) => sql`when ${id}::text then ${amountSql(times(fact('churn'), number(moment.plan.responses[id].used)))}`);
  const [, rows] = await db.transaction([
    command(readMany),
    query(powerRow, sql`${decisions(moment, { of: 'all' })},
      e as (select x.customer_id, sum(x.orders)::float8 as orders from customer_day x where x.company_id = ${company} and x.day >= ${moment.asOf}::date - ${days}::int and x.day < ${moment.asOf}::date group by 1),
      y as (select coalesce(e.orders, 0) as orders, case f.action ${sql.join(effects, sql` `)} end as effect from d f left join e on e.customer_id = f.id where f.action is not null)
      select count(*)::int as customers, coalesce(sum(orders), 0)::float8 as orders, coalesce(sum(orders * orders), 0)::float8 as "ordersSquared", coalesce(sum(effect), 0)::float8 as effect from y where effect is not null`),
  ]);
  return rows[0] ?? { customers: 0, orders: 0, ordersSquared: 0, effect: 0 };
}
