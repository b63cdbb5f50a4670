/** Who is in a segment, who came and went, and the segments of one customer. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

/** Of one customer's comings and goings: older ones turned nothing that stands. */
const MOST_TURNS = 1_000;

const memberRow = z.object({
  id: z.string(), name: z.string().nullable(), email: z.string().nullable(), externalId: z.string(), since: z.string(), score: z.number().nullable(),
  totalValue: z.number(), historicalValue: z.number(), predictedValue: z.number(), pAlive: z.number().nullable(), orders: z.number(), lastDay: z.string().nullable(), stage: z.string().nullable(),
});
export type SegmentMemberRow = z.infer<typeof memberRow>;

/** By id, so that a page that is read while people come and go shows nobody twice. */
export async function listMemberRows(db: TenantDb, segmentId: string, afterId: string | null, limit: number): Promise<SegmentMemberRow[]> {
  return db.rows(memberRow, sql`select c.id, c.name, c.email, c.external_id as "externalId", m.since, m.score, s.total_value as "totalValue", s.historical_value as "historicalValue",
      s.predicted_value as "predictedValue", s.p_alive as "pAlive", s.orders, s.last_day as "lastDay", s.stage
    from segment_members m
    cross join lateral (select * from customers c where c.company_id = ${unseen(db.companyId)} and c.id = m.customer_id offset 0) c
    cross join lateral (select * from customer_stats s where s.company_id = ${unseen(db.companyId)} and s.customer_id = m.customer_id offset 0) s
    where m.company_id = ${db.companyId} and m.segment_id = ${segmentId}${afterId === null ? sql`` : sql` and m.customer_id > ${afterId}::uuid`} order by m.customer_id limit ${limit}`);
}

const cause = z.object({ kind: z.string(), what: z.string().nullable(), by: z.string().nullable().optional() });
const changeRow = z.object({
  seq: z.number(), customerId: z.string(), name: z.string().nullable(), email: z.string().nullable(), externalId: z.string().nullable(),
  change: z.enum(['entered', 'left']), at: z.string(), recordedAt: z.string(), cause,
});
export type SegmentChangeRow = z.infer<typeof changeRow>;

/** Where a row stands in a history: somebody may come and go at one instant, and instants are kept finer than a millisecond. */
export interface ChangePlace {
  /** As Postgres writes it. */
  at: string;
  customerId: string;
  seq: number;
}

const placedRow = changeRow.extend({ place: z.string() });
export type PlacedChangeRow = z.infer<typeof placedRow>;

/** Newest first. @param before the last row seen; `place` of a row is its `at` */
export async function listChangeRows(db: TenantDb, segmentId: string, before: ChangePlace | null, limit: number): Promise<PlacedChangeRow[]> {
  return db.rows(placedRow, sql`select h.at::text as place, h.seq, h.customer_id as "customerId", c.name, c.email, c.external_id as "externalId", h.change, h.at, h.recorded_at as "recordedAt", h.cause
    from segment_changes h left join customers c on c.company_id = h.company_id and c.id = h.customer_id
    where h.company_id = ${db.companyId} and h.segment_id = ${segmentId}${before === null ? sql`` : sql` and (h.at, h.customer_id, h.seq) < (${before.at}::timestamptz, ${before.customerId}::uuid, ${before.seq}::bigint)`}
    order by h.at desc, h.customer_id desc, h.seq desc limit ${limit}`);
}

const feedRow = z.object({ seq: z.number(), segmentId: z.string(), customerId: z.string(), change: z.enum(['entered', 'left']), at: z.string(), cause });
export type SegmentFeedRow = z.infer<typeof feedRow>;

/** Everything after a position of the tenant's sequence, whole sequence values at a time: what notifications and syncs read on from. */
export async function readChangesAfter(db: TenantDb, seq: number, limit: number): Promise<SegmentFeedRow[]> {
  const company = db.companyId;
  return db.rows(feedRow, sql`select h.seq, h.segment_id as "segmentId", h.customer_id as "customerId", h.change, h.at, h.cause from segment_changes h
    where h.company_id = ${company} and h.seq > ${seq} and h.seq <= (select max(x.seq) from (select y.seq from segment_changes y where y.company_id = ${company} and y.seq > ${seq} order by y.seq limit ${limit}) x)
    order by h.seq, h.segment_id, h.customer_id`);
}

