/** What a filter reads of a customer: what has to be loaded, and what can change its answer. */
import { assertNever } from '#core/errors';
import { termOf, type Filter } from './filter.ts';
import type { NumberName } from './numbers.ts';
import { cutKey } from './cuts.ts';
import { isEveryOrder, isOfLines, ORDERS, type JsonTest, type Percentile, type Quantity, type Rows, type Test } from './term.ts';

/**
 * A length of time that a filter measures back from now. Time alone changes an answer when a row reaches exactly this
 * age: one of time t leaves (or, of `more_than` and of sequences, arrives) at t + ms.
 */
export interface RelativeWindow {
  of: 'orders' | 'events';
  /** Of events; null of orders. */
  eventType: string | null;
  ms: number;
}

export interface Reads {
  /** Anything of the profile but attributes; these by their outermost key. */
  profile: boolean;
  attributes: ReadonlySet<string>;
  /** Statistics, which change with orders; scores, which change with orders, at night and when models do. */
  statistics: boolean;
  scores: boolean;
  /** Single orders, and the goods in them. */
  orders: boolean;
  items: boolean;
  eventTypes: ReadonlySet<string>;
  /** Of their properties, by outermost key. */
  eventProperties: ReadonlySet<string>;
  percentiles: readonly Percentile[];
  segments: ReadonlySet<string>;
  lists: ReadonlySet<string>;
  /** The tenant's local day: an answer may change at midnight. */
  calendar: boolean;
  /** Distinct by what they are of and how long. */
  windows: readonly RelativeWindow[];
  /** How far back rows are wanted, in milliseconds from now; null: all there are. 0: none are. */
  reach: { orders: number | null; events: number | null };
}

interface Draft {
  profile: boolean;
  attributes: Set<string>;
  statistics: boolean;
  scores: boolean;
  orders: boolean;
  items: boolean;
  eventTypes: Set<string>;
  eventProperties: Set<string>;
  percentiles: Map<string, Percentile>;
  segments: Set<string>;
  lists: Set<string>;
  calendar: boolean;
  windows: Map<string, RelativeWindow>;
  reach: { orders: number | null; events: number | null };
}

const STATISTICS: ReadonlySet<NumberName> = new Set<NumberName>(['orders', 'purchase_days', 'gross', 'refunded', 'historical_value', 'average_order']);

/** What any of the filters reads. */
export function readsOf(...filters: readonly Filter[]): Reads {
  const draft: Draft = {
    profile: false, attributes: new Set(), statistics: false, scores: false, orders: false, items: false, eventTypes: new Set(), eventProperties: new Set(), percentiles: new Map(), segments: new Set(), lists: new Set(),
    calendar: false, windows: new Map(), reach: { orders: 0, events: 0 },
  };
  // Money plays no part in what is read.
  for (const filter of filters) note(termOf(filter, { currencyDigits: 2 }), draft);
  return { ...draft, percentiles: [...draft.percentiles.values()], windows: [...draft.windows.values()] };
}

function note(test: Test, draft: Draft): void {
  switch (test.t) {
    case 'all': case 'any': test.of.forEach((one) => note(one, draft)); return;
    case 'not': note(test.of, draft); return;
    case 'number': noteNumber(test.name, draft); return;
    case 'text':
      if (test.name === 'stage' || test.name === 'rfm_cell' || test.name === 'rfm_group') draft.scores = true;
      else if (test.name === 'cohort') draft.statistics = true;
      else draft.profile = true;
      return;
    case 'day':
      noteDay(test.name, draft);
      if (test.test.op === 'last' || test.test.op === 'next' || test.test.op === 'older') draft.calendar = true;
      return;
    case 'attribute': {
      const [key] = test.at.path;
      if (key !== undefined) draft.attributes.add(key);
      noteJson(test.at.test, draft);
      return;
    }
    case 'rows': noteQuantity({ q: 'rows', rows: test.rows, measure: test.measure }, draft); return;
    case 'property': noteQuantity({ q: 'property', rows: test.rows, path: test.path, measure: test.measure }, draft); return;
    case 'placed':
      noteRows({ ...test.rows, window: ORDERS.window }, null, draft);
      draft.statistics = true;
      return;
    case 'age':
      noteRows(test.rows, test.op === 'within' || isEveryOrder(test.rows) ? test.ms : null, draft);
      noteWindow(test.rows, test.ms, draft);
      if (isEveryOrder(test.rows)) draft.statistics = true;
      return;
    case 'sequence':
      noteRows(test.first, test.first.window.ms, draft);
      noteRows(test.then, test.first.window.ms, draft);
      if (!test.followed) noteWindow(test.first, test.ms, draft);
      return;
    case 'member': draft.segments.add(test.segment); return;
    case 'listed': draft.lists.add(test.list); return;
    case 'percentile':
      draft.percentiles.set(`${test.at.percent} ${cutKey(test.at.of)}`, test.at);
      noteQuantity(test.at.of, draft);
      return;
    case 'anniversary':
      if ('name' in test.of) noteDay(test.of.name, draft);
      else if (test.of.path[0] !== undefined) draft.attributes.add(test.of.path[0]);
      draft.calendar = true;
      return;
    default: assertNever(test);
  }
}

function noteQuantity(quantity: Quantity, draft: Draft): void {
  switch (quantity.q) {
    case 'kept': noteNumber(quantity.name, draft); return;
    case 'attribute': if (quantity.path[0] !== undefined) draft.attributes.add(quantity.path[0]); return;
    case 'property':
      if (quantity.path[0] !== undefined) draft.eventProperties.add(quantity.path[0]);
      noteRows(quantity.rows, quantity.rows.window.ms, draft);
      return;
    case 'rows':
      noteRows(quantity.rows, quantity.rows.window.ms, draft);
      if (isOfLines(quantity.measure)) draft.items = true;
      return;
    default: assertNever(quantity);
  }
}

function noteNumber(name: NumberName, draft: Draft): void {
  if (name === 'acquisition_cost') draft.profile = true;
  else if (STATISTICS.has(name)) draft.statistics = true;
  else draft.scores = true;
}

function noteDay(name: Extract<Test, { t: 'day' }>['name'], draft: Draft): void {
  if (name === 'next_order') draft.scores = true;
  else if (name === 'acquired_on' || name === 'known_since') draft.profile = true;
  else draft.statistics = true;
}

function noteJson(test: JsonTest, draft: Draft): void {
  if (test.type === 'day' && (test.test.op === 'last' || test.test.op === 'next' || test.test.op === 'older')) draft.calendar = true;
}

function noteRows(rows: Rows, reach: number | null, draft: Draft): void {
  if (rows.of === 'orders') {
    draft.orders = true;
    if (rows.product !== null || rows.category !== null) draft.items = true;
  } else {
    draft.eventTypes.add(rows.type);
    for (const { path: [key], test } of rows.where) {
      if (key !== undefined) draft.eventProperties.add(key);
      noteJson(test, draft);
    }
  }
  const before = draft.reach[rows.of];
  draft.reach[rows.of] = before === null || reach === null ? null : Math.max(before, reach);
  if (rows.window.ms !== null) noteWindow(rows, rows.window.ms, draft);
}

function noteWindow(rows: Rows, ms: number, draft: Draft): void {
  const window: RelativeWindow = { of: rows.of, eventType: rows.of === 'events' ? rows.type : null, ms };
  draft.windows.set(`${window.of} ${window.eventType ?? ''} ${ms}`, window);
}
