/** The text form: round trips of random trees, what a merchant types, and what she is told when it cannot be read. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { randomCondition, randomFilter } from '../../tests/support/segment-trees.ts';
import { CONDITIONS } from './conditions/registry.ts';
import { filter, normal, type Filter } from './filter.ts';
import { parseFilter, printFilter } from './text.ts';

const VIP = '0198a1b2-0000-7000-8000-000000000001', SOLE = '0198a1b2-0000-7000-8000-000000000002', TWIN = '0198a1b2-0000-7000-8000-000000000003';
const names = new Map([[VIP, 'VIP'], [SOLE, 'Says "hi" and (more)'], [TWIN, 'Twin'], ['0198a1b2-0000-7000-8000-000000000004', 'twin']]);

function read(text: string): Filter {
  const parsed = parseFilter(text, names);
  if (!parsed.ok) throw new Error(`${parsed.line}:${parsed.column} ${parsed.message}\n${text}`);
  return parsed.filter;
}

function told(text: string): string {
  const parsed = parseFilter(text, names);
  return parsed.ok ? 'read' : `${parsed.line}:${parsed.column} ${parsed.message}`;
}

describe('round trip', () => {
  it('gives back every condition and any tree', () => {
    const random = createRandom('round trips'), pool = { segments: [...names.keys()] };
    const trees = [...CONDITIONS.flatMap((definition) => Array.from({ length: 40 }, () => randomCondition(random, definition, pool))), ...Array.from({ length: 500 }, () => randomFilter(random, pool, 5))];
    for (const tree of trees) {
      const text = printFilter(tree, names);
      expect(read(text), text).toEqual(normal(tree));
      expect(printFilter(read(text), names)).toBe(text);
    }
    expect(printFilter({ is: 'name', op: 'eq', value: 'a % b' }, names)).toBe('name = "a % b"');
  });

  it('prints the example of each condition as it is written', () => {
    for (const { id, example } of CONDITIONS) {
      const tree = read(example);
      expect([id, printFilter(tree, names)]).toEqual(['is' in tree ? tree.is : 'a group', example]);
    }
  });
});

describe('what is typed', () => {
  it('is read as it says', () => {
    expect(read('orders.total > 200 and last_order more_than 60 days and p_alive < 0.4 and not in segment "VIP"')).toEqual({
      all: [{ is: 'orders.total', op: 'gt', value: 200 }, { is: 'last_order', op: 'more_than', days: 60 }, { is: 'p_alive', op: 'lt', value: 0.4 }, { not: { is: 'segment', id: VIP } }],
    });
    expect(read('NOT (stage = lapsed OR stage in (at_risk, lapsed)) And country = DE # a comment\n and Orders.Count >= 2 within 90 days product "Kaffee"')).toEqual({
      all: [{ not: { any: [{ is: 'stage', op: 'eq', value: 'lapsed' }, { is: 'stage', op: 'in', value: ['at_risk', 'lapsed'] }] } }, { is: 'country', op: 'eq', value: 'DE' },
        { is: 'orders.count', op: 'gte', value: 2, within: { days: 90 }, product: 'Kaffee' }],
    });
    expect(read('did "add_to_cart" not_then order in 1 day within 30 days where "price" > 5')).toEqual({
      is: 'sequence', first: 'add_to_cart', op: 'not_then', then: 'order', in: { days: 1 }, within: { days: 30 }, where: [{ property: 'price', op: 'gt', value: 5 }],
    });
    expect(read('top 10 % by predicted_value')).toEqual({ is: 'percentile', side: 'top', percent: 10, of: 'predicted_value' });
    expect(read('top 5% by event.largest "review" of "stars" where "text" contains "good" or bottom 20 % by orders.units within 90 days category "a % b"')).toEqual({
      any: [{ is: 'percentile.events', side: 'top', percent: 5, of: 'event.largest', event: 'review', property: 'stars', where: [{ property: 'text', op: 'contains', value: 'good' }] },
        { is: 'percentile.orders', side: 'bottom', percent: 20, of: 'orders.units', within: { days: 90 }, category: 'a % b' }],
    });
    expect(read('anniversary of attribute "birthday" in 7 days or anniversary of first_order in 0 days')).toEqual({
      any: [{ is: 'attribute.anniversary', attribute: 'birthday', days: 7 }, { is: 'anniversary', of: 'first_order', days: 0 }],
    });
    expect(read('attribute "address"/"city" in ("Köln", "Bonn") and attribute vip = true and attribute "code" = "5"')).toEqual({
      all: [{ is: 'attribute', attribute: ['address', 'city'], op: 'in', value: ['Köln', 'Bonn'] }, { is: 'attribute', attribute: 'vip', op: 'eq', value: true }, { is: 'attribute', attribute: 'code', op: 'eq', value: '5' }],
    });
  });

  it('binds and closer than or, and keeps brackets', () => {
    const [a, b, c] = ['orders.count = 1', 'orders.count = 2', 'orders.count = 3'];
    expect(read(`${a} or ${b} and ${c}`)).toEqual({ any: [read(a), { all: [read(b), read(c)] }] });
    expect(read(`(${a} or ${b}) and ${c}`)).toEqual({ all: [{ any: [read(a), read(b)] }, read(c)] });
  });

  it('is written over several lines when it is long', () => {
    const long = read('orders.total > 200 and last_order more_than 60 days and (p_alive < 0.4 or churn > 0.6) and not in segment "VIP" and country in ("DE", "AT", "CH") and stage = lapsed');
    expect(printFilter(long, names)).toBe(['orders.total > 200', 'and last_order more_than 60 days', 'and (p_alive < 0.4 or churn > 0.6)', 'and not in segment "VIP"', 'and country in ("DE", "AT", "CH")', 'and stage = lapsed'].join('\n'));
  });
});

describe('what cannot be read', () => {
  it.each([
    ['', '1:1 A filter has at least one condition'],
    ['order.count > 2', '1:1 There is no condition "order.count"; did you mean "orders.count"?'],
    ['orders.count > 2 and\n  orders.total >', '2:17 Here a number was expected'],
    ['orders.count > 2\n  country = DE', '2:3 Here "and", "or" or the end was expected, not "country"'],
    ['(orders.count > 2', '1:18 The bracket is not closed here'],
    ['orders.count ~ 2', '1:14 "~" means nothing here'],
    ['name = "ann', '1:8 This text has no closing quote'],
    ['orders.count contains 2', '1:14 Here one of = != > >= < <= between known unknown was expected, not "contains"'],
    ['stage = gone', '1:9 Here one of new, active, at_risk, lapsed, returning was expected, not "gone"'],
    ['in segment "Nobody"', '1:12 There is no segment called "Nobody"'],
    ['in segment "Twin"', `1:12 There are 2 segments called "Twin"; write the id of one: ${TWIN}, 0198a1b2-0000-7000-8000-000000000004`],
    ['p_alive > 40', '1:1 p_alive: Write a share between 0 and 1: 0.4 is 40 %'],
    ['orders.count = 1 within 5 days within 6 days', '1:32 "within" is said twice'],
    ['did "a" then "b"', '1:17 Here "in" was expected: within …'],
    ['last_order more_than 60', '1:24 Here hours, days or weeks was expected'],
    ['products.total > 5', '1:1 products.total: Say of which "product" or "category"'],
    ['first_order.was', '1:1 first_order.was: Say what kind of order: "product", "category", "channel", "platform" or "currency"'],
    ['top 5 % by event.sum "a"', '1:1 percentile.events: Write the name of the property whose numbers are meant'],
    ['first_order on 2026-02-30', '1:1 first_order: Write a day of the calendar like 2026-11-20'],
  ])('%j: %s', (text, message) => {
    expect(told(text)).toBe(message);
  });
});

describe('what is sent', () => {
  const flaws = (input: unknown): string[] => filter.safeParse(input).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  const two = { is: 'orders.count', op: 'gte', value: 2 };
  it.each<[unknown, string]>([
    [{ all: [two, { is: 'p_aliv', op: 'lt', value: 0.4 }] }, 'all.1.is: There is no condition "p_aliv"; did you mean "p_alive"?'],
    [{ all: [two, { not: { ...two, value: 2.5 } }] }, 'all.1.not.value: Write a whole number'],
    [{ all: [], any: [] }, ': Write exactly one of "all", "any", "not" or a condition with "is"; this has "all", "any"'],
    [{ any: [] }, 'any: Write a list with at least one condition or group'],
    [{ ...two, op: 'between' }, 'value: Write the lowest and the highest number: [100, 200]'],
    [{ ...two, products: 'x' }, ': Unrecognized key: "products"'],
    [{ is: 'last_order', op: 'within', days: 3, hours: 2 }, 'days: Write how long with one of hours, days and weeks: "days": 60'],
    [{ is: 'sequence', first: 'order', op: 'then', then: 'order', in: { days: 1 }, where: [{ property: 'x', op: 'eq', value: 1 }] }, 'where: Orders have no properties to test; leave this out'],
    [{ is: 'attribute', attribute: 'x', op: 'gt', value: true }, 'value: Compare true and false with "eq" or "ne", not "gt"'],
    ['x', ': Write an object: { "all": […] }, { "any": […] }, { "not": … } or a condition such as { "is": "orders.count", "op": "gte", "value": 2 }'],
  ])('%j is refused with its path', (input, message) => {
    expect(flaws(input)).toEqual([message]);
  });

  it('is held to eight levels and a hundred conditions', () => {
    const deep = (levels: number): unknown => (levels === 0 ? two : { not: deep(levels - 1) });
    expect(filter.safeParse(deep(7)).success).toBe(true);
    expect(flaws(deep(8))).toEqual(['not.not.not.not.not.not.not: Groups may lie 8 deep; make a segment of the inner ones and refer to it']);
    expect(filter.safeParse({ any: Array.from({ length: 100 }, () => two) }).success).toBe(true);
    expect(flaws({ any: [{ any: Array.from({ length: 100 }, () => two) }, two] })[0]).toMatch(/^: A filter may have 100 conditions and this has 101/);
  });
});
