/** A filter over the whole base: the SQL twin of core/segments/evaluate.ts. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { assertNever } from '#core/errors';
import { numberHolds } from '#core/segments/compare';
import { anniversaries, edgesOf, type Edges } from '#core/segments/evaluate';
import { termOf, type Filter } from '#core/segments/filter';
import { dayStart, type MatchMoment } from '#core/segments/moment';
import { cutAt } from '#core/segments/cuts';
import { isEveryOrder, isOfLines, ORDERS, type AgeOp, type EventRows, type Measure, type NumberTest, type OrderRows, type PropertyMeasure, type Quantity, type Rows, type Test } from '#core/segments/term';
import { dayColumn, dayCompare, jsonCompare, jsonDay, jsonNumber, jsonUnder, numberColumn, numberCompare, textColumn } from './filter-values.ts';
import { companyOf, lineGross, lineNet } from './line-worth.ts';
import { pgArray } from './sql-arrays.ts';

export interface SqlMoment extends MatchMoment {
  companyId: string;
}

/**
 * A condition on one row of `customers c join customer_stats s`, for `where`: null counts as false. What it reads of orders
 * and events is aggregated once and looked up by customer, so it belongs in a statement over many of them;
 * `hashMemory` beside it keeps those lookups hashed for large tenants.
 */
export function filterToSql(filter: Filter, moment: SqlMoment): SQL {
  return holds(termOf(filter, moment), moment);
}

/** For the same transaction, before a statement with a filter: with the default a lookup of more than 200,000 customers would be a walk through all of them for each. */
export const hashMemory: SQL = sql.raw(`select set_config('work_mem', '64MB', true)`);

function holds(test: Test, moment: SqlMoment): SQL {
  switch (test.t) {
    case 'all': return joined(test.of.map((one) => holds(one, moment)), 'and', 'true');
    case 'any': return joined(test.of.map((one) => holds(one, moment)), 'or', 'false');
    case 'not': return fails(test.of, moment);
    default: return leaf(test, moment);
  }
}

/** `not` is carried down to the leaves: there, and only there, can something be unknown. */
function fails(test: Test, moment: SqlMoment): SQL {
  switch (test.t) {
    case 'all': return joined(test.of.map((one) => fails(one, moment)), 'or', 'false');
    case 'any': return joined(test.of.map((one) => fails(one, moment)), 'and', 'true');
    case 'not': return holds(test.of, moment);
    default: return sql`((${leaf(test, moment)}) is not true)`;
  }
}

function joined(parts: readonly SQL[], word: 'and' | 'or', none: 'true' | 'false'): SQL {
  if (parts.length === 0) return sql.raw(none);
  return sql`(${sql.join([...parts], sql.raw(` ${word} `))})`;
}

type Leaf = Exclude<Test, { t: 'all' | 'any' } | { t: 'not' }>;

function leaf(test: Leaf, moment: SqlMoment): SQL {
  switch (test.t) {
    case 'number': {
      const { value, type } = numberColumn(test.name);
      return numberCompare(test.test, value, type);
    }
    case 'text': return textColumn(test.name, test.test);
    case 'day': return dayCompare(test.test, dayColumn(test.name, moment.timeZone), moment.today);
    case 'attribute': return jsonCompare(test.at, sql.raw('c.attributes'), moment.today);
    case 'rows': return measuredRows(test.rows, test.measure, test.test, moment);
    case 'property': return measuredProperty(test, moment);
    case 'placed': return placed(test, moment);
    case 'age': return aged(test, moment);
    case 'sequence': return sequence(test, moment);
    case 'member': return sql`(c.id in (select m.customer_id from segment_members m where m.company_id = ${moment.companyId} and m.segment_id = ${test.segment})) is true`;
    case 'percentile': {
      const cut = cutAt(moment.cuts, test.at);
      if (cut === undefined) return sql.raw('false');
      return quantityCompare(test.at.of, { op: test.side === 'top' ? 'gte' : 'lte', than: [cut] }, moment);
    }
    case 'anniversary': {
      const day = 'name' in test.of ? dayColumn(test.of.name, moment.timeZone) : jsonDay(jsonUnder(sql.raw('c.attributes'), test.of.path));
      return sql`(${day} < ${moment.today}::date and to_char(${day}, 'MM-DD') = any(${pgArray('text', anniversaries(moment.today, test.days))}))`;
    }
    default: return assertNever(test);
  }
}

const instant = (ms: number): SQL => sql`${new Date(ms).toISOString()}::timestamptz`;

function inside(at: SQL, { after, from, before, upto }: Edges): SQL {
  const parts = [sql`${at} <= ${instant(upto)}`];
  if (after !== null) parts.push(sql`${at} > ${instant(after)}`);
  if (from !== null) parts.push(sql`${at} >= ${instant(from)}`);
  if (before !== null) parts.push(sql`${at} < ${instant(before)}`);
  return sql.join(parts, sql` and `);
}

/** Rows as a relation: its columns are named alike for orders and events. */
interface Relation {
  from: SQL;
  where: SQL;
  customer: SQL;
  at: SQL;
}

