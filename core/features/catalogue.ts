/** The one list of features learned models use: what each is called, how it is reckoned, its unit, and what it is made from. */

/** A customer as she stood at the end of the origin: purchase days ascending, everything later unknown. */
export interface Standing {
  origin: number;
  /** Day numbers of her purchase days, at least one. */
  days: ArrayLike<number>;
  /** Net of each, in whole units of the currency. */
  amounts: ArrayLike<number>;
  /** Order lines below zero and above it, in whole units. */
  refunded: number;
  gross: number;
}

export interface Feature {
  name: string;
  group: 'frequency' | 'recency' | 'order value' | 'seasonality' | 'channel' | 'product mix' | 'events' | 'demographics';
  formula: string;
  unit: string;
  from: 'orders' | 'order lines' | 'events' | 'profile';
  /** Linear models read it as log(1 + value). */
  logged: boolean;
}

/** A feature of purchase days alone. */
export interface OrderFeature extends Feature {
  from: 'orders';
  of(standing: Standing): number;
}

const orders = (feature: Omit<OrderFeature, 'from' | 'logged'> & { logged?: boolean }): OrderFeature => ({ logged: true, ...feature, from: 'orders' });

function last(values: ArrayLike<number>): number {
  return values[values.length - 1] ?? 0;
}

function first(values: ArrayLike<number>): number {
  return values[0] ?? 0;
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}

/** Purchase days after `origin − k`, and what they brought. */
function within({ days, amounts, origin }: Standing, k: number): { count: number; spend: number } {
  let count = 0;
  let spend = 0;
  for (let i = days.length - 1; i >= 0 && (days[i] ?? 0) > origin - k; i--) {
    count++;
    spend += amounts[i] ?? 0;
  }
  return { count, spend };
}

function gapMean({ days, origin }: Standing): number {
  return days.length > 1 ? (last(days) - first(days)) / (days.length - 1) : origin - first(days);
}

function gapSpread(standing: Standing): number {
  const { days } = standing;
  if (days.length < 2) return 0;
  const mean = gapMean(standing);
  let squares = 0;
  for (let i = 1; i < days.length; i++) squares += ((days[i] ?? 0) - (days[i - 1] ?? 0) - mean) ** 2;
  return Math.sqrt(squares / (days.length - 1));
}

function amountSpread({ amounts }: Standing): number {
  const mean = total(amounts) / amounts.length;
  let squares = 0;
  for (let i = 0; i < amounts.length; i++) squares += ((amounts[i] ?? 0) - mean) ** 2;
  return Math.sqrt(squares / amounts.length);
}

/** Least-squares slope of log(1 + amount) over the order's number; 0 below three orders, where it would be noise. */
function amountTrend({ amounts }: Standing): number {
  const n = amounts.length;
  if (n < 3) return 0;
  const middle = (n - 1) / 2;
  let slope = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    slope += (i - middle) * Math.log1p(Math.max(0, amounts[i] ?? 0));
    spread += (i - middle) ** 2;
  }
  return slope / spread;
}

/** 0 = Monday … 6 = Sunday; 1970-01-01 was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Share of purchase days for which `holds`. */
function share(days: ArrayLike<number>, holds: (day: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < days.length; i++) if (holds(days[i] ?? 0)) count++;
  return count / days.length;
}

const YEAR = 365.25;

/** Days of the year between two day numbers, the short way round: 0–182. */
function seasonDistance(a: number, b: number): number {
  const apart = (((a - b) % YEAR) + YEAR) % YEAR;
  return Math.min(apart, YEAR - apart);
}

