/** Churn probabilities of customers from the model that serves: its file from object storage, their features from the books. */
import { readChurnModel } from '#core/churn/churn-file';
import { predictChurn } from '#core/churn/fit-churn';
import type { ChurnModel } from '#core/churn/fit-churn';
import { addDays, dayNumber } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { LINE_FEATURES } from '#core/features/catalogue';
import { EVENT_DAYS, isEventColumn } from '#core/features/event-columns';
import { featuresAt } from '#core/features/features-at';
import type { CustomerFeatures } from '#core/features/features-at';
import { readHistoriesOf } from '#data/feature-history';
import type { CustomerHistories, HistoryReach } from '#data/feature-history';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';

/** Models this isolate has read, the last used last. */
const known = new Map<string, ChurnModel>();
const MOST_KNOWN = 4;

/** The churn model that serves under the company's horizon; null when there is none, or when its file cannot be used. */
export async function servingChurn(ctx: TenantContext, { churn, horizonDays }: TenantState): Promise<ChurnModel | null> {
  if (churn === null || churn.horizonDays !== horizonDays) return null;
  const held = known.get(churn.id);
  if (held) {
    known.delete(churn.id);
    known.set(churn.id, held);
    return held;
  }
  try {
    const found = await ctx.files.read(churn.fileKey, 0);
    if (!found) throw new Error('The file is not there');
    const model = readChurnModel(new Uint8Array(await new Response(found.body).arrayBuffer()));
    known.set(churn.id, model);
    for (const oldest of known.keys()) if (known.size > MOST_KNOWN) known.delete(oldest);
    return model;
  } catch (error) {
    // Values must not wait for a model that is only one way to say who leaves: the rhythm of purchases says it meanwhile.
    ctx.log.error('churn_model_unreadable', { companyId: ctx.companyId, runId: churn.id, error: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

/** What is to be read for the columns a model goes by: what it does not look at costs nothing. */
export function reachOf(columns: readonly string[], { closed }: Pick<TenantState, 'closed'>, asOf: string): HistoryReach {
  return {
    asOf, closedBefore: closed?.before ?? null,
    mix: LINE_FEATURES.some(({ name }) => columns.includes(name)),
    eventsFrom: columns.some(isEventColumn) ? addDays(asOf, 1 - EVENT_DAYS) : null,
  };
}

/** Columns that a model reads, by name. */
export function columnsOf(model: ChurnModel): string[] {
  return model.encoding.columns.map(({ name }) => name);
}

/** Features of histories as of a day, of the columns named alone. */
export function featuresOf({ history }: CustomerHistories, state: Pick<TenantState, 'currency' | 'countZeroOrders'>, asOf: string, only?: readonly string[]): CustomerFeatures {
  return featuresAt(history, dayNumber(asOf), { minorPerUnit: 10 ** minorDigits(state.currency), countZero: state.countZeroOrders, only });
}

/** Probability of no order within the horizon by customer id; those without a purchase are not in it. */
export async function learnedChurn(ctx: TenantContext, model: ChurnModel, state: TenantState, ids: readonly string[], asOf: string): Promise<Map<string, number>> {
  const columns = columnsOf(model);
  const read = await readHistoriesOf(ctx.db, ids, reachOf(columns, state, asOf));
  const { customer, table } = featuresOf(read, state, asOf, columns);
  const churn = new Map<string, number>();
  if (table.rows === 0) return churn;
  predictChurn(model, table).forEach((p, row) => { churn.set(read.ids[customer[row] ?? -1] ?? '', p); });
  return churn;
}
