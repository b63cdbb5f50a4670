/** One customer in memory: whether a test holds of her at a moment, and the value it looked at. */
import { addDays, dayNumber } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { assertNever } from '#core/errors';
import { rfmSegment } from '#core/rfm/segments';
import { dayHolds, jsonAt, jsonDay, jsonHolds, jsonNumber, numberHolds, textHolds } from './compare.ts';
import { cutAt } from './cuts.ts';
import { exactSum } from './exact-sum.ts';
import type { CustomerFacts, EventFacts, ItemFacts, OrderFacts } from './facts.ts';
import { dayStart, type MatchMoment } from './moment.ts';
import { NUMBERS, numberOf } from './numbers.ts';
import { isEveryOrder, ORDERS, type DayName, type EventRows, type Measure, type OrderRows, type PropertyMeasure, type Quantity, type Rows, type Test, type TextName, type Window } from './term.ts';

export function holds(test: Test, facts: CustomerFacts, moment: MatchMoment): boolean {
  switch (test.t) {
    case 'all': return test.of.every((one) => holds(one, facts, moment));
    case 'any': return test.of.some((one) => holds(one, facts, moment));
    case 'not': return !holds(test.of, facts, moment);
    case 'number': return numberHolds(test.test, numberOf(test.name, facts), NUMBERS[test.name].single);
    case 'text': return textHolds(test.test, textOf(test.name, facts));
    case 'day': return dayHolds(test.test, dayOf(test.name, facts, moment.timeZone), moment.today);
    case 'attribute': return jsonHolds(test.at.test, jsonAt(facts.profile.attributes, test.at.path), moment.today);
    case 'rows': return numberHolds(test.test, measured(test.rows, test.measure, facts, moment));
    case 'property': return numberHolds(test.test, propertyMeasured(test, facts, moment) ?? (test.measure === 'sum' ? 0 : null));
    case 'placed': return numberHolds(test.test, placedValue(test, facts, moment));
    case 'age': return ageHolds(test, facts, moment);
    case 'sequence': return sequenceHolds(test, facts, moment);
    case 'member': return facts.segments.has(test.segment);
    case 'listed': return facts.lists.has(test.list);
    case 'percentile': {
      const cut = cutAt(moment.cuts, test.at), value = quantityOf(test.at.of, facts, moment);
      if (cut === undefined || value === null) return false;
      return test.side === 'top' ? value >= cut : value <= cut;
    }
    case 'anniversary': {
      const day = celebrated(test, facts, moment.timeZone);
      return day !== null && day < moment.today && anniversaries(moment.today, test.days).includes(day.slice(5));
    }
    default: return assertNever(test);
  }
}

export function textOf(name: TextName, { profile, stats }: CustomerFacts): string | null {
  const { recencyScore: r, frequencyScore: f, monetaryScore: m } = stats;
  switch (name) {
    case 'platform': return profile.source;
    case 'external_id': return profile.externalId;
    case 'email': return profile.email;
    case 'name': return profile.name;
    case 'country': return profile.country;
    case 'acquisition_channel': return profile.acquisitionChannel;
    case 'consent_email': return profile.consentEmail;
    case 'stage': return stats.stage;
    case 'rfm_cell': return r === 0 ? null : `${r}${f}${m}`;
    case 'rfm_group': return r === 0 || f === 0 ? null : rfmSegment(r, f);
    case 'cohort': return stats.firstDay === null ? null : stats.firstDay.slice(0, 7);
    default: return assertNever(name);
  }
}

export function dayOf(name: DayName, { profile, stats }: CustomerFacts, timeZone: string): string | null {
  switch (name) {
    case 'first_order': return stats.firstDay;
    case 'last_order_day': return stats.lastDay;
    case 'previous_order': return stats.previousDay;
    case 'next_order': return stats.nextOrderDay;
    case 'acquired_on': return profile.acquiredOn;
    case 'known_since': return localDay(new Date(profile.createdAt), timeZone);
    default: return assertNever(name);
  }
}

/** The day whose anniversary is meant. */
export function celebrated({ of }: Extract<Test, { t: 'anniversary' }>, facts: CustomerFacts, timeZone: string): string | null {
  return 'name' in of ? dayOf(of.name, facts, timeZone) : jsonDay(jsonAt(facts.profile.attributes, of.path));
}

