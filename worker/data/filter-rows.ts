/** Orders and events in SQL, and what is measured of a customer's: the parts of filter-to-sql.ts that read rows. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { assertNever } from '#core/errors';
import { numberHolds } from '#core/segments/compare';
import { edgesOf, type Edges } from '#core/segments/evaluate';
import type { MatchMoment } from '#core/segments/moment';
import { isOfLines, type EventRows, type Measure, type NumberTest, type OrderRows, type PropertyMeasure, type Quantity, type Rows, type Test } from '#core/segments/term';
import { jsonCompare, jsonNumber, jsonUnder, numberCompare, type NumberType } from './filter-values.ts';
import { companyOf, lineGross, lineNet } from './line-worth.ts';

export interface SqlMoment extends MatchMoment {
  companyId: string;
}

export function joined(parts: readonly SQL[], word: 'and' | 'or', none: 'true' | 'false'): SQL {
  if (parts.length === 0) return sql.raw(none);
  return sql`(${sql.join([...parts], sql.raw(` ${word} `))})`;
}

export const instant = (ms: number): SQL => sql`${new Date(ms).toISOString()}::timestamptz`;

export function inside(at: SQL, edges: Edges): SQL {
  return sql.join([sql`${at} <= ${instant(edges.upto)}`, ...bounds(at, edges)], sql` and `);
}

/** Of a window, without the moment itself. */
function bounds(at: SQL, { after, from, before }: Edges): SQL[] {
  const parts: SQL[] = [];
  if (after !== null) parts.push(sql`${at} > ${instant(after)}`);
  if (from !== null) parts.push(sql`${at} >= ${instant(from)}`);
  if (before !== null) parts.push(sql`${at} < ${instant(before)}`);
  return parts;
}

/** Rows as a relation: its columns are named alike for orders and events. */
export interface Relation {
  from: SQL;
  where: SQL;
  /** The parts of `where`: what makes it rows of this source at all, and which of these are meant. */
  source: SQL;
  chosen: readonly SQL[];
  customer: SQL;
  at: SQL;
}

export function relation(rows: Rows, alias: string, moment: SqlMoment): Relation {
  return rows.of === 'orders' ? orders(rows, alias, moment) : events(rows, alias, moment);
}

export function orders(rows: OrderRows, alias: string, moment: SqlMoment): Relation {
  const column = (name: string): SQL => sql.raw(`${alias}.${name}`);
  const source = sql`${column('company_id')} = ${moment.companyId} and ${column('kind')} = 'order' and ${column('counted')}${moment.countZeroOrders ? sql`` : sql` and ${column('amount')} > 0`}`;
  const chosen = kindOf(rows, alias, moment);
  return { from: sql.raw(`transactions ${alias}`), where: sql.join([source, ...chosen], sql` and `), source, chosen, customer: column('customer_id'), at: column('transaction_date') };
}

/** What kind of orders are meant, one part each. */
export function kindOf(rows: OrderRows, alias: string, moment: SqlMoment): SQL[] {
  const column = (name: string): SQL => sql.raw(`${alias}.${name}`), parts: SQL[] = [];
  if (rows.channel !== null) parts.push(sql`${column('channel')} = ${rows.channel}`);
  if (rows.platform !== null) parts.push(sql`${column('source')} = ${rows.platform}`);
  if (rows.currency !== null) parts.push(sql`${column('currency')} = ${rows.currency}`);
  if (rows.product !== null || rows.category !== null) {
    parts.push(sql`exists (select from transaction_items i where i.company_id = ${moment.companyId} and i.transaction_id = ${column('id')} and ${wantedItem(rows)})`);
  }
  return parts;
}

function wantedItem({ product, category }: OrderRows): SQL {
  const parts: SQL[] = [];
  if (product !== null) parts.push(sql`${product} in (i.product_id, i.sku, i.name)`);
  if (category !== null) parts.push(sql`i.category = ${category}`);
  return sql.join(parts, sql` and `);
}

function events(rows: EventRows, alias: string, moment: SqlMoment): Relation {
  const column = (name: string): SQL => sql.raw(`${alias}.${name}`);
  const source = sql`${column('company_id')} = ${moment.companyId} and ${column('type')} = ${rows.type}`;
  const chosen = rows.where.map((at) => jsonCompare(at, column('properties'), moment.today));
  return { from: sql.raw(`events ${alias}`), where: sql.join([source, ...chosen], sql` and `), source, chosen, customer: column('customer_id'), at: column('occurred_at') };
}

