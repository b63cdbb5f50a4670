import { expect, it } from 'vitest';
import { sizesOf } from './segment-figures.ts';

it('reckons sizes back from today, across a month', () => {
  const rows = [{ id: 's', day: '2026-11-01', entered: 4, left: 1 }, { id: 's', day: '2026-10-31', entered: 0, left: 2 }];
  expect(sizesOf(10, rows, '2026-11-02', 4)).toEqual([
    { day: '2026-10-30', members: 9, entered: 0, left: 0 }, { day: '2026-10-31', members: 7, entered: 0, left: 2 },
    { day: '2026-11-01', members: 10, entered: 4, left: 1 }, { day: '2026-11-02', members: 10, entered: 0, left: 0 },
  ]);
});
