import { expect, it } from 'vitest';
import { createFormats } from '../../format/formats.ts';
import { overlapTitle, pairSentences, wayWords } from './overlap-words.ts';

const formats = createFormats({ locale: 'en-US', currency: 'EUR', timeZone: 'UTC' });
const segment = (id: string, members: number, value: number) => ({ id, name: id.toUpperCase(), status: 'live' as const, isEvaluated: true, members, value });
const side = (daysSince: number | null) => ({ predicted: 0, medianValue: null, pAlive: null, churn: null, orders: 0, buyers: 0, daysSince });
const pairOf = (both: number, jaccard: number | null) => ({ both, jaccard, sides: [side(3), side(1)] as [ReturnType<typeof side>, ReturnType<typeof side>], stages: [], rfm: [] });
const way = (inside: string[], notIn: string[], customers: number) => ({ in: inside, notIn, customers, value: 0 });

it('says who is in what, and how much is shared, without rounding anybody away', () => {
  const three = ['a', 'b', 'c'].map((id) => segment(id, 1, 1));
  expect([way(['a'], ['b', 'c'], 1), way(['a', 'c'], ['b'], 1), way(['a', 'b', 'c'], [], 1)].map((one) => wayWords(one, three))).toEqual(['Only A, not B or C', 'A and C, not B', 'All: A, B and C']);
  expect(wayWords(way(['a', 'b'], [], 1), three.slice(0, 2))).toBe('Both: A and B');
  const titled = (shared: number, alone: number) => overlapTitle([way(['a', 'b'], ['c'], shared), way(['a'], ['b', 'c'], alone)], shared + alone, formats);
  expect([titled(0, 0), titled(0, 5), titled(5, 0), titled(996, 4), titled(1, 99)]).toEqual([
    'Nobody is in any of them', 'Nobody is in more than one of them', 'All 5 customers are in more than one', '996 customers of 1,000, 99.6%, are in more than one', '1 customer of 100, 1%, is in more than one',
  ]);
});

it('tells two apart by size and share, whichever is empty, inside the other or the same', () => {
  expect(pairSentences([segment('a', 50, 500_000), segment('b', 100, 200_000)], pairOf(10, 10 / 140), 625_000, formats)).toEqual([
    '10 customers are in both: 20% of A, 10% of B, and 7.1% of those in either.', 'A has 50 members, 50 fewer (-50%) than B; they bring 80% of the value of everybody in either.',
    'A member of A is worth €100 on average, €80.00 more (+400%) than one of B.', 'Half of the buyers in A last ordered within 3 days, of those in B within 1 day.',
  ]);
  const first = (a: number, b: number, both: number) => pairSentences([segment('a', a, 0), segment('b', b, 0)], pairOf(both, 0), 0, formats)[0];
  expect([first(5, 5, 5), first(5, 20, 5), first(20, 5, 5), first(0, 5, 0)]).toEqual(['The same customers are in both.', 'Everybody in A is in B as well, and they are 25% of it.', 'Everybody in B is in A as well, and they are 25% of it.', 'Nobody is in both.']);
  const { sides: [known] } = pairOf(0, null);
  expect(pairSentences([segment('a', 0, 0), segment('b', 1, 0)], { ...pairOf(0, null), sides: [side(null), known] }, 0, formats)).toEqual(['Nobody is in both.', 'A has 0 members, 1 fewer (-100%) than B.']);
});
