/** Single values of a filter in SQL: the columns of a customer `c` with her statistics `s`, and comparisons as in core/segments/compare.ts. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { addDays } from '#core/calendar/days';
import { assertNever } from '#core/errors';
import { rfmSegment } from '#core/rfm/segments';
import { JSON_LARGEST, JSON_SMALLEST } from '#core/segments/compare';
import { FOLD_FROM, FOLD_TO, fold } from '#core/segments/fold';
import type { NumberName } from '#core/segments/numbers';
import type { DayName, DayTest, JsonAt, JsonTest, NumberTest, TextName, TextTest } from '#core/segments/term';
import { pgArray } from './sql-arrays.ts';

/** `real` columns are compared with a number rounded as they are. */
export type NumberType = 'bigint' | 'real' | 'float8';

interface NumberColumn {
  value: SQL;
  type: NumberType;
}

const whole = (text: string): NumberColumn => ({ value: sql.raw(text), type: 'bigint' });
const real = (text: string): NumberColumn => ({ value: sql.raw(text), type: 'real' });

const NUMBER_COLUMNS: Readonly<Record<NumberName, NumberColumn>> = {
  orders: whole('s.orders'), purchase_days: whole('s.purchase_days'), gross: whole('s.gross'), refunded: whole('s.refunded'), historical_value: whole('s.historical_value'),
  average_order: { value: sql.raw('(case when s.orders > 0 then s.historical_value::float8 / s.orders end)'), type: 'float8' },
  predicted_value: whole('s.predicted_value'), predicted_low: whole('s.predicted_low'), predicted_high: whole('s.predicted_high'),
  interval_width: whole('(s.predicted_high - s.predicted_low)'), total_value: whole('s.total_value'),
  expected_orders: real('s.expected_orders'), expected_spend: whole('s.expected_spend'), p_alive: real('s.p_alive'), churn: real('coalesce(s.churn, 1::real - s.p_alive)'),
  recency_score: whole('nullif(s.recency_score, 0)'), frequency_score: whole('nullif(s.frequency_score, 0)'), monetary_score: whole('nullif(s.monetary_score, 0)'),
  acquisition_cost: whole('c.acquisition_cost'),
};

export function numberColumn(name: NumberName): NumberColumn {
  return NUMBER_COLUMNS[name];
}

const GROUPS = [1, 2, 3, 4, 5].flatMap((r) => [1, 2, 3, 4, 5].map((f) => `'${rfmSegment(r, f)}'`)).join(', ');

/** `folded`: as it is kept already, so that an index may be used. */
const TEXT_COLUMNS: Readonly<Record<TextName, { value: SQL; folded: boolean }>> = {
  platform: { value: sql.raw('c.source'), folded: true },
  external_id: { value: sql.raw('c.external_id'), folded: false },
  email: { value: sql.raw('c.email'), folded: false },
  name: { value: sql.raw('c.name'), folded: false },
  country: { value: sql.raw('c.country'), folded: false },
  acquisition_channel: { value: sql.raw('c.acquisition_channel'), folded: false },
  consent_email: { value: sql.raw('c.consent_email'), folded: true },
  stage: { value: sql.raw('s.stage'), folded: true },
  rfm_cell: { value: sql.raw('(case when s.recency_score > 0 then s.recency_score::text || s.frequency_score || s.monetary_score end)'), folded: true },
  rfm_group: { value: sql.raw(`(case when s.recency_score > 0 and s.frequency_score > 0 then (array[${GROUPS}])[s.recency_score * 5 + s.frequency_score - 5] end)`), folded: true },
  cohort: { value: sql.raw(`to_char(s.first_day, 'YYYY-MM')`), folded: true },
};

export function textColumn(name: TextName, test: TextTest): SQL {
  const { value, folded } = TEXT_COLUMNS[name];
  return folded ? textCompare(test, value, true) : textCompare(test, value);
}

export function dayColumn(name: DayName, timeZone: string): SQL {
  switch (name) {
    case 'first_order': return sql.raw('s.first_day');
    case 'last_order_day': return sql.raw('s.last_day');
    case 'previous_order': return sql.raw('s.previous_day');
    case 'next_order': return sql.raw('s.next_order_day');
    case 'acquired_on': return sql.raw('c.acquired_on');
    case 'known_since': return sql`(c.created_at at time zone ${timeZone})::date`;
    default: return assertNever(name);
  }
}

/** Null for what is not known, but of `known` and `unknown`. */
export function numberCompare({ op, than }: NumberTest, value: SQL, type: NumberType): SQL {
  const [first = 0, second = 0] = than.map((one) => sql`${one}::${sql.raw(type)}`);
  switch (op) {
    case 'known': return sql`${value} is not null`;
    case 'unknown': return sql`${value} is null`;
    case 'eq': return sql`${value} = ${first}`;
    case 'ne': return sql`${value} <> ${first}`;
    case 'gt': return sql`${value} > ${first}`;
    case 'gte': return sql`${value} >= ${first}`;
    case 'lt': return sql`${value} < ${first}`;
    case 'lte': return sql`${value} <= ${first}`;
    case 'between': return sql`${value} between ${first} and ${second}`;
    default: return assertNever(op);
  }
}

