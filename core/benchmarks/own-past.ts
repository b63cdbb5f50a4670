/** A shop's last whole month and quarter beside its own past. */
import { quantile } from '../math/quantile.ts';
import { monthNumber, monthText } from '../calendar/months.ts';
import { figureOf } from './figures.ts';
import type { FigureKey, MonthParts } from './figures.ts';

export interface OwnPast {
  key: FigureKey;
  /** Of the last whole month. */
  now: number | null;
  /** The same month a year before. */
  yearBefore: number | null;
  /** Median of the twelve months before; null with fewer than six of them. */
  usual: number | null;
  /** The last three whole months, and the same three a year before. */
  quarter: number | null;
  quarterBefore: number | null;
}

const LEAST_FOR_USUAL = 6;

/**
 * @param months any order; months that are missing between the first and `last` count as months without sales
 * @param last YYYY-MM, the last whole month
 */
export function ownPast(key: FigureKey, months: readonly MonthParts[], last: string): OwnPast {
  const at = monthNumber(last) ?? 0;
  const byMonth = new Map(months.map((month) => [month.month, month]));
  const first = months.reduce((least, { month }) => Math.min(least, monthNumber(month) ?? at), at);
  /** `count` months that end `back` months before the last; null when they begin before the shop did. */
  const span = (back: number, count: number): MonthParts[] | null => {
    if (at - back - count + 1 < first) return null;
    return Array.from({ length: count }, (_, n) => {
      const month = monthText(at - back - n);
      return byMonth.get(month) ?? { month, gross: 0, refunded: 0, orders: 0, buyers: 0, returning: 0, newCustomers: 0 };
    });
  };
  const of = (parts: MonthParts[] | null): number | null => (parts === null ? null : figureOf(key, parts));
  const before = Array.from({ length: 12 }, (_, n) => of(span(n + 1, 1))).filter((value) => value !== null);
  return {
    key,
    now: of(span(0, 1)),
    yearBefore: of(span(12, 1)),
    usual: before.length < LEAST_FOR_USUAL ? null : quantile(before, 0.5),
    quarter: of(span(0, 3)),
    quarterBefore: of(span(12, 3)),
  };
}
