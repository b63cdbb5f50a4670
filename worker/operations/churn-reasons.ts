/** Why a customer has her churn probability: what speaks for leaving and what for staying, by the model that serves. */
import { z } from 'zod';
import { contributions } from '#core/churn/classifier';
import { AppError } from '#core/errors';
import { encode } from '#core/learning/encoding';
import { readHistoriesOf } from '#data/feature-history';
import { readChurn } from '#data/learned-models';
import type { TenantContext } from '#worker/ports';
import { servingChurn } from './learned-files.ts';
import { columnsOf, featuresOf, reachOf, strongest } from './learned-scores.ts';
import type { ChurnReasons } from './model-views.ts';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';

/** The stored probability, who says so, and where a learned model serves what moves it. @throws AppError `not_found` */
export async function explainChurn(ctx: TenantContext, customerId: string): Promise<ChurnReasons> {
  requirePermission(ctx, 'customers:read');
  const [state, stored] = [await requireState(ctx), z.uuid().safeParse(customerId).success ? await readChurn(ctx.db, customerId) : null];
  if (!stored) throw new AppError('not_found', 'There is no such customer');
  const { horizonDays } = state;
  const asOf = asOfDay(ctx, state);
  const plain: ChurnReasons = { churn: stored.churn, by: stored.churn_by, horizonDays, asOf, modelId: null, reasons: [] };
  const model = stored.churn_by === 'learned' ? await servingChurn(ctx, state) : null;
  if (!model) return plain;
  const columns = columnsOf(model);
  const { table } = featuresOf(await readHistoriesOf(ctx.db, [stored.customer_id], reachOf(columns, state, asOf)), state, asOf, columns);
  if (table.rows === 0) return plain;
  const { values } = contributions(model.classifier, encode(model.encoding, table), columns.length);
  return { ...plain, modelId: state.churn?.id ?? null, reasons: strongest(columns, table, values) };
}
