import { expect, it } from 'vitest';
import type { Explanation } from '#core/segments/match';
import { neededFor, type Needed } from './needed-changes.ts';

const clause = (id: 'p_alive' | 'churn' | 'historical_value', holds: boolean): Explanation => ({ kind: 'condition', condition: { is: id, op: 'lt', value: 0.4 }, saw: { kind: 'number', value: 0.5 }, holds, turns: null, since: null });
const both = (kind: 'all' | 'any', ...of: Explanation[]): Explanation => ({ kind, of, holds: kind === 'all' ? of.every((one) => one.holds) : of.some((one) => one.holds), turns: null, since: null });
const not = (of: Explanation): Explanation => ({ kind: 'not', of, holds: !of.holds, turns: null, since: null });

/** As text: what must come to hold with +, what must cease with -. */
const said = (needed: Needed | null): string => (needed === null ? 'nothing' : needed.kind === 'clause' ? `${needed.toHold ? '+' : '-'}${needed.clause.condition.is}` : `${needed.kind}(${needed.of.map(said).join(' ')})`);

const yes = clause('p_alive', true), no = clause('churn', false), third = clause('historical_value', false);

it.each<[string, Explanation, boolean, string]>([
  ['is nothing where she is in already', both('all', yes), true, 'nothing'],
  ['is each false clause of an "and"', both('all', yes, no, third), true, 'each(+churn +historical_value)'],
  ['is any clause of an "or"', both('any', no, third), true, 'one(+churn +historical_value)'],
  ['is the one that is left', both('all', yes, no), true, '+churn'],
  ['turns round within a "not"', both('all', no, not(yes)), true, 'each(+churn -p_alive)'],
  ['is any clause of an "and" to leave it', both('all', yes, yes), false, 'one(-p_alive -p_alive)'],
  ['is each true clause of an "or" to leave it', both('any', yes, no, yes), false, 'each(-p_alive -p_alive)'],
  ['goes through groups', both('all', both('any', no, third), not(both('any', yes, no))), true, 'each(one(+churn +historical_value) -p_alive)'],
])('what would have to change %s', (_, explanation, wanted, expected) => {
  expect(said(neededFor(explanation, wanted))).toBe(expected);
});
