/** Channel and product mix of each customer, from order lines that tell them. */
import type { Column } from '#core/learning/table';
import { LINE_FEATURES } from './catalogue.ts';
import type { History, MixLines } from './history.ts';

/** Begins the name of the column of one category. */
export const CATEGORY_COLUMN = 'category_share:';
/** Categories with a column of their own, those with most lines. */
const MOST_CATEGORIES = 12;

/** Whether a column of this name is made from order lines. */
export function isLineColumn(name: string): boolean {
  return name.startsWith(CATEGORY_COLUMN) || LINE_FEATURES.some((feature) => feature.name === name);
}

/**
 * `lines` are those known by the origin; `row` leads from customer to row, and `firstDay` from row to the day of the first purchase.
 * Columns exist only for what the source tells at all.
 * @param only names of columns: categories have a share where theirs is among them. Absent: those with most lines.
 */
export function lineColumns(lines: MixLines, history: History, row: Map<number, number>, firstDay: Int32Array, only?: readonly string[]): Column[] {
  const columns: Column[] = [];
  const { channel, product, category, quantity } = lines;
  if (channel && history.channels) {
    const ends = firstAndLast(lines, channel, history.channels, row);
    columns.push(
      { kind: 'category', name: 'first_channel', codes: whereKept(ends.first, firstDay, history.mixFrom), levels: history.channels },
      { kind: 'category', name: 'last_channel', codes: ends.last, levels: history.channels },
      { kind: 'number', name: 'channels', values: distinct(lines, channel, row).count },
    );
  }
  if (product && history.products) {
    const mix = distinct(lines, product, row);
    columns.push(
      { kind: 'category', name: 'first_product', codes: whereKept(firstAndLast(lines, product, history.products, row).first, firstDay, history.mixFrom), levels: history.products },
      { kind: 'number', name: 'products', values: mix.count },
      { kind: 'number', name: 'top_product_share', values: mix.topShare },
    );
  }
  if (category && history.categories) {
    columns.push(
      { kind: 'category', name: 'first_category', codes: whereKept(firstAndLast(lines, category, history.categories, row).first, firstDay, history.mixFrom), levels: history.categories },
      { kind: 'number', name: 'categories', values: distinct(lines, category, row).count },
      ...categoryShares(lines, category, history.categories, row, only),
    );
  }
  if (quantity) columns.push({ kind: 'number', name: 'pieces', values: pieces(lines, quantity, row) });
  return columns;
}

/** Unknown for those whose first lines are no longer kept: the earliest that is left is not the first there was. */
function whereKept(first: Int32Array, firstDay: Int32Array, from: number | undefined): Int32Array {
  return from === undefined ? first : first.map((code, at) => ((firstDay[at] ?? 0) < from ? -1 : code));
}

/** Of lines on one day the name that sorts first comes first, so that neither the order of lines matters nor who else is looked at. */
function firstAndLast(lines: MixLines, code: Int32Array, names: readonly string[], row: Map<number, number>): { first: Int32Array; last: Int32Array } {
  const first = new Int32Array(row.size).fill(-1);
  const last = new Int32Array(row.size).fill(-1);
  const firstDay = new Float64Array(row.size).fill(Infinity);
  const lastDay = new Float64Array(row.size).fill(-Infinity);
  const name = (what: number): string => names[what] ?? '';
  for (let i = 0; i < code.length; i++) {
    const at = row.get(lines.customer[i] ?? -1);
    const what = code[i] ?? -1;
    const day = lines.day[i] ?? 0;
    if (at === undefined || what < 0) continue;
    if (day < (firstDay[at] ?? 0) || (day === firstDay[at] && name(what) < name(first[at] ?? 0))) {
      firstDay[at] = day;
      first[at] = what;
    }
    if (day > (lastDay[at] ?? 0) || (day === lastDay[at] && name(what) > name(last[at] ?? 0))) {
      lastDay[at] = day;
      last[at] = what;
    }
  }
  return { first, last };
}

/** Distinct codes of each customer, and the share of her lines with the commonest; missing without any. */
function distinct(lines: MixLines, code: Int32Array, row: Map<number, number>): { count: Float64Array; topShare: Float64Array } {
  const held = new Map<number, Map<number, number>>();
  for (let i = 0; i < code.length; i++) {
    const at = row.get(lines.customer[i] ?? -1);
    const what = code[i] ?? -1;
    if (at === undefined || what < 0) continue;
    const own = held.get(at) ?? new Map<number, number>();
    held.set(at, own);
    own.set(what, (own.get(what) ?? 0) + (lines.lines?.[i] ?? 1));
  }
  const count = new Float64Array(row.size).fill(NaN);
  const topShare = new Float64Array(row.size).fill(NaN);
  for (const [at, own] of held) {
    let all = 0;
    let most = 0;
    for (const times of own.values()) {
      all += times;
      most = Math.max(most, times);
    }
    count[at] = own.size;
    topShare[at] = most / all;
  }
  return { count, topShare };
}

/** Share of each category in a customer's lines that have one; missing without any. A category that nobody at hand bought is nobody's share. */
function categoryShares(lines: MixLines, code: Int32Array, names: readonly string[], row: Map<number, number>, only?: readonly string[]): Column[] {
  const times = (i: number): number => lines.lines?.[i] ?? 1;
  const frequency = new Float64Array(names.length);
  const all = new Float64Array(row.size);
  code.forEach((what, i) => {
    if (what < 0) return;
    frequency[what] = (frequency[what] ?? 0) + times(i);
    const at = row.get(lines.customer[i] ?? -1);
    if (at !== undefined) all[at] = (all[at] ?? 0) + times(i);
  });
  const shown = only ? only.filter((name) => name.startsWith(CATEGORY_COLUMN)).map((name) => name.slice(CATEGORY_COLUMN.length))
    : names.map((name, what) => ({ name, count: frequency[what] ?? 0 })).filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, MOST_CATEGORIES).map(({ name }) => name);
  const shares = new Map(shown.map((name) => [names.indexOf(name), all.map((count) => (count > 0 ? 0 : NaN))]));
  const columns = shown.map((name): Column => ({ kind: 'number', name: `${CATEGORY_COLUMN}${name}`, values: shares.get(names.indexOf(name)) ?? new Float64Array(row.size) }));
  code.forEach((what, i) => {
    const own = what < 0 ? undefined : shares.get(what);
    const at = row.get(lines.customer[i] ?? -1);
    if (own && at !== undefined) own[at] = (own[at] ?? 0) + times(i) / (all[at] ?? 1);
  });
  return columns;
}

function pieces(lines: MixLines, quantity: Float64Array, row: Map<number, number>): Float64Array {
  const sum = new Float64Array(row.size).fill(NaN);
  for (let i = 0; i < quantity.length; i++) {
    const at = row.get(lines.customer[i] ?? -1);
    const count = quantity[i] ?? NaN;
    if (at === undefined || Number.isNaN(count)) continue;
    sum[at] = (Number.isNaN(sum[at] ?? NaN) ? 0 : (sum[at] ?? 0)) + count;
  }
  return sum;
}
