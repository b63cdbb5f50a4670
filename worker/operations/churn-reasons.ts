/** Why a customer has her churn probability: what speaks for leaving and what for staying, by the model that serves. */
import { contributions } from '#core/churn/classifier';
import { predictChurn } from '#core/churn/fit-churn';
import { dayNumber } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { AppError } from '#core/errors';
import { featuresAt } from '#core/features/features-at';
import { encode } from '#core/learning/encoding';
import { readHistoriesOf } from '#data/feature-history';
import type { TenantContext } from '#worker/ports';
import { servingChurn } from './churn-scores.ts';
import type { ChurnReasons } from './model-views.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

/** Reasons shown: those that move the score most. */
const MOST_REASONS = 6;

/** @throws AppError `not_found` when no learned model serves, or the customer never bought */
export async function explainChurn(ctx: TenantContext, customerId: string): Promise<ChurnReasons> {
  requirePermission(ctx, 'customers:read');
  const state = await requireState(ctx);
  const model = await servingChurn(ctx, state);
  if (!model || !state.churn) throw new AppError('not_found', 'No learned model says who will leave yet; the rhythm of purchases does');
  const asOf = asOfDay(ctx, state);
  const { history } = await readHistoriesOf(ctx.db, [customerId], asOf);
  const { table } = featuresAt(history, dayNumber(asOf), { minorPerUnit: 10 ** minorDigits(state.currency), countZero: state.countZeroOrders });
  if (table.rows === 0) throw new AppError('not_found', 'This customer has no purchase to judge by');
  const columns = model.encoding.columns.map(({ name }) => name);
  const { values } = contributions(model.classifier, encode(model.encoding, table), columns.length);
  const shown = columns.map((name, k) => {
    const column = table.columns.find((each) => each.name === name);
    const value = column?.kind === 'number' ? (column.values[0] ?? null) : (column?.levels[column.codes[0] ?? -1] ?? null);
    return { name, value: typeof value === 'number' && !Number.isFinite(value) ? null : value, effect: values[k] ?? 0 };
  });
  return {
    churn: predictChurn(model, table)[0] ?? null, model: model.classifier.name, modelId: state.churn.id, horizonDays: state.horizonDays, asOf,
    reasons: shown.filter(({ effect }) => effect !== 0).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, MOST_REASONS),
  };
}
