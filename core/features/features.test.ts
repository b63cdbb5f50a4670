/** Features: their formulas by hand, and that none of them knows the future. */
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { fitEncoding, encode } from '#core/learning/encoding';
import { seeded, shuffle } from '#core/math/seeded';
import { FEATURES, LINE_FEATURES, ORDER_FEATURES, REFERENCE_FEATURES } from './catalogue.ts';
import { churnLabels, featuresAt, outcomeOf } from './features-at.ts';
import type { History } from './history.ts';

const ORIGIN = 1000;
const options = { minorPerUnit: 100 };

function valuesOf(history: History, row = 0, only?: readonly string[]): Record<string, number | string | null> {
  return Object.fromEntries(featuresAt(history, ORIGIN, { ...options, only }).table.columns.map((column) => [column.name, column.kind === 'number' ? column.values[row]! : (column.levels[column.codes[row]!] ?? null)]));
}

/** One customer: 3 days, two lines on one of them, one refund known late. */
const one: History = {
  orders: {
    customer: Int32Array.of(0, 0, 0, 0, 0),
    day: Int32Array.of(900, 940, 940, 980, 980),
    amount: Float64Array.of(1000, 1500, 500, 3000, -1000),
    known: Int32Array.of(900, 940, 940, 980, 1005),
    channel: Int32Array.of(1, 0, -1, 0, -1),
    product: Int32Array.of(0, 0, 1, 0, 0),
    category: Int32Array.of(0, 0, -1, 1, 0),
    quantity: Float64Array.of(1, 2, NaN, 3, -1),
  },
  channels: ['web', 'shop'],
  products: ['tea', 'mug'],
  categories: ['drinks', 'gifts'],
  events: { customer: Int32Array.of(0, 0, 0, 0), day: Int32Array.of(905, 975, 999, 1001), kind: Int32Array.of(0, 1, 1, 1) },
  kinds: ['email_open', 'page_view'],
  profile: [{ kind: 'category', name: 'country', codes: Int32Array.of(0), levels: ['NL'] }],
};