function relation(rows: Rows, alias: string, moment: SqlMoment): Relation {
  return rows.of === 'orders' ? orders(rows, alias, moment) : events(rows, alias, moment);
}

function orders(rows: OrderRows, alias: string, moment: SqlMoment): Relation {
  const column = (name: string): SQL => sql.raw(`${alias}.${name}`);
  const parts = [sql`${column('company_id')} = ${moment.companyId} and ${column('kind')} = 'order' and ${column('counted')}`];
  if (!moment.countZeroOrders) parts.push(sql`${column('amount')} > 0`);
  parts.push(...kindOf(rows, alias, moment));
  return { from: sql.raw(`transactions ${alias}`), where: sql.join(parts, sql` and `), customer: column('customer_id'), at: column('transaction_date') };
}

/** What kind of orders are meant, one part each. */
function kindOf(rows: OrderRows, alias: string, moment: SqlMoment): SQL[] {
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
  const parts = [sql`${column('company_id')} = ${moment.companyId} and ${column('type')} = ${rows.type}`, ...rows.where.map((at) => jsonCompare(at, column('properties'), moment.today))];
  return { from: sql.raw(`events ${alias}`), where: sql.join(parts, sql` and `), customer: column('customer_id'), at: column('occurred_at') };
}

const MEASURED: Readonly<Record<Measure, SQL>> = {
  count: sql.raw('count(*)'),
  net: sql.raw('sum(t.amount - t.refunded)'),
  gross: sql.raw('sum(t.amount)'),
  average_net: sql.raw('(sum(t.amount - t.refunded)::float8 / count(*))'),
  average_gross: sql.raw('(sum(t.amount)::float8 / count(*))'),
  largest: sql.raw('max(t.amount)'),
  quantity: sql.raw('sum(i.quantity)'),
  lines_net: sql`sum(${lineNet})`,
  lines_gross: sql`sum(${lineGross})`,
  lines_average: sql`(sum(${lineNet})::float8 / count(*))`,
};

/** Beside rows `t`, the lines `i` that a measure looks at. */
function linesOf(rows: Rows, measure: Measure, moment: SqlMoment): SQL {
  if (!isOfLines(measure) || rows.of !== 'orders') return sql``;
  return sql` join transaction_items i on i.company_id = ${moment.companyId} and i.transaction_id = t.id and ${wantedItem(rows)} cross join ${companyOf(moment.companyId)}`;
}

/** Whoever has no row at all is not among the groups: where nothing would do, those are found whom it does not hold of. */
function measuredRows(rows: Rows, measure: Measure, test: NumberTest, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(rows, 't', moment);
  const isAverage = measure === 'average_net' || measure === 'average_gross' || measure === 'lines_average';
  const holdsOfNone = numberHolds(test, isAverage || measure === 'largest' ? null : 0);
  const wanted = numberCompare(test, MEASURED[measure], isAverage ? 'float8' : 'bigint');
  const found = sql`c.id in (select ${customer} from ${from}${linesOf(rows, measure, moment)} where ${where} and ${inside(at, edgesOf(rows.window, moment))} group by ${customer} having `;
  return holdsOfNone ? sql`not (${found}(${wanted}) is not true))` : sql`(${found}${wanted})) is true`;
}

/** Decimals are added up exactly, so that the order in which rows come plays no part: core/segments/exact-sum.ts. */
function propertyAggregate({ path, measure }: { path: readonly string[]; measure: PropertyMeasure }): SQL {
  const number = jsonNumber(jsonUnder(sql.raw('t.properties'), path));
  if (measure === 'largest') return sql`max(${number})`;
  const total = sql`sum((${number})::text::numeric)::float8`;
  return measure === 'sum' ? total : sql`(${total} / count(${number}))`;
}

function measuredProperty(test: Extract<Test, { t: 'property' }>, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(test.rows, 't', moment), isSum = test.measure === 'sum';
  const holdsOfNone = numberHolds(test.test, isSum ? 0 : null);
  const wanted = numberCompare(test.test, isSum ? sql`coalesce(${propertyAggregate(test)}, 0)` : propertyAggregate(test), 'float8');
  const found = sql`c.id in (select ${customer} from ${from} where ${where} and ${inside(at, edgesOf(test.rows.window, moment))} group by ${customer} having `;
  return holdsOfNone ? sql`not (${found}(${wanted}) is not true))` : sql`(${found}${wanted})) is true`;
}

/** The first (last) order of everybody on the day that statistics keep, then whether it is of the kind and the worth that are asked for. */
function placed({ which, rows, test }: Extract<Test, { t: 'placed' }>, moment: SqlMoment): SQL {
  const { from, where, customer, at } = orders(ORDERS, 't', moment), direction = sql.raw(which === 'first' ? '' : ' desc');
  const day = sql.raw(which === 'first' ? 'f.first_day' : 'f.last_day');
  const one = sql`select distinct on (${customer}) t.* from ${from} join customer_stats f on f.company_id = ${moment.companyId} and f.customer_id = ${customer}
    where ${where} and (t.amount > t.refunded or t.amount = 0) and ${at} <= ${instant(moment.at.getTime())} and (${at} at time zone ${moment.timeZone})::date = ${day} order by ${customer}, ${at}${direction}, t.id${direction}`;
  const found = sql`c.id in (select o.customer_id from (${one}) o where ${sql.join([sql`true`, ...kindOf(rows, 'o', moment)], sql` and `)} and `;
  const wanted = numberCompare(test, sql.raw('(o.amount - o.refunded)'), 'bigint');
  return numberHolds(test, null) ? sql`not (${found}(${wanted}) is not true))` : sql`(${found}${wanted})) is true`;
}

