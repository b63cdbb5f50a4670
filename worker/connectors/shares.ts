/** Sums and shares of minor units that every platform's payloads need. */
export { spread } from '#core/commerce/spread';

/** Sum of one amount over a list. */
export function sumMinor<Entry>(list: readonly Entry[] | null | undefined, amount: (entry: Entry) => number): number {
  return (list ?? []).reduce((sum, entry) => sum + amount(entry), 0);
}
