/** Why somebody matches: each clause, what it saw, what turned it last and when time will turn it; what filters read; circles. */
import { describe, expect, it } from 'vitest';
import { cutKey } from './cuts.ts';
import { findCycle, inOrder } from './cycles.ts';
import { exactSum } from './exact-sum.ts';
import type { CustomerFacts, OrderFacts, StatFacts } from './facts.ts';
import { filter as filterSchema, type Filter } from './filter.ts';
import { match, matches } from './match.ts';
import { momentAt, type MatchMoment } from './moment.ts';
import { readsOf } from './reads.ts';
import { TEMPLATES } from './templates.ts';
import { parseFilter } from './text.ts';

const DAY = 86_400_000;
const setting = { timeZone: 'Europe/Berlin', currencyDigits: 2, countZeroOrders: false, cuts: new Map() };
const moment: MatchMoment = momentAt(setting, new Date('2026-11-20T12:00:00Z'));
const noStats: StatFacts = {
  orders: 0, purchaseDays: 0, firstDay: null, lastDay: null, previousDay: null, gross: 0, refunded: 0, historicalValue: 0, pAlive: null, churn: null, expectedOrders: null, expectedSpend: null,
  predictedValue: 0, predictedLow: 0, predictedHigh: 0, totalValue: 0, nextOrderDay: null, recencyScore: 0, frequencyScore: 0, monetaryScore: 0, stage: null,
};
const order = (id: string, daysAgo: number, amount = 5_000): OrderFacts => ({ id, at: moment.at.getTime() - daysAgo * DAY, amount, refunded: 0, platform: 'shopify', channel: 'web', currency: 'EUR', items: [] });
function customer(over: Partial<CustomerFacts> = {}): CustomerFacts {
  return {
    id: 'c1', stats: noStats, orders: [], events: [], segments: new Set(), lists: new Set(),
    profile: { source: 'shopify', externalId: '1', email: null, name: null, country: null, acquisitionChannel: null, acquisitionCost: null, acquiredOn: null, consentEmail: 'unknown', attributes: {}, createdAt: '2026-01-01T00:00:00Z' },
    ...over,
  };
}
function read(text: string): Filter {
  const parsed = parseFilter(text, new Map());
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.filter;
}

describe('why', () => {
  const ann = customer({ stats: { ...noStats, orders: 2, historicalValue: 10_000, pAlive: 0.3 }, orders: [order('o1', 120), order('o2', 40)] });

  it('says when she entered or left a segment that is asked for, and was put on a list', () => {
    const [vip, fair] = ['0198a1b2-0000-7000-8000-00000000000a', '0198a1b2-0000-7000-8000-00000000000b'];
    const [entered, left, listed] = [1, 2, 3].map((days) => moment.at.getTime() - days * DAY);
    const bea = customer({ segments: new Set([vip]), lists: new Set([fair]), turned: { segments: new Map([[vip, [entered ?? 0, left ?? 0]]]), lists: new Map([[fair, listed ?? 0]]) } });
    const by = (days: number, kind: string, id: string) => ({ at: new Date(moment.at.getTime() - days * DAY).toISOString(), by: { kind, id } });
    const [member, on] = [{ is: 'segment', id: vip }, { is: 'list', id: fair }];
    expect(match(filterSchema.parse({ all: [member, on] }), bea, moment)).toMatchObject({ holds: true, since: by(1, 'segment', vip), of: [{ since: by(1, 'segment', vip) }, { since: by(3, 'list', fair) }] });
    // While she was out of the one she was in as little as now: what lies between turned nothing that stands.
    expect(match(filterSchema.parse({ any: [{ not: member }, on] }), bea, moment)).toMatchObject({ holds: true, since: by(3, 'list', fair), of: [{ holds: false, since: by(1, 'segment', vip) }, { holds: true }] });
  });

  it('says what each clause saw, what turned it last, and when time turns it', () => {
    const found = match(read('orders.total > 50 and last_order more_than 60 days and not orders.count >= 1 within 90 days and p_alive < 0.4'), ann, moment);
    expect(found).toMatchObject({ kind: 'all', holds: false, turns: { at: '2027-01-09T12:00:00.000Z', by: { kind: 'order', id: 'o2' } } });
    if (found.kind !== 'all') throw new Error('A group was asked about');
    expect(found.of).toMatchObject([
      { kind: 'condition', holds: true, saw: { kind: 'number', value: 10_000 }, turns: null },
      // Day 60 after the 11th of October is the 10th of December, whatever the clocks did.
      { holds: false, saw: { kind: 'instant', value: '2026-10-11T12:00:00.000Z' }, turns: { at: '2026-12-10T12:00:00.000Z', by: { kind: 'order', id: 'o2' } }, since: { at: '2026-10-11T12:00:00.000Z', by: { kind: 'order', id: 'o2' } } },
      { kind: 'not', holds: false, of: { holds: true, saw: { kind: 'number', value: 1 }, turns: { at: '2027-01-09T12:00:00.000Z' } } },
      { holds: true, saw: { kind: 'number', value: Math.fround(0.3) } },
    ]);
  });

  it('turns at the very instant: an order of exactly the window’s age is out', () => {
    const tree = read('last_order within 40 days');
    expect(matches(tree, ann, moment)).toBe(false);
    expect(matches(tree, ann, momentAt(setting, new Date(moment.at.getTime() - 1)))).toBe(true);
    expect(match(tree, ann, momentAt(setting, new Date(moment.at.getTime() - 1)))).toMatchObject({ holds: true, turns: { at: moment.at.toISOString() } });
    expect(match(tree, ann, moment)).toMatchObject({ holds: false, turns: null, since: { at: moment.at.toISOString(), by: { kind: 'order', id: 'o2' } } });
  });

  it('turns calendar conditions at the local midnight', () => {
    const due = customer({ stats: { ...noStats, nextOrderDay: '2026-11-28' } });
    expect(match(read('next_order next 7 days'), due, moment)).toMatchObject({ holds: false, turns: { at: '2026-11-20T23:00:00.000Z', by: { kind: 'day' } } });
    const born = customer({ profile: { ...customer().profile, attributes: { birthday: '2000-02-29' } } });
    const birthday = read('anniversary of attribute "birthday" in 0 days');
    expect(matches(birthday, born, momentAt(setting, new Date('2026-02-28T12:00:00Z')))).toBe(true);
    expect(matches(birthday, born, momentAt(setting, new Date('2028-02-28T12:00:00Z')))).toBe(false);
    expect(match(birthday, born, moment)).toMatchObject({ holds: false, turns: { at: '2027-02-27T23:00:00.000Z' } });
  });

  it('waits until the time of a sequence is over', () => {
    const cart = (hoursAgo: number, orders: OrderFacts[] = []): CustomerFacts => customer({ orders, events: [{ id: 'e1', at: moment.at.getTime() - hoursAgo * 3_600_000, type: 'add_to_cart', properties: {} }] });
    const left = read('did "add_to_cart" not_then "order" in 1 day within 7 days');
    expect(match(left, cart(23), moment)).toMatchObject({ holds: false, turns: { at: '2026-11-20T13:00:00.000Z', by: { kind: 'event', id: 'e1' } } });
    expect(match(left, cart(24), moment)).toMatchObject({ holds: true, turns: { at: '2026-11-26T12:00:00.000Z' } });
    expect(matches(left, cart(48, [order('o1', 1.5)]), moment)).toBe(false);
    expect(matches(left, cart(48, [order('o1', 0.5)]), moment)).toBe(true);
  });
});

