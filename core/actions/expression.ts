/**
 * The little arithmetic in which actions say whom they are for and what they bring: evaluated here for one customer, and
 * written as SQL over everybody by worker/data/action-sql.ts. A database test holds the two together.
 */
import { assertNever } from '#core/errors';
import type { ActionFacts, NumberFact, TextFact } from './facts.ts';

/** Doubles, in exactly this order of operations; unknown where any part is. */
export type Amount =
  | { a: 'number'; value: number }
  | { a: 'fact'; name: NumberFact }
  /** One amount a channel; unknown for a channel that is not named. */
  | { a: 'by_channel'; amounts: Readonly<Partial<Record<ActionFacts['channel'], number>>> }
  | { a: 'plus' | 'minus' | 'times'; left: Amount; right: Amount };

export const COMPARE_OPS = ['lt', 'lte', 'gt', 'gte', 'eq'] as const;
export type CompareOp = (typeof COMPARE_OPS)[number];

/** Comparing what is not known is false; `not` of that is true. */
export type Check =
  | { c: 'all' | 'any'; of: readonly Check[] }
  | { c: 'not'; of: Check }
  | { c: 'compare'; fact: NumberFact; op: CompareOp; than: number }
  | { c: 'known'; fact: NumberFact }
  | { c: 'among'; fact: TextFact; values: readonly string[] };

export const number = (value: number): Amount => ({ a: 'number', value });
export const fact = (name: NumberFact): Amount => ({ a: 'fact', name });
export const plus = (left: Amount, right: Amount): Amount => ({ a: 'plus', left, right });
export const minus = (left: Amount, right: Amount): Amount => ({ a: 'minus', left, right });
export const times = (first: Amount, ...rest: readonly Amount[]): Amount => rest.reduce((left, right) => ({ a: 'times', left, right }), first);

export const all = (...of: readonly Check[]): Check => ({ c: 'all', of });
export const any = (...of: readonly Check[]): Check => ({ c: 'any', of });
export const not = (of: Check): Check => ({ c: 'not', of });
export const compare = (name: NumberFact, op: CompareOp, than: number): Check => ({ c: 'compare', fact: name, op, than });
export const known = (name: NumberFact): Check => ({ c: 'known', fact: name });
export const among = <K extends TextFact>(name: K, ...values: readonly NonNullable<ActionFacts[K]>[]): Check => ({ c: 'among', fact: name, values });

export function amountOf(amount: Amount, facts: ActionFacts): number | null {
  switch (amount.a) {
    case 'number': return amount.value;
    case 'fact': return facts[amount.name];
    case 'by_channel': return amount.amounts[facts.channel] ?? null;
    case 'plus': case 'minus': case 'times': {
      const left = amountOf(amount.left, facts), right = amountOf(amount.right, facts);
      if (left === null || right === null) return null;
      return amount.a === 'plus' ? left + right : amount.a === 'minus' ? left - right : left * right;
    }
    default: return assertNever(amount);
  }
}

export function checkHolds(check: Check, facts: ActionFacts): boolean {
  switch (check.c) {
    case 'all': return check.of.every((one) => checkHolds(one, facts));
    case 'any': return check.of.some((one) => checkHolds(one, facts));
    case 'not': return !checkHolds(check.of, facts);
    case 'known': return facts[check.fact] !== null;
    case 'among': {
      const value = facts[check.fact];
      return value !== null && check.values.includes(value);
    }
    case 'compare': {
      const value = facts[check.fact];
      return value !== null && compared(check.op, value, check.than);
    }
    default: return assertNever(check);
  }
}

function compared(op: CompareOp, value: number, than: number): boolean {
  switch (op) {
    case 'lt': return value < than;
    case 'lte': return value <= than;
    case 'gt': return value > than;
    case 'gte': return value >= than;
    case 'eq': return value === than;
    default: return assertNever(op);
  }
}
