/** Erasing people: their sales keep their money and lose them, everything else of theirs goes, tombstones stay. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Identity } from './batch-rows.ts';
import { addClosed } from './closing.ts';
import { NOBODY } from './derive-sql.ts';
import { deriveTouched } from './derive.ts';
import { emptyCustomers } from './emptied.ts';
import { markDays } from './events.ts';
import { leaveSegments } from './segment-touches.ts';
import { pgArray, unnest } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { lockTenant, takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/** What stands where a text held an erased person's address. */
export const ERASED_TEXT = '[erased]';

export interface ErasedIdentity extends Identity {
  hash: string;
}

/** The request as it is recorded: no name, no address. */
export interface RequestRow {
  id: string;
  kind: 'data_request' | 'erasure' | 'deletion' | 'shop_erasure' | 'uninstalled';
  source: string;
  externalId: string;
  integrationId: string | null;
  subjectHash: string | null;
  requestedAt: string;
}

export interface ErasePlan {
  request: RequestRow;
  finishedAt: string;
  /** A request of many chunks stays open until its last. */
  state: 'open' | 'done';
  /** Everybody whose data go: the customers and those who were merged into them. */
  customerIds: readonly string[];
  /** What will be recognised again; all names of those customers, and those in the request that nobody else has. */
  tombstones: readonly ErasedIdentity[];
  /** Names that go without a tombstone. */
  dropped: readonly Identity[];
  /** Lower-cased addresses, and ids long enough to be nothing else: texts that hold one are scrubbed. */
  texts: readonly string[];
}

/** Rows removed or changed by table. */
export type ErasureCounts = Record<string, number>;

const outcome = z.object({ result: z.record(z.string(), z.number()) });

/**
 * One transaction under the tenant's lock. Repeating it finds nothing left to do; chunks of one request add up.
 * @throws AppError `unavailable` also when one of the customers got a further name since the plan was made: plan again
 */
export async function erasePeople(db: TenantDb, plan: ErasePlan): Promise<ErasureCounts> {
  const company = db.companyId;
  const ids = sql`${pgArray('uuid', plan.customerIds)}`;
  const [, , , rows] = await db.transaction([
    command(lockTenant(company)),
    command(takeSequence(company)),
    command(requireSamePeople(company, ids, plan)),
    query(outcome, eraseRows(company, ids, plan)),
    command(deriveTouched(company, sql`select owner.id as customer_id, d.day from customer_day d
      cross join lateral (select d.customer_id as id union all select ${NOBODY}::uuid) owner
      where d.company_id = ${unseen(company)} and d.customer_id = any(${ids})`)),
    command(emptyCustomers(company, sql`select unnest(${ids}) as id`)),
  ] as const);
  return rows[0]?.result ?? {};
}

/** The names under `n`. */
function namesOf(plan: ErasePlan): SQL {
  const names = [...plan.tombstones, ...plan.dropped];
  return unnest('n', [['kind', 'text', names.map((i) => i.kind)], ['value', 'text', names.map((i) => i.value)]]);
}

/** Between plan and lock a delivery may have named them anew, or merged somebody into them. */
function requireSamePeople(company: string, ids: SQL, plan: ErasePlan): SQL {
  return sql`select case when
      exists (select from customer_identities ci where ci.company_id = ${unseen(company)} and ci.customer_id = any(${ids})
        and not exists (select from ${namesOf(plan)} where n.kind = ci.kind and n.value = ci.value))
      or exists (select from customer_identities ci join ${namesOf(plan)} on n.kind = ci.kind and n.value = ci.value
        where ci.company_id = ${unseen(company)} and ci.customer_id <> all(${ids}))
      or exists (select from customers c where c.company_id = ${unseen(company)} and c.merged_into = any(${ids}) and c.id <> all(${ids}))
      ${plan.request.kind === 'deletion' ? sql`or ${anyHistory(company, ids)}` : sql``}
    then retry_later('The person got another name while she was being erased') end`;
}

/** The value of an event stays, since daily figures are made of it; whatever else it tells goes. */
const eventRemains = sql.raw(`jsonb_strip_nulls(jsonb_build_object('value', properties -> 'value', 'currency', properties -> 'currency'))`);

