/** Whether one customer matches a filter, clause by clause, and when time alone will change that. */
import { addDays } from '#core/calendar/days';
import { assertNever } from '#core/errors';
import { cutAt } from './cuts.ts';
import { celebrated, dayOf, holds, measured, placedValue, propertyMeasured, quantityOf, rowsOf, textOf } from './evaluate.ts';
import { jsonAt, jsonDay } from './compare.ts';
import type { CustomerFacts } from './facts.ts';
import { conditionTerm, termOf, type Condition, type Filter } from './filter.ts';
import { dayStart, momentAt, type MatchMoment } from './moment.ts';
import { numberOf } from './numbers.ts';
import { ORDERS, type Rows, type Test } from './term.ts';

/** The value a clause looked at. Money is minor units; an instant is ISO 8601. Null: it is not known. */
export type Seen = { kind: 'number'; value: number | null; /** Of a percentile: where the night drew it; null: not yet. */ line?: number | null } | { kind: 'text'; value: string | null } | { kind: 'day'; value: string | null } | { kind: 'instant'; value: string | null }
  | { kind: 'json'; value: unknown } | { kind: 'truth'; value: boolean };

export interface Turn {
  /** ISO 8601: the first instant of the other outcome. */
  at: string;
  /** What came or, where that was earlier, reached its age then; which segment she entered or left, or list she was put on; a new day at midnight. */
  by: { kind: 'order' | 'event'; id: string; happenedAt: string } | { kind: 'segment' | 'list'; id: string } | { kind: 'day' };
}

interface Outcome {
  holds: boolean;
  /** When time alone will turn it; null: not within ten years, or only with something new. */
  turns: Turn | null;
  /** What turned it last, among what was loaded; null where that is not dated. */
  since: Turn | null;
}

export type Explanation =
  | (Outcome & { kind: 'all' | 'any'; of: Explanation[] })
  | (Outcome & { kind: 'not'; of: Explanation })
  | (Outcome & { kind: 'condition'; condition: Condition; saw: Seen });

/** The bare answer, for those who ask it of thousands. */
export function matches(filter: Filter, facts: CustomerFacts, moment: MatchMoment): boolean {
  return holds(termOf(filter, moment), facts, moment);
}

export function match(filter: Filter, facts: CustomerFacts, moment: MatchMoment): Explanation {
  if ('all' in filter) return { kind: 'all', of: filter.all.map((one) => match(one, facts, moment)), ...outcomeOf(termOf(filter, moment), facts, moment) };
  if ('any' in filter) return { kind: 'any', of: filter.any.map((one) => match(one, facts, moment)), ...outcomeOf(termOf(filter, moment), facts, moment) };
  if ('not' in filter) return { kind: 'not', of: match(filter.not, facts, moment), ...outcomeOf(termOf(filter, moment), facts, moment) };
  const term = conditionTerm(filter, moment);
  return { kind: 'condition', condition: filter, saw: seenBy(term, facts, moment), ...outcomeOf(term, facts, moment) };
}

function seenBy(test: Test, facts: CustomerFacts, moment: MatchMoment): Seen {
  switch (test.t) {
    case 'number': return { kind: 'number', value: numberOf(test.name, facts) };
    case 'percentile': return { kind: 'number', value: quantityOf(test.at.of, facts, moment), line: cutAt(moment.cuts, test.at) ?? null };
    case 'rows': return { kind: 'number', value: measured(test.rows, test.measure, facts, moment) };
    case 'property': return { kind: 'number', value: propertyMeasured(test, facts, moment) ?? (test.measure === 'sum' ? 0 : null) };
    case 'placed': return test.askedAs === 'kind' ? { kind: 'truth', value: holds(test, facts, moment) } : { kind: 'number', value: placedValue(test, facts, moment) };
    case 'text': return { kind: 'text', value: textOf(test.name, facts) };
    case 'day': return { kind: 'day', value: dayOf(test.name, facts, moment.timeZone) };
    case 'anniversary': return { kind: 'day', value: celebrated(test, facts, moment.timeZone) };
    case 'attribute': return { kind: 'json', value: jsonAt(facts.profile.attributes, test.at.path) ?? null };
    case 'age': {
      if (test.askedAs === 'count') return { kind: 'number', value: measured({ ...test.rows, window: { ms: test.ms, from: null, to: null } }, 'count', facts, moment) };
      const last = Math.max(...rowsOf(test.rows, facts, moment).map((row) => row.at));
      return { kind: 'instant', value: Number.isFinite(last) ? new Date(last).toISOString() : null };
    }
    case 'not': return seenBy(test.of, facts, moment);
    case 'sequence': case 'member': case 'listed': case 'all': case 'any': return { kind: 'truth', value: holds(test, facts, moment) };
    default: return assertNever(test);
  }
}

interface Break {
  at: number;
  by: Turn['by'];
}

