/** What pages about actions say more than once. */
import type { ActionCountView } from '#operations/action-views';
import { responseWords } from '#core/actions/words';

export function customersIn(n: number, count: (value: number) => string): string {
  return `${count(n)} ${n === 1 ? 'customer' : 'customers'}`;
}

/** Where the share that answers is from. */
export function responseSource({ id, response: { used, assumed, measured, customers } }: ActionCountView, { count }: { count: (value: number) => string }): string {
  if (measured === null) return `We assume that ${responseWords(assumed)} ${id === 'ask_consent' ? 'says yes' : id === 'keep_contract' ? 'stays who would end it' : 'comes who would stay away'}.`;
  return `Reckoned with ${responseWords(used)}, from what a holdout measured on ${count(customers)} customers and the assumed ${responseWords(assumed)}.`;
}
