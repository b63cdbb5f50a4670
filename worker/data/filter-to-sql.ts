/** A filter over the whole base: the SQL twin of core/segments/evaluate.ts. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { assertNever } from '#core/errors';
import { numberHolds } from '#core/segments/compare';
import { cutAt } from '#core/segments/cuts';
import { anniversaries, edgesOf } from '#core/segments/evaluate';
import { termOf, type Filter } from '#core/segments/filter';
import { dayStart } from '#core/segments/moment';
import { isEveryOrder, ORDERS, type AgeOp, type NumberTest, type Quantity, type Test } from '#core/segments/term';
import { inside, instant, joined, kindOf, measuredProperty, measuredRows, oneReading, orders, quantityValues, relation, rowTree, type RowTree, type SqlMoment } from './filter-rows.ts';
import { dayColumn, dayCompare, jsonCompare, jsonDay, jsonUnder, numberColumn, numberCompare, textColumn } from './filter-values.ts';
import { pgArray } from './sql-arrays.ts';

export { quantityValues, type SqlMoment } from './filter-rows.ts';

/**
 * A condition on one row of `customers c join customer_stats s`, for `where`: null counts as false. What it reads of orders
 * and events is aggregated once and looked up by customer, so it belongs in a statement over many of them;
 * `hashMemory` beside it keeps those lookups hashed for large tenants.
 */
export function filterToSql(filter: Filter, moment: SqlMoment): SQL {
  return holds(termOf(filter, moment), moment);
}

/**
 * For the same transaction, before a statement with a filter: with the default a lookup of more than 200,000 customers would
 * be a walk through all of them for each. Making machine code of a statement that is asked once takes longer than it saves.
 * And a connection that keeps statements prepared would plan one for any values after some times: windows of three days and
 * of three years differ by more than planning costs.
 */
export const hashMemory: SQL = sql.raw(`select set_config('work_mem', '64MB', true), set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)`);

function holds(test: Test, moment: SqlMoment): SQL {
  switch (test.t) {
    case 'all': return joined(siblings(test, moment, holds), 'and', 'true');
    case 'any': return joined(siblings(test, moment, holds), 'or', 'false');
    case 'not': return fails(test.of, moment);
    default: return leaf(test, moment);
  }
}

/** `not` is carried down to the leaves: there, and only there, can something be unknown. */
function fails(test: Test, moment: SqlMoment): SQL {
  switch (test.t) {
    case 'all': return joined(siblings(test, moment, fails), 'or', 'false');
    case 'any': return joined(siblings(test, moment, fails), 'and', 'true');
    case 'not': return holds(test.of, moment);
    default: return sql`((${leaf(test, moment)}) is not true)`;
  }
}

/** What lies in a group, each said by `say`; those about the same rows are answered by one reading of them, where each alone would read them again. */
function siblings({ t, of }: Extract<Test, { t: 'all' | 'any' }>, moment: SqlMoment, say: typeof holds): SQL[] {
  const alike = new Map<string, RowTree[]>(), parts: SQL[] = [];
  for (const one of of) {
    const rows = rowTree(one);
    if (rows === null) parts.push(say(one, moment));
    else alike.set(rows.source, [...(alike.get(rows.source) ?? []), rows.tree]);
  }
  for (const trees of alike.values()) {
    const [only, ...others] = trees;
    const together: RowTree = { t, of: trees };
    parts.push(only !== undefined && others.length === 0 ? say(only, moment) : oneReading(say === holds ? together : { t: 'not', of: together }, moment));
  }
  return parts;
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
    case 'listed': return sql`(c.id in (select e.customer_id from list_entries e where e.company_id = ${moment.companyId} and e.list_id = ${test.list})) is true`;
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
