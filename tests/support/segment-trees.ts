/** Random filters, drawn from what the registry says of each condition: a new one is among them by itself. */
import { between, chance, pick, type Random } from '#core/math/random';
import type { Choices, Definition, Field } from '#core/segments/conditions/condition';
import { CONDITIONS, type Condition } from '#core/segments/conditions/registry';
import { filter as filterSchema, type Filter } from '#core/segments/filter';
import { CUT_POINTS, type Cuts } from '#core/segments/cuts';
import { NUMBER_NAMES, NUMBERS, type Unit } from '#core/segments/numbers';

/** What trees are drawn from, so that they meet the customers of `segment-world.ts` now and then. */
export const POOL = {
  texts: ['web', 'Web', 'store', 'ÄNNE', 'änne', 'Straße', 'İstanbul', 'Ωmega', 'пётр', 'a', '%', '_', "O'Neil", '日本', '🦊', 'de'],
  countries: ['DE', 'AT', 'us'],
  channels: ['web', 'Pos', 'Ärmel'],
  platforms: ['shopify', 'stripe', 'api'],
  currencies: ['EUR', 'USD', 'JPY'],
  products: ['p1', 'P2', 'SKU-1', 'Kaffee', 'TÉ'],
  categories: ['Drinks', 'drinks', 'Cups'],
  attributes: ['plan', 'points', 'tags', 'birthday', 'vip', 'a.b'],
  eventTypes: ['page_view', 'add_to_cart', 'email_open'],
  money: [0, 0.01, 10, 19.99, 20, 50, 100, 1234.56],
  counts: [0, 1, 2, 3, 5],
  shares: [0, 0.1, 0.4, 0.5, 0.7, 1],
  numbers: [-1, 0, 0.1, 0.5, 1, 2.5, 3, 7, 1e6],
  cohorts: ['2025-11', '2026', '2026-03', '543', '111'],
  spans: [{ hours: 1 }, { hours: 23 }, { days: 1 }, { days: 7 }, { weeks: 4 }, { days: 60 }, { days: 365 }, { days: 1_000 }],
  days: ['2025-11-01', '2026-03-28', '2026-03-29', '2026-10-25', '2026-11-01', '2024-02-29', '1999-12-31'],
  wholes: [0, 1, 2, 7, 30, 365],
} as const;

const DATA: Readonly<Record<Extract<Choices, { data: string }>['data'], readonly string[]>> = {
  countries: POOL.countries, channels: POOL.channels, acquisition_channels: POOL.channels, platforms: POOL.platforms, currencies: POOL.currencies, products: POOL.products,
  categories: POOL.categories, attributes: POOL.attributes, event_types: POOL.eventTypes, event_properties: POOL.attributes,
};

export interface TreePool {
  segments: readonly string[];
}

export function randomFilter(random: Random, pool: TreePool, depth = 3): Filter {
  if (depth <= 0 || chance(random, 0.45)) return randomCondition(random, pick(random, CONDITIONS), pool);
  if (chance(random, 0.25)) return { not: randomFilter(random, pool, depth - 1) };
  const parts = Array.from({ length: between(random, 1, 3) }, () => randomFilter(random, pool, depth - 1));
  return chance(random, 0.5) ? { all: parts } : { any: parts };
}

/** Measures of the same rows beside each other, which Postgres takes from one reading of them. */
export function randomSiblings(random: Random, pool: TreePool, depth = 2): Filter {
  const ids = chance(random, 0.7) ? ['orders.count', 'orders.total', 'orders.gross', 'orders.average', 'orders.largest'] : ['event.count'];
  const definitions = CONDITIONS.filter((one) => ids.includes(one.id));
  const grow = (left: number): Filter => {
    if (left === 0) return filterSchema.parse({ ...randomCondition(random, pick(random, definitions), pool), ...(ids[0] === 'event.count' && { event: 'page_view' }) });
    if (chance(random, 0.2)) return { not: grow(left - 1) };
    const parts = Array.from({ length: between(random, 2, 3) }, () => grow(chance(random, 0.6) ? 0 : left - 1));
    return chance(random, 0.5) ? { all: parts } : { any: parts };
  };
  return grow(depth);
}

/** Drawn again until the condition's own schema takes it: what the fields allow on their own need not go together. */
export function randomCondition(random: Random, definition: Definition<Condition>, pool: TreePool): Condition {
  for (let tries = 0; tries < 200; tries++) {
    const drawn = Object.assign({ is: definition.id }, ...definition.fields.map((field) => argument(random, field, pool)));
    const read = filterSchema.safeParse(drawn);
    if (read.success && 'is' in read.data) return read.data;
  }
  throw new Error(`No arguments were found that ${definition.id} takes`);
}

