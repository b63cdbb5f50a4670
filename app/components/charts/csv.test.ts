/** CSV follows RFC 4180 and hands spreadsheets no formulas. */
import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

it('quotes what must be quoted and leaves gaps empty', () => {
  expect(toCsv(['a', 'b'], [['x,y', 1.5], ['say "hi"', null]])).toBe('a,b\r\n"x,y",1.5\r\n"say ""hi""",\r\n');
});

it('keeps text that looks like a formula as text, and negative numbers as numbers', () => {
  expect(toCsv(['a'], [['=1+1'], [-3]])).toBe("a\r\n'=1+1\r\n-3\r\n");
});