/** @param of `filter (where …)` for a part of the rows; of no rows at all it is 0 or, what is unknown then, null */
function measureOf(measure: Measure, of: SQL = sql``): SQL {
  switch (measure) {
    case 'count': return sql`count(*)${of}`;
    case 'net': return sql`coalesce(sum(t.amount - t.refunded)${of}, 0)`;
    case 'gross': return sql`coalesce(sum(t.amount)${of}, 0)`;
    case 'average_net': return sql`(sum(t.amount - t.refunded)${of}::float8 / nullif(count(*)${of}, 0))`;
    case 'average_gross': return sql`(sum(t.amount)${of}::float8 / nullif(count(*)${of}, 0))`;
    case 'largest': return sql`max(t.amount)${of}`;
    case 'quantity': return sql`coalesce(sum(i.quantity)${of}, 0)`;
    case 'lines_net': return sql`coalesce(sum(${lineNet})${of}, 0)`;
    case 'lines_gross': return sql`coalesce(sum(${lineGross})${of}, 0)`;
    case 'lines_average': return sql`(sum(${lineNet})${of}::float8 / nullif(count(*)${of}, 0))`;
    default: return assertNever(measure);
  }
}

const isAverage = (measure: Measure): boolean => measure === 'average_net' || measure === 'average_gross' || measure === 'lines_average';
const ofNone = (measure: Measure): number | null => (isAverage(measure) || measure === 'largest' ? null : 0);
const measureType = (measure: Measure): NumberType => (isAverage(measure) ? 'float8' : 'bigint');

/**
 * What rows are grouped by. Said so that no index offers its order: reading a year by customer, row by row off the table,
 * looks cheap where neighbours lie together, and takes three times as long as an index of the window that is hashed.
 */
const unordered = (column: SQL): SQL => sql`coalesce(${column}, ${column})`;

/** Beside rows `t`, the lines `i` that a measure looks at. */
function linesOf(rows: Rows, measure: Measure, moment: SqlMoment): SQL {
  if (!isOfLines(measure) || rows.of !== 'orders') return sql``;
  return sql` join transaction_items i on i.company_id = ${moment.companyId} and i.transaction_id = t.id and ${wantedItem(rows)} cross join ${companyOf(moment.companyId)}`;
}

/** Whoever has no row at all is not among the groups: where nothing would do, those are found whom it does not hold of. */
export function measuredRows(rows: Rows, measure: Measure, test: NumberTest, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(rows, 't', moment);
  const isOfNone = numberHolds(test, ofNone(measure));
  const wanted = numberCompare(test, measureOf(measure), measureType(measure));
  const found = sql`c.id in (select ${unordered(customer)} from ${from}${linesOf(rows, measure, moment)} where ${where} and ${inside(at, edgesOf(rows.window, moment))} group by ${unordered(customer)} having `;
  return isOfNone ? sql`not (${found}(${wanted}) is not true))` : sql`(${found}${wanted})) is true`;
}

/** Decimals are added up exactly, so that the order in which rows come plays no part: core/segments/exact-sum.ts. */
function propertyAggregate({ path, measure }: { path: readonly string[]; measure: PropertyMeasure }): SQL {
  const number = jsonNumber(jsonUnder(sql.raw('t.properties'), path));
  if (measure === 'largest') return sql`max(${number})`;
  const total = sql`sum((${number})::text::numeric)::float8`;
  return measure === 'sum' ? total : sql`(${total} / count(${number}))`;
}

export function measuredProperty(test: Extract<Test, { t: 'property' }>, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(test.rows, 't', moment), isSum = test.measure === 'sum';
  const isOfNone = numberHolds(test.test, isSum ? 0 : null);
  const wanted = numberCompare(test.test, isSum ? sql`coalesce(${propertyAggregate(test)}, 0)` : propertyAggregate(test), 'float8');
  const found = sql`c.id in (select ${unordered(customer)} from ${from} where ${where} and ${inside(at, edgesOf(test.rows.window, moment))} group by ${unordered(customer)} having `;
  return isOfNone ? sql`not (${found}(${wanted}) is not true))` : sql`(${found}${wanted})) is true`;
}

