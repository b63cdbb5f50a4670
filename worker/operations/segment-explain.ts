/** Why somebody is in a segment, or is not: clause by clause, today and on any past day. */
import { z } from 'zod';
import { addDays, parseDay } from '#core/calendar/days';
import { closenessTo } from '#core/clustering/closeness';
import type { Closeness } from '#core/clustering/closeness';
import { featureOf, featureRange, hasFeatures, isDiscoveryFeature } from '#core/discovery/features';
import { AppError } from '#core/errors';
import { readsOfDefinition } from '#core/segments/definition';
import type { SegmentDefinition } from '#core/segments/definition';
import type { CustomerFacts } from '#core/segments/facts';
import { termOf } from '#core/segments/filter';
import { match } from '#core/segments/match';
import type { Explanation } from '#core/segments/match';
import { dayStart, momentAt } from '#core/segments/moment';
import type { MatchMoment } from '#core/segments/moment';
import { readCuts } from '#data/percentile-cuts';
import { loadFacts } from '#data/segment-facts';
import { readStanding, readTurns } from '#data/segment-reads';
import type { StandingRow } from '#data/segment-reads';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';
import { factsOfThePast } from './segment-past.ts';
import { momentOf, settingOf } from './segment-plan.ts';
import { definitionOf, requireSegment } from './segments.ts';

export interface MembershipExplanation {
  segmentId: string;
  /** Who stands for her since a merge, or herself. */
  customerId: string;
  currency: string;
  /** The instant that is spoken of: now, or the end of the day that was asked about. */
  at: string;
  isMember: boolean;
  /** What brought her in or took her out last, as it was recorded; null: she has never been in. */
  last: StandingRow | null;
  /** Each clause with what it saw; null of somebody who is nobody any more. */
  explanation: Explanation | null;
  /**
   * Kind `cluster`: how near she stands to the group's centre and to the nearest other one, as of now, from the outermost
   * group in. Null for a rule, and of somebody who has not bought or is not scored yet.
   */
  nearest: Closeness[] | null;
  /**
   * True: the clauses are as of `at`. False: some of what they look at is today's, since it is not kept of every day: the
   * profile, single scores, percentiles; and values, stage and group of a day on which she bought. And false where the
   * segment had other conditions then: the clauses are those of today.
   */
  isAsOf: boolean;
  /** When the segment's definition changed last, where that was after `at`; else null. */
  redefinedAt: string | null;
}

/** @throws AppError `not_found`, `invalid_input` for a day that is none or has not been */
export async function explainMembership(ctx: TenantContext, id: string, customerId: string, { on }: { on?: string | undefined } = {}): Promise<MembershipExplanation> {
  requirePermission(ctx, 'segments:read');
  requirePermission(ctx, 'customers:read');
  if (!z.uuid().safeParse(customerId).success) throw noCustomer();
  const [state, row, cuts] = await Promise.all([requireState(ctx), requireSegment(ctx, id), readCuts(ctx.db)]);
  const setting = settingOf(state, cuts);
  const now = momentOf(ctx, state, setting);
  const asked = on === undefined ? now : momentAt(setting, new Date(endOf(on, now.today, setting.timeZone)));
  const moment = asked.at < now.at ? asked : now;
  const standing = await readStanding(ctx.db, row.id, customerId, new Date(moment.at.getTime() + 1).toISOString());
  if (standing.customerId === null) throw noCustomer();
  const definition = definitionOf(row);
  const reads = readsOfDefinition(definition);
  // All of the past: what turned a clause may have happened long ago.
  const [standsNow] = await loadFacts(ctx.db, [standing.customerId], { ...reads, reach: { orders: null, events: null } }, moment.at);
  const past = moment === now || standsNow === undefined ? { facts: standsNow, isAsOf: true } : await factsOfThePast(ctx, standsNow, termOf(definition.filter, setting), moment);
  const turned = reads.segments.size + reads.lists.size === 0 ? undefined : await readTurns(ctx.db, standing.customerId, reads, moment.at.toISOString());
  const facts = past.facts === undefined || turned === undefined ? past.facts : { ...past.facts, turned, lists: new Set([...past.facts.lists].filter((id) => (turned.lists.get(id) ?? 0) <= moment.at.getTime())) };
  const redefinedAt = moment !== now && row.definedAt !== row.createdAt && Date.parse(row.definedAt) > moment.at.getTime() ? row.definedAt : null;
  return {
    segmentId: row.id, customerId: standing.customerId, currency: state.currency, at: moment.at.toISOString(), isMember: standing.last?.change === 'entered', last: standing.last,
    explanation: facts === undefined ? null : match(definition.filter, facts, moment), nearest: standsNow === undefined ? null : closenessOf(definition, standsNow, now), isAsOf: past.isAsOf && redefinedAt === null, redefinedAt,
  };
}

/** Statistics are kept as of now only, so distances are too. */
function closenessOf(definition: SegmentDefinition, { stats }: CustomerFacts, { today, currencyDigits }: MatchMoment): Closeness[] | null {
  if (definition.kind !== 'cluster' || !hasFeatures(stats)) return null;
  const valueOf = (name: string): number => (isDiscoveryFeature(name) ? featureOf(name, stats, { today, digits: currencyDigits }) : 0);
  const rangeOf = (name: string) => (isDiscoveryFeature(name) ? featureRange(name, valueOf(name), currencyDigits) : { low: 0, high: 0, step: 1 });
  return definition.nested.map(({ label, ...centroids }) => closenessTo(centroids, label, valueOf, rangeOf));
}

/** The last millisecond of a day of the company's calendar. */
function endOf(on: string, today: string, timeZone: string): number {
  const refuse = (message: string): never => { throw new AppError('invalid_input', message, { errors: [{ path: 'on', message }] }); };
  if (parseDay(on) === null) refuse('Write a day like 2026-11-20');
  if (on > today) refuse('Choose today or a day before it');
  return dayStart(addDays(on, 1), timeZone) - 1;
}

const noCustomer = (): AppError => new AppError('not_found', 'There is no such customer');
