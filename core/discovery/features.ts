/** What customers can be grouped by: each a number that is kept of everybody who has bought, so that a group can be described and kept. */
import { dayNumber } from '#core/calendar/days';
import type { FeatureRange } from '#core/clustering/closeness';
import { assertNever } from '#core/errors';

export const DISCOVERY_FEATURES = [
  'recency_days', 'tenure_days', 'purchase_days', 'historical_value', 'average_order', 'predicted_value', 'expected_orders', 'expected_spend', 'p_alive', 'churn',
] as const;
export type DiscoveryFeature = (typeof DISCOVERY_FEATURES)[number];

export type FeatureUnit = 'days' | 'count' | 'money' | 'share' | 'number';

interface FeatureKind {
  /** On pages: "Days since the last purchase". */
  label: string;
  unit: FeatureUnit;
  /** Skewed: ln(1 + v) is taken unless somebody asks otherwise. */
  log: boolean;
}

export const FEATURE_KINDS: Readonly<Record<DiscoveryFeature, FeatureKind>> = {
  recency_days: { label: 'Days since the last purchase', unit: 'days', log: true },
  tenure_days: { label: 'Days since the first purchase', unit: 'days', log: false },
  purchase_days: { label: 'Days with a purchase', unit: 'count', log: true },
  historical_value: { label: 'Net so far', unit: 'money', log: true },
  average_order: { label: 'Average order', unit: 'money', log: true },
  predicted_value: { label: 'Value likely to come', unit: 'money', log: true },
  expected_orders: { label: 'Orders likely to come', unit: 'number', log: true },
  expected_spend: { label: 'Worth of each order to come', unit: 'money', log: true },
  p_alive: { label: 'Likely still a customer', unit: 'share', log: false },
  churn: { label: 'Likely not to buy again', unit: 'share', log: false },
};

export function isDiscoveryFeature(text: string): text is DiscoveryFeature {
  return DISCOVERY_FEATURES.some((name) => name === text);
}

/** The statistics that features are made of; money in minor units. */
export interface FeatureStats {
  orders: number;
  purchaseDays: number;
  firstDay: string | null;
  lastDay: string | null;
  historicalValue: number;
  predictedValue: number;
  expectedOrders: number | null;
  expectedSpend: number | null;
  pAlive: number | null;
  churn: number | null;
}

/** As of when, and how many minor digits the company's currency has. */
export interface FeatureMoment {
  /** YYYY-MM-DD, the company's own. */
  today: string;
  digits: number;
}

/** Whether a customer has bought and was scored: others are in no group. */
export function hasFeatures({ purchaseDays, orders, pAlive, expectedOrders }: FeatureStats): boolean {
  return purchaseDays > 0 && orders > 0 && pAlive !== null && expectedOrders !== null;
}

/**
 * What a feature can become of somebody who has `value` of it now: what is counted from the first purchase on never shrinks.
 * In steps that people are told it in.
 */
export function featureRange(name: DiscoveryFeature, value: number, digits: number): FeatureRange {
  const { unit } = FEATURE_KINDS[name];
  switch (unit) {
    case 'days': return { low: name === 'tenure_days' ? value : 0, high: Infinity, step: 1 };
    case 'count': return { low: value, high: Infinity, step: 1 };
    case 'money': return { low: -Infinity, high: Infinity, step: 1 / 10 ** digits };
    case 'share': return { low: 0, high: 1, step: 0.001 };
    case 'number': return { low: 0, high: Infinity, step: 0.01 };
    default: return assertNever(unit);
  }
}

/** One feature of somebody who has them; money in whole units. */
export function featureOf(name: DiscoveryFeature, stats: FeatureStats, { today, digits }: FeatureMoment): number {
  const whole = (minor: number): number => minor / 10 ** digits;
  const since = (day: string | null): number => (day === null ? 0 : dayNumber(today) - dayNumber(day));
  switch (name) {
    case 'recency_days': return since(stats.lastDay);
    case 'tenure_days': return since(stats.firstDay);
    case 'purchase_days': return stats.purchaseDays;
    case 'historical_value': return whole(stats.historicalValue);
    case 'average_order': return whole(stats.historicalValue / stats.orders);
    case 'predicted_value': return whole(stats.predictedValue);
    case 'expected_orders': return Math.fround(stats.expectedOrders ?? 0);
    case 'expected_spend': return whole(stats.expectedSpend ?? 0);
    case 'p_alive': return Math.fround(stats.pAlive ?? 0);
    case 'churn': return Math.fround(stats.churn ?? 1 - Math.fround(stats.pAlive ?? 0));
    default: return assertNever(name);
  }
}
