/** What learned models that serve say of customers: from the same features as at the fit, read from the books. */
import { predictChurn } from '#core/churn/fit-churn';
import { addDays, dayNumber } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { beyondReach, predictLearnedValue } from '#core/clv/learned-value';
import type { LearnedValue } from '#core/clv/learned-value';
import { EVENT_DAYS, isEventColumn } from '#core/features/event-columns';
import { featuresAt } from '#core/features/features-at';
import type { CustomerFeatures } from '#core/features/features-at';
import { isLineColumn } from '#core/features/line-columns';
import type { Encoding } from '#core/learning/encoding';
import type { Table } from '#core/learning/table';
import { readHistoriesOf } from '#data/feature-history';
import type { CustomerHistories, HistoryReach } from '#data/feature-history';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { servingChurn, servingSpend } from './learned-files.ts';
import type { Reason } from './model-views.ts';

/** What is to be read for the columns a model goes by: what it does not look at costs nothing. */
export function reachOf(columns: readonly string[], { closed }: Pick<TenantState, 'closed'>, asOf: string): HistoryReach {
  return {
    asOf, closedBefore: closed?.before ?? null,
    mix: columns.some(isLineColumn),
    eventsFrom: columns.some(isEventColumn) ? addDays(asOf, 1 - EVENT_DAYS) : null,
  };
}

/** Columns that a model reads, by name. */
export function columnsOf({ encoding }: { encoding: Encoding }): string[] {
  return encoding.columns.map(({ name }) => name);
}

/** Columns that a model of spend reads, those included that say whether somebody is beyond its reach. */
export function spendColumnsOf(model: LearnedValue): string[] {
  return [...new Set([...columnsOf(model), ...model.most.map(({ name }) => name)])];
}

/** Features of histories as of a day, of the columns named alone. */
export function featuresOf({ history }: CustomerHistories, state: Pick<TenantState, 'currency' | 'countZeroOrders'>, asOf: string, only?: readonly string[]): CustomerFeatures {
  return featuresAt(history, dayNumber(asOf), { minorPerUnit: 10 ** minorDigits(state.currency), countZero: state.countZeroOrders, only });
}

/** Reasons shown: those that move the score most. */
const MOST_REASONS = 6;

/** What moves the one customer of `table` most. @param values contributions of `columns`, parallel */
export function strongest(columns: readonly string[], table: Table, values: Float64Array): Reason[] {
  const shown = columns.map((name, k) => {
    const column = table.columns.find((each) => each.name === name);
    const value = column?.kind === 'number' ? (column.values[0] ?? null) : (column?.levels[column.codes[0] ?? -1] ?? null);
    return { name, value: typeof value === 'number' && !Number.isFinite(value) ? null : value, effect: values[k] ?? 0 };
  });
  return shown.filter(({ effect }) => effect !== 0).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, MOST_REASONS);
}

/** Spend within the horizon, undiscounted minor units; low ≤ value ≤ high. */
export interface SpendSaid {
  value: number;
  low: number;
  high: number;
}

/** By customer id, of those a model speaks of; null where none serves. */
export interface LearnedAnswers {
  /** Probability of no order within the horizon. */
  churn: ReadonlyMap<string, number> | null;
  /** Without those who are unlike all that the model learned from. */
  spend: ReadonlyMap<string, SpendSaid> | null;
}

export const NOTHING_LEARNED: LearnedAnswers = { churn: null, spend: null };

/** Both models in one round trip, which reads only what they go by; none where nothing learned serves. */
export async function learnedAnswers(ctx: TenantContext, state: TenantState, ids: readonly string[], asOf: string): Promise<LearnedAnswers> {
  const [churn, spend] = [await servingChurn(ctx, state), await servingSpend(ctx, state)];
  if (!churn && !spend) return NOTHING_LEARNED;
  const columns = [...new Set([...(churn ? columnsOf(churn) : []), ...(spend ? spendColumnsOf(spend) : [])])];
  const read = await readHistoriesOf(ctx.db, ids, reachOf(columns, state, asOf));
  const { customer, table } = featuresOf(read, state, asOf, columns);
  const idOf = (row: number): string => read.ids[customer[row] ?? -1] ?? '';
  const answers = { churn: new Map<string, number>(), spend: new Map<string, SpendSaid>() };
  if (churn && table.rows > 0) predictChurn(churn, table).forEach((p, row) => { answers.churn.set(idOf(row), p); });
  if (spend && table.rows > 0) {
    const { value, low, high } = predictLearnedValue(spend, table);
    const beyond = beyondReach(spend, table);
    value.forEach((each, row) => { if (beyond[row] === 0) answers.spend.set(idOf(row), { value: each, low: low[row] ?? 0, high: high[row] ?? each }); });
  }
  return { churn: churn && answers.churn, spend: spend && answers.spend };
}
