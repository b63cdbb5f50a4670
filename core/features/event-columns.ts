/** How lively each customer was besides buying. */
import type { Column } from '#core/learning/table';
import { EVENT_FEATURES } from './catalogue.ts';
import type { History } from './history.ts';

/** Kinds with a column of their own, commonest first. */
const MOST_KINDS = 12;
/** Days that events are looked back upon: what was done before says nothing any more, and need not be read. */
export const EVENT_DAYS = 365;
/** Begins the name of the column of one kind. */
export const KIND_COLUMN = 'events_90:';

/** Whether a column of this name is made from events. */
export function isEventColumn(name: string): boolean {
  return name.startsWith(KIND_COLUMN) || EVENT_FEATURES.some((feature) => feature.name === name);
}

/**
 * Counts and recency of events by the end of `origin`; no columns where no events are kept.
 * @param only names of columns: kinds have one where it is among them. Absent: the commonest of the year up to the origin.
 */
export function eventColumns(history: History, row: Map<number, number>, origin: number, only?: readonly string[]): Column[] {
  const { events, kinds } = history;
  if (!events || !kinds) return [];
  const in30 = new Float64Array(row.size);
  const in90 = new Float64Array(row.size);
  const lastDay = new Float64Array(row.size).fill(NaN);
  const frequency = new Float64Array(kinds.length);
  const known = events.day.map((day) => (day <= origin && day > origin - EVENT_DAYS ? 1 : 0));
  const times = (i: number): number => events.count?.[i] ?? 1;
  events.kind.forEach((kind, i) => {
    if (known[i] === 1) frequency[kind] = (frequency[kind] ?? 0) + times(i);
  });
  const shown = kinds
    .map((name, kind) => ({ name, kind, count: frequency[kind] ?? 0, values: new Float64Array(row.size) }))
    .filter(({ name, count }) => (only ? only.includes(`${KIND_COLUMN}${name}`) : count > 0))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, only ? undefined : MOST_KINDS);
  const byKind = new Map(shown.map((each) => [each.kind, each.values]));
  for (let i = 0; i < events.day.length; i++) {
    const at = row.get(events.customer[i] ?? -1);
    const day = events.day[i] ?? 0;
    if (at === undefined || known[i] !== 1) continue;
    if (!(day <= (lastDay[at] ?? NaN))) lastDay[at] = day;
    if (day > origin - 30) in30[at] = (in30[at] ?? 0) + times(i);
    if (day <= origin - 90) continue;
    in90[at] = (in90[at] ?? 0) + times(i);
    const own = byKind.get(events.kind[i] ?? -1);
    if (own) own[at] = (own[at] ?? 0) + times(i);
  }
  return [
    { kind: 'number', name: 'events_30', values: in30 },
    { kind: 'number', name: 'events_90', values: in90 },
    { kind: 'number', name: 'event_recency_days', values: lastDay.map((day) => origin - day) },
    ...shown.map(({ name, values }): Column => ({ kind: 'number', name: `${KIND_COLUMN}${name}`, values })),
  ];
}
