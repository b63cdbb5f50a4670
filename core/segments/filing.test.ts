import { expect, it } from 'vitest';
import { isFiledUnder, spelledAs, tagsOfText } from './filing.ts';

it('takes names as they are known, each once, whatever their case', () => {
  expect(spelledAs(['VIP', 'vip', 'Österreich'], ['spring', 'vip', 'Spring', 'ÖSTERREICH', 'new'])).toEqual(['spring', 'VIP', 'Österreich', 'new']);
  expect(spelledAs([], [])).toEqual([]);
  expect(tagsOfText(' VIP,, Black Friday , ')).toEqual(['VIP', 'Black Friday']);
});

it('finds what is in a folder, in none, and what has a tag', () => {
  const filed = { folder: 'Österreich', tags: ['VIP'] }, loose = { folder: null, tags: [] };
  expect([{}, { folder: 'österreich ' }, { folder: '' }, { tag: 'vip' }, { tag: 'v' }, { folder: 'Österreich', tag: 'other' }].map((asked) => isFiledUnder(filed, asked))).toEqual([true, true, false, true, false, false]);
  expect([{}, { folder: '' }, { folder: 'x' }, { tag: '' }].map((asked) => isFiledUnder(loose, asked))).toEqual([true, true, false, false]);
});
