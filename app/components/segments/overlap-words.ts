/** What segments share and how two of them differ, in words that state size and share and claim no more. */
import type { ComparedSegment, Pair } from '#operations/segment-overlap';
import type { Formats } from '../../format/formats.ts';
import { customersWords, membersWords } from '../../format/words.ts';

/** One way of being in some segments and not in others. */
export interface ListedIntersection {
  in: readonly string[];
  notIn: readonly string[];
  customers: number;
  /** Minor units. */
  value: number;
}

const listed = (names: readonly string[], last: string): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1) ?? ''}`);

/** "VIP and Quiet, not German". */
export function wayWords(way: Pick<ListedIntersection, 'in' | 'notIn'>, segments: readonly Pick<ComparedSegment, 'id' | 'name'>[]): string {
  const names = (ids: readonly string[]): string[] => ids.map((id) => segments.find((one) => one.id === id)?.name ?? '');
  if (way.notIn.length === 0) return `${segments.length === 2 ? 'Both' : 'All'}: ${listed(names(way.in), 'and')}`;
  const alone = way.in.length === 1 ? 'Only ' : '';
  return `${alone}${listed(names(way.in), 'and')}, not ${listed(names(way.notIn), 'or')}`;
}

/** The finding that stands over the picture. */
export function overlapTitle(ways: readonly ListedIntersection[], customers: number, { count, percent }: Formats): string {
  const shared = ways.reduce((sum, way) => sum + (way.in.length > 1 ? way.customers : 0), 0);
  if (customers === 0) return 'Nobody is in any of them';
  if (shared === customers) return `All ${customersWords(customers, count)} are in more than one`;
  const share = shared / customers;
  return shared === 0 ? 'Nobody is in more than one of them' : `${customersWords(shared, count)} of ${count(customers)}, ${percent(share, share < 0.1 || share > 0.9 ? 1 : 0)}, ${shared === 1 ? 'is' : 'are'} in more than one`;
}

type Sides = readonly [ComparedSegment, ComparedSegment];

export const meanOf = (sum: number, members: number): number | null => (members === 0 ? null : sum / members);

/** By how much the first differs: "700 fewer (−70 %)". */
function by(first: number, second: number, { more, fewer, write }: { more: string; fewer: string; write: (value: number) => string }, { change }: Formats): string {
  const difference = Math.abs(first - second);
  return `${write(difference)} ${first > second ? more : fewer}${second > 0 ? ` (${change((first - second) / second)})` : ''}`;
}

/** @param value of everybody in either, minor units */
export function pairSentences([a, b]: Sides, pair: Pair, value: number, formats: Formats): string[] {
  const { count, percent, money } = formats;
  return [bothWords([a, b], pair, formats), sizeWords(), worthWords(), silenceWords()].filter((sentence) => sentence !== null);

  function sizeWords(): string {
    if (a.members === b.members) return `They are of one size: ${membersWords(a.members, count)} each.`;
    return `${a.name} has ${membersWords(a.members, count)}, ${by(a.members, b.members, { more: 'more', fewer: 'fewer', write: count }, formats)} than ${b.name}${value > 0 ? `; they bring ${percent(a.value / value, 1)} of the value of everybody in either` : ''}.`;
  }
  function worthWords(): string | null {
    const [first, second] = [meanOf(a.value, a.members), meanOf(b.value, b.members)];
    if (first === null || second === null) return null;
    if (Math.round(first) === Math.round(second)) return `Members of both are worth the same on average: ${money(Math.round(first))}.`;
    return `A member of ${a.name} is worth ${money(Math.round(first))} on average, ${by(Math.round(first), Math.round(second), { more: 'more', fewer: 'less', write: money }, formats)} than one of ${b.name}.`;
  }
  function silenceWords(): string | null {
    const [{ daysSince: first }, { daysSince: second }] = pair.sides;
    if (first === null || second === null) return null;
    const days = (n: number): string => `${count(Math.round(n))} ${Math.round(n) === 1 ? 'day' : 'days'}`;
    return `Half of the buyers in ${a.name} last ordered within ${days(first)}, of those in ${b.name} within ${days(second)}.`;
  }
}

function bothWords([a, b]: Sides, { both, jaccard }: Pair, { count, percent }: Formats): string {
  if (both === 0) return 'Nobody is in both.';
  if (both === a.members && both === b.members) return 'The same customers are in both.';
  const [inner, outer] = both === a.members ? [a, b] : [b, a];
  if (both === inner.members) return `Everybody in ${inner.name} is in ${outer.name} as well, and they are ${percent(both / outer.members, 1)} of it.`;
  return `${customersWords(both, count)} ${both === 1 ? 'is' : 'are'} in both: ${percent(both / a.members, 1)} of ${a.name}, ${percent(both / b.members, 1)} of ${b.name}, and ${percent(jaccard ?? 0, 1)} of those in either.`;
}
