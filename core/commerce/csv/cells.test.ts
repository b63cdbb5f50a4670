/** Dates and amounts as files write them. */
import { describe, expect, it } from 'vitest';
import { localTimeIn } from '#core/calendar/local-time';
import { guessCurrency, guessDecimalMark, readAmount, type DecimalMark } from './amounts.ts';
import { guessDateFormat, readDate, type DateFormat } from './dates.ts';

const newYork = localTimeIn('America/New_York');

describe('readDate in New York', () => {
  it.each<[string, DateFormat, string]>([
    ['1997-01-01', 'iso', '1997-01-01T17:00:00.000Z'],
    ['2024-07-01', 'iso', '2024-07-01T16:00:00.000Z'],
    ['2024/3/9', 'iso', '2024-03-09T17:00:00.000Z'],
    ['20240309', 'iso', '2024-03-09T17:00:00.000Z'],
    ['2024-03-09T23:30:00Z', 'iso', '2024-03-09T23:30:00.000Z'],
    ['2024-03-09 23:30:00 UTC', 'iso', '2024-03-09T23:30:00.000Z'],
    ['2024-03-09 23:30:00 -0500', 'iso', '2024-03-10T04:30:00.000Z'],
    ['2024-03-09T23:30:00.25+01:00', 'iso', '2024-03-09T22:30:00.250Z'],
    ['2024-03-09 23:30', 'iso', '2024-03-10T04:30:00.000Z'],
    ['09/03/2024', 'dmy', '2024-03-09T17:00:00.000Z'],
    ['9.3.24', 'dmy', '2024-03-09T17:00:00.000Z'],
    ['03/09/2024', 'mdy', '2024-03-09T17:00:00.000Z'],
    ['12/1/2010 8:26', 'mdy', '2010-12-01T13:26:00.000Z'],
    ['3/9/2024 11:05:09 PM', 'mdy', '2024-03-10T04:05:09.000Z'],
    ['12/1/2010 12:00 AM', 'mdy', '2010-12-01T05:00:00.000Z'],
    ['9 Mar 2024', 'named', '2024-03-09T17:00:00.000Z'],
    ['09-Mar-24', 'named', '2024-03-09T17:00:00.000Z'],
    ['March 9, 2024', 'named', '2024-03-09T17:00:00.000Z'],
    ['1710027000', 'unix', '2024-03-09T23:30:00.000Z'],
    ['1710027000123', 'unix', '2024-03-09T23:30:00.123Z'],
    ['45360', 'serial', '2024-03-09T17:00:00.000Z'],
  ])('%s as %s is %s', (cell, format, instant) => expect(readDate(cell, format, newYork)?.instant).toBe(instant));

  it.each<[string, DateFormat]>([
    ['2024-02-30', 'iso'], ['2023-02-29', 'iso'], ['2024-13-01', 'iso'], ['13/01/2024', 'mdy'], ['01/13/2024', 'dmy'], ['2024-01-01 25:00', 'iso'],
    ['yesterday', 'iso'], ['', 'iso'], ['9 Foo 2024', 'named'], ['13:00 PM', 'mdy'], ['-5', 'unix'],
  ])('%s as %s is not a date', (cell, format) => expect(readDate(cell, format, newYork)).toBeNull());

  it('names a day alike in every zone', () => {
    expect(readDate('2024-03-09', 'iso', localTimeIn('Asia/Tokyo'))?.key).toBe(readDate('2024-03-09', 'iso', newYork)?.key);
  });
});

describe('guessDateFormat', () => {
  it.each<[string[], boolean, DateFormat | null, boolean]>([
    [['1997-01-01', '1997-01-12'], false, 'iso', false],
    [['2024-01-01T10:00:00Z'], false, 'iso', false],
    [['01/02/2024', '13/02/2024'], false, 'dmy', false],
    [['01/02/2024', '01/13/2024'], true, 'mdy', false],
    [['01/02/2024', '03/04/2024'], false, 'mdy', true],
    [['01/02/2024', '03/04/2024'], true, 'dmy', true],
    [['01.02.2024'], false, 'dmy', false],
    [['5 Jan 2024', '12 Feb 2024'], false, 'named', false],
    [['1710027000'], false, 'unix', false],
    [['45360', '45361'], false, 'serial', false],
    [['red', 'blue'], false, null, false],
    [[], false, null, false],
  ])('%j (day first %s) is %s', (cells, dayFirst, format, ambiguous) => {
    expect(guessDateFormat(cells, dayFirst)).toEqual(format === null ? null : { format, ambiguous });
  });
});

describe('readAmount', () => {
  it.each<[string, DecimalMark, string, number]>([
    ['11.77', '.', 'USD', 1177],
    ['12', '.', 'USD', 1200],
    ['-3.5', '.', 'USD', -350],
    ['$1,234.50', '.', 'USD', 123450],
    ['1.234,50 €', ',', 'EUR', 123450],
    ['1 234,50', ',', 'EUR', 123450],
    ['1\u202f234,50\u00a0€', ',', 'EUR', 123450],
    ['(12.00)', '.', 'USD', -1200],
    ['12.00-', '.', 'USD', -1200],
    ['-$12.00', '.', 'USD', -1200],
    ['−12', '.', 'USD', -1200],
    ['USD 12.00', '.', 'USD', 1200],
    ['R$ 12,00', ',', 'BRL', 1200],
    ['12,34,567.00', '.', 'INR', 123456700],
    ["CHF 1'234.50", '.', 'CHF', 123450],
    ['1500', '.', 'JPY', 1500],
    ['1.5', '.', 'KWD', 1500],
    ['0', '.', 'USD', 0],
    ['.5', '.', 'USD', 50],
    ['1.2E+3', '.', 'USD', 120000],
  ])('%s with mark %s in %s is %i', (cell, mark, currency, minor) => expect(readAmount(cell, mark, currency)).toBe(minor));

  it.each<[string, DecimalMark]>([['free', '.'], ['', '.'], ['1.2.3', '.'], ['1,23', '.'], ['12.00', ','], ['--5', '.'], ['1-2', '.']])(
    '%s with mark %s is not an amount',
    (cell, mark) => expect(readAmount(cell, mark, 'USD')).toBeNull(),
  );
});

it('guesses the decimal mark', () => {
  expect(guessDecimalMark(['11.77', '12.0'])).toBe('.');
  expect(guessDecimalMark(['11,77', '12,5'])).toBe(',');
  expect(guessDecimalMark(['1.234,50', '3.000'])).toBe(',');
  expect(guessDecimalMark(['1,234.50', '3,000'])).toBe('.');
  expect(guessDecimalMark(['1,234', '5,000'])).toBe('.');
});

it('takes a currency only from a symbol that is nobody else’s', () => {
  expect(guessCurrency(['€5', '€6'])).toBe('EUR');
  expect(guessCurrency(['$5', '$6'])).toBeNull();
});