describe('what is not known', () => {
  it('fails every comparison, and the opposite of none', () => {
    for (const text of ['country = "DE"', 'country != "DE"', 'country not in ("DE")', 'p_alive < 0.4', 'p_alive >= 0.4', 'last_order more_than 1 day', 'last_order within 9 days', 'first_order before 2030-01-01', 'orders.average > 0', 'attribute "x" != 3']) {
      expect(matches(read(text), customer(), moment), text).toBe(false);
      expect(matches({ not: read(text) }, customer(), moment), text).toBe(true);
    }
    expect(matches(read('country unknown and p_alive unknown and orders.count = 0 and orders.total < 1 within 5 days'), customer(), moment)).toBe(true);
  });
});

describe('what is read', () => {
  it('names rows, windows, keys and numbers once each', () => {
    const reads = readsOf(read('orders.total > 5 within 30 days product "x" and last_order more_than 60 days and attribute "a"/"b" = 1 and in segment "0198a1b2-0000-7000-8000-000000000001"'),
      read('event.count "page_view" > 2 within 30 days where "price" > 3 and top 10 % by predicted_value and first_order last 7 days'), read('orders.count > 1 within 30 days and bottom 5 % by event.sum "add_to_cart" of "price" within 3 days'));
    expect(reads).toMatchObject({ orders: true, items: true, scores: true, statistics: true, profile: false, calendar: true, percentiles: [{ of: { q: 'kept', name: 'predicted_value' }, percent: 90 }, { of: { q: 'property', path: ['price'], measure: 'sum' }, percent: 5 }], reach: { orders: 60 * DAY, events: 30 * DAY } });
    expect([[...reads.attributes], [...reads.segments], [...reads.eventTypes], [...reads.eventProperties]]).toEqual([['a'], ['0198a1b2-0000-7000-8000-000000000001'], ['page_view', 'add_to_cart'], ['price']]);
    expect(reads.windows).toEqual([{ of: 'orders', eventType: null, ms: 30 * DAY }, { of: 'orders', eventType: null, ms: 60 * DAY }, { of: 'events', eventType: 'page_view', ms: 30 * DAY }, { of: 'events', eventType: 'add_to_cart', ms: 3 * DAY }]);
  });

  it('asks for all orders where no window ends them, and for none where statistics say it', () => {
    expect(readsOf(read('last_order more_than 5 days channel "web"')).reach.orders).toBeNull();
    expect(readsOf(read('orders.count > 5 and orders.average > 3')).orders).toBe(false);
  });
});

