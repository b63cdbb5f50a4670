/** A segment found over everybody: the members that stand are brought to what the statement finds, differences are told with their cause. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { SAME_DISTANCE } from '#core/clustering/nearest';
import { everybody } from './everybody.ts';
import type { ProfileReads } from './everybody.ts';
import { hashMemory } from './filter-to-sql.ts';
import { command, optional, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { seqNow, takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

export interface WholeSegment {
  id: string;
  version: number;
  /** True of members, over `everybody`. */
  holds: SQL;
  /** Of a member, over the same rows: how far she is from the centre, say; null where the kind has none. */
  score: SQL | null;
  /** What `holds` looks at. */
  reads: ProfileReads;
}

export interface WholeBasis {
  at: string;
  recordedAt: string;
  /** Why whoever moves did, unless something that happened to her is waiting to be looked at. */
  cause: { kind: string; what: string | null };
  /** Whether memberships are to be exact already: then it gives way while a boundary is due. */
  isCheck?: boolean;
}

const outcome = z.object({ id: z.string(), members: z.number(), entered: z.number(), left: z.number(), unexplained: z.number() });
export type WholeOutcome = z.infer<typeof outcome>;

/**
 * One transaction under the tenant's lock. Scores of those who stay are renewed without a word in the history.
 * `unexplained`: differences for which nothing is waiting to be looked at.
 * Null when the segment is not live in this version any more.
 * @throws AppError `stale` where a check finds a boundary due
 */
export async function evaluateWhole(db: TenantDb, segment: WholeSegment, { at, recordedAt, cause, isCheck = false }: WholeBasis): Promise<WholeOutcome | null> {
  const company = db.companyId;
  // Without a score nobody has one, but for those who were found when the segment was of another kind.
  const differs = segment.score === null ? sql`m.score is not null` : sql`(m.score is null or abs(m.score - f.score) > ${SAME_DISTANCE}::float8)`;
  const all = everybody(company, segment.reads);
  const [, , , , rows] = await db.write([
    optional(isCheck ? sql`select case when exists (select from segment_ticks where company_id = ${company} and next_due <= ${at}::timestamptz) then retry_later('Somebody reaches an age') end` : null),
    command(hashMemory),
    command(takeSequence(company)),
    command(sql`update segment_ticks set version = version + 1 where company_id = ${company}`),
    query(outcome, sql`with standing as materialized (select s.id from segments s where s.company_id = ${company} and s.id = ${segment.id} and s.version = ${segment.version} and s.status = 'live'),
      found as materialized (select c.id, ${segment.score ?? sql`null`}::float8 as score from ${all.from} where ${all.where} and (${segment.holds})),
      gone as (delete from segment_members m using standing where m.company_id = ${unseen(company)} and m.segment_id = standing.id
        and not exists (select from found f where f.id = m.customer_id) returning m.customer_id),
      come as (insert into segment_members (company_id, segment_id, customer_id, since, score)
        select ${company}::uuid, standing.id, f.id, ${at}::timestamptz, f.score from standing cross join found f
        where not exists (select from segment_members m where m.company_id = ${company} and m.segment_id = ${segment.id} and m.customer_id = f.id) order by 3 returning customer_id),
      rescored as (update segment_members m set score = f.score from standing, found f where m.company_id = ${unseen(company)} and m.segment_id = standing.id and m.customer_id = f.id and ${differs}),
      moved as materialized (select customer_id, 'left' as change from gone union all select customer_id, 'entered' from come),
      causes as materialized (select m.customer_id, m.change, t.kind, t.what, t.kind is null and coalesce(st.seq, 0) <= coalesce(k.seq, 0) as unexplained
        from moved m left join segment_ticks k on k.company_id = ${company}
        left join lateral (select t.kind, t.what from segment_touches t where t.company_id = ${unseen(company)} and t.customer_id = m.customer_id order by t.seq desc limit 1) t on true
        left join lateral (select s.seq from customer_stats s where s.company_id = ${unseen(company)} and s.customer_id = m.customer_id) st on true),
      told as (insert into segment_changes (company_id, seq, segment_id, customer_id, change, at, recorded_at, cause)
        select ${company}::uuid, ${seqNow}, ${segment.id}::uuid, customer_id, change, ${at}, ${recordedAt},
          case when ${cause.kind === 'edit'}::boolean or (kind is null and (unexplained or not ${isCheck}::boolean)) then ${JSON.stringify(cause)}::jsonb
            when kind is null then '{"kind":"score","what":null}'::jsonb
            when kind like 'list:%' then jsonb_build_object('kind', 'list', 'what', split_part(kind, ':', 2), 'by', what) else jsonb_build_object('kind', split_part(kind, ':', 1), 'what', what) end from causes)
      update segments s set members = (select count(*)::int from found), evaluated_version = s.version, evaluated_at = ${recordedAt} from standing
        where s.company_id = ${company} and s.id = standing.id
        returning s.id, s.members, (select count(*)::int from causes where change = 'entered') as entered, (select count(*)::int from causes where change = 'left') as "left",
          (select count(*)::int from causes where unexplained) as unexplained`),
  ]);
  return rows[0] ?? null;
}

/** All that happened up to `seq` is in the memberships, since everybody was looked at. The next tick finds out when the next boundary is. */
export async function moveMark(db: TenantDb, seq: number): Promise<void> {
  const company = db.companyId;
  await db.write([
    command(sql`update segment_ticks set seq = greatest(seq, ${seq}), version = version + 1, next_due = '1970-01-01' where company_id = ${company}`),
    command(sql`delete from segment_touches where company_id = ${company} and seq <= ${seq}`),
  ]);
}