function eraseRows(company: string, ids: SQL, { request, finishedAt, state, tombstones, texts }: ErasePlan): SQL {
  const mine = sql`company_id = ${unseen(company)}`;
  const hers = sql`${mine} and customer_id = any(${ids})`;
  const tells = (column: string): SQL => sql`exists (select from unnest(${pgArray('text', texts)}) x(text) where position(x.text in lower(${sql.raw(column)})) > 0)`;
  const counted = ['transactions', 'closed_sales', 'subscriptions', 'events', 'customer_identities', 'customers', 'customer_merges', 'clv_calculations', 'customer_day', 'customer_month',
    'customer_stats', 'segment_stays', 'segment_members', 'segment_changes', 'list_entries', 'dead_letters', 'import_rejections', 'import_skipped'];
  const counts = sql.raw(counted.map((table) => `'${table}', (select count(*)::int from x_${table})`).join(', '));
  return sql`with x_transactions as (update transactions set customer_id = ${NOBODY} where ${hers} returning 1),
    x_closed_sales as (delete from closed_sales where ${hers} returning *),
    closed as (${addClosed(company, sql`${NOBODY}::uuid`, sql`select * from x_closed_sales`)}),
    x_subscriptions as (update subscriptions set customer_id = ${NOBODY} where ${hers} returning 1),
    x_events as (update events set customer_id = ${NOBODY}, anonymous_id = null, properties = ${eventRemains} where ${hers} returning occurred_at),
    marked as (${markDays(company, sql`select occurred_at from x_events`)}),
    x_segment_stays as (delete from segment_stays where ${hers} returning 1),
    ${leaveSegments(company, sql`select unnest(${ids})`)},
    x_segment_changes as (delete from segment_changes where ${hers} returning 1),
    x_list_entries as (delete from list_entries where ${hers} returning 1),
    found_alike as (update discovery_clusters set customer_ids = array(select id from unnest(customer_ids) id where id <> all(${ids})) where ${mine} and customer_ids && ${ids}),
    held_out as (delete from action_holdout_people where ${hers}),
    x_customer_identities as (delete from customer_identities where ${hers} returning 1),
    x_customers as (delete from customers where ${mine} and id = any(${ids}) returning 1),
    x_customer_merges as (delete from customer_merges where ${mine} and (kept_id = any(${ids}) or gone_id = any(${ids})) returning 1),
    x_clv_calculations as (delete from clv_calculations where ${hers} returning 1),
    x_customer_day as (select from customer_day where ${hers}),
    x_customer_month as (select from customer_month where ${hers}),
    x_customer_stats as (select from customer_stats where ${hers}),
    x_dead_letters as (update dead_letters d set payload = ${ERASED_TEXT}, edited_payload = null, headers = '{}', error = ${ERASED_TEXT}, history = '[]',
        resolved_at = coalesce(resolved_at, now()), resolution = coalesce(resolution, 'erased')
      where ${mine} and (${tells('payload')} or ${tells('edited_payload')} or ${tells('headers::text')} or ${tells('error')} or ${tells('history::text')}) returning 1),
    x_import_rejections as (update import_rejections set raw = ${ERASED_TEXT}, reason = case when ${tells('reason')} then ${ERASED_TEXT} else reason end
      where ${mine} and (${tells('raw')} or ${tells('reason')}) returning 1),
    x_import_skipped as (update import_skipped set raw = ${ERASED_TEXT} where ${mine} and ${tells('raw')} returning 1),
    tombstones as (insert into erased_identities (company_id, kind, hash, request_id)
      select distinct ${company}::uuid, t.kind, t.hash, ${request.id}::uuid from ${unnest('t', [
        ['kind', 'text', tombstones.map((t) => t.kind)],
        ['hash', 'text', tombstones.map((t) => t.hash)],
      ])} on conflict do nothing),
    asked as (update privacy_requests set customer_id = null where ${hers}),
    counts as (select jsonb_build_object(${counts}) as result)
    insert into privacy_requests as r (company_id, id, kind, source, external_id, integration_id, subject_hash, state, requested_at, finished_at, result)
      select ${company}::uuid, ${request.id}::uuid, ${request.kind}, ${request.source}, ${request.externalId}, ${request.integrationId}::uuid, ${request.subjectHash},
        ${state}, ${request.requestedAt}, ${state === 'done' ? finishedAt : null}, counts.result from counts
      on conflict (company_id, source, kind, external_id) do update set state = excluded.state, finished_at = coalesce(r.finished_at, excluded.finished_at), error = null,
        result = (select coalesce(jsonb_object_agg(coalesce(a.key, b.key), coalesce(a.value::int, 0) + coalesce(b.value::int, 0)), '{}')
          from jsonb_each_text(r.result) a full join jsonb_each_text(excluded.result) b on a.key = b.key)
      returning result`;
}

