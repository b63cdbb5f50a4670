/** Names for clusters, from what sets each apart. */

/** What a feature is called when it is high and when it is low; others are "high …" and "low …". */
const WORDS: Readonly<Record<string, readonly [high: string, low: string]>> = {
  recency: ['long gone', 'recent'],
  frequency: ['frequent', 'rare'],
  monetary: ['big spenders', 'small spenders'],
  average_order: ['large orders', 'small orders'],
  tenure: ['long-standing', 'new'],
  gap: ['slow rhythm', 'quick rhythm'],
  recency_days: ['long gone', 'recent'],
  tenure_days: ['long-standing', 'new'],
  purchase_days: ['frequent', 'rare'],
  historical_value: ['big spenders', 'small spenders'],
  predicted_value: ['much to come', 'little to come'],
  expected_orders: ['many orders to come', 'few orders to come'],
  expected_spend: ['large orders to come', 'small orders to come'],
  p_alive: ['still active', 'silent'],
  churn: ['likely to leave', 'likely to stay'],
};

/** Deviations from the mean of everyone, in standard deviations, below which a feature says nothing. */
const LEAST = 0.35;
const MOST_WORDS = 2;

/**
 * One name per cluster from its mean of each feature in standard deviations from everyone's: the two that stand out most,
 * or "typical"; names that come twice get a third word, then a number. `deviations` is clusters × features.
 */
export function proposeNames(deviations: readonly (readonly number[])[], features: readonly string[]): string[] {
  const ranked = deviations.map((row) =>
    row
      .map((deviation, f) => ({ deviation, name: features[f] ?? '' }))
      .filter(({ deviation }) => Math.abs(deviation) >= LEAST)
      .sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))
      .map(({ deviation, name }) => (WORDS[name] ? WORDS[name][deviation > 0 ? 0 : 1] : `${deviation > 0 ? 'high' : 'low'} ${name.replaceAll('_', ' ')}`)),
  );
  const say = (words: readonly string[], count: number): string => {
    const text = words.slice(0, count).join(', ');
    return text === '' ? 'Typical' : text.charAt(0).toUpperCase() + text.slice(1);
  };
  let names = ranked.map((words) => say(words, MOST_WORDS));
  names = names.map((name, i) => (names.indexOf(name) !== names.lastIndexOf(name) ? say(ranked[i] ?? [], MOST_WORDS + 1) : name));
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times > 1 ? `${name} (${times})` : name;
  });
}
