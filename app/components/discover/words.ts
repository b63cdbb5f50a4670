/** What was found, in words: features, bounds, how far to trust it. */
import { assertNever } from '#core/errors';
import { FEATURE_KINDS, isDiscoveryFeature, type DiscoveryFeature } from '#core/discovery/features';
import type { Method } from '#core/clustering/discover';
import { minorDigits } from '#core/commerce/money';
import type { DiscoveryCluster, FidelityView } from '#operations/discovery-views';
import type { Formats } from '../../format/formats.ts';

export function methodName(method: Method): string {
  switch (method) {
    case 'kmeans': return 'K-means';
    case 'dbscan': return 'DBSCAN';
    case 'hierarchical': return 'Hierarchical';
    default: return assertNever(method);
  }
}

export function methodMeaning(method: Method): string {
  switch (method) {
    case 'kmeans': return 'Cuts all customers into round groups of similar spread. Quick, and right for most shops.';
    case 'dbscan': return 'Finds dense crowds of any shape and leaves out who stands apart. It finds their number itself.';
    case 'hierarchical': return 'Joins the two nearest groups again and again. Good where groups lie within groups.';
    default: return assertNever(method);
  }
}

export const featureLabel = (name: string): string => (isDiscoveryFeature(name) ? FEATURE_KINDS[name].label : name);

export function featureText(name: string, value: number, { money, count, decimal, percent }: Formats, currency: string): string {
  if (!isDiscoveryFeature(name)) return decimal(value, 2);
  const { unit } = FEATURE_KINDS[name];
  switch (unit) {
    case 'money': return money(Math.round(value * 10 ** minorDigits(currency)), 'short', currency);
    case 'days': return count(Math.round(value));
    case 'count': return decimal(value, Number.isInteger(value) ? 0 : 1);
    case 'share': return percent(value, value < 0.1 ? 1 : 0);
    case 'number': return decimal(value, 2);
    default: return assertNever(unit);
  }
}

/** "Days since the last purchase: 10 to 59 and net so far: more than €200; or …". */
export function ruleWords(rule: DiscoveryCluster['rule'], formats: Formats, currency: string): string[] {
  return rule.map((bounds) => bounds.map(({ feature, above, most }) => {
    const of = (value: number): string => boundText(feature, value, formats, currency);
    const range = above === null ? `at most ${most === null ? '' : of(most)}` : most === null ? `more than ${of(above)}` : `more than ${of(above)}, at most ${of(most)}`;
    return `${featureLabel(feature).toLowerCase()}: ${range}`;
  }).join(' and '));
}

/** As written in the rule: not rounded further. */
function boundText(feature: string, value: number, formats: Formats, currency: string): string {
  const unit = isDiscoveryFeature(feature) ? FEATURE_KINDS[feature].unit : 'number';
  if (unit === 'money') return formats.money(Math.round(value * 10 ** minorDigits(currency)), Number.isInteger(value) && value >= 100 ? 'short' : 'exact', currency);
  return unit === 'share' ? formats.percent(value, 2) : formats.decimal(value, 4);
}

export function stabilityWords(jaccard: number | null): { words: string; tone: 'good' | 'fair' | 'bad' } | null {
  if (jaccard === null) return null;
  if (jaccard >= 0.75) return { words: 'Stable: found again when other customers are drawn', tone: 'good' };
  if (jaccard >= 0.6) return { words: 'A pattern, but its edge moves when other customers are drawn', tone: 'fair' };
  return { words: 'Not to be trusted: mostly gone when other customers are drawn', tone: 'bad' };
}

export function silhouetteWords(silhouette: number): string {
  if (silhouette >= 0.5) return 'The groups stand clearly apart';
  if (silhouette >= 0.25) return 'The groups stand apart, with overlap at their edges';
  return 'The groups run into one another: they are a way to cut, not crowds of their own';
}

export function fidelityWords({ precision, recall }: FidelityView, { percent }: Formats): string {
  if (precision === null) return 'It names nobody of this group.';
  return `${percent(precision, precision > 0.99 && precision < 1 ? 1 : 0)} of those it names are in the group; it names ${percent(recall, recall > 0.99 && recall < 1 ? 1 : 0)} of the group.`;
}

/** A note of a discovery, whose feature it is of named as people know it. */
export function noteWords(note: string): string {
  const [first = '', ...rest] = note.split(' ');
  return isDiscoveryFeature(first) ? [featureLabel(first), ...rest].join(' ') : note;
}

/** What a job is at. */
export function stageWords(stage: string | null): string {
  switch (stage) {
    case 'read': return 'Reading customers';
    case 'prepare': return 'Making the numbers comparable';
    case 'suggest': return 'Trying how many groups there are';
    case 'cluster': return 'Grouping';
    case 'stability': return 'Drawing other customers to see whether the groups hold';
    case 'map': return 'Drawing the map';
    case 'quality': return 'Measuring how far apart the groups stand';
    case 'describe': return 'Describing each group as a rule';
    case 'keep': return 'Keeping what was found';
    default: return 'Waiting to start';
  }
}

/** The features that an axis of the map runs along, strongest first, each with the way it goes. */
export function axisWords(loadings: readonly number[], features: readonly string[]): string {
  return loadings.map((weight, f) => ({ weight, name: features[f] ?? '' }))
    .filter(({ weight }) => Math.abs(weight) >= 0.3)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 3)
    .map(({ weight, name }) => `${weight > 0 ? '↑' : '↓'} ${featureLabel(name).toLowerCase()}`)
    .join(', ');
}

export const DEFAULT_FEATURES: readonly DiscoveryFeature[] = ['recency_days', 'purchase_days', 'historical_value'];
