/** Brings segments over from Shopify: what both can say becomes a filter, and of the rest it is said why not and what to use instead. */
import type { Condition } from './conditions/registry.ts';
import type { DayArguments } from './conditions/day.ts';
import { filter as filterSchema, type Filter } from './filter.ts';
import { dayOf, dayTests, type Day } from './shopify/dates.ts';
import { numbers, purchased } from './shopify/purchased.ts';
import { readQuery, type Clause, type Query } from './shopify/read.ts';
import type { ParsedFilter } from './text.ts';
import { TextFlaw } from './text/tokens.ts';

/** Notes say where the meaning differs a little. */
export type ImportedFilter = (Extract<ParsedFilter, { ok: true }> & { notes: string[] }) | Extract<ParsedFilter, { ok: false }>;

/** @param text a segment's query, or a whole ShopifyQL query with it behind WHERE */
export function importShopify(text: string): ImportedFilter {
  try {
    const notes = new Set<string>();
    const read = filterSchema.safeParse(made(readQuery(text), (note) => void notes.add(note)));
    if (!read.success) throw new TextFlaw(read.error.issues[0]?.message ?? 'This is no filter', { line: 1, column: 1 });
    return { ok: true, filter: read.data, notes: [...notes] };
  } catch (error) {
    if (!(error instanceof TextFlaw)) throw error;
    return { ok: false, line: error.line, column: error.column, message: error.message, expected: error.expected };
  }
}

type Note = (text: string) => void;

function made(query: Query, note: Note): Filter {
  if ('all' in query) return { all: query.all.map((one) => made(one, note)) };
  if ('any' in query) return { any: query.any.map((one) => made(one, note)) };
  const make = ATTRIBUTES[query.attribute];
  const found = make?.(query, note);
  if (found) return found;
  const hint = HINTS[query.attribute] ?? (query.attribute.startsWith('metafields.') ? 'Send the value along with your customers and use attribute "…"' : query.attribute.startsWith('storefront.') ? 'Send page views to us and use event.count "page_view"' : undefined);
  if (make) throw new TextFlaw(`${query.attribute} cannot be brought over with "${query.op}"`, query);
  throw new TextFlaw(hint === undefined ? `There is nothing here like Shopify's ${query.attribute}` : `Shopify's ${query.attribute} is not known here. ${hint}`, query);
}

/** One condition for each value, and whether it holds of any. */
function each({ op, values }: Clause, condition: (value: string) => Condition | null): Filter | null {
  const found = values.map((one) => condition(one.value));
  const known = found.filter((one) => one !== null), [only] = known;
  if (known.length !== found.length || only === undefined) return null;
  const any: Filter = known.length === 1 ? only : { any: known };
  if (op === '=' || op === 'CONTAINS') return any;
  return op === '!=' || op === 'NOT CONTAINS' ? { not: any } : null;
}

function presence({ op }: Clause, known: Condition, unknown: Condition): Filter | null {
  return op === 'IS NOT NULL' ? known : op === 'IS NULL' ? unknown : null;
}

function days(clause: Clause, note: Note, condition: (test: DayArguments) => Condition): Filter | null {
  const given = clause.values.map((value) => dayOf(value, note)).filter((day): day is Day => day !== null);
  if (given.length !== clause.values.length) return null;
  const isNot = clause.op === '!=', tests = dayTests(isNot ? '=' : clause.op, given);
  if (tests === null) return null;
  const parts = tests.map(condition), [only] = parts;
  const all: Filter = parts.length === 1 && only !== undefined ? only : { all: parts };
  return isNot ? { not: all } : all;
}

const CONSENT: Readonly<Record<string, string>> = { SUBSCRIBED: 'granted', UNSUBSCRIBED: 'denied', NOT_SUBSCRIBED: 'unknown', PENDING: 'unknown' };
const GROUPS: Readonly<Record<string, string>> = {
  CHAMPIONS: 'champions', LOYAL: 'loyal', ACTIVE: 'potential_loyalist', NEW: 'new', PROMISING: 'promising', NEEDS_ATTENTION: 'need_attention', ALMOST_LOST: 'about_to_sleep', AT_RISK: 'at_risk',
  PREVIOUSLY_LOYAL: 'cant_lose', DORMANT: 'hibernating',
};

const ATTRIBUTES: Readonly<Record<string, ((clause: Clause, note: Note) => Filter | null) | undefined>> = {
  number_of_orders: (clause) => {
    const test = numbers(clause);
    return test && { is: 'orders.count', ...test };
  },
  amount_spent: (clause, note) => {
    const test = numbers(clause);
    note('What was spent is counted after refunds and by your own basis (with or without shipping and tax), so amounts may differ from Shopify’s');
    return test && { is: 'orders.total', ...test };
  },
  last_order_date: (clause, note) => days(clause, note, (test) => ({ is: 'last_order_day', ...test })),
  first_order_date: (clause, note) => days(clause, note, (test) => ({ is: 'first_order', ...test })),
  customer_added_date: (clause, note) => {
    note('"Known since" is the day we first heard of somebody, which may be later than the day she was added in Shopify');
    return days(clause, note, (test) => ({ is: 'known_since', ...test }));
  },
  customer_countries: (clause, note) => {
    note('One country is kept of everybody: that of the default address');
    return each(clause, (value) => ({ is: 'country', op: 'eq', value })) ?? presence(clause, { is: 'country', op: 'known' }, { is: 'country', op: 'unknown' });
  },
  customer_tags: (clause) => each(clause, (value) => ({ is: 'attribute', attribute: 'tags', op: 'contains', value })) ?? presence(clause, { is: 'attribute', attribute: 'tags', op: 'known' }, { is: 'attribute', attribute: 'tags', op: 'unknown' }),
  customer_email_domain: (clause) => each(clause, (value) => ({ is: 'email', op: 'ends_with', value: `@${value}` })) ?? presence(clause, { is: 'email', op: 'known' }, { is: 'email', op: 'unknown' }),
  email_subscription_status: (clause) => each(clause, (value) => {
    const consent = CONSENT[value.toUpperCase()];
    return consent === undefined ? null : { is: 'consent', op: 'eq', value: consent };
  }),
  rfm_group: (clause, note) => {
    note('RFM groups are cut by your own customers here: the group of the same kind need not hold the same people as Shopify’s');
    return each(clause, (value) => {
      const group = GROUPS[value.toUpperCase()];
      return group === undefined ? null : { is: 'rfm.group', op: 'eq', value: group };
    });
  },
  orders_placed: purchased,
  products_purchased: purchased,
};

const HINTS: Readonly<Record<string, string | undefined>> = {
  abandoned_checkout_date: 'Send add_to_cart events and use: did "add_to_cart" not_then "order" in 1 day within 7 days',
  anniversary: 'Use: anniversary of first_order in 7 days, or anniversary of attribute "…" in 7 days',
  predicted_spend_tier: 'Use the number itself: top 20 % by predicted_value',
  customer_cities: 'Send the city along with your customers and use attribute "city"',
  customer_regions: 'Send the region along with your customers and use attribute "region"',
  customer_language: 'Send the language along with your customers and use attribute "language"',
  customer_account_status: 'Send it along with your customers and use attribute "account_status"',
  customer_within_distance: 'Use country, or an attribute that you send along',
  sms_subscription_status: 'Consent is kept for e-mail only',
  product_subscription_status: 'Contracts are on the page Subscriptions',
  companies: 'Send the company along with your customers and use attribute "company"',
  created_by_app_id: 'Use platform, or an attribute that you send along',
  store_credit_accounts: 'Store credit is not brought over',
};