/** MM-DD of the days from today to `days` later; who was born on a leap day celebrates the day before it is missing. */
export function anniversaries(today: string, days: number): string[] {
  const found: string[] = [];
  for (let n = 0; n <= days; n++) {
    const day = addDays(today, n), year = Number(day.slice(0, 4));
    found.push(day.slice(5));
    if (day.endsWith('-02-28') && addDays(day, 1).endsWith('-03-01') && dayNumber(`${year}-03-01`) - dayNumber(`${year}-02-28`) === 1) found.push('02-29');
  }
  return found;
}

/** Edges of a window in milliseconds: `after` excluded, `from` included, `before` excluded, `upto` included; null: none. */
export interface Edges {
  after: number | null;
  from: number | null;
  before: number | null;
  upto: number;
}

export function edgesOf(window: Window, moment: MatchMoment): Edges {
  return {
    after: window.ms === null ? null : moment.at.getTime() - window.ms,
    from: window.from === null ? null : dayStart(window.from, moment.timeZone),
    before: window.to === null ? null : dayStart(addDays(window.to, 1), moment.timeZone),
    upto: moment.at.getTime(),
  };
}

function isInside(at: number, { after, from, before, upto }: Edges): boolean {
  return at <= upto && (after === null || at > after) && (from === null || at >= from) && (before === null || at < before);
}

/** Of all the rows that were loaded those the term speaks of, whenever they were. */
export function rowsOf(rows: Rows, facts: CustomerFacts, moment: MatchMoment): (OrderFacts | EventFacts)[] {
  return rows.of === 'orders' ? ordersOf(rows, facts, moment) : eventsOf(rows, facts, moment);
}

function ordersOf(rows: OrderRows, facts: CustomerFacts, moment: MatchMoment): OrderFacts[] {
  return facts.orders.filter((order) => isOfKind(order, rows, moment));
}

function isOfKind(order: OrderFacts, rows: OrderRows, moment: MatchMoment): boolean {
  return (order.amount > 0 || moment.countZeroOrders)
    && (rows.channel === null || order.channel === rows.channel) && (rows.platform === null || order.platform === rows.platform) && (rows.currency === null || order.currency === rows.currency)
    && ((rows.product === null && rows.category === null) || order.items.some((item) => isWanted(item, rows)));
}

function isWanted(item: ItemFacts, { product, category }: OrderRows): boolean {
  return (product === null || item.productId === product || item.sku === product || item.name === product) && (category === null || item.category === category);
}

function eventsOf(rows: EventRows, facts: CustomerFacts, moment: MatchMoment): EventFacts[] {
  return facts.events.filter((event) => event.type === rows.type && rows.where.every(({ path, test }) => jsonHolds(test, jsonAt(event.properties, path), moment.today)));
}

/** Null for the average or the largest of nothing. */
export function measured(rows: Rows, measure: Measure, facts: CustomerFacts, moment: MatchMoment): number | null {
  const edges = edgesOf(rows.window, moment);
  if (rows.of === 'events') return eventsOf(rows, facts, moment).filter((event) => isInside(event.at, edges)).length;
  const orders = ordersOf(rows, facts, moment).filter((order) => isInside(order.at, edges));
  const sum = (of: (order: OrderFacts) => number): number => orders.reduce((total, order) => total + of(order), 0);
  const lines = (): ItemFacts[] => orders.flatMap((order) => order.items.filter((item) => isWanted(item, rows)));
  const sumOfLines = (of: (item: ItemFacts) => number): number => lines().reduce((total, item) => total + of(item), 0);
  switch (measure) {
    case 'count': return orders.length;
    case 'net': return sum((order) => order.amount - order.refunded);
    case 'gross': return sum((order) => order.amount);
    case 'average_net': return orders.length === 0 ? null : sum((order) => order.amount - order.refunded) / orders.length;
    case 'average_gross': return orders.length === 0 ? null : sum((order) => order.amount) / orders.length;
    case 'largest': return orders.length === 0 ? null : Math.max(...orders.map((order) => order.amount));
    case 'quantity': return sumOfLines((item) => item.quantity);
    case 'lines_net': return sumOfLines((item) => item.net);
    case 'lines_gross': return sumOfLines((item) => item.gross);
    case 'lines_average': return lines().length === 0 ? null : sumOfLines((item) => item.net) / lines().length;
    default: return assertNever(measure);
  }
}

