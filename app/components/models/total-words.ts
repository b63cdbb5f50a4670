/** How far the value of all customers together may lie from what is expected, in words. */
import type { ModelStatus } from '#operations/model-views';
import type { Formats } from '../../format/formats.ts';

/** Null without a model to say so. @param expected value of all customers over the horizon, minor units */
export function totalWords(total: ModelStatus['total'], expected: number, { money, percent, decimal }: Formats): string | null {
  if (total === null || !(expected > 0)) return null;
  const range = `${percent(total.level)} likely, all customers together bring ${money(Math.round(expected * total.low))} to ${money(Math.round(expected * total.high))}.`;
  if (total.widenedBy <= 1.005) return range;
  const days = total.origins === 1 ? 'an earlier day was' : `${total.origins} earlier days were`;
  return `${range} That range is ${decimal(total.widenedBy)} times as wide as chance alone would make it: forecasts from ${days} further off than that, and the range is widened until each of them would have held what came.`;
}