describe('numbers of rows', () => {
  const shop = (id: string, daysAgo: number, over: Partial<OrderFacts> = {}): OrderFacts => ({ ...order(id, daysAgo), ...over });
  const line = (productId: string, gross: number, net = gross) => ({ productId, sku: null, name: productId, category: 'Coffee', quantity: 1, gross, net });
  const ann = customer({
    stats: { ...noStats, orders: 3, firstDay: '2026-08-12', lastDay: '2026-11-10' },
    // The first order was paid back whole: the first of which anything is left is the second.
    orders: [shop('o1', 120, { refunded: 5_000, channel: 'pos' }), shop('o2', 100, { items: [line('beans', 3_000, 1_500), line('mug', 2_000, 1_000)], refunded: 2_500, channel: 'pos' }), shop('o3', 10, { items: [line('beans', 5_000)] })],
    events: [['e1', 0.1], ['e2', 0.2], ['e3', 0.3], ['e4', 'x'], ['e5', 1e11], ['e6', 1e301]].map(([id, price]) => ({ id: String(id), at: moment.at.getTime() - DAY, type: 'add_to_cart', properties: { price } })),
  });
  it.each([
    'products.total = 65 product "beans"', 'products.gross = 80 product "beans"', 'products.average = 32.5 product "beans"', 'products.total = 50 within 30 days category "Coffee"', 'products.total = 0 product "tea"',
    'products.average unknown product "tea"', 'first_order.value = 25', 'first_order.was channel "pos" product "mug"', 'not first_order.was product "tea"', 'last_order.value = 50', 'last_order.was channel "web"', 'last_order.value unknown channel "pos"',
    // Decimals are added up exactly; what no double holds is no number.
    'event.sum "add_to_cart" of "price" = 100000000000.6', 'event.largest "add_to_cart" of "price" = 1e11', 'event.sum "page_view" of "price" = 0', 'event.average "page_view" of "price" unknown',
    'event.sum "add_to_cart" of "price" = 0.6 where "price" < 1', 'event.average "add_to_cart" of "price" between 0.1999 and 0.2001 within 2 days where "price" < 1',
  ])('%s', (text) => { expect(match(read(text), ann, moment)).toMatchObject({ holds: true }); });

  it('take their place by the night’s cut, and whoever has no row has none', () => {
    const filter = read('top 10 % by orders.total within 30 days'), [percentile] = readsOf(filter).percentiles;
    if (!percentile) throw new Error('A percentile was asked for');
    const cuts = new Map([[cutKey(percentile.of), Array.from({ length: 201 }, (_, n) => n * 30)]]);
    expect(match(filter, ann, { ...moment, cuts })).toMatchObject({ holds: false, saw: { kind: 'number', value: 5_000, line: expect.any(Number) } });
    expect(matches(read('top 20 % by orders.total within 30 days'), ann, { ...moment, cuts })).toBe(true);
    expect(matches(read('bottom 99 % by orders.total within 30 days'), customer(), { ...moment, cuts })).toBe(false);
    expect(matches(filter, ann, moment)).toBe(false);
  });

  it('are added up the same in any order', () => {
    expect(exactSum([0.1, 0.2, 0.3])).toBe(0.6);
    expect([exactSum([]), exactSum([1e300, 1, -1e300]), exactSum([5e-300, -2.5, 1e21])]).toEqual([0, 1, 1e21 - 2.5]);
  });
});

describe('circles', () => {
  const refers = new Map([['a', ['b']], ['b', ['c', 'd']], ['c', ['a']], ['d', []], ['e', ['d', 'b']]]);
  const of = (id: string): string[] => refers.get(id) ?? [];
  it('are found with their path, also behind another segment', () => {
    expect(findCycle('a', of)).toEqual(['a', 'b', 'c', 'a']);
    expect(findCycle('e', of)).toEqual(['b', 'c', 'a', 'b']);
    expect(findCycle('d', of)).toBeNull();
  });
  it('stand in the way of an order', () => {
    expect(inOrder(['x', 'y', 'z'], (id) => (id === 'x' ? ['y', 'z'] : id === 'y' ? ['z'] : []))).toEqual(['z', 'y', 'x']);
    expect(() => inOrder(['a', 'b', 'c'], of)).toThrow('a → b → c → a');
  });
});

describe('templates', () => {
  it('are filters of our own language, named once each', () => {
    for (const { filter, id } of TEMPLATES) expect(filterSchema.safeParse(filter).error?.issues, id).toBeUndefined();
    expect(new Set(TEMPLATES.flatMap(({ id, name }) => [id, name])).size).toBe(2 * TEMPLATES.length);
    expect(TEMPLATES.filter(({ id }) => id.startsWith('rfm-'))).toHaveLength(10);
  });
});