function argument(random: Random, field: Field, pool: TreePool): Record<string, unknown> {
  switch (field.kind) {
    case 'number': return numberArgument(random, pick(random, field.ops), field.unit);
    case 'text': return textArgument(random, pick(random, field.ops), field.choices);
    case 'day': return dayArgument(random, pick(random, field.ops));
    case 'json': return jsonArgument(random);
    case 'age': return { op: pick(random, ['within', 'more_than']), ...pick(random, POOL.spans) };
    case 'span': return optional(random, field, () => pick(random, POOL.spans));
    case 'calendar_day': return optional(random, { ...field, isOptional: true }, () => pick(random, POOL.days), 0.15);
    case 'whole': return { [field.name]: between(random, field.min, Math.min(field.max, field.min + 40)) };
    case 'choice': return optional(random, field, () => choice(random, field.choices), 0.2);
    case 'segment': return { [field.name]: pick(random, pool.segments) };
    case 'properties': return chance(random, 0.5) ? { [field.name]: Array.from({ length: between(random, 1, 2) }, () => ({ property: propertyName(random), ...jsonArgument(random) })) } : {};
  }
}

function optional(random: Random, field: { name: string; isOptional: boolean }, draw: () => unknown, share = 0.6): Record<string, unknown> {
  return field.isOptional && !chance(random, share) ? {} : { [field.name]: draw() };
}

const propertyName = (random: Random): string | string[] => (chance(random, 0.2) ? ['address', 'city'] : pick(random, POOL.attributes));

function choice(random: Random, choices: Choices): string {
  if (choices === null) return pick(random, POOL.texts);
  return 'given' in choices ? pick(random, choices.given).value : pick(random, DATA[choices.data]);
}

function numberOf(random: Random, unit: Unit): number {
  switch (unit) {
    case 'count': case 'score': return pick(random, POOL.counts);
    case 'money': return pick(random, POOL.money);
    case 'share': return pick(random, POOL.shares);
    case 'number': return pick(random, POOL.numbers);
  }
}

function numberArgument(random: Random, op: string, unit: Unit): Record<string, unknown> {
  if (op === 'known' || op === 'unknown') return { op };
  if (op === 'between') return { op, value: [numberOf(random, unit), numberOf(random, unit)].sort((a, b) => a - b) };
  return { op, value: numberOf(random, unit) };
}

function textArgument(random: Random, op: string, choices: Choices): Record<string, unknown> {
  const one = (): string => (choices === null && chance(random, 0.3) ? pick(random, POOL.cohorts) : choice(random, choices));
  if (op === 'known' || op === 'unknown') return { op };
  if (op === 'in' || op === 'not_in') return { op, value: Array.from({ length: between(random, 1, 3) }, one) };
  return { op, value: one() };
}

function dayArgument(random: Random, op: string): Record<string, unknown> {
  if (op === 'known' || op === 'unknown') return { op };
  if (op === 'last' || op === 'next' || op === 'older') return { op, value: pick(random, POOL.wholes) };
  if (op === 'between') return { op, value: [pick(random, POOL.days), pick(random, POOL.days)].sort() };
  return { op, value: pick(random, POOL.days) };
}

function jsonArgument(random: Random): Record<string, unknown> {
  switch (between(random, 0, 3)) {
    case 0: return numberArgument(random, pick(random, ['eq', 'ne', 'gt', 'lte', 'between', 'known', 'unknown']), 'number');
    case 1: return textArgument(random, pick(random, ['eq', 'ne', 'in', 'not_in', 'contains', 'starts_with', 'ends_with']), null);
    case 2: return dayArgument(random, pick(random, ['on', 'before', 'after', 'between', 'last', 'next', 'older']));
    default: return { op: pick(random, ['eq', 'ne']), value: chance(random, 0.5) };
  }
}

/** Trees that are smaller by one step, the smallest first. */
export function smaller(tree: Filter): Filter[] {
  if ('not' in tree) return [tree.not, ...smaller(tree.not).map((not) => ({ not }))];
  if (!('all' in tree) && !('any' in tree)) return [];
  const parts = 'all' in tree ? tree.all : tree.any;
  const again = (of: Filter[]): Filter => ('all' in tree ? { all: of } : { any: of });
  return [
    ...parts,
    ...(parts.length > 1 ? parts.map((_, index) => again(parts.filter((_one, other) => other !== index))) : []),
    ...parts.flatMap((part, index) => smaller(part).map((less) => again(parts.map((one, other) => (other === index ? less : one))))),
  ];
}

/** Cuts of each number; some are missing, as before the first night. */
export function randomCuts(random: Random): Cuts {
  const cut = (unit: Unit): number => (unit === 'money' ? Math.round(pick(random, POOL.money) * 100) : unit === 'share' ? Math.fround(pick(random, POOL.shares)) : pick(random, POOL.numbers));
  return new Map(NUMBER_NAMES.flatMap((name) => (chance(random, 0.2) ? [] : [[name, Array.from({ length: CUT_POINTS }, () => cut(NUMBERS[name].unit))] as const])));
}
