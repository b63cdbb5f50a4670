/** Every condition there is, in the order in which editors list them. A new one is a definition and a line here. */
import type { Definition } from './condition.ts';
import { anniversary, attributeAnniversary } from './anniversary.ts';
import { eventAverage, eventCount, eventLargest, eventSum, lastEvent } from './events.ts';
import { lastOrder, ordersAverage, ordersCount, ordersGross, ordersLargest, ordersTotal, ordersUnits, productsAverage, productsGross, productsTotal } from './orders.ts';
import { attributePercentile, eventPercentile, orderPercentile, percentile } from './percentiles.ts';
import { firstOrderValue, firstOrderWas, lastOrderValue, lastOrderWas } from './placed.ts';
import { attribute, keptNumbers, profileDays, profileTexts } from './profile.ts';
import { list, segment } from './segments.ts';
import { sequence } from './sequence.ts';

const DEFINITIONS = [
  ordersCount, ordersTotal, ordersGross, ordersAverage, ordersLargest, ordersUnits, productsTotal, productsGross, productsAverage, lastOrder, firstOrderValue, lastOrderValue, firstOrderWas, lastOrderWas,
  ...keptNumbers, ...profileTexts, ...profileDays, anniversary, attribute, attributeAnniversary,
  eventCount, eventSum, eventAverage, eventLargest, lastEvent, sequence,
  segment, list, percentile, orderPercentile, attributePercentile, eventPercentile,
] as const;

type ConditionOf<D> = D extends Definition<infer C> ? C : never;

export type Condition = ConditionOf<(typeof DEFINITIONS)[number]>;

/** Read by those who take any condition, and hand it back to its own definition. */
export const CONDITIONS: readonly Definition<Condition>[] = DEFINITIONS;

const byId = new Map<string, Definition<Condition>>(CONDITIONS.map((one) => [one.id, one]));

export function definitionOf(id: string): Definition<Condition> | undefined {
  return byId.get(id);
}

/** The condition whose id looks most like it; null when none does. */
export function nearestId(id: string): string | null {
  let nearest: string | null = null, least = Math.max(2, Math.floor(id.length / 3)) + 1;
  for (const { id: known } of CONDITIONS) {
    const distance = editDistance(id.slice(0, 40).toLowerCase(), known);
    if (distance < least) [nearest, least] = [known, distance];
  }
  return nearest;
}

/** Levenshtein (1966): letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? a.length;
}
