/** Whose memberships are to be looked at again, and what came of it: read and written against the mark that says how far that is done. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Cuts } from '#core/segments/cuts';
import type { RelativeWindow } from '#core/segments/reads';
import { cutQuery, toCuts } from './percentile-cuts.ts';
import { pgArray, unnest } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { Database, TenantDb } from './tenant.ts';
import { seqNow, takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

const markRow = z.object({ seq: z.number(), mark: z.number(), version: z.number(), tickedTo: z.string(), nextDue: z.string().nullable(), live: z.string() });
export type Mark = z.infer<typeof markRow>;

/** `definition` is null where the asker knows it. */
const liveRow = z.object({ id: z.string(), name: z.string(), kind: z.string(), definition: z.unknown(), version: z.number(), evaluatedVersion: z.number(), members: z.number() });
export type LiveSegmentRow = z.infer<typeof liveRow>;

const touch = z.object({ kind: z.string(), at: z.iso.datetime({ offset: true }), what: z.string().nullable() });
const pendingRow = z.object({ id: z.string(), moved: z.boolean(), touches: z.array(touch) });
/** A customer whom something happened to; `moved`: her figures or scores changed. Newest touch first. */
export type Pending = z.infer<typeof pendingRow>;

export interface SegmentWork {
  /** Null before the first segment went live. */
  mark: Mark | null;
  live: LiveSegmentRow[];
  pending: Pending[];
  cuts: Cuts;
}

const markOf = (company: string): SQL => sql`(select t.seq from segment_ticks t where t.company_id = ${company})`;

/**
 * @param most customers to hand back; one more tells that there are more
 * @param known `live` of an earlier mark: when the live segments are still those, their definitions stay where they are
 */
export async function readWork(db: TenantDb, most: number, known: string | null = null): Promise<SegmentWork> {
  const company = db.companyId;
  const versions = sql`(select coalesce(md5(string_agg(l.id::text || ' ' || l.version, ',' order by l.id)), '') from segments l where l.company_id = ${company} and l.status = 'live')`;
  const [marks, live, pending, cuts] = await db.transaction([
    query(markRow, sql`select k.seq, t.seq as mark, t.version, t.ticked_to as "tickedTo", t.next_due as "nextDue", ${versions} as live
      from tenant_clock k join segment_ticks t on t.company_id = k.company_id where k.company_id = ${company}`),
    query(liveRow, sql`select s.id, s.name, s.kind, case when ${versions} is distinct from ${known} then s.definition end as definition, s.version, s.evaluated_version as "evaluatedVersion", s.members
      from segments s where s.company_id = ${company} and s.status = 'live' order by s.id`),
    query(pendingRow, sql`with p as materialized (select id from (
        (select s.customer_id as id from customer_stats s where s.company_id = ${unseen(company)} and s.seq > ${markOf(company)} order by s.seq limit ${most + 1})
        union select t.customer_id from segment_touches t where t.company_id = ${unseen(company)}) x limit ${most + 1})
      select p.id, coalesce((select s.seq > ${markOf(company)} from customer_stats s where s.company_id = ${unseen(company)} and s.customer_id = p.id), false) as moved, coalesce((select jsonb_agg(jsonb_build_object('kind', t.kind, 'at', t.at, 'what', t.what) order by t.seq desc) from segment_touches t
        where t.company_id = ${unseen(company)} and t.customer_id = p.id), '[]') as touches from p`),
    cutQuery(company),
  ]);
  return { mark: marks[0] ?? null, live, pending, cuts: toCuts(cuts) };
}

const crossingRow = z.object({ id: z.string(), of: z.enum(['orders', 'events']), type: z.string().nullable(), ms: z.number(), at: z.string() });
/** Who reached which age, and when. */
export type Crossing = z.infer<typeof crossingRow>;

/** A closed day that passes the edge of a window of orders within a range of time, and when: orders whose rows are gone are known by the last of these days. */
export interface ClosedCrossing {
  ms: number;
  /** YYYY-MM-DD. */
  day: string;
  at: string;
}

