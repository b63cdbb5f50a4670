import { expect, it } from 'vitest';
import { eventLines, eventSubject } from './event-lines.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();
const event = (type: string, minute: number, sessionId: string | null, title?: string) => ({ type, occurredAt: at(minute), sessionId, properties: title === undefined ? {} : { title } });

it('makes one line of what was done several times in one visit', () => {
  expect(eventLines([
    event('page_view', 9, 's2', 'Checkout'), event('add_to_cart', 8, 's2', 'Mug'), event('page_view', 7, 's2', 'Mug'), event('page_view', 6, 's2', 'Mug'), event('page_view', 1, 's1', 'Tea'),
  ])).toEqual([
    { type: 'page_view', at: at(9), count: 3, subjects: ['Checkout', 'Mug'] },
    { type: 'add_to_cart', at: at(8), count: 1, subjects: ['Mug'] },
    { type: 'page_view', at: at(1), count: 1, subjects: ['Tea'] },
  ]);
});

it('takes half an hour of silence for the end of a visit where nobody named it', () => {
  const lines = eventLines([event('page_view', 59, null), event('page_view', 40, null), event('page_view', 15, null), event('page_view', -20, null)]);
  expect(lines.map(({ count }) => count)).toEqual([3, 1]);
});

it('finds what an event was about, and says nothing where nothing says so', () => {
  expect(eventSubject({ path: '/tea', title: ' Tea ' })).toBe('Tea');
  expect(eventSubject({ value: 5, title: '' })).toBeNull();
});
