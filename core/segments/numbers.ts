/** Every number that is kept of a customer: what conditions compare, and what percentiles are cut of. */
import { assertNever } from '#core/errors';
import type { CustomerFacts } from './facts.ts';

export const NUMBER_NAMES = [
  'orders', 'purchase_days', 'gross', 'refunded', 'historical_value', 'average_order', 'predicted_value', 'predicted_low', 'predicted_high', 'interval_width', 'total_value',
  'expected_orders', 'expected_spend', 'p_alive', 'churn', 'recency_score', 'frequency_score', 'monetary_score', 'acquisition_cost',
] as const;
export type NumberName = (typeof NUMBER_NAMES)[number];

/** `money` is minor units; `share` lies between 0 and 1. */
export type Unit = 'count' | 'money' | 'share' | 'score' | 'number';

export interface NumberKind {
  label: string;
  unit: Unit;
  /** Stored with 24 bits: compared with a number that is rounded alike, so that 0.4 is 0.4. */
  single: boolean;
}

const kind = (label: string, unit: Unit, single = false): NumberKind => ({ label, unit, single });

export const NUMBERS: Readonly<Record<NumberName, NumberKind>> = {
  orders: kind('Orders', 'count'),
  purchase_days: kind('Days with a purchase', 'count'),
  gross: kind('Spent before refunds', 'money'),
  refunded: kind('Refunded', 'money'),
  historical_value: kind('Value so far', 'money'),
  average_order: kind('Average order', 'money'),
  predicted_value: kind('Predicted value', 'money'),
  predicted_low: kind('Predicted value, low end', 'money'),
  predicted_high: kind('Predicted value, high end', 'money'),
  interval_width: kind('Width of the prediction', 'money'),
  total_value: kind('Total value', 'money'),
  expected_orders: kind('Expected orders', 'number', true),
  expected_spend: kind('Expected spend per order', 'money'),
  p_alive: kind('Probability of being active', 'share', true),
  churn: kind('Churn probability', 'share', true),
  recency_score: kind('Recency score', 'score'),
  frequency_score: kind('Frequency score', 'score'),
  monetary_score: kind('Monetary score', 'score'),
  acquisition_cost: kind('Cost of acquisition', 'money'),
};

/** Null where it is not known: no score yet, no orders to average. */
export function numberOf(name: NumberName, { stats, profile }: Pick<CustomerFacts, 'stats' | 'profile'>): number | null {
  switch (name) {
    case 'orders': return stats.orders;
    case 'purchase_days': return stats.purchaseDays;
    case 'gross': return stats.gross;
    case 'refunded': return stats.refunded;
    case 'historical_value': return stats.historicalValue;
    case 'average_order': return stats.orders > 0 ? stats.historicalValue / stats.orders : null;
    case 'predicted_value': return stats.predictedValue;
    case 'predicted_low': return stats.predictedLow;
    case 'predicted_high': return stats.predictedHigh;
    case 'interval_width': return stats.predictedHigh - stats.predictedLow;
    case 'total_value': return stats.totalValue;
    case 'expected_orders': return single(stats.expectedOrders);
    case 'expected_spend': return stats.expectedSpend;
    case 'p_alive': return single(stats.pAlive);
    case 'churn': return single(stats.churn ?? (stats.pAlive === null ? null : 1 - Math.fround(stats.pAlive)));
    case 'recency_score': return score(stats.recencyScore);
    case 'frequency_score': return score(stats.frequencyScore);
    case 'monetary_score': return score(stats.monetaryScore);
    case 'acquisition_cost': return profile.acquisitionCost;
    default: return assertNever(name);
  }
}

function single(value: number | null): number | null {
  return value === null ? null : Math.fround(value);
}

/** Zero stands for "none yet". */
function score(value: number): number | null {
  return value === 0 ? null : value;
}