/**
 * The table of letters costs its length for each letter: it is left out of texts that need none, and wherever what they are
 * compared with is ASCII, which no letter of the table becomes.
 */
function folded(value: SQL, wanted: readonly string[]): SQL {
  const ascii = sql`lower(${value} collate "C")`;
  if (wanted.every((text) => /^[ -~]*$/.test(text))) return ascii;
  return sql`(case when octet_length(${value}) = char_length(${value}) then ${ascii} else translate(${ascii}, ${FOLD_FROM}, ${FOLD_TO}) end)`;
}

export function textCompare({ op, than }: TextTest, value: SQL, isFolded = false): SQL {
  const wanted = than.map(fold), first = wanted[0] ?? '', text = isFolded ? value : folded(value, wanted);
  switch (op) {
    case 'known': return sql`${value} is not null`;
    case 'unknown': return sql`${value} is null`;
    case 'eq': return sql`${text} = ${first}`;
    case 'ne': return sql`${text} <> ${first}`;
    case 'in': return sql`${text} = any(${pgArray('text', wanted)})`;
    case 'not_in': return sql`${text} <> all(${pgArray('text', wanted)})`;
    case 'contains': return sql`strpos(${text}, ${first}) > 0`;
    case 'starts_with': return sql`starts_with(${text}, ${first})`;
    case 'ends_with': return sql`right(${text}, char_length(${first})) = ${first}`;
    default: return assertNever(op);
  }
}

export function dayCompare({ op, than, days }: DayTest, value: SQL, today: string): SQL {
  const [first = '', second = ''] = than;
  switch (op) {
    case 'known': return sql`${value} is not null`;
    case 'unknown': return sql`${value} is null`;
    case 'on': return sql`${value} = ${first}::date`;
    case 'before': return sql`${value} < ${first}::date`;
    case 'after': return sql`${value} > ${first}::date`;
    case 'between': return sql`${value} between ${first}::date and ${second}::date`;
    case 'last': return sql`(${value} > ${addDays(today, -days)}::date and ${value} <= ${today}::date)`;
    case 'next': return sql`(${value} >= ${today}::date and ${value} <= ${addDays(today, days)}::date)`;
    case 'older': return sql`${value} <= ${addDays(today, -days)}::date`;
    default: return assertNever(op);
  }
}

/** @param root a jsonb column; a key of a list leads nowhere */
export function jsonCompare({ path, test }: JsonAt, root: SQL, today: string): SQL {
  return jsonTest(test, jsonUnder(root, path), today);
}

/** The jsonb value under a path of keys. */
export function jsonUnder(root: SQL, path: readonly string[]): SQL {
  return path.reduce((value, key) => sql`(${value} -> ${key}::text)`, root);
}

/** The day that a jsonb text begins with; null where it does not. One case inside the other: nothing says that Postgres looks at the first condition first otherwise. */
export function jsonDay(value: SQL): SQL {
  const text = sql`(${value} #>> '{}')`;
  return sql`(case when jsonb_typeof(${value}) = 'string' then case when ${text} ~ '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}($|[T ])' then
    case when pg_input_is_valid(left(${text}, 10), 'date') then left(${text}, 10)::date end end end)`;
}

/** The double that a jsonb number is; null of anything else, and of what no double holds. */
export function jsonNumber(value: SQL): SQL {
  const number = sql`(${value})::numeric`, size = sql`abs(${number})`;
  return sql`(case when jsonb_typeof(${value}) = 'number' then case when ${size} < ${sql.raw(String(JSON_SMALLEST))} then 0 when ${size} <= ${sql.raw(String(JSON_LARGEST))} then ${number}::float8 end end)`;
}

function jsonTest(test: JsonTest, value: SQL, today: string): SQL {
  const type = sql`jsonb_typeof(${value})`, text = sql`(${value} #>> '{}')`;
  switch (test.type) {
    case 'there': return test.is ? sql`${type} <> 'null'` : sql`coalesce(${type}, 'null') = 'null'`;
    case 'truth': return sql`${value} = ${String(test.is)}::jsonb`;
    case 'number': return numberCompare(test.test, jsonNumber(value), 'float8');
    case 'day': return dayCompare(test.test, jsonDay(value), today);
    case 'text':
      return sql`(case ${type} when 'string' then ${textCompare(test.test, text)} when 'array' then ${listCompare(test.test, value)} end)`;
    default: return assertNever(test);
  }
}

function listCompare(test: TextTest, list: SQL): SQL {
  const one = sql.raw(`(x.value #>> '{}')`);
  const some = (holds: SQL): SQL => sql`exists (select from jsonb_array_elements(case when jsonb_typeof(${list}) = 'array' then ${list} end) x where jsonb_typeof(x.value) = 'string' and ${holds})`;
  if (test.op === 'ne' || test.op === 'not_in') return sql`(${some(sql`true`)} and not ${some(textCompare({ op: 'in', than: test.than }, one))})`;
  return some(textCompare({ op: test.op === 'contains' ? 'eq' : test.op, than: test.than }, one));
}