/** Of each customer of whom it is known: her id and the value, a double. */
export function quantityValues(quantity: Extract<Quantity, { q: 'rows' | 'property' }>, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(quantity.rows, 't', moment);
  const lines = quantity.q === 'rows' ? linesOf(quantity.rows, quantity.measure, moment) : sql``;
  const value = quantity.q === 'rows' ? measureOf(quantity.measure) : propertyAggregate(quantity);
  return sql`select ${unordered(customer)} as customer_id, (${value})::float8 as value from ${from}${lines} where ${where} and ${inside(at, edgesOf(quantity.rows.window, moment))} group by ${unordered(customer)}`;
}

type RowTest = Extract<Test, { t: 'rows' }>;
/** A tree of nothing but measures of rows of one source. */
export type RowTree = { t: 'all' | 'any'; of: readonly RowTree[] } | { t: 'not'; of: RowTree } | RowTest;

/** Null: something else, or rows that are not told apart by themselves. */
export function rowTree(test: Test): { source: string; tree: RowTree } | null {
  switch (test.t) {
    case 'rows': {
      const source = sourceOf(test);
      return source === null ? null : { source, tree: test };
    }
    case 'not': {
      const inner = rowTree(test.of);
      return inner === null ? null : { source: inner.source, tree: { t: 'not', of: inner.tree } };
    }
    case 'all': case 'any': {
      const parts = test.of.map(rowTree), [first] = parts, trees = parts.flatMap((part) => (part === null ? [] : [part.tree]));
      if (first == null || trees.length < parts.length || parts.some((part) => part?.source !== first.source)) return null;
      return { source: first.source, tree: { t: test.t, of: trees } };
    }
    default: return null;
  }
}

/** Windows over all orders are read off an index alone, which those by channel, platform or currency are not. */
function sourceOf({ rows, measure }: RowTest): string | null {
  if (rows.of === 'events') return measure === 'count' ? `events ${rows.type}` : null;
  if (rows.product !== null || rows.category !== null || isOfLines(measure)) return null;
  return rows.channel === null && rows.platform === null && rows.currency === null ? 'orders' : 'orders by their columns';
}

function rowTests(tree: RowTree): RowTest[] {
  switch (tree.t) {
    case 'all': case 'any': return tree.of.flatMap(rowTests);
    case 'not': return rowTests(tree.of);
    default: return [tree];
  }
}

/** As `measuredRows`, of several: the rows of the widest window are read once, and each measure takes its own of them. */
export function oneReading(tree: RowTree, moment: SqlMoment): SQL {
  const tests = rowTests(tree), [any] = tests;
  if (any === undefined) throw new Error('A tree of rows without any');
  const { from, source, customer, at } = relation(any.rows, 't', moment);
  const starts = tests.map(({ rows }) => {
    const { after, from: first } = edgesOf(rows.window, moment);
    return after === null && first === null ? null : Math.max(after ?? -Infinity, first ?? -Infinity);
  });
  const first = starts.reduce((least, one) => (least === null || one === null ? null : Math.min(least, one)));
  const wanted = having(tree, at, moment);
  const found = sql`c.id in (select ${unordered(customer)} from ${from} where ${source} and ${at} <= ${instant(moment.at.getTime())}${first === null ? sql`` : sql` and ${at} >= ${instant(first)}`} group by ${unordered(customer)} having `;
  return holdsOfNone(tree) ? sql`(${found}not ${wanted})) is not true` : sql`(${found}${wanted})) is true`;
}

/** Over the rows of one customer; never null. */
function having(tree: RowTree, at: SQL, moment: SqlMoment): SQL {
  switch (tree.t) {
    case 'all': return joined(tree.of.map((one) => having(one, at, moment)), 'and', 'true');
    case 'any': return joined(tree.of.map((one) => having(one, at, moment)), 'or', 'false');
    case 'not': return sql`(not ${having(tree.of, at, moment)})`;
    default: {
      const meant = [...relation(tree.rows, 't', moment).chosen, ...bounds(at, edgesOf(tree.rows.window, moment))];
      const of = meant.length === 0 ? sql`` : sql` filter (where ${sql.join(meant, sql` and `)})`;
      return sql`((${numberCompare(tree.test, measureOf(tree.measure, of), measureType(tree.measure))}) is true)`;
    }
  }
}

function holdsOfNone(tree: RowTree): boolean {
  switch (tree.t) {
    case 'all': return tree.of.every(holdsOfNone);
    case 'any': return tree.of.some(holdsOfNone);
    case 'not': return !holdsOfNone(tree.of);
    default: return numberHolds(tree.test, ofNone(tree.measure));
  }
}
