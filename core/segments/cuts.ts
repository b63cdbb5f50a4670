/** Where percentiles are cut: the night's frozen points of each number that a filter asks for. */
import { NUMBERS, type Unit } from './numbers.ts';
import { isOfLines, type Percentile, type Quantity } from './term.ts';

/** By `cutKey`, the values at 0, 0.5, 1, … 100 per cent (201 of them), money in minor units; none where nobody has the number. */
export type Cuts = ReadonlyMap<string, readonly number[]>;

export const CUT_POINTS = 201;

/** Longest key, in bytes: an index has it. */
export const MAX_CUT_KEY = 2_000;

/** What a number is kept under: its name, or what it is made of. Two that are made alike are one. */
export function cutKey(quantity: Quantity): string {
  return quantity.q === 'kept' ? quantity.name : JSON.stringify(quantity);
}

/** Undefined where nothing was cut yet. */
export function cutAt(cuts: Cuts, { of, percent }: Percentile): number | undefined {
  return cuts.get(cutKey(of))?.[Math.round(percent * 2)];
}

/** Each once. */
export function distinctQuantities(percentiles: Iterable<Percentile>): Quantity[] {
  return [...new Map([...percentiles].map(({ of }) => [cutKey(of), of])).values()];
}

export function unitOf(quantity: Quantity): Unit {
  switch (quantity.q) {
    case 'kept': return NUMBERS[quantity.name].unit;
    case 'attribute': case 'property': return 'number';
    case 'rows': return quantity.measure === 'count' || quantity.measure === 'quantity' ? 'count' : quantity.rows.of === 'orders' || isOfLines(quantity.measure) ? 'money' : 'number';
  }
}
