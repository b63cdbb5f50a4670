/** What pages about actions say more than once. */
import type { ActionCountView } from '#operations/action-views';
import { responseWords } from '#core/actions/words';

export function customersIn(n: number, count: (value: number) => string): string {
  return `${count(n)} ${n === 1 ? 'customer' : 'customers'}`;
}

/** Where the share that comes back is from. */
export function responseSource({ used, assumed, measured, customers }: ActionCountView['response'], { count }: { count: (value: number) => string }): string {
  if (measured === null) return `Reckoned with an assumption: ${responseWords(assumed)} comes back.`;
  return `Reckoned with ${responseWords(used)}, from what a holdout measured on ${count(customers)} customers and the assumed ${responseWords(assumed)}.`;
}
