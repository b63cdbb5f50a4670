/** The people of a batch: found by their identities or made, and their profiles brought up to date. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { PersonRow, ProfileRow } from './batch-rows.ts';
import { markTouched } from './segment-touches.ts';
import { unnest } from './sql-arrays.ts';
import { seqNow } from './tenant-lock.ts';

/** Identities that many people may share or pass on: they cannot vouch for somebody who was erased under another one. */
const SHARED_KINDS = sql.raw(`('email', 'anonymous')`);

/**
 * Finds or makes the customers of the batch; `app.people` = { index: customer id }. Who is named by the identity of
 * somebody erased is nobody and missing there, unless a platform's own id says that she is somebody else who is known.
 * A batch made before the tenant's first erasure has no hashes to tell by: then the transaction is given up for another try.
 */
export function resolvePeople(company: string, people: PersonRow[]): SQL {
  const identities = people.flatMap((p, g) => p.identities.map((identity, order) => ({ g, order, ...identity })));
  const hashed = identities.every((i) => i.hash !== undefined);
  return sql`with ids as materialized (select * from ${unnest('u', [
      ['g', 'int', identities.map((i) => i.g)],
      ['ord', 'int', identities.map((i) => i.order)],
      ['kind', 'text', identities.map((i) => i.kind)],
      ['value', 'text', identities.map((i) => i.value)],
      ['hash', 'text', identities.map((i) => i.hash ?? null)],
    ])}),
    found as materialized (select ids.*, ci.customer_id from ids
      left join lateral (select ci.customer_id from customer_identities ci where ci.company_id = ${company} and ci.kind = ids.kind and ci.value = ids.value offset 0) ci on true),
    hit as (select distinct on (g) g, kind, customer_id from found where customer_id is not null order by g, ord),
    tombs as materialized (select ids.g, ids.kind, ids.value from ids
      cross join lateral (select from erased_identities e where e.company_id = ${company} and e.kind = ids.kind and e.hash = ids.hash offset 0) e
      where ids.hash is not null),
    grp as materialized (select u.*, coalesce(hit.customer_id, u.proposed) as customer_id, hit.g is null as is_new
      from ${unnest('u', [
        ['g', 'int', people.map((_, g) => g)],
        ['proposed', 'uuid', people.map((p) => p.proposedId)],
        ['source', 'text', people.map((p) => p.source)],
        ['external_id', 'text', people.map((p) => p.externalId)],
        ['email', 'text', people.map((p) => p.email)],
        ['name', 'text', people.map((p) => p.name)],
        ['country', 'text', people.map((p) => p.country)],
      ])} left join hit on hit.g = u.g
      where not exists (select from tombs where tombs.g = u.g) or hit.kind not in ${SHARED_KINDS}),
    made as (insert into customers (company_id, id, source, external_id, email, name, country)
      select ${company}::uuid, customer_id, source, external_id, email, name, country from grp where is_new order by customer_id
      on conflict do nothing),
    newcomers as (${markTouched(company, sql`select customer_id, 'new' as kind, now() as at, null as what from grp where is_new`)}),
    stub as (insert into customer_stats (company_id, customer_id, scored_version, seq)
      select ${company}::uuid, customer_id, 0, ${seqNow} from grp where is_new order by customer_id on conflict do nothing),
    named as (insert into customer_identities (company_id, kind, value, customer_id)
      select distinct on (f.kind, f.value) ${company}::uuid, f.kind, f.value, grp.customer_id from found f join grp on grp.g = f.g
      where f.customer_id is null and not exists (select from tombs where tombs.kind = f.kind and tombs.value = f.value)
      order by f.kind, f.value on conflict do nothing),
    gaps as (select grp.* from grp
      cross join lateral (select c.email, c.name, c.country from customers c where c.company_id = ${company} and c.id = grp.customer_id offset 0) c
      where not grp.is_new and ((c.email is null and grp.email is not null) or (c.name is null and grp.name is not null) or (c.country is null and grp.country is not null))),
    heard as (${markTouched(company, sql`select customer_id, 'profile' as kind, now() as at, null as what from gaps`, sql`array['profile']`)}),
    filled as (update customers c set email = coalesce(c.email, gaps.email), name = coalesce(c.name, gaps.name), country = coalesce(c.country, gaps.country)
      from gaps where c.company_id = ${company} and c.id = gaps.customer_id and c.id = any(array(select customer_id from gaps)))
    select set_config('app.people', coalesce((select jsonb_object_agg(g, customer_id) from grp), '{}')::text, true)${hashed ? sql`` : sql`,
      case when exists (select from erased_identities where company_id = ${company}) then retry_later('Somebody was erased since this batch was made') end`}`;
}

/** A setting of the shape { index: id } as rows: decoded once, since a lookup a row would parse it a row. */
export function namedIds(setting: string, index: string): SQL {
  return sql.raw(`select key::int as ${index}, value::uuid as id from jsonb_each_text(current_setting('${setting}')::jsonb)`);
}

/** Newest profile wins as a whole; attributes merge key by key. */
export function updateProfiles(company: string, profiles: ProfileRow[]): SQL | null {
  if (profiles.length === 0) return null;
  return sql`with p as materialized (select u.*, person.id as customer_id from ${unnest('u', [
      ['g', 'int', profiles.map((p) => p.person)],
      ['version_at', 'timestamptz', profiles.map((p) => p.versionAt)],
      ['email', 'text', profiles.map((p) => p.email)],
      ['name', 'text', profiles.map((p) => p.name)],
      ['country', 'text', profiles.map((p) => p.country)],
      ['channel', 'text', profiles.map((p) => p.acquisitionChannel)],
      ['cost', 'bigint', profiles.map((p) => p.acquisitionCost)],
      ['acquired_on', 'date', profiles.map((p) => p.acquiredOn)],
      ['consent', 'text', profiles.map((p) => p.consentEmail)],
      ['attributes', 'jsonb', profiles.map((p) => JSON.stringify(p.attributes))],
    ])} join (${namedIds('app.people', 'g')}) person on person.g = u.g),
    heard as (${markTouched(company, sql`select customer_id, 'profile' as kind, version_at as at, null as what from p`, sql`array['profile']`)})
    update customers c set
      email = coalesce(p.email, c.email), name = coalesce(p.name, c.name), country = coalesce(p.country, c.country),
      acquisition_channel = coalesce(p.channel, c.acquisition_channel), acquisition_cost = coalesce(p.cost, c.acquisition_cost),
      acquired_on = coalesce(p.acquired_on, c.acquired_on),
      consent_email = case when p.consent = 'unknown' then c.consent_email else p.consent end,
      attributes = c.attributes || p.attributes, version_at = p.version_at
    from p where c.company_id = ${company} and c.id = p.customer_id and c.id = any(array(select customer_id from p)) and (c.version_at is null or p.version_at >= c.version_at)`;
}