/** Null where no event in the window has a number there. */
export function propertyMeasured({ rows, path, measure }: { rows: EventRows; path: readonly string[]; measure: PropertyMeasure }, facts: CustomerFacts, moment: MatchMoment): number | null {
  const edges = edgesOf(rows.window, moment);
  const numbers = eventsOf(rows, facts, moment).filter((event) => isInside(event.at, edges)).map((event) => jsonNumber(jsonAt(event.properties, path))).filter((one) => one !== null);
  if (numbers.length === 0) return null;
  switch (measure) {
    case 'sum': return exactSum(numbers);
    case 'average': return exactSum(numbers) / numbers.length;
    case 'largest': return numbers.reduce((most, one) => Math.max(most, one));
    default: return assertNever(measure);
  }
}

/** Net of refunds; null where the first (last) order is not known, or is none of those that are meant. */
export function placedValue({ which, rows }: Pick<Extract<Test, { t: 'placed' }>, 'which' | 'rows'>, facts: CustomerFacts, moment: MatchMoment): number | null {
  const day = which === 'first' ? facts.stats.firstDay : facts.stats.lastDay;
  // Only on that day: an older order whose row is gone leaves a day, and no order is taken for it.
  const ofDay = ordersOf(ORDERS, facts, moment).filter((order) => (order.amount > order.refunded || order.amount === 0) && order.at <= moment.at.getTime() && localDay(new Date(order.at), moment.timeZone) === day);
  const sorted = ofDay.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)), placed = which === 'first' ? sorted[0] : sorted.at(-1);
  return placed === undefined || !isOfKind(placed, rows, moment) ? null : placed.amount - placed.refunded;
}

/** What a percentile looks at; unlike in a comparison, nothing is unknown and not 0. */
export function quantityOf(quantity: Quantity, facts: CustomerFacts, moment: MatchMoment): number | null {
  switch (quantity.q) {
    case 'kept': return numberOf(quantity.name, facts);
    case 'attribute': return jsonNumber(jsonAt(facts.profile.attributes, quantity.path));
    case 'rows': return measured(quantity.rows, 'count', facts, moment) === 0 ? null : measured(quantity.rows, quantity.measure, facts, moment);
    case 'property': return propertyMeasured(quantity, facts, moment);
    default: return assertNever(quantity);
  }
}

function ageHolds({ rows, op, ms }: Extract<Test, { t: 'age' }>, facts: CustomerFacts, moment: MatchMoment): boolean {
  const at = moment.at.getTime(), edge = at - ms;
  const all = rowsOf(rows, facts, moment), isEvery = isEveryOrder(rows);
  if (op === 'within') return (isEvery && boughtWithin(facts, edge, moment)) || all.some((row) => row.at > edge && row.at <= at);
  // Old orders may have become sums of their days; how many there ever were is kept.
  return isEvery ? facts.stats.orders > 0 && !isAfterEdge(facts.stats.lastDay, edge, moment) && !all.some((row) => row.at > edge) : all.some((row) => row.at <= edge) && !all.some((row) => row.at > edge);
}

/** Whether a day with a purchase lies wholly between the edge and today: then an order does, whose row need not be kept. */
function boughtWithin({ stats: { lastDay, previousDay } }: CustomerFacts, edge: number, moment: MatchMoment): boolean {
  return [lastDay, previousDay].some((day) => day !== null && day < moment.today && isAfterEdge(day, edge, moment));
}

function isAfterEdge(day: string | null, edge: number, { timeZone }: MatchMoment): boolean {
  return day !== null && day > localDay(new Date(edge), timeZone);
}

function sequenceHolds({ first, then, followed, ms }: Extract<Test, { t: 'sequence' }>, facts: CustomerFacts, moment: MatchMoment): boolean {
  const edges = edgesOf(first.window, moment), at = moment.at.getTime();
  const later = rowsOf(then, facts, moment);
  return rowsOf(first, facts, moment).some((row) => {
    if (!isInside(row.at, edges)) return false;
    if (followed) return later.some((other) => other.at > row.at && other.at <= row.at + ms && other.at <= at);
    return row.at + ms <= at && !later.some((other) => other.at > row.at && other.at <= row.at + ms);
  });
}
