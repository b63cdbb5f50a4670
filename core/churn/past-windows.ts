/** Earlier days from which it can be seen who left: the same question asked of the past several times, and each way of answering it put to the test. */
import { modelNamed } from '#core/clv/registry';
import type { ModelName } from '#core/clv/registry';
import { fitShop, type ShopFit, type ShopFitOptions } from '#core/clv/shop-fit';
import { isLogged } from '#core/features/catalogue';
import { labelLoss } from '#core/learning/metrics';
import { splitBy, stratifiedSplit, type Split } from '#core/learning/split';
import { takeRows, takeValues, type Table } from '#core/learning/table';
import { CLASSIFIERS } from './classifier.ts';
import { fitChurn, predictChurn } from './fit-churn.ts';

/** Customers as of a day, and what they did until `end`; parallel. */
export interface PastWindow {
  /** YYYY-MM-DD: the last day that features know of, and the last of the window. */
  origin: string;
  end: string;
  /** Index of each customer in the sample. */
  customer: Int32Array;
  table: Table;
  /** 1 for those without a purchase in the window, else 0. */
  left: Float64Array;
  /** Net in the window, minor units. */
  spent: Float64Array;
}

export interface RhythmOptions extends ShopFitOptions {
  model: ModelName;
  minorPerUnit: number;
  seed?: number;
}

/** Customers that ways are tried on: of the latest window, and of each before it. More would tell apart what hardly differs. */
export const TRIED = { latest: 12_000, earlier: 8_000 } as const;

/** What the model of repeat buying alone says; it stands until something learned is better. */
export const RHYTHM = 'rhythm';
/** Windows that begin closer together than this say the same thing twice. */
const LEAST_STEP = 14;

/**
 * Up to `wanted` days from which the next `horizonDays` lie in the past, latest first (day numbers): as far apart as the history allows, a
 * horizon at most, the earliest with `leastBefore` days of orders behind it. Windows overlap where the history is short. None where even
 * the latest has too little behind it.
 */
export function churnOrigins(firstDay: number, lastDay: number, { horizonDays, leastBefore, wanted }: { horizonDays: number; leastBefore: number; wanted: number }): number[] {
  const latest = lastDay - horizonDays;
  const room = latest - firstDay - leastBefore;
  if (room < 0) return [];
  const count = Math.min(wanted, 1 + Math.floor(room / LEAST_STEP));
  const step = count > 1 ? Math.min(horizonDays, Math.floor(room / (count - 1))) : 0;
  return Array.from({ length: count }, (_, k) => latest - k * step);
}

/** At most `most` customers of a window: the first, which are no particular ones where rows stand in the order of hashed ids. */
export function firstOf(window: PastWindow, most: number): PastWindow {
  if (window.table.rows <= most) return window;
  return rowsOf(window, new Int32Array(most).map((_, i) => i));
}

/** One customer in so many is kept apart: always the same ones, so that no window chooses by those another is reported on. */
const APART = 5;

/** Who of a window may be learned from, and who is kept apart for the report. */
export function keptApart({ customer }: PastWindow): Split {
  return splitBy(customer.length, (row) => (customer[row] ?? 0) % APART === 0);
}

/** Those of a window that `index` names. */
export function rowsOf(window: PastWindow, index: Int32Array): PastWindow {
  return { ...window, customer: index.map((i) => window.customer[i] ?? -1), table: takeRows(window.table, index), left: takeValues(window.left, index), spent: takeValues(window.spent, index) };
}

/**
 * For each row what a fit on the other half says of it: every customer is judged by what did not see her, for the price of one fit.
 * @param say fits on the first window and answers one figure a row of the second
 */
export function crossFitted(window: PastWindow, seed: number, say: (fit: PastWindow, held: PastWindow) => Float64Array): Float64Array {
  const { fit, held } = stratifiedSplit(window.left, 0.5, seed);
  const out = new Float64Array(window.table.rows);
  for (const [learned, judged] of [[fit, held], [held, fit]] as const) {
    if (judged.length === 0 || learned.length === 0) continue;
    say(rowsOf(window, learned), rowsOf(window, judged)).forEach((value, i) => { out[judged[i] ?? 0] = value; });
  }
  return out;
}

/** One window's trial: log-loss of each customer under each way of foretelling, by its name. */
export interface ChurnTrial {
  origin: string;
  end: string;
  losses: Map<string, Float64Array>;
}

/** Every family of classifier and the rhythm on the customers of one window, none of whom was learned from by what judges her. */
export function tryChurn(window: PastWindow, horizonDays: number, options: RhythmOptions): ChurnTrial {
  const { seed = 1 } = options;
  const { table, left, origin, end } = window;
  const lossesOf = (p: Float64Array): Float64Array => p.map((each, i) => labelLoss(each, left[i] ?? 0));
  const losses = new Map([[RHYTHM, lossesOf(rhythmOf(fitShop(purchaseHistories(table, options.minorPerUnit), options.model, options), horizonDays)(table))]]);
  for (const name of CLASSIFIERS) {
    losses.set(name, lossesOf(crossFitted(window, seed, (fit, held) => predictChurn(fitChurn(fit.table, fit.left, name, { seed, isLogged }), held.table))));
  }
  return { origin, end, losses };
}

/** Histories in days from the features that say the same; money in minor units. @throws RangeError when the table lacks one of them. */
export function purchaseHistories(table: Table, minorPerUnit: number) {
  const column = (name: string): Float64Array => {
    const found = table.columns.find((each) => each.name === name);
    if (found?.kind !== 'number') throw new RangeError(`The table has no numbers named ${name}`);
    return found.values;
  };
  const [orders, first, spend] = [column('orders'), column('first_amount'), column('spend')];
  return {
    x: orders.map((count) => count - 1), tx: column('active_days'), T: column('age_days'),
    mRepeat: orders.map((count, i) => (count > 1 ? Math.max(0, (minorPerUnit * ((spend[i] ?? 0) - (first[i] ?? 0))) / (count - 1)) : 0)),
  };
}

/** Probability of no purchase within the horizon under the model of repeat buying, one a row. */
export function rhythmOf({ behaviour }: ShopFit, horizonDays: number): (table: Table) => Float64Array {
  const model = modelNamed(behaviour.model);
  const { params, unitDays } = behaviour;
  return (table) => {
    const { x, tx, T } = purchaseHistories(table, 1);
    return x.map((count, i) => {
      const age = (T[i] ?? 0) / unitDays;
      const alive = model.pAlive(params, count, (tx[i] ?? 0) / unitDays, age);
      return Math.min(1, Math.max(0, 1 - alive * (1 - model.silentIfAlive(params, horizonDays / unitDays, count, age))));
    });
  };
}
