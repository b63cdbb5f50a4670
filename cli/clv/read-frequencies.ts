/** Histories that somebody counted, one a line: by whole periods (`frequency,recency,periods`) or in continuous time (`frequency,recency,T`), under the names of other tools as well. */
import { columnNames, csvLines } from './csv-lines.ts';
import { InputError } from './input-error.ts';

const NAMES = {
  frequency: ['frequency', 'x', 'frequency_cal'],
  recency: ['recency', 't.x', 't_x', 'tx', 'recency_cal'],
  periods: ['periods', 'n.cal', 'n_cal'],
  T: ['t', 't.cal', 't_cal'],
  weights: ['weights', 'weight', 'custs', 'num_custs', 'customers'],
  money: ['monetary_value', 'monetary_value_cal', 'm.x', 'm_x', 'zbar', 'avg_spend'],
  id: ['id', 'customer_id', 'cust', 'customer'],
  later: ['frequency_holdout', 'x.star', 'x_star'],
  laterDays: ['duration_holdout', 't.star', 't_star'],
  laterMoney: ['monetary_value_holdout', 'm.star', 'm_star'],
} as const;

type Name = keyof typeof NAMES;
type Columns = Record<Name, number>;

/** Why later purchases are left alone. */
export const NO_DURATION = 'Later purchases are not used: a column duration_holdout with one and the same time for everybody says how long they were watched';

export interface Frequencies {
  /** What the end of observation is counted in. */
  kind: 'periods' | 'T';
  /** Null where the file names nobody. */
  ids: string[] | null;
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  weights: Float64Array;
  /** Mean spend of a repeat purchase; null without that column. */
  m: Float64Array | null;
  /** Purchases after T; null without that column. Null as a duration where the file does not say one and the same for everybody, as a mean where it tells of no money. */
  later: { x: Float64Array; duration: number | null; m: Float64Array | null } | null;
  notes: string[];
}

function find(heading: readonly string[]): Columns {
  const names = columnNames(heading);
  const at = (name: Name): number => names.findIndex((each) => NAMES[name].some((known) => known === each));
  return { frequency: at('frequency'), recency: at('recency'), periods: at('periods'), T: at('T'), weights: at('weights'), money: at('money'), id: at('id'), later: at('later'), laterDays: at('laterDays'), laterMoney: at('laterMoney') };
}

/** Whether the first line of `path` names frequencies and no order's date. */
export async function hasFrequencies(path: string): Promise<boolean> {
  for await (const { cells } of csvLines(path)) {
    const at = find(cells);
    return at.frequency >= 0 && at.recency >= 0 && (at.periods >= 0 || at.T >= 0) && !columnNames(cells).includes('date');
  }
  return false;
}

/** Rows in the file's order. @throws InputError naming the line, what is wrong and what would be right. */
export async function readFrequencies(path: string): Promise<Frequencies> {
  const columns: Record<'x' | 'tx' | 'T' | 'weights' | 'm' | 'later' | 'laterMoney', number[]> = { x: [], tx: [], T: [], weights: [], m: [], later: [], laterMoney: [] };
  const ids: string[] = [];
  const durations = new Set<number>();
  let at: Columns | undefined;
  for await (const { at: where, cells } of csvLines(path)) {
    if (!at) {
      at = find(cells);
      continue;
    }
    const inPeriods = at.periods >= 0;
    const heading = at;
    const read = (name: Name, column: number, whole: boolean, absent?: number): number => {
      const text = cells[column] ?? '';
      if (column < 0 && absent !== undefined) return absent;
      const value = Number(text);
      if (text === '' || !Number.isFinite(value) || value < 0 || (whole && !Number.isInteger(value))) throw new InputError(`${where}: ${name === 'money' ? 'monetary_value' : name === 'laterMoney' ? 'monetary_value_holdout' : name} must be a ${whole ? 'whole ' : ''}number of at least 0, not "${text}".`);
      return value;
    };
    const [x, tx] = [read('frequency', heading.frequency, true), read('recency', heading.recency, inPeriods)];
    const T = inPeriods ? read('periods', heading.periods, true) : read('T', heading.T, false);
    if (tx > T) throw new InputError(`${where}: recency ${tx} lies past ${inPeriods ? `the last of ${T} periods; it is the period of the last transaction, counted from the first` : `T ${T}; it is the time from the first purchase to the last, and T that to the end of observation`}.`);
    if (inPeriods && (x > tx || (x === 0 && tx > 0))) throw new InputError(`${where}: frequency ${x} does not fit recency ${tx}: there is at most one transaction a period, and recency is the period of the last of them (0 without any).`);
    if (!inPeriods && (x === 0) !== (tx === 0)) throw new InputError(`${where}: frequency ${x} does not fit recency ${tx}: frequency counts repeat purchases, and recency is the time from the first purchase to the last (0 without a repeat).`);
    columns.x.push(x);
    columns.tx.push(tx);
    columns.T.push(T);
    columns.weights.push(read('weights', heading.weights, false, 1));
    columns.m.push(read('money', heading.money, false, 0));
    columns.later.push(read('later', heading.later, true, 0));
    // Nobody has a mean of no purchases.
    columns.laterMoney.push((cells[heading.laterMoney] ?? '') === '' ? 0 : read('laterMoney', heading.laterMoney, false, 0));
    if (heading.laterDays >= 0) durations.add(read('laterDays', heading.laterDays, false));
    ids.push(cells[heading.id] ?? '');
  }
  if (columns.weights.reduce((sum, weight) => sum + weight, 0) <= 0) throw new InputError(`${path} line 2: there is a header but no customer.`);
  const [duration] = durations;
  const isHeld = at !== undefined && at.later >= 0;
  const told = durations.size === 1 && duration !== undefined && duration > 0 ? duration : null;
  return {
    kind: at !== undefined && at.periods >= 0 ? 'periods' : 'T', ids: at !== undefined && at.id >= 0 ? ids : null,
    x: Float64Array.from(columns.x), tx: Float64Array.from(columns.tx), T: Float64Array.from(columns.T), weights: Float64Array.from(columns.weights),
    m: at !== undefined && at.money >= 0 ? Float64Array.from(columns.m) : null,
    later: isHeld ? { x: Float64Array.from(columns.later), duration: told, m: at !== undefined && at.laterMoney >= 0 ? Float64Array.from(columns.laterMoney) : null } : null,
    notes: isHeld && told === null ? [NO_DURATION] : [],
  };
}