const customerRow = z.object({ id: z.string(), merged_into: z.string().nullable(), email: z.string().nullable() });
const identityRow = z.object({ kind: z.string(), value: z.string(), customer_id: z.string() });
export type NamedIdentity = z.infer<typeof identityRow>;

/** Whose names these are; unknown ones are missing. */
export async function whoIsNamed(db: TenantDb, identities: readonly Identity[]): Promise<NamedIdentity[]> {
  return db.rows(identityRow, sql`select ci.kind, ci.value, ci.customer_id from ${unnest('n', [
    ['kind', 'text', identities.map((i) => i.kind)],
    ['value', 'text', identities.map((i) => i.value)],
  ])} cross join lateral (select * from customer_identities ci where ci.company_id = ${unseen(db.companyId)} and ci.kind = n.kind and ci.value = n.value offset 0) ci`);
}

/** Everything that names these customers and whoever was merged into them. */
export async function readNames(db: TenantDb, customerIds: readonly string[]): Promise<{ ids: string[]; identities: Identity[]; emails: string[] }> {
  const company = db.companyId;
  const all = sql`select c.id, c.merged_into, c.email from customers c where c.company_id = ${unseen(company)}
    and (c.id = any(${pgArray('uuid', customerIds)}) or c.merged_into = any(${pgArray('uuid', customerIds)}))`;
  const [people, identities] = await db.transaction([
    query(customerRow, all),
    query(identityRow, sql`select ci.kind, ci.value, ci.customer_id from customer_identities ci where ci.company_id = ${unseen(company)}
      and ci.customer_id = any(array(select id from (${all}) a))`),
  ]);
  return {
    ids: people.map((p) => p.id), identities: identities.map(({ kind, value }) => ({ kind, value })),
    emails: people.flatMap((p) => (p.email === null ? [] : [p.email])),
  };
}

/** Customers whom only `source` ever told us of: no other platform's name, no sale or first word of another. At most `limit`. */
export async function onlyKnownThrough(db: TenantDb, source: string, limit: number): Promise<string[]> {
  const company = db.companyId;
  const rows = await db.rows(z.object({ id: z.string() }), sql`select c.id from customers c
    where c.company_id = ${company} and c.source = ${source} and c.merged_into is null
      and not exists (select from customers m where m.company_id = ${company} and m.merged_into = c.id and m.source <> ${source})
      and not exists (select from customer_identities ci where ci.company_id = ${company} and ci.customer_id = c.id and ci.kind not in (${source}, 'email', 'anonymous'))
      and not exists (select from transactions t where t.company_id = ${company} and t.customer_id = c.id and t.source <> ${source})
      and not exists (select from closed_sales k where k.company_id = ${company} and k.customer_id = c.id and k.source <> ${source})
      and not exists (select from subscriptions s where s.company_id = ${company} and s.customer_id = c.id and s.source <> ${source})
    order by c.id limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Whether a sale or a contract hangs on one of the customers `ids` (an array). */
function anyHistory(company: string, ids: SQL): SQL {
  const hers = sql`company_id = ${unseen(company)} and customer_id = any(${ids})`;
  return sql`(exists (select from transactions where ${hers}) or exists (select from closed_sales where ${hers}) or exists (select from subscriptions where ${hers}))`;
}

/** Whether a sale or a contract hangs on one of the customers. */
export async function hasHistory(db: TenantDb, customerIds: readonly string[]): Promise<boolean> {
  const row = await db.first(z.object({ some: z.boolean() }), sql`select ${anyHistory(db.companyId, pgArray('uuid', customerIds))} as some`);
  return row?.some ?? false;
}