/** Boundaries after `from` up to `to`, in order. An order leaves a window of N at its own instant + N. */
export async function readCrossings(db: TenantDb, windows: readonly RelativeWindow[], range: { from: string; to: string }, closed: readonly ClosedCrossing[], most: number): Promise<Crossing[]> {
  if (windows.length === 0) return [];
  const company = db.companyId;
  const between = (column: string): SQL => sql`${sql.raw(column)} > ${range.from}::timestamptz - w.age and ${sql.raw(column)} <= ${range.to}::timestamptz - w.age`;
  return db.rows(crossingRow, sql`with w as (select *, make_interval(secs => ms / 1000.0) as age from ${unnest('u', [
      ['of', 'text', windows.map((w) => w.of)], ['type', 'text', windows.map((w) => w.eventType)], ['ms', 'bigint', windows.map((w) => w.ms)],
    ])})
    select x.id, w.of, w.type, w.ms, x.happened + w.age as at from w cross join lateral (
      (select t.customer_id as id, t.transaction_date as happened from transactions t
        where w.of = 'orders' and t.company_id = ${unseen(company)} and t.counted and t.kind = 'order' and ${between('t.transaction_date')} order by t.transaction_date limit ${most})
      union all (select e.customer_id, e.occurred_at from events e
        where w.of = 'events' and w.type is not null and e.company_id = ${unseen(company)} and e.type = w.type and ${between('e.occurred_at')} order by e.occurred_at limit ${most})
      union all (select e.customer_id, e.occurred_at from events e
        where w.of = 'events' and w.type is null and e.company_id = ${unseen(company)} and ${between('e.occurred_at')} order by e.occurred_at limit ${most})) x
    ${closed.length === 0 ? sql`` : sql`union all select s.customer_id, 'orders', null, d.ms, d.at from ${unnest('d', [
      ['ms', 'bigint', closed.map((one) => one.ms)], ['day', 'date', closed.map((one) => one.day)], ['at', 'timestamptz', closed.map((one) => one.at)],
    ])} join customer_stats s on s.company_id = ${unseen(company)} and s.last_day = d.day`}
    order by 5, 1 limit ${most}`);
}

/** Where the edge of a window of orders lies in closed days: local days after `after` are still inside it. */
export interface ClosedEdge {
  ms: number;
  after: string;
}

/** The first boundary after that of `done`, by index one row a window. */
function nextDue(company: string, { windows, tickedTo, nextDay, closed }: WorkDone): SQL {
  const after = sql`${tickedTo}::timestamptz`;
  const old = closed.edges.map((edge): SQL => sql`((select min(s.last_day) from customer_stats s where s.company_id = ${unseen(company)} and s.last_day > ${edge.after}::date and s.last_day < ${closed.before}::date)::timestamp
    at time zone ${closed.timeZone}) + make_interval(secs => ${edge.ms / 1000})`);
  const firsts = windows.map(({ of, eventType, ms }): SQL => {
    const age = sql`make_interval(secs => ${ms / 1000})`;
    return of === 'orders'
      ? sql`(select min(t.transaction_date) from transactions t where t.company_id = ${unseen(company)} and t.counted and t.kind = 'order' and t.transaction_date > ${after} - ${age}) + ${age}`
      : sql`(select min(e.occurred_at) from events e where e.company_id = ${unseen(company)}${eventType === null ? sql`` : sql` and e.type = ${eventType}`} and e.occurred_at > ${after} - ${age}) + ${age}`;
  });
  return sql`least(${sql.join([sql`${nextDay}::timestamptz`, ...firsts, ...old], sql`, `)})`;
}

const memberRow = z.object({ segmentId: z.string(), customerId: z.string(), since: z.string(), score: z.number().nullable() });
export type MemberRow = z.infer<typeof memberRow>;

/** Every membership of these customers, also in segments that are paused. */
export function membershipsOf(company: string, ids: readonly string[]) {
  return query(memberRow, sql`select m.segment_id as "segmentId", m.customer_id as "customerId", m.since, m.score
    from segment_members m where m.company_id = ${unseen(company)} and m.customer_id = any(${pgArray('uuid', ids)})`);
}

/** Why somebody came or went; `by`: who put her on a list or took her off it. */
export interface Cause {
  kind: string;
  what: string | null;
  by?: string | null;
}

export interface MembershipChange {
  segmentId: string;
  customerId: string;
  change: 'entered' | 'left' | 'rescored';
  at: string;
  cause: Cause;
  score: number | null;
}

/** What was found, and under which mark; where work goes on. */
export interface WorkDone {
  mark: Mark;
  changes: readonly MembershipChange[];
  /** Whose touches were looked at. */
  customers: readonly string[];
  /** Whether all that was pending up to `mark.seq` was looked at. */
  isWhole: boolean;
  tickedTo: string;
  windows: readonly RelativeWindow[];
  /** When the next local day begins, where that matters to a segment. */
  nextDay: string | null;
  /** `before` and `timeZone` say nothing without edges. */
  closed: { before: string | null; timeZone: string; edges: readonly ClosedEdge[] };
  recordedAt: string;
}