/** Answers are asked again only where they can change: at each row, when it reaches an age that is asked for, and at midnights. */
function outcomeOf(test: Test, facts: CustomerFacts, moment: MatchMoment): Outcome {
  const now = holds(test, facts, moment), at = moment.at.getTime();
  const breaks = new Map<number, Break>();
  collect(test, facts, moment, breaks);
  const sorted = [...breaks.values()].sort((a, b) => a.at - b.at);
  const next = sorted.find((one) => one.at > at && holds(test, facts, momentAt(moment, new Date(one.at))) !== now);
  // Going back: the first break whose former side was the other way.
  const since = sorted.filter((one) => one.at <= at).reverse().find((one) => holds(test, knownBefore(facts, one.at), momentAt(moment, new Date(one.at - 1))) !== now);
  const turn = (found: Break | undefined): Turn | null => (found === undefined ? null : { at: new Date(found.at).toISOString(), by: found.by });
  return { holds: now, turns: turn(next), since: turn(since) };
}

/** What had not happened yet is nothing that a moment of the past could have seen. */
function knownBefore(facts: CustomerFacts, ms: number): CustomerFacts {
  return { ...facts, orders: facts.orders.filter((row) => row.at < ms), events: facts.events.filter((row) => row.at < ms), ...standingBefore(facts, ms) };
}

/** Where she stood then: entering and leaving alternate. */
function standingBefore({ segments, lists, turned }: CustomerFacts, ms: number): Pick<CustomerFacts, 'segments' | 'lists'> {
  if (turned === undefined) return { segments, lists };
  const stood = new Set(segments);
  for (const [id, turns] of turned.segments) {
    if (turns.filter((at) => at >= ms).length % 2 === 0) continue;
    if (!stood.delete(id)) stood.add(id);
  }
  return { segments: stood, lists: new Set([...lists].filter((id) => (turned.lists.get(id) ?? 0) < ms)) };
}

/** A year and a day: anniversaries come back. */
const DAYS_AHEAD = 367;
const TEN_YEARS = 3_653;

function collect(test: Test, facts: CustomerFacts, moment: MatchMoment, breaks: Map<number, Break>): void {
  const days = (first: string, last: string): void => {
    for (let day = first; day <= last; day = addDays(day, 1)) addBreak(breaks, { at: dayStart(day, moment.timeZone), by: { kind: 'day' } });
  };
  switch (test.t) {
    case 'all': case 'any': test.of.forEach((one) => collect(one, facts, moment, breaks)); return;
    case 'not': collect(test.of, facts, moment, breaks); return;
    case 'rows': case 'property': collectRows(test.rows, [test.rows.window.ms], facts, moment, breaks); return;
    case 'placed': collectRows(ORDERS, [], facts, moment, breaks); return;
    case 'percentile': if ('rows' in test.at.of) collectRows(test.at.of.rows, [test.at.of.rows.window.ms], facts, moment, breaks); return;
    case 'age':
      collectRows(test.rows, [test.ms], facts, moment, breaks);
      // The row of the last order need not be kept any more.
      for (const day of [facts.stats.lastDay, facts.stats.previousDay]) if (day !== null) addBreak(breaks, { at: dayStart(day, moment.timeZone) + test.ms, by: { kind: 'day' } });
      return;
    case 'sequence':
      collectRows(test.first, [test.ms, test.first.window.ms], facts, moment, breaks);
      collectRows(test.then, [], facts, moment, breaks);
      return;
    case 'anniversary': days(addDays(moment.today, -DAYS_AHEAD), addDays(moment.today, DAYS_AHEAD)); return;
    case 'day': case 'attribute': {
      const asked = test.t === 'day' ? test.test : test.at.test.type === 'day' ? test.at.test.test : null;
      if (asked === null || (asked.op !== 'last' && asked.op !== 'next' && asked.op !== 'older')) return;
      const value = test.t === 'day' ? dayOf(test.name, facts, moment.timeZone) : jsonDay(jsonAt(facts.profile.attributes, test.at.path));
      if (value === null) return;
      for (const day of [value, addDays(value, 1), addDays(value, asked.days), addDays(value, -asked.days)]) if (day < addDays(moment.today, TEN_YEARS)) days(day, day);
      return;
    }
    case 'member': for (const since of facts.turned?.segments.get(test.segment) ?? []) addBreak(breaks, { at: since, by: { kind: 'segment', id: test.segment } }); return;
    case 'listed': {
      const since = facts.turned?.lists.get(test.list);
      if (since !== undefined) addBreak(breaks, { at: since, by: { kind: 'list', id: test.list } });
      return;
    }
    case 'number': case 'text': return;
    default: assertNever(test);
  }
}

function collectRows(rows: Rows, ages: readonly (number | null)[], facts: CustomerFacts, moment: MatchMoment, breaks: Map<number, Break>): void {
  const kind = rows.of === 'orders' ? 'order' : 'event';
  for (const row of rowsOf(rows, facts, moment)) {
    const by = { kind, id: row.id, happenedAt: new Date(row.at).toISOString() } as const;
    addBreak(breaks, { at: row.at, by });
    for (const age of ages) if (age !== null) addBreak(breaks, { at: row.at + age, by });
  }
  for (const day of [rows.window.from, rows.window.to === null ? null : addDays(rows.window.to, 1)]) {
    if (day !== null) addBreak(breaks, { at: dayStart(day, moment.timeZone), by: { kind: 'day' } });
  }
}

function addBreak(breaks: Map<number, Break>, one: Break): void {
  if (!breaks.has(one.at)) breaks.set(one.at, one);
}