/** Made from purchase days: one a customer and day, amounts netted, in whole units of the currency. */
export const ORDER_FEATURES: readonly OrderFeature[] = [
  orders({ name: 'orders', group: 'frequency', unit: 'days', formula: 'purchase days so far', of: ({ days }) => days.length }),
  orders({ name: 'recency_days', group: 'recency', unit: 'days', formula: 'origin − last purchase day', of: ({ days, origin }) => origin - last(days) }),
  orders({ name: 'age_days', group: 'recency', unit: 'days', formula: 'origin − first purchase day', of: ({ days, origin }) => origin - first(days) }),
  orders({ name: 'spend', group: 'order value', unit: 'currency', formula: 'net of all purchase days', of: ({ amounts }) => total(amounts) }),
  orders({ name: 'avg_order', group: 'order value', unit: 'currency', formula: 'spend ÷ orders', of: ({ amounts }) => total(amounts) / amounts.length }),
  orders({ name: 'first_amount', group: 'order value', unit: 'currency', formula: 'net of the first purchase day', of: ({ amounts }) => first(amounts) }),
  orders({ name: 'last_amount', group: 'order value', unit: 'currency', formula: 'net of the last purchase day', of: ({ amounts }) => last(amounts) }),
  orders({ name: 'gap_mean', group: 'frequency', unit: 'days', formula: 'mean days between purchase days; age_days after a single one', of: gapMean }),
  orders({ name: 'gap_std', group: 'frequency', unit: 'days', formula: 'population standard deviation of the gaps; 0 without any', of: gapSpread }),
  orders({ name: 'orders_30', group: 'frequency', unit: 'days', formula: 'purchase days after origin − 30', of: (s) => within(s, 30).count }),
  orders({ name: 'spend_30', group: 'order value', unit: 'currency', formula: 'their net', of: (s) => within(s, 30).spend }),
  orders({ name: 'orders_90', group: 'frequency', unit: 'days', formula: 'purchase days after origin − 90', of: (s) => within(s, 90).count }),
  orders({ name: 'spend_90', group: 'order value', unit: 'currency', formula: 'their net', of: (s) => within(s, 90).spend }),
  orders({ name: 'orders_365', group: 'frequency', unit: 'days', formula: 'purchase days after origin − 365', of: (s) => within(s, 365).count }),
  orders({ name: 'spend_365', group: 'order value', unit: 'currency', formula: 'their net', of: (s) => within(s, 365).spend }),
  orders({ name: 'active_days', group: 'recency', unit: 'days', formula: 'last − first purchase day', of: ({ days }) => last(days) - first(days) }),
  orders({ name: 'overdue', group: 'recency', unit: 'ratio', formula: 'recency_days ÷ gap_mean, each with one day added', of: (s) => (s.origin - last(s.days) + 1) / (gapMean(s) + 1) }),
  orders({ name: 'last_gap', group: 'frequency', unit: 'days', formula: 'days between the last two purchase days; age_days after a single one', of: (s) => (s.days.length > 1 ? last(s.days) - (s.days[s.days.length - 2] ?? 0) : s.origin - first(s.days)) }),
  orders({ name: 'amount_std', group: 'order value', unit: 'currency', formula: 'population standard deviation of purchase-day nets', of: amountSpread }),
  orders({ name: 'amount_max', group: 'order value', unit: 'currency', formula: 'greatest net of a purchase day', of: ({ amounts }) => { let most = 0; for (let i = 0; i < amounts.length; i++) most = Math.max(most, amounts[i] ?? 0); return most; } }),
  orders({ name: 'amount_trend', group: 'order value', unit: 'log currency an order', logged: false, formula: 'least-squares slope of log(1 + net) over the number of the order; 0 below three', of: amountTrend }),
  orders({ name: 'refund_share', group: 'order value', unit: 'share', logged: false, formula: 'refunded ÷ gross', of: ({ refunded, gross }) => (gross > 0 ? Math.min(1, refunded / gross) : 0) }),
  orders({ name: 'weekend_share', group: 'seasonality', unit: 'share', logged: false, formula: 'purchase days on a Saturday or Sunday ÷ orders', of: ({ days }) => share(days, (day) => weekday(day) >= 5) }),
  orders({ name: 'season_share', group: 'seasonality', unit: 'share', logged: false, formula: 'purchase days within 45 days of the time of year that lies 45 days after the origin ÷ orders', of: ({ days, origin }) => share(days, (day) => seasonDistance(day, origin + 45) <= 45) }),
];

/** Made from order lines where the source tells channel, product or pieces. */
export const LINE_FEATURES: readonly Feature[] = [
  { name: 'first_channel', group: 'channel', from: 'order lines', unit: 'name', logged: false, formula: 'channel of the earliest line that has one; unknown where the first purchase lies on a day that was closed' },
  { name: 'last_channel', group: 'channel', from: 'order lines', unit: 'name', logged: false, formula: 'channel of the latest line that has one' },
  { name: 'channels', group: 'channel', from: 'order lines', unit: 'channels', logged: true, formula: 'distinct channels so far' },
  { name: 'first_product', group: 'product mix', from: 'order lines', unit: 'name', logged: false, formula: 'product of the earliest line that has one; unknown where the first purchase lies on a day that was closed' },
  { name: 'products', group: 'product mix', from: 'order lines', unit: 'products', logged: true, formula: 'distinct products so far' },
  { name: 'top_product_share', group: 'product mix', from: 'order lines', unit: 'share', logged: false, formula: 'lines of the commonest product ÷ lines with a product' },
  { name: 'first_category', group: 'product mix', from: 'order lines', unit: 'name', logged: false, formula: 'category of the earliest line that has one; unknown where the first purchase lies on a day that was closed' },
  { name: 'categories', group: 'product mix', from: 'order lines', unit: 'categories', logged: true, formula: 'distinct categories of products so far; of each of the twelve with most lines the share of lines with a category as category_share:name' },
  { name: 'pieces', group: 'product mix', from: 'order lines', unit: 'pieces', logged: true, formula: 'sum of quantities so far; negative ones are returns' },
];

/** Made from events; each kind adds one more (`events_90:kind`). */
export const EVENT_FEATURES: readonly Feature[] = [
  { name: 'events_30', group: 'events', from: 'events', unit: 'events', logged: true, formula: 'events after origin − 30' },
  { name: 'events_90', group: 'events', from: 'events', unit: 'events', logged: true, formula: 'events after origin − 90; of each of the twelve commonest kinds of a year as events_90:kind' },
  { name: 'event_recency_days', group: 'events', from: 'events', unit: 'days', logged: true, formula: 'origin − day of the last event; missing without any in 365 days' },
];

/** What is true of a customer whatever the day. */
export const PROFILE_FEATURES: readonly Feature[] = [
  { name: 'country', group: 'demographics', from: 'profile', unit: 'name', logged: false, formula: 'country of the customer’s record' },
  { name: 'acquisition_channel', group: 'channel', from: 'profile', unit: 'name', logged: false, formula: 'channel by which the source says that the customer came' },
];

/** Everything the product learns from, in the order of its columns. */
export const FEATURES: readonly Feature[] = [...ORDER_FEATURES, ...LINE_FEATURES, ...EVENT_FEATURES, ...PROFILE_FEATURES];

/** Names of `churn_cdnow_full`, the reference: the first thirteen. */
export const REFERENCE_FEATURES: readonly string[] = ORDER_FEATURES.slice(0, 13).map(({ name }) => name);

/** Whether linear models read a feature as log(1 + value), by name; numbers of the profile are read as they are. */
export function isLogged(name: string): boolean {
  const known = FEATURES.find((feature) => feature.name === name);
  return known?.logged ?? name.startsWith('events_90:');
}
