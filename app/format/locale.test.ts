/** The browser's first language that we can write wins, by its weight. */
import { expect, it } from 'vitest';
import { localeOf } from './locale.ts';

it.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de-AT'],
  ['en;q=0.5,fr-FR', 'fr-FR'],
  ['xx-nonsense!,nl;q=0.1', 'nl'],
  ['*', 'en-GB'],
  ['de;q=0', 'en-GB'],
  [null, 'en-GB'],
])('%s is %s', (header, locale) => {
  expect(localeOf(header)).toBe(locale);
});
