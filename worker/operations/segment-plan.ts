/** A tenant's live segments, ready to be asked: in an order in which each comes after those it reads. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { minorDigits } from '#core/commerce/money';
import { addDays } from '#core/calendar/days';
import { featureOf, hasFeatures, isDiscoveryFeature } from '#core/discovery/features';
import { nearest } from '#core/clustering/nearest';
import { readsOfDefinition, segmentDefinition } from '#core/segments/definition';
import type { SegmentDefinition } from '#core/segments/definition';
import { holds } from '#core/segments/evaluate';
import type { CustomerFacts } from '#core/segments/facts';
import { termOf } from '#core/segments/filter';
import { dayStart, momentAt } from '#core/segments/moment';
import type { MatchMoment, Setting } from '#core/segments/moment';
import type { Cuts } from '#core/segments/cuts';
import { readsOf } from '#core/segments/reads';
import type { Reads, RelativeWindow } from '#core/segments/reads';
import { distanceTo, nearestIs } from '#data/cluster-sql';
import { filterToSql } from '#data/filter-to-sql';
import { readWork } from '#data/segment-work';
import type { LiveSegmentRow, SegmentWork } from '#data/segment-work';
import type { TenantState } from '#data/tenant-state';
import { assertNever } from '#core/errors';
import type { TenantContext } from '#worker/ports';
import { TimedMap } from './isolate-memory.ts';

/** In or out, and a distance or probability where the kind has one. */
export interface Verdict {
  holds: boolean;
  score: number | null;
}

/** What a definition comes to. */
export interface Judge {
  reads: Reads;
  /** One customer in memory. */
  verdict(facts: CustomerFacts, moment: MatchMoment): Verdict;
  /** The same over everybody: true of members, over `customers c join customer_stats s`. */
  condition(moment: MatchMoment & { companyId: string }): SQL;
  /** The score of a member, over the same rows; null where the kind has none. */
  score(moment: MatchMoment): SQL | null;
}

export interface PlannedSegment extends Judge {
  id: string;
  name: string;
  version: number;
  evaluatedVersion: number;
  members: number;
}

export function judgeOf(definition: SegmentDefinition, currencyDigits: number): Judge {
  switch (definition.kind) {
    case 'rule': {
      const { filter } = definition;
      const term = termOf(filter, { currencyDigits });
      return {
        reads: readsOf(filter),
        verdict: (facts, moment) => ({ holds: holds(term, facts, moment), score: null }),
        condition: (moment) => filterToSql(filter, moment),
        score: () => null,
      };
    }
    case 'cluster': {
      const { filter, nested } = definition;
      const term = termOf(filter, { currencyDigits });
      return {
        reads: readsOfDefinition(definition),
        verdict(facts, moment) {
          if (!holds(term, facts, moment) || !hasFeatures(facts.stats)) return { holds: false, score: null };
          const found = nested.map((one) => ({ ...nearest(one, (name) => (isDiscoveryFeature(name) ? featureOf(name, facts.stats, { today: moment.today, digits: currencyDigits }) : 0)), wanted: one.label }));
          const isIn = found.every(({ label, wanted }) => label === wanted);
          return { holds: isIn, score: isIn ? (found.at(-1)?.distance ?? null) : null };
        },
        condition: (moment) => sql`(${filterToSql(filter, moment)} and ${sql.join(nested.map((one) => nearestIs(one, one.label, { today: moment.today, digits: currencyDigits })), sql` and `)})`,
        score(moment) {
          const innermost = nested.at(-1);
          return innermost === undefined ? null : distanceTo(innermost, innermost.label, { today: moment.today, digits: currencyDigits });
        },
      };
    }
    default: return assertNever(definition);
  }
}

/** Judges by segment and version: a definition is read once an isolate, and not with each order. */
const judges = new TimedMap<Judge>(10_000);
const JUDGE_SECONDS = 3_600;
/** By company the live segments that were all judged, as a mark names them. */
const judged = new TimedMap<string>(5_000);
const judgeKey = (companyId: string, { id, version }: LiveSegmentRow, digits: number): string => `${companyId} ${id} ${String(version)} ${String(digits)}`;

/** What is to be done and the plan for it. Definitions travel only when a segment was made or changed: of 500 they would be most of what an order costs. */
export async function readPlanned(ctx: TenantContext, state: TenantState, most: number): Promise<{ work: SegmentWork; plan: PlannedSegment[]; setting: Setting }> {
  const now = ctx.clock.now(), digits = minorDigits(state.currency), key = `${ctx.companyId} ${String(digits)}`;
  let work = await readWork(ctx.db, most, judged.get(key, now) ?? null);
  if (work.live.some((row) => row.definition === null && judges.get(judgeKey(ctx.companyId, row, digits), now) === undefined)) work = await readWork(ctx.db, most);
  const setting = settingOf(state, work.cuts);
  const plan = planOf(ctx, work.live, setting, now);
  if (work.mark !== null && plan.length === work.live.length) judged.set(key, work.mark.live, JUDGE_SECONDS, now);
  return { work, plan, setting };
}

