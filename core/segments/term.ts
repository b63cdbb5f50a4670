/**
 * What conditions are made into: the few tests that both executions know. `evaluate.ts` runs them on one customer in
 * memory, `worker/data/filter-to-sql.ts` writes them as SQL over everybody; a property test holds the two together.
 *
 * What is not known: a comparison with it is false, whatever the comparison (`unknown` asks for it); `not` of that is true.
 * Nothing is ever "neither".
 */
import type { NumberName } from './numbers.ts';

export const NUMBER_OPS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'known', 'unknown'] as const;
export type NumberOp = (typeof NUMBER_OPS)[number];
/** Compared without regard to case; see `fold.ts`. */
export const TEXT_OPS = ['eq', 'ne', 'in', 'not_in', 'contains', 'starts_with', 'ends_with', 'known', 'unknown'] as const;
export type TextOp = (typeof TEXT_OPS)[number];
/** `last`, `next` and `older` count local days from today: the last 7 are today and the six before it, the next 7 are today and the seven after it, older than 7 is seven days ago or earlier. */
export const DAY_OPS = ['on', 'before', 'after', 'between', 'last', 'next', 'older', 'known', 'unknown'] as const;
export type DayOp = (typeof DAY_OPS)[number];
export const AGE_OPS = ['within', 'more_than'] as const;
export type AgeOp = (typeof AGE_OPS)[number];

export const TEXT_NAMES = ['platform', 'external_id', 'email', 'name', 'country', 'acquisition_channel', 'consent_email', 'stage', 'rfm_cell', 'rfm_group', 'cohort'] as const;
export type TextName = (typeof TEXT_NAMES)[number];
export const DAY_NAMES = ['first_order', 'last_order_day', 'previous_order', 'next_order', 'acquired_on', 'known_since'] as const;
export type DayName = (typeof DAY_NAMES)[number];

/** One literal for most, two (both included) for `between`, none for `known` and `unknown`. */
export interface NumberTest {
  op: NumberOp;
  than: readonly number[];
}

/** One literal for most, any number for `in` and `not_in`. */
export interface TextTest {
  op: TextOp;
  than: readonly string[];
}

export interface DayTest {
  op: DayOp;
  /** YYYY-MM-DD. */
  than: readonly string[];
  /** Of `last`, `next` and `older`. */
  days: number;
}

/** Of a value of any JSON type: it is unknown to a test of another type. A text test holds of a list when it holds of one of its texts, and `contains` then asks for the whole text. */
export type JsonTest =
  | { type: 'number'; test: NumberTest }
  | { type: 'text'; test: TextTest }
  | { type: 'truth'; is: boolean }
  | { type: 'day'; test: DayTest }
  | { type: 'there'; is: boolean };

/** Keys from the outside in. */
export interface JsonAt {
  path: readonly string[];
  test: JsonTest;
}

/** All of what is set holds. A window never reaches past the moment itself, unless `open`. */
export interface Window {
  /** At most this long ago: an order of exactly that age is out. */
  ms: number | null;
  /** YYYY-MM-DD, both included. */
  from: string | null;
  to: string | null;
}

/** Texts are compared as they are written: these are chosen from lists. */
export interface OrderRows {
  of: 'orders';
  /** Product id, SKU or name of an item. */
  product: string | null;
  category: string | null;
  channel: string | null;
  platform: string | null;
  currency: string | null;
  window: Window;
}

export interface EventRows {
  of: 'events';
  type: string;
  where: readonly JsonAt[];
  window: Window;
}

export type Rows = OrderRows | EventRows;

/** `quantity` and `lines_…`: of the lines that `product` and `category` name. Money is minor units; the largest and the averages of none are unknown. */
export const MEASURES = ['count', 'net', 'gross', 'average_net', 'average_gross', 'largest', 'quantity', 'lines_net', 'lines_gross', 'lines_average'] as const;
export type Measure = (typeof MEASURES)[number];

/** Whether a measure looks at lines of orders, and not at orders as a whole. */
export function isOfLines(measure: Measure): boolean {
  return measure === 'quantity' || measure === 'lines_net' || measure === 'lines_gross' || measure === 'lines_average';
}

/** Of the numbers that events have under a property; those without one are passed over. */
export const PROPERTY_MEASURES = ['sum', 'average', 'largest'] as const;
export type PropertyMeasure = (typeof PROPERTY_MEASURES)[number];

/** A number of a customer that percentiles are cut of: unknown of whoever has no row, or no number. */
export type Quantity =
  | { q: 'kept'; name: NumberName }
  | { q: 'attribute'; path: readonly string[] }
  | { q: 'rows'; rows: Rows; measure: Measure }
  | { q: 'property'; rows: EventRows; path: readonly string[]; measure: PropertyMeasure };

/** A cut point: the value at so many per cent of all customers of whom it is known (of what is kept of everybody: who have ordered), by R-7. */
export interface Percentile {
  of: Quantity;
  /** In per cent: a multiple of 0.5. */
  percent: number;
}

export type Test =
  | { t: 'all' | 'any'; of: readonly Test[] }
  | { t: 'not'; of: Test }
  | { t: 'number'; name: NumberName; test: NumberTest }
  | { t: 'text'; name: TextName; test: TextTest }
  | { t: 'day'; name: DayName; test: DayTest }
  | { t: 'attribute'; at: JsonAt }
  | { t: 'rows'; rows: Rows; measure: Measure; test: NumberTest }
  /** The sum of none is 0. */
  | { t: 'property'; rows: EventRows; path: readonly string[]; measure: PropertyMeasure; test: NumberTest }
  /** What is left after refunds of the first or last order of which anything is left; unknown where that order is none of `rows`, or its row is gone. `kind`: who asked what kind of order it was is told yes or no. */
  | { t: 'placed'; which: 'first' | 'last'; rows: OrderRows; test: NumberTest; askedAs?: 'kind' }
  /** Whether the last of them is younger or older than so long; false of those without any. Of all orders the statistics are asked first. `count`: who asked how many there are within so long is shown that. */
  | { t: 'age'; rows: Rows; op: AgeOp; ms: number; askedAs?: 'count' }
  /** One of `first` was, or was not, followed by one of `then` within so long, and that time is over. */
  | { t: 'sequence'; first: Rows; then: Rows; followed: boolean; ms: number }
  | { t: 'member'; segment: string }
  /** On a list that was brought for the segment of this id. */
  | { t: 'listed'; list: string }
  | { t: 'percentile'; at: Percentile; side: 'top' | 'bottom' }
  /** An anniversary of the day lies between today and so many days from now; the day itself is none. */
  | { t: 'anniversary'; of: { name: DayName } | { path: readonly string[] }; days: number };

export const ALWAYS: Window = { ms: null, from: null, to: null };

/** All orders of a customer, without a window. */
export const ORDERS: OrderRows = { of: 'orders', product: null, category: null, channel: null, platform: null, currency: null, window: ALWAYS };

export function isEveryOrder(rows: Rows): boolean {
  return rows.of === 'orders' && rows.product === null && rows.category === null && rows.channel === null && rows.platform === null && rows.currency === null
    && rows.window.ms === null && rows.window.from === null && rows.window.to === null;
}
