/** Why a customer has the value that a learned model foretells: what raises it and what lowers it. */
import { valueContributions } from '#core/clv/value-reasons';
import { readHistoriesOf } from '#data/feature-history';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import type { Reasons } from './model-views.ts';
import { servingSpend } from './learned-files.ts';
import { columnsOf, featuresOf, reachOf, strongest } from './learned-scores.ts';

/** Null where nothing learned says her value. Called for somebody whose value it does say. */
export async function spendReasons(ctx: TenantContext, state: TenantState, customerId: string, asOf: string): Promise<Reasons | null> {
  const model = await servingSpend(ctx, state);
  if (model === null || state.spend === null) return null;
  const columns = columnsOf(model);
  const { table } = featuresOf(await readHistoriesOf(ctx.db, [customerId], reachOf(columns, state, asOf)), state, asOf, columns);
  return table.rows === 0 ? null : { modelId: state.spend.id, reasons: strongest(columns, table, valueContributions(model, table).values) };
}
