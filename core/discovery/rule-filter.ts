/** A rule that tells a cluster, as a filter that anybody can read and change. */
import type { Bound, Rule } from '#core/clustering/rule-tree';
import { assertNever } from '#core/errors';
import type { Condition, Filter } from '#core/segments/filter';
import { isDiscoveryFeature, type DiscoveryFeature } from './features.ts';

/** Null where the rule names nobody, or something that filters do not know. */
export function ruleFilter(rule: Rule): Filter | null {
  const leaves: Filter[] = [];
  for (const bounds of rule) {
    const conditions: Condition[] = [];
    for (const bound of bounds) {
      if (!isDiscoveryFeature(bound.feature)) return null;
      conditions.push(...conditionsOf(bound.feature, bound));
    }
    const [only, ...more] = conditions;
    if (only === undefined) return null;
    leaves.push(more.length === 0 ? only : { all: conditions });
  }
  const [first, ...others] = leaves;
  return first === undefined ? null : others.length === 0 ? first : { any: leaves };
}

function conditionsOf(feature: DiscoveryFeature, { above, most }: Bound): Condition[] {
  switch (feature) {
    case 'recency_days': return dayConditions('last_order_day', above, most);
    case 'tenure_days': return dayConditions('first_order', above, most);
    case 'average_order': return compare((op, value) => ({ is: 'orders.average', op, value }), above, most);
    case 'purchase_days': return compare((op, value) => ({ is: feature, op, value: Math.floor(value) }), above, most);
    case 'historical_value':
    case 'predicted_value':
    case 'expected_orders':
    case 'expected_spend':
    case 'p_alive':
    case 'churn': return compare((op, value) => ({ is: feature, op, value }), above, most);
    default: return assertNever(feature);
  }
}

function compare(make: (op: 'gt' | 'lte', value: number) => Condition, above: number | null, most: number | null): Condition[] {
  return [...(above === null ? [] : [make('gt', above)]), ...(most === null ? [] : [make('lte', most)])];
}

/** More than 59 days ago is "older than 60"; at most 59 is "in the last 60", of which today is the first. */
function dayConditions(is: 'last_order_day' | 'first_order', above: number | null, most: number | null): Condition[] {
  return [
    ...(above === null ? [] : [{ is, op: 'older' as const, value: Math.floor(above) + 1 }]),
    ...(most === null ? [] : [{ is, op: 'last' as const, value: Math.floor(most) + 1 }]),
  ];
}