/** Of each customer of whom it is known: her id and the value, a double. */
export function quantityValues(quantity: Extract<Quantity, { q: 'rows' | 'property' }>, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(quantity.rows, 't', moment);
  const lines = quantity.q === 'rows' ? linesOf(quantity.rows, quantity.measure, moment) : sql``;
  const value = quantity.q === 'rows' ? MEASURED[quantity.measure] : propertyAggregate(quantity);
  return sql`select ${customer} as customer_id, (${value})::float8 as value from ${from}${lines} where ${where} and ${inside(at, edgesOf(quantity.rows.window, moment))} group by ${customer}`;
}

/** With a test that does not hold of what is not known. */
function quantityCompare(quantity: Quantity, test: NumberTest, moment: SqlMoment): SQL {
  switch (quantity.q) {
    case 'kept': return numberCompare(test, sql`${numberColumn(quantity.name).value}::float8`, 'float8');
    case 'attribute': return jsonCompare({ path: quantity.path, test: { type: 'number', test } }, sql.raw('c.attributes'), moment.today);
    case 'rows': case 'property': return sql`(c.id in (select q.customer_id from (${quantityValues(quantity, moment)}) q where ${numberCompare(test, sql.raw('q.value'), 'float8')})) is true`;
    default: return assertNever(quantity);
  }
}

function aged({ rows, op, ms }: Extract<Test, { t: 'age' }>, moment: SqlMoment): SQL {
  const { from, where, customer, at } = relation(rows, 't', moment);
  const now = moment.at.getTime();
  const some = (when: SQL): SQL => sql`(c.id in (select ${customer} from ${from} where ${where} and ${when})) is true`;
  if (isEveryOrder(rows)) return lastOrder(op, now - ms, some, at, moment);
  if (op === 'within') return some(sql`${at} > ${instant(now - ms)} and ${at} <= ${instant(now)}`);
  return sql`(${some(sql`${at} <= ${instant(now - ms)}`)} and not (${some(sql`${at} > ${instant(now - ms)}`)}))`;
}

/**
 * The last days with a purchase answer for nearly everybody. Rows are read only where it cannot: on the day of the edge,
 * today, and of orders of which nothing is left after refunds.
 */
function lastOrder(op: AgeOp, edge: number, some: (when: SQL) => SQL, at: SQL, { today, timeZone, at: now }: SqlMoment): SQL {
  const day = localDay(new Date(edge), timeZone), dayEnd = instant(dayStart(addDays(day, 1), timeZone)), todayStart = instant(dayStart(today, timeZone));
  const returned = sql.raw('t.refunded >= t.amount');
  const since = sql`s.last_day > ${day}::date`;
  if (op === 'more_than') {
    return sql`(s.orders > 0 and ((${since}) is not true) and not (${some(sql`${at} > ${instant(edge)} and ${at} < ${dayEnd}`)}) and not (${some(sql`${at} >= ${dayEnd} and ${returned}`)}))`;
  }
  return sql`((${since} and s.last_day < ${today}::date) or (s.previous_day > ${day}::date and s.previous_day < ${today}::date) or ${some(sql`${at} > ${instant(edge)} and ${at} < ${dayEnd} and ${at} <= ${instant(now.getTime())}`)}
    or ${some(sql`${at} >= ${todayStart} and ${at} > ${instant(edge)} and ${at} <= ${instant(now.getTime())}`)}
    or ${some(sql`${at} > ${instant(edge)} and ${at} <= ${instant(now.getTime())} and ${returned}`)}
    or (s.last_day > ${today}::date and ${some(sql`${at} > ${instant(edge)} and ${at} <= ${instant(now.getTime())}`)}))`;
}

function sequence({ first, then, followed, ms }: Extract<Test, { t: 'sequence' }>, moment: SqlMoment): SQL {
  const a = relation(first, 'a', moment), b = relation(then, 'b', moment), now = instant(moment.at.getTime());
  const span = sql`make_interval(secs => ${ms / 1000}::float8)`;
  const next = sql`select from ${b.from} where ${b.where} and ${b.customer} = ${a.customer} and ${b.at} > ${a.at} and ${b.at} <= ${a.at} + ${span}`;
  const outcome = followed ? sql`exists (${next} and ${b.at} <= ${now})` : sql`${a.at} <= ${now} - ${span} and not exists (${next})`;
  return sql`(c.id in (select ${a.customer} from ${a.from} where ${a.where} and ${inside(a.at, edgesOf(first.window, moment))} and ${outcome})) is true`;
}
