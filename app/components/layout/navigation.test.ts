// Every page lights exactly one place of the navigation, or none where it belongs to none.
import { expect, it } from 'vitest';
import { currentOf, FURTHER_PAGES, NAVIGATION } from './navigation.ts';

const litAt = (pathname: string): [string, string][] => NAVIGATION.flatMap((item) => {
  const current = currentOf(item, pathname);
  return current === undefined ? [] : [[item.to, current] as [string, string]];
});

it('lights the page itself, what lies below it, and what belongs to it', () => {
  for (const { to } of NAVIGATION) expect(litAt(to)).toEqual([[to, 'page']]);
  for (const { to, under } of FURTHER_PAGES) expect(litAt(to).map(([place]) => place)).toEqual(under === null ? [] : [under]);
  expect(litAt('/patterns')).toEqual([['/discover', 'true']]);
  expect(litAt('/segments/0198/edit')).toEqual([['/segments', 'page']]);
  expect(litAt('/quality/dead-letters/1')).toEqual([['/quality', 'page']]);
  expect(litAt('/models/1')).toEqual([['/settings', 'true']]);
  expect(litAt('/segmentsx')).toEqual([]);
});
