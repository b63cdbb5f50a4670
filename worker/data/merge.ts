/** Two customers who turned out to be one: what belongs to the one goes to the other, in one transaction under the tenant's lock. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { PersonRow } from './batch-rows.ts';
import { addClosed } from './closing.ts';
import { deriveTouched } from './derive.ts';
import { emptyCustomers } from './emptied.ts';
import { markDays } from './events.ts';
import { resolvePeople } from './ingest-people.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { leaveSegments, markPeople } from './segment-touches.ts';
import { lockTenant, seqNow, takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/** Whom to merge: as a source names them, or two of our own ids. */
export type MergePair =
  | { by: 'identity'; kept: PersonRow; gone: PersonRow }
  | { by: 'id'; keptId: string; goneId: string };

const merged = z.object({ kept_id: z.string(), gone_id: z.string(), moved_transactions: z.number() });
export interface MergeOutcome {
  keptId: string;
  goneId: string;
  movedTransactions: number;
}

const kept = sql.raw(`nullif(current_setting('app.kept'), '')::uuid`);
const gone = sql.raw(`nullif(current_setting('app.gone'), '')::uuid`);

/**
 * After it every identity of both leads to the kept one, and so does every customer who was merged into the gone one.
 * People who are not known yet are made first, so that a merge may come before either of them.
 * @returns null when there is nothing to merge: they are one already, or one of them is nobody (any more)
 * @throws AppError `unavailable` (nothing was written, try again) or `invalid_input` (Postgres refuses the names)
 */
export async function mergePeople(db: TenantDb, pair: MergePair, record: { source: string; externalId: string }): Promise<MergeOutcome | null> {
  const company = db.companyId;
  const [, , , , rows] = await db.transaction([
    command(lockTenant(company)),
    command(takeSequence(company)),
    ...rememberPair(company, pair),
    query(merged, moveEverything(company, record)),
    command(deriveTouched(company, sql`select owner.id as customer_id, d.day from customer_day d
      cross join (select ${kept} as id union all select ${gone}) owner where d.company_id = ${unseen(company)} and d.customer_id = ${gone}`)),
    command(emptyCustomers(company, sql`select ${gone} as id where ${gone} is not null`)),
  ] as const);
  const row = rows[0];
  return row ? { keptId: row.kept_id, goneId: row.gone_id, movedTransactions: row.moved_transactions } : null;
}

/** Settles who they are, as `app.kept` and `app.gone`; both empty when there is nothing to merge. */
function rememberPair(company: string, pair: MergePair): readonly [Query<unknown>, Query<unknown>] {
  const remember = (found: SQL): Query<unknown> => command(sql`with pair as (${found})
    select set_config('app.kept', coalesce((select kept::text from pair where kept <> gone), ''), true),
      set_config('app.gone', coalesce((select gone::text from pair where kept <> gone), ''), true)`);
  if (pair.by === 'id') {
    // Somebody merged before stands for the one she was merged into.
    const standing = (id: string): SQL => sql`(select coalesce(c.merged_into, c.id) from customers c where c.company_id = ${company} and c.id = ${id})`;
    return [command(sql`select 1`), remember(sql`select ${standing(pair.keptId)} as kept, ${standing(pair.goneId)} as gone`)];
  }
  const named = sql`(select key::int as g, value::uuid as id from jsonb_each_text(current_setting('app.people')::jsonb))`;
  return [
    command(resolvePeople(company, [pair.kept, pair.gone])),
    remember(sql`select (select id from ${named} p where g = 0) as kept, (select id from ${named} p where g = 1) as gone`),
  ];
}

/** Raw rows, names and gaps in the profile; the record of it is what the statement answers with. */
function moveEverything(company: string, { source, externalId }: { source: string; externalId: string }): SQL {
  const hers = (table: string): SQL => sql`${sql.raw(table)}.company_id = ${unseen(company)} and ${sql.raw(table)}.customer_id = ${gone}`;
  return sql`with moved as (update transactions set customer_id = ${kept} where ${hers('transactions')} returning 1),
    closed as (delete from closed_sales where ${hers('closed_sales')} returning *),
    moved_closed as (${addClosed(company, kept, sql`select * from closed`)}),
    moved_subscriptions as (update subscriptions set customer_id = ${kept} where ${hers('subscriptions')}),
    moved_events as (update events set customer_id = ${kept} where ${hers('events')} returning occurred_at),
    marked as (${markDays(company, sql`select occurred_at from moved_events`)}),
    moved_requests as (update privacy_requests set customer_id = ${kept} where ${hers('privacy_requests')}),
    listed as (delete from list_entries where ${hers('list_entries')} returning list_id, added_at, added_by),
    moved_listed as (insert into list_entries (company_id, list_id, customer_id, added_at, added_by) select ${company}::uuid, list_id, ${kept}, added_at, added_by from listed order by 2 on conflict do nothing),
    moved_identities as (update customer_identities set customer_id = ${kept} where ${hers('customer_identities')}),
    led_on as (update customers set merged_into = ${kept} where company_id = ${company} and (id = ${gone} or merged_into = ${gone})),
    filled as (update customers c set email = coalesce(c.email, g.email), name = coalesce(c.name, g.name), country = coalesce(c.country, g.country),
        acquisition_channel = coalesce(c.acquisition_channel, g.acquisition_channel), acquisition_cost = coalesce(c.acquisition_cost, g.acquisition_cost),
        acquired_on = coalesce(c.acquired_on, g.acquired_on), attributes = g.attributes || c.attributes,
        consent_email = case when c.consent_email = 'unknown' then g.consent_email else c.consent_email end,
        created_at = least(c.created_at, g.created_at)
      from customers g where c.company_id = ${company} and g.company_id = ${company} and c.id = ${kept} and g.id = ${gone}),
    ${leaveSegments(company, sql`select ${gone}`)},
    left_behind as (insert into segment_changes (company_id, seq, segment_id, customer_id, change, at, recorded_at, cause)
      select ${company}::uuid, ${seqNow}, segment_id, customer_id, 'left', now(), now(), jsonb_build_object('kind', 'merge', 'what', ${kept}) from x_segment_members),
    marked_kept as (${markPeople(company, sql`select ${kept}`, 'merge')})
    insert into customer_merges (company_id, source, external_id, kept_id, gone_id, moved_transactions)
      select ${company}::uuid, ${source}, ${externalId}, ${kept}, ${gone}, (select count(*)::int from moved) where ${gone} is not null
      on conflict (company_id, source, external_id) do update set kept_id = excluded.kept_id, gone_id = excluded.gone_id,
        moved_transactions = customer_merges.moved_transactions + excluded.moved_transactions
      returning kept_id, gone_id, moved_transactions`;
}
