/** What a known export is: how it is recognised, and what its lines say. */
import { DAY_MS } from '#core/calendar/days';
import type { LocalTime } from '#core/calendar/local-time';
import { AppError } from '#core/errors';
import { currencyCode } from '../../currencies.ts';
import { readAmount } from '../../csv/amounts.ts';
import { readDate } from '../../csv/dates.ts';
import { plainHeading } from '../../csv/fields.ts';
import type { Mapping } from '../../csv/mapping.ts';
import type { FileRow } from '../../csv/reader.ts';
import { Refusal, requireWhole } from '../../csv/row.ts';
import type { RowContext } from '../../csv/row.ts';
import type { SaleRecord } from '../../record.ts';

export interface Preset {
  /** The connector whose webhooks bring the same records under the same names. */
  source: string;
  /** @param headings as `plainHeading` gives them */
  fits(headings: ReadonlySet<string>): boolean;
  /** The order that a line belongs to; lines that follow each other and answer the same are one. Null: a line of its own. */
  orderOf(line: Cells): string | null;
  /**
   * Sales and refunds of the lines of one order; none when they tell of no sale.
   * @throws Refusal
   */
  read(lines: readonly [Cells, ...Cells[]], context: RowContext): SaleRecord[];
}

/**
 * Versions of what a file says: below every rank that a platform's own delivery has, so that of two that speak of the
 * same moment the delivery stands; among files a later state stands.
 */
export const FILE_RANKS = { open: 1, paid: 3, partlyRefunded: 4, refunded: 5, cancelled: 6 } as const;

/** One line, its cells by heading. */
export class Cells {
  readonly row: FileRow;
  readonly #mapping: Mapping;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #now: number;

  constructor(row: FileRow, mapping: Mapping, columns: ReadonlyMap<string, number>, now: number) {
    this.row = row;
    this.#mapping = mapping;
    this.#columns = columns;
    this.#now = now;
  }

  /** The first of these columns that has something in it; empty when none has. */
  text(...headings: string[]): string {
    for (const heading of headings) {
      const at = this.#columns.get(heading);
      const cell = at === undefined ? '' : (this.row.cells[at] ?? '').trim();
      // Spreadsheets mark text with an apostrophe, which exports pass on.
      if (cell !== '') return cell.replace(/^'/, '');
    }
    return '';
  }

  /** Minor units; 0 when the cell is empty. @throws Refusal */
  money(currency: string, ...headings: string[]): number {
    const cell = this.text(...headings);
    if (cell === '') return 0;
    const refuse = (reason: string): Refusal => new Refusal('bad_amount', { heading: this.#headingOf(headings) }, reason);
    try {
      const amount = readAmount(cell, this.#mapping.decimalMark, currency);
      if (amount !== null && Number.isSafeInteger(amount)) return amount;
    } catch (error) {
      if (error instanceof AppError) throw refuse(error.message);
      throw error;
    }
    throw refuse(`"${cell.slice(0, 40)}" is not an amount`);
  }

  /** As `money`; refused when the cell is empty. */
  requiredMoney(currency: string, ...headings: string[]): number {
    if (this.text(...headings) === '') throw new Refusal('missing_amount', { heading: this.#headingOf(headings) }, 'The amount is missing');
    return this.money(currency, ...headings);
  }

  /** ISO 8601 UTC; null when the cell is empty. @throws Refusal */
  instant(clock: LocalTime, ...headings: string[]): string | null {
    const cell = this.text(...headings);
    if (cell === '') return null;
    const heading = this.#headingOf(headings);
    const when = readDate(cell, 'iso', clock) ?? readDate(cell, this.#mapping.dateFormat, clock);
    if (!when) throw new Refusal('bad_date', { heading }, `"${cell.slice(0, 40)}" is not a date in the form of this file`);
    const time = Date.parse(when.instant);
    if (time > this.#now + DAY_MS) throw new Refusal('future_date', { heading }, `${cell.slice(0, 40)} lies in the future`);
    if (time < 0) throw new Refusal('before_1970', { heading }, `${cell.slice(0, 40)} lies before 1970`);
    return when.instant;
  }

  /** As `instant`; refused when the cell is empty. */
  requiredInstant(clock: LocalTime, ...headings: string[]): string {
    const instant = this.instant(clock, ...headings);
    if (instant === null) throw new Refusal('missing_date', { heading: this.#headingOf(headings) }, 'The date is missing');
    return instant;
  }

  /** @throws Refusal */
  currency(fallback: string, ...headings: string[]): string {
    const cell = this.text(...headings);
    if (cell === '') return fallback;
    const code = currencyCode(cell);
    if (code === null) throw new Refusal('unknown_currency', { heading: this.#headingOf(headings) }, `"${cell.slice(0, 40)}" is not a currency code`);
    return code;
  }

  quantity(...headings: string[]): number {
    const quantity = Number(this.text(...headings) || '1');
    return Number.isFinite(quantity) && quantity >= 0 ? Math.round(quantity) : 1;
  }

  #headingOf(headings: readonly string[]): string {
    const at = headings.map((heading) => this.#columns.get(heading)).find((column) => column !== undefined);
    return (at === undefined ? undefined : this.#mapping.headings[at]) ?? headings[0] ?? '';
  }
}

/** Turns rows into cells, once the headings are known. @throws Refusal from the function, for rows that cannot be read */
export function cellsBy(mapping: Mapping, context: RowContext): (row: FileRow) => Cells {
  const columns = new Map<string, number>();
  mapping.headings.forEach((heading, at) => {
    const plain = plainHeading(heading);
    if (!columns.has(plain)) columns.set(plain, at);
  });
  return (row) => {
    requireWhole(row);
    return new Cells(row, mapping, columns, context.now);
  };
}

/** Two letters, as in ISO 3166; null for anything else. */
export function countryCode(text: string): string | null {
  return /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : null;
}

/** The latest of these instants. */
export function latest(first: string, ...others: (string | null)[]): string {
  return others.reduce<string>((newest, one) => (one !== null && one > newest ? one : newest), first);
}
