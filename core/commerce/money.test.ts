/** Decimal text to minor units and back, exactly, in every currency's own number of digits. */
import { describe, expect, it } from 'vitest';
import { fromMinor, toMinor } from './money.ts';

describe('toMinor', () => {
  it.each<[string | number, string, number]>([
    ['12.34', 'USD', 1234], [12.34, 'USD', 1234], ['0.1', 'USD', 10], ['.5', 'USD', 50], ['7.', 'USD', 700], ['-3.5', 'USD', -350], ['+3.5', 'USD', 350],
    ['-0', 'USD', 0], ['0.005', 'USD', 1], ['-0.005', 'USD', -1], ['1.004999', 'USD', 100], ['9.999', 'USD', 1000],
    ['1500', 'JPY', 1500], ['1500.4', 'JPY', 1500], ['1.2345', 'KWD', 1235], ['1.2e3', 'USD', 120000], ['5e-3', 'USD', 1], ['5e-9', 'USD', 0],
    // 1.005 and 8.165 have no exact binary form; the digits as written decide.
    [1.005, 'USD', 101], [8.165, 'USD', 817], ['90071992547409.91', 'USD', 9007199254740991],
  ])('%s %s is %i', (amount, currency, minor) => expect(toMinor(amount, currency)).toBe(minor));

  it.each(['', '.', '1,5', 'abc', '1.2.3', '--1', 'NaN', 'Infinity', '0x10', '90071992547409.92', '1e40'])('refuses "%s"', (text) => {
    expect(() => toMinor(text, 'USD')).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

it('writes what it read', () => {
  for (const currency of ['USD', 'JPY', 'KWD']) {
    for (const minor of [0, 1, -1, 9, 10, 99, 100, -12345, 9007199254740991]) expect(toMinor(fromMinor(minor, currency), currency)).toBe(minor);
  }
  expect([fromMinor(5, 'USD'), fromMinor(-5, 'USD'), fromMinor(5, 'JPY'), fromMinor(5, 'KWD')]).toEqual(['0.05', '-0.05', '5', '0.005']);
});