const countRow = z.object({ id: z.string(), members: z.number() });
export type SegmentCount = z.infer<typeof countRow>;

/**
 * One transaction under the tenant's lock; answers the segments whose size was written.
 * @throws AppError `stale` when somebody wrote memberships or segments since the mark was read: look again
 */
export async function writeWork(db: TenantDb, done: WorkDone): Promise<SegmentCount[]> {
  const company = db.companyId;
  const { mark, changes } = done;
  const stay = sql`(select t.version <> ${mark.version} from segment_ticks t where t.company_id = ${company})`;
  const [, , , counts] = await db.write([
    command(sql`select case when ${stay} then retry_later('Memberships were written by somebody else meanwhile') end`),
    changes.length === 0 ? null : command(takeSequence(company)),
    // What this very transaction adds to the sequence needs no second look, unless somebody wrote in between.
    command(sql`update segment_ticks t set version = t.version + 1, ticked_to = ${done.tickedTo}::timestamptz,
        seq = case when not ${done.isWhole}::boolean then t.seq when k.seq = ${mark.seq + (changes.length === 0 ? 0 : 1)} then k.seq else ${mark.seq} end,
        next_due = ${nextDue(company, done)}
      from tenant_clock k where t.company_id = ${company} and k.company_id = ${company}`),
    changes.length === 0 ? null : query(countRow, applyChanges(company, done)),
    done.customers.length === 0 ? null : command(sql`delete from segment_touches t where t.company_id = ${unseen(company)} and t.seq <= ${mark.seq} and t.customer_id = any(${pgArray('uuid', done.customers)})`),
  ] as const);
  return counts;
}

/** Nothing comes before what went before it: an order that came late, and would not have counted before the night's cuts, counts from these on. */
function applyChanges(company: string, { changes, recordedAt }: WorkDone): SQL {
  return sql`with c as materialized (select u.segment_id, u.customer_id, u.change, u.cause, u.score, greatest(u.at, (select max(h.at) from segment_changes h
      where h.company_id = ${unseen(company)} and h.customer_id = u.customer_id and h.segment_id = u.segment_id)) as at from ${unnest('u', [
      ['segment_id', 'uuid', changes.map((c) => c.segmentId)], ['customer_id', 'uuid', changes.map((c) => c.customerId)], ['change', 'text', changes.map((c) => c.change)],
      ['at', 'timestamptz', changes.map((c) => c.at)], ['cause', 'jsonb', changes.map((c) => JSON.stringify(c.cause))], ['score', 'float8', changes.map((c) => c.score)],
    ])}),
    gone as (delete from segment_members m using c where c.change = 'left' and m.company_id = ${unseen(company)} and m.segment_id = c.segment_id and m.customer_id = c.customer_id
      returning m.segment_id, m.customer_id),
    come as (insert into segment_members (company_id, segment_id, customer_id, since, score)
      select ${company}::uuid, c.segment_id, c.customer_id, c.at, c.score from c where c.change = 'entered' order by 2, 3 on conflict do nothing returning segment_id, customer_id),
    rescored as (update segment_members m set score = c.score from c where c.change = 'rescored' and m.company_id = ${unseen(company)} and m.segment_id = c.segment_id and m.customer_id = c.customer_id),
    moved as materialized (select segment_id, customer_id, -1 as by from gone union all select segment_id, customer_id, 1 from come),
    told as (insert into segment_changes (company_id, seq, segment_id, customer_id, change, at, recorded_at, cause)
      select ${company}::uuid, ${seqNow}, c.segment_id, c.customer_id, c.change, c.at, ${recordedAt}, c.cause from c join moved using (segment_id, customer_id))
    update segments s set members = s.members + m.by from (select segment_id, sum(by)::int as by from moved group by 1) m
      where s.company_id = ${company} and s.id = m.segment_id returning s.id, s.members`;
}

const dueRow = z.object({ company_id: z.string(), due_at: z.string().nullable() });
/** Tenants whose memberships are behind, or whose next boundary comes until then; `dueAt` null: at once. */
export async function listDueSegments(database: Database, until: Date): Promise<{ companyId: string; dueAt: string | null }[]> {
  const rows = await database.lookup(dueRow, sql`select company_id, due_at from companies_with_due_segments(${until.toISOString()})`);
  return rows.map((row) => ({ companyId: row.company_id, dueAt: row.due_at }));
}