/** Dependents after what they depend on; cycles were refused at the door. A definition that no longer reads is told and left out. */
export function planOf(ctx: TenantContext, rows: readonly LiveSegmentRow[], setting: Setting, now = ctx.clock.now()): PlannedSegment[] {
  const planned = new Map<string, PlannedSegment>();
  for (const row of rows) {
    const { id, name, version, evaluatedVersion, members, definition } = row;
    const key = judgeKey(ctx.companyId, row, setting.currencyDigits);
    let judge = judges.get(key, now);
    if (judge === undefined) {
      const parsed = segmentDefinition.safeParse(definition);
      if (!parsed.success) {
        ctx.log.error('segment_unreadable', { companyId: ctx.companyId, segmentId: id, error: parsed.error.message });
        continue;
      }
      judge = judgeOf(parsed.data, setting.currencyDigits);
      judges.set(key, judge, JUDGE_SECONDS, now);
    }
    planned.set(id, { ...judge, id, name, version, evaluatedVersion, members });
  }
  const sorted = new Set<PlannedSegment>();
  const visit = (one: PlannedSegment, above: ReadonlySet<string>): void => {
    if (sorted.has(one) || above.has(one.id)) return;
    for (const id of one.reads.segments) {
      const needed = planned.get(id);
      if (needed !== undefined) visit(needed, new Set([...above, one.id]));
    }
    sorted.add(one);
  };
  for (const one of planned.values()) visit(one, new Set());
  return [...sorted];
}

/** `ids` and whatever reads one of them, however indirectly; in the order of the plan. */
export function withDependents(plan: readonly PlannedSegment[], ids: ReadonlySet<string>): PlannedSegment[] {
  const wanted = new Set(ids);
  return plan.filter((one) => {
    if (!wanted.has(one.id) && ![...one.reads.segments].some((id) => wanted.has(id))) return false;
    wanted.add(one.id);
    return true;
  });
}

/** What all of them read together. */
export function allReads(plan: readonly Pick<Judge, 'reads'>[]): Reads {
  const over = <T>(of: (reads: Reads) => Iterable<T>): Set<T> => new Set(plan.flatMap(({ reads }) => [...of(reads)]));
  const any = (of: (reads: Reads) => boolean): boolean => plan.some(({ reads }) => of(reads));
  const farthest = (of: 'orders' | 'events'): number | null => plan.reduce<number | null>((far, { reads }) => {
    const one = reads.reach[of];
    return far === null || one === null ? null : Math.max(far, one);
  }, 0);
  return {
    profile: any((r) => r.profile), attributes: over((r) => r.attributes), statistics: any((r) => r.statistics), scores: any((r) => r.scores),
    orders: any((r) => r.orders), items: any((r) => r.items), eventTypes: over((r) => r.eventTypes), eventProperties: over((r) => r.eventProperties),
    percentiles: plan.flatMap(({ reads }) => [...reads.percentiles]), segments: over((r) => r.segments), lists: over((r) => r.lists), calendar: any((r) => r.calendar),
    windows: distinctWindows(plan), reach: { orders: farthest('orders'), events: farthest('events') },
  };
}

export const windowKey = ({ of, eventType, ms }: RelativeWindow): string => `${of} ${eventType ?? ''} ${String(ms)}`;

/** Every age at which somebody may come or go; 0 for what is dated ahead of its coming. */
export function windowsOf({ reads }: Pick<Judge, 'reads'>): RelativeWindow[] {
  const ahead: RelativeWindow[] = [
    ...(reads.orders || reads.statistics ? [{ of: 'orders' as const, eventType: null, ms: 0 }] : []),
    ...[...reads.eventTypes].map((eventType) => ({ of: 'events' as const, eventType, ms: 0 })),
  ];
  return [...reads.windows, ...ahead];
}

function distinctWindows(plan: readonly Pick<Judge, 'reads'>[]): RelativeWindow[] {
  return [...new Map(plan.flatMap((one) => windowsOf(one)).map((window) => [windowKey(window), window])).values()];
}

export function settingOf(state: Pick<TenantState, 'timeZone' | 'currency' | 'countZeroOrders'>, cuts: Cuts): Setting {
  return { timeZone: state.timeZone, currencyDigits: minorDigits(state.currency), countZeroOrders: state.countZeroOrders, cuts };
}

/** Now, but never before what was worked off already; with an analysis date the end of that day. */
export function momentOf(ctx: TenantContext, state: Pick<TenantState, 'analysisDate' | 'timeZone'>, setting: Setting, notBefore: string | null = null): MatchMoment {
  if (state.analysisDate !== null) return momentAt(setting, new Date(dayStart(addDays(state.analysisDate, 1), state.timeZone) - 1));
  return momentAt(setting, new Date(Math.max(ctx.clock.now().getTime(), notBefore === null ? 0 : Date.parse(notBefore))));
}

