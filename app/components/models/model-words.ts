/** What models and their inputs are called, for a shop owner. */

const MODELS: Readonly<Record<string, string>> = {
  'mbg-nbd': 'MBG/NBD: people buy at their own pace and may leave after any purchase, the first included',
  'bg-nbd': 'BG/NBD: people buy at their own pace and may leave after any repeat purchase',
  'pareto-nbd': 'Pareto/NBD: people buy at their own pace and may leave at any moment',
  logistic: 'Logistic regression: each fact about a customer adds to or takes from the odds of leaving',
  forest: 'Random forest: many small decision trees vote',
  boosted: 'Boosted trees: small decision trees, each mending what those before got wrong',
  ridge: 'Ridge regression: each fact about a customer adds to or takes from what they will spend',
  probabilistic: 'The model of repeat buying: the orders it expects, times what an order usually comes to. Beside it models that learn from facts about customers',
  rhythm: 'The rhythm of purchases: the model of repeat buying says who has gone silent for too long',
  none: 'Nothing learned yet',
};

export function modelWords(name: string): string {
  return MODELS[name] ?? name;
}

/** Short, for a row of a table. */
export function modelName(name: string): string {
  return NAMES[name] ?? name;
}

const NAMES: Readonly<Record<string, string>> = {
  rhythm: 'Rhythm of purchases', probabilistic: 'Model of repeat buying', boosted: 'Boosted trees', ridge: 'Ridge regression', logistic: 'Logistic regression', forest: 'Random forest', none: 'Nothing learned yet',
};

const FEATURES: Readonly<Record<string, string>> = {
  orders: 'Days with a purchase', recency_days: 'Days since the last purchase', age_days: 'Days since the first purchase', spend: 'Spent so far', avg_order: 'Average purchase',
  first_amount: 'First purchase', last_amount: 'Last purchase', gap_mean: 'Usual days between purchases', gap_std: 'Spread of those days', orders_30: 'Purchases in 30 days', spend_30: 'Spent in 30 days',
  orders_90: 'Purchases in 90 days', spend_90: 'Spent in 90 days', orders_365: 'Purchases in a year', spend_365: 'Spent in a year', active_days: 'Days from first to last purchase',
  overdue: 'Silence against the usual gap', last_gap: 'Days between the last two purchases', amount_std: 'Spread of purchases', amount_max: 'Largest purchase', amount_trend: 'Trend of purchases',
  refund_share: 'Share refunded', weekend_share: 'Share bought at weekends', season_share: 'Share bought at this time of year', country: 'Country', acquisition_channel: 'Channel they came by', prediction: 'The prediction itself',
  first_channel: 'Channel of the first order', last_channel: 'Channel of the last order', channels: 'Channels used', first_product: 'First product', products: 'Different products', top_product_share: 'Share of the commonest product',
  first_category: 'First category', categories: 'Different categories',
  pieces: 'Pieces bought', events_30: 'Visits and other events in 30 days', events_90: 'Visits and other events in 90 days', event_recency_days: 'Days since the last event',
  x: 'Repeat purchases', t_x: 'Days from first to last purchase', T: 'Days since the first purchase', value: 'Spent so far', expected_orders: 'Orders expected', predicted_value: 'Value expected',
};

export function featureWords(name: string): string {
  const [kind, category] = ['events_90:', 'category_share:'];
  if (name.startsWith(category)) return `Share of ${name.slice(category.length)} in what was bought`;
  if (name.startsWith(kind)) return `${name.slice(kind.length).replaceAll('_', ' ')} in 90 days`;
  return FEATURES[name] ?? name.replaceAll('_', ' ');
}

/** By the usual thresholds of the stability index, 0.1 and 0.25. */
export function driftWords(psi: number): string {
  if (psi < 0.1) return 'as it was';
  return psi < 0.25 ? 'moved somewhat' : 'moved';
}