describe('features', () => {
  it('follow their formulas', () => {
    const values = valuesOf(one);
    expect(values).toMatchObject({
      orders: 3, recency_days: 20, age_days: 100, spend: 60, avg_order: 20, first_amount: 10, last_amount: 30, gap_mean: 40, gap_std: 0,
      orders_30: 1, spend_30: 30, orders_90: 2, spend_90: 50, orders_365: 3, spend_365: 60, active_days: 80, last_gap: 40, amount_max: 30, refund_share: 0,
      first_channel: 'shop', last_channel: 'web', channels: 2, first_product: 'tea', products: 2, top_product_share: 0.75, first_category: 'drinks', categories: 2, pieces: 6,
      events_30: 2, events_90: 2, event_recency_days: 1, 'events_90:page_view': 2, 'events_90:email_open': 0, country: 'NL',
    });
    expect(values['category_share:drinks']).toBeCloseTo(2 / 3, 10);
    expect(values['category_share:gifts']).toBeCloseTo(1 / 3, 10);
    expect(values['amount_std']).toBeCloseTo(Math.sqrt(200 / 3), 10);
    expect(values['overdue']).toBeCloseTo(21 / 41, 10);
    expect(values['amount_trend']).toBeCloseTo((Math.log1p(30) - Math.log1p(10)) / 2, 10);
  });

  it('after a single purchase day gaps are the age and spreads are nought', () => {
    const single: History = { orders: { customer: Int32Array.of(4), day: Int32Array.of(990), amount: Float64Array.of(500) } };
    expect(featuresAt(single, ORIGIN, options).customer).toEqual(Int32Array.of(4));
    expect(valuesOf(single)).toMatchObject({ orders: 1, gap_mean: 10, gap_std: 0, last_gap: 10, amount_std: 0, amount_trend: 0 });
  });

  it('are named once each, and the first thirteen are the reference', () => {
    const names = ORDER_FEATURES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(REFERENCE_FEATURES).toEqual(['orders', 'recency_days', 'age_days', 'spend', 'avg_order', 'first_amount', 'last_amount', 'gap_mean', 'gap_std', 'orders_30', 'spend_30', 'orders_90', 'spend_90']);
    expect(Object.keys(valuesOf(one, 0, ['spend', 'country']))).toEqual(['spend', 'country']);
  });

  it('are those of the catalogue and no others, and docs/features.md lists each with its formula', () => {
    const made = featuresAt(one, ORIGIN, options).table.columns.map(({ name }) => name).filter((name) => !name.includes(':'));
    const listed = FEATURES.map(({ name }) => name);
    expect(new Set(listed).size).toBe(listed.length);
    expect(made).toEqual(listed.filter((name) => name !== 'acquisition_channel'));
    const rows = readFileSync(new URL('../../docs/features.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(FEATURES.map(({ name, group, formula, unit, from, logged }) => `| \`${name}\` | ${group} | ${formula} | ${unit} | ${from} | ${logged ? 'yes' : ''} |`));
  });

  it('of a model are there for customers who have done nothing but buy, and read nothing into it', () => {
    const { table } = featuresAt(one, ORIGIN, options);
    const wanted = table.columns.map(({ name }) => name);
    const bare: History = { orders: { customer: Int32Array.of(7), day: Int32Array.of(990), amount: Float64Array.of(500) }, profile: [{ kind: 'category', name: 'country', codes: new Int32Array(8).fill(-1), levels: [] }] };
    const asked = featuresAt(bare, ORIGIN, { ...options, only: wanted });
    expect(asked.table.columns.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
    expect(valuesOf(bare, 0, wanted)).toMatchObject({ events_30: 0, 'events_90:page_view': 0, first_channel: null, first_category: null, country: null });
    for (const name of ['event_recency_days', 'channels', 'pieces', 'category_share:gifts']) expect(valuesOf(bare, 0, wanted)[name]).toBeNaN();
    // Who bought other things has none of a category; what nobody at hand bought is nobody's share.
    const other: History = { ...one, orders: { ...one.orders, category: new Int32Array(5) }, categories: ['toys'] };
    expect(valuesOf(other, 0, wanted)).toMatchObject({ 'category_share:gifts': 0, 'category_share:drinks': 0, categories: 1, first_category: 'toys' });
    const two = { rows: 2, columns: table.columns.map((column) => (column.kind === 'number' ? { ...column, values: Float64Array.of(column.values[0]!, NaN) } : { ...column, codes: Int32Array.of(column.codes[0]!, -1) })) };
    expect(encode(fitEncoding(two).encoding, asked.table).rows).toBe(1);
    // A name that is nowhere stays missing, for whoever encodes by it to refuse.
    expect(featuresAt(bare, ORIGIN, { ...options, only: ['spend', 'shoe_size'] }).table.columns.map(({ name }) => name)).toEqual(['spend']);
  });

  it('events of more than a year ago say nothing, and are not needed', () => {
    const old = { ...one, events: { customer: Int32Array.of(0, 0), day: Int32Array.of(635, 636), kind: Int32Array.of(0, 1) } };
    expect(valuesOf(old)['event_recency_days']).toBe(364);
    expect(valuesOf({ ...old, events: { customer: Int32Array.of(0), day: Int32Array.of(635), kind: Int32Array.of(0) } })['event_recency_days']).toBeNaN();
    const grouped = { ...one, events: { customer: Int32Array.of(0), day: Int32Array.of(990), kind: Int32Array.of(0), count: Int32Array.of(5) } };
    expect(valuesOf(grouped)).toMatchObject({ events_30: 5, 'events_90:email_open': 5, event_recency_days: 10 });
  });

  it('a day counts as weekend by the calendar', () => {
    // Day 2 was Saturday 3 January 1970; day 4 a Monday.
    const history: History = { orders: { customer: Int32Array.of(0, 0), day: Int32Array.of(2, 4), amount: Float64Array.of(100, 100) } };
    expect(valuesOf(history)['weekend_share']).toBe(0.5);
  });
});

/** A shop with everything in it, `lines` lines over days 0 … 1500. */
function randomShop(seed: number, lines: number): History {
  const random = seeded(seed);
  const whole = (most: number): Int32Array => Int32Array.from({ length: lines }, () => Math.floor(random() * most));
  const day = whole(1500);
  return {
    orders: { customer: whole(60), day, amount: Float64Array.from({ length: lines }, () => Math.round(random() * 10_000) - 1500), known: day.map((each) => (random() < 0.2 ? each + Math.floor(random() * 400) : each)), channel: whole(4), product: whole(9), quantity: Float64Array.from(whole(5)) },
    channels: ['a', 'b', 'c', 'd'],
    products: ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8'],
    events: { customer: whole(60), day: whole(1500), kind: whole(3) },
    kinds: ['x', 'y', 'z'],
  };
}

function pick(history: History, keepLine: (i: number) => boolean, keepEvent: (i: number) => boolean, order?: Int32Array): History {
  const { orders, events } = history;
  const rows = Array.from(order ?? orders.day.keys()).filter(keepLine);
  const seen = Array.from(events!.day.keys()).filter(keepEvent);
  return {
    ...history,
    orders: {
      customer: Int32Array.from(rows, (i) => orders.customer[i]!), day: Int32Array.from(rows, (i) => orders.day[i]!), amount: Float64Array.from(rows, (i) => orders.amount[i]!), known: Int32Array.from(rows, (i) => orders.known![i]!),
      channel: Int32Array.from(rows, (i) => orders.channel![i]!), product: Int32Array.from(rows, (i) => orders.product![i]!), quantity: Float64Array.from(rows, (i) => orders.quantity![i]!),
    },
    events: { customer: Int32Array.from(seen, (i) => events!.customer[i]!), day: Int32Array.from(seen, (i) => events!.day[i]!), kind: Int32Array.from(seen, (i) => events!.kind[i]!) },
  };
}

describe.each([1, 2, 3])('as of a day (shop %i)', (seed) => {
  const shop = randomShop(seed, 900);
  const made = featuresAt(shop, ORIGIN, options);

  it('nothing that happened or became known later changes anything', () => {
    const past = pick(shop, (i) => shop.orders.day[i]! <= ORIGIN && shop.orders.known![i]! <= ORIGIN, (i) => shop.events!.day[i]! <= ORIGIN);
    expect(past.orders.day.length).toBeLessThan(shop.orders.day.length - 100);
    expect(featuresAt(past, ORIGIN, options)).toEqual(made);
  });

  it('the order of lines changes nothing', () => {
    const order = shuffle(new Int32Array(900).map((_, i) => i), seeded(seed));
    const dealt = featuresAt(pick(shop, () => true, () => true, order), ORIGIN, options);
    expect(dealt.customer).toEqual(made.customer);
    dealt.table.columns.forEach((column, k) => {
      const before = made.table.columns[k]!;
      if (column.kind === 'number' && before.kind === 'number') column.values.forEach((value, i) => expect(Number.isNaN(value) && Number.isNaN(before.values[i]!) ? 0 : Math.abs(value - before.values[i]!), column.name).toBeLessThan(1e-9));
      else expect(column).toEqual(before);
    });
  });

  it('channels and products grouped by day say what single lines say', () => {
    const { customer, day, channel, product, quantity } = shop.orders;
    const groups = new Map<string, { at: number; lines: number; quantity: number }>();
    customer.forEach((who, at) => {
      const key = [who, day[at], channel![at], product![at]].join();
      const group = groups.get(key) ?? { at, lines: 0, quantity: 0 };
      groups.set(key, { at, lines: group.lines + 1, quantity: group.quantity + quantity![at]! });
    });
    const all = [...groups.values()];
    const take = (column: Int32Array): Int32Array => Int32Array.from(all, ({ at }) => column[at]!);
    const mix = { customer: take(customer), day: take(day), channel: take(channel!), product: take(product!), lines: Int32Array.from(all, ({ lines }) => lines), quantity: Float64Array.from(all, (group) => group.quantity) };
    // Money knows nothing of them; what came back is not taken from the mix.
    const orders = { customer, day, amount: shop.orders.amount };
    const only = LINE_FEATURES.map(({ name }) => name);
    expect(featuresAt({ ...shop, orders, mix }, ORIGIN, { ...options, only })).toEqual(featuresAt({ ...shop, orders: { ...orders, channel, product, quantity } }, ORIGIN, { ...options, only }));
    // Where single lines were closed, what came first is unknown to those who were there before, and to no others.
    const closed = featuresAt({ ...shop, orders, mix, mixFrom: 300 }, ORIGIN, { ...options, only: ['first_product', 'age_days'] }).table.columns;
    const [age, product0] = [closed.find(({ name }) => name === 'age_days'), closed.find(({ name }) => name === 'first_product')];
    expect(age?.kind === 'number' && product0?.kind === 'category' && age.values.every((days, i) => (ORIGIN - days < 300) === (product0.codes[i] === -1))).toBe(true);
  });

  it('no feature is infinite, and those of orders are never missing', () => {
    for (const column of made.table.columns) if (column.kind === 'number') for (const value of column.values) expect(Math.abs(value)).not.toBe(Infinity);
    for (const { name } of ORDER_FEATURES) {
      const column = made.table.columns.find((each) => each.name === name);
      expect(column?.kind === 'number' && column.values.every(Number.isFinite), name).toBe(true);
    }
  });
});

describe('what became of them', () => {
  it('counts purchase days after the origin up to the end, and who has none left', () => {
    const history: History = { orders: { customer: Int32Array.of(0, 0, 1, 1, 1), day: Int32Array.of(990, 1001, 995, 1050, 1051), amount: Float64Array.of(100, 250, 100, 300, 400) } };
    const outcome = outcomeOf(history, Int32Array.of(0, 1), ORIGIN, 1050);
    expect([...outcome.orders, ...outcome.spend]).toEqual([1, 1, 250, 300]);
    expect([...churnLabels(outcomeOf(history, Int32Array.of(0, 1), 1001, 1050))]).toEqual([1, 0]);
  });
});
