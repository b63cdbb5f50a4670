/** Writing behaviour events: repeats are passed over, and what somebody did without a name becomes hers once she has one. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { EventRow } from './batch-rows.ts';
import { NOBODY } from './derive-sql.ts';
import { namedIds } from './ingest-people.ts';
import { markTouched } from './segment-touches.ts';
import { pgArray, unnest } from './sql-arrays.ts';
import { seqNow } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/**
 * One statement of the batch; reads `app.people`. An anonymous id belongs to whom it was first given: a later claim to
 * be somebody else moves nothing, so a stranger who learns of it cannot take it. Days that gain an event, or whose events
 * gain a customer, are marked for counting.
 */
export function writeEvents(company: string, events: EventRow[]): SQL | null {
  if (events.length === 0) return null;
  return sql`with u as materialized (select * from ${unnest('u', [
      ['idx', 'int', events.map((_, n) => n)],
      ['id', 'uuid', events.map((e) => e.id)],
      ['type', 'text', events.map((e) => e.type)],
      ['at', 'timestamptz', events.map((e) => e.occurredAt)],
      ['person', 'int', events.map((e) => e.person)],
      ['anonymous_id', 'text', events.map((e) => e.anonymousId)],
      ['session_id', 'text', events.map((e) => e.sessionId)],
      ['source', 'text', events.map((e) => e.source)],
      ['properties', 'jsonb', events.map((e) => JSON.stringify(e.properties))],
      ['received_at', 'timestamptz', events.map((e) => e.version.updatedAt)],
      ['claim_kind', 'text', events.map((e) => e.claim?.kind ?? null)],
      ['claim_value', 'text', events.map((e) => e.claim?.value ?? null)],
    ])}),
    person as materialized (${namedIds('app.people', 'g')}),
    named as materialized (select u.idx, coalesce(person.id, claimed.customer_id) as customer_id, u.anonymous_id from u
      left join person on person.g = u.person
      left join lateral (select ci.customer_id from customer_identities ci
        where ci.company_id = ${unseen(company)} and ci.kind = u.claim_kind and ci.value = u.claim_value offset 0) claimed on true),
    standing as materialized (select a.anonymous_id, ci.customer_id from (select distinct anonymous_id from u where anonymous_id is not null) a
      cross join lateral (select ci.customer_id from customer_identities ci
        where ci.company_id = ${unseen(company)} and ci.kind = 'anonymous' and ci.value = a.anonymous_id offset 0) ci),
    given as materialized (select distinct on (n.anonymous_id) n.anonymous_id, n.customer_id from named n
      where n.anonymous_id is not null and n.customer_id is not null and not exists (select from standing s where s.anonymous_id = n.anonymous_id)
      order by n.anonymous_id, n.idx),
    identities as (insert into customer_identities (company_id, kind, value, customer_id)
      select ${company}::uuid, 'anonymous', anonymous_id, customer_id from given order by anonymous_id on conflict do nothing),
    rows as (insert into events (company_id, occurred_at, id, type, customer_id, anonymous_id, session_id, source, properties, received_at)
      select ${company}::uuid, u.at, u.id, u.type, coalesce(person.id, standing.customer_id, given.customer_id, named.customer_id, ${NOBODY}),
        u.anonymous_id, u.session_id, u.source, u.properties, u.received_at
      from u join named on named.idx = u.idx left join person on person.g = u.person
        left join standing on standing.anonymous_id = u.anonymous_id left join given on given.anonymous_id = u.anonymous_id
        left join lateral (select e.id from events e where e.company_id = ${unseen(company)} and e.id = u.id limit 1) known on true
      where known.id is null order by u.id
      on conflict (company_id, id, occurred_at) do nothing returning occurred_at, customer_id, type),
    joined as (update events e set customer_id = given.customer_id from given
      where e.company_id = ${unseen(company)} and e.anonymous_id = given.anonymous_id and e.anonymous_id = any(array(select anonymous_id from given))
        and e.customer_id = ${NOBODY} returning e.occurred_at, e.customer_id, e.type),
    marked as (${markDays(company, sql`select occurred_at from rows union all select occurred_at from joined`)}),
    heard as (${markTouched(company, sql`select customer_id, 'event:' || type as kind, occurred_at as at, type as what from (select * from rows union all select * from joined) e`,
      pgArray('text', ['event:*', ...new Set(events.map((e) => `event:${e.type}`))]))})
    select (select count(*) from rows)::int as inserted`;
}

/** Marks the days of the events `of` (occurred_at) for counting, as a statement or a part of one. */
export function markDays(company: string, of: SQL): SQL {
  return sql`insert into metric_days as m (company_id, day, touched_seq)
    select distinct ${company}::uuid, (t.occurred_at at time zone c.time_zone)::date, ${seqNow} from (${of}) t join companies c on c.id = ${company} order by 2
    on conflict (company_id, day) do update set touched_seq = excluded.touched_seq`;
}