const hersRow = z.object({ id: z.string(), name: z.string(), status: z.enum(['live', 'paused']), isMember: z.boolean(), since: z.string().nullable(), score: z.number().nullable(), last: changeRow.pick({ change: true, at: true, cause: true }).nullable() });
export type CustomerSegmentRow = z.infer<typeof hersRow>;

/** Every segment that is not archived, whether she is in it, and what happened last between them. */
export async function listSegmentsOfCustomer(db: TenantDb, customerId: string): Promise<CustomerSegmentRow[]> {
  return db.rows(hersRow, sql`select s.id, s.name, s.status, m.customer_id is not null as "isMember", m.since, m.score,
      (select jsonb_build_object('change', h.change, 'at', h.at, 'cause', h.cause) from segment_changes h where h.company_id = ${unseen(db.companyId)} and h.customer_id = ${customerId} and h.segment_id = s.id
        order by h.at desc, h.seq desc limit 1) as last
    from segments s left join segment_members m on m.company_id = s.company_id and m.segment_id = s.id and m.customer_id = ${customerId}
    where s.company_id = ${db.companyId} and s.status <> 'archived' order by (m.customer_id is null), lower(s.name), s.id`);
}

const standingRow = changeRow.pick({ change: true, at: true, recordedAt: true, cause: true });
export type StandingRow = z.infer<typeof standingRow>;

/** What stood between them until an instant; null: she had never been in. And the id she goes by since a merge, with whether she is known at all. */
export async function readStanding(db: TenantDb, segmentId: string, customerId: string, until: string): Promise<{ last: StandingRow | null; customerId: string | null }> {
  const [people, rows] = await db.transaction([
    query(z.object({ id: z.string() }), sql`select coalesce(c.merged_into, c.id) as id from customers c where c.company_id = ${db.companyId} and c.id = ${customerId}`),
    query(standingRow, sql`select h.change, h.at, h.recorded_at as "recordedAt", h.cause from segment_changes h
      where h.company_id = ${db.companyId} and h.segment_id = ${segmentId} and h.at < ${until}::timestamptz
        and h.customer_id = (select coalesce(c.merged_into, c.id) from customers c where c.company_id = ${db.companyId} and c.id = ${customerId}) order by h.at desc, h.seq desc limit 1`),
  ]);
  return { last: rows[0] ?? null, customerId: people[0]?.id ?? null };
}

const turnRow = z.object({ id: z.string(), at: z.string() });

/** Every time she entered or left some segments until an instant, and when she was put on those lists that she stands on: what turned clauses that ask for them. */
export async function readTurns(db: TenantDb, customerId: string, { segments, lists }: { segments: ReadonlySet<string>; lists: ReadonlySet<string> }, until: string): Promise<{ segments: Map<string, number[]>; lists: Map<string, number> }> {
  const company = db.companyId;
  const [changes, entries] = await db.transaction([
    segments.size === 0 ? null : query(turnRow, sql`select h.segment_id as id, h.at from segment_changes h
      where h.company_id = ${unseen(company)} and h.customer_id = ${customerId} and h.segment_id = any(${pgArray('uuid', [...segments])}) and h.at <= ${until}::timestamptz order by h.at desc, h.seq desc limit ${MOST_TURNS}`),
    lists.size === 0 ? null : query(turnRow, sql`select e.list_id as id, e.added_at as at from list_entries e
      where e.company_id = ${unseen(company)} and e.customer_id = ${customerId} and e.list_id = any(${pgArray('uuid', [...lists])}) and e.added_at is not null`),
  ] as const);
  const turns = new Map<string, number[]>();
  for (const { id, at } of changes) turns.set(id, [...(turns.get(id) ?? []), Date.parse(at)]);
  return { segments: turns, lists: new Map(entries.map(({ id, at }) => [id, Date.parse(at)])) };
}

/** True of members of a segment; of everybody where none is named. @param customer the column of her id */
export function isMember(company: string, customer: SQL, segment: string | null): SQL {
  return segment === null ? sql`true` : sql`${customer} in (select m.customer_id from segment_members m where m.company_id = ${company} and m.segment_id = ${segment})`;
}
