/** Each night: how far customers have moved from those that the serving models were fitted on, input by input, and with them the answers. */
import { PREDICTION, predictChurn } from '#core/churn/fit-churn';
import { inputDrift, inputsOf, scoredTable } from '#core/clv/input-drift';
import { driftOf, MOVED } from '#core/learning/drift';
import { keepInputDrift, keepLearnedDrift, readEarlierInputs, readScored } from '#data/drift';
import { readSampleHistories } from '#data/feature-history';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { featuresOf, reachOf, servingChurn } from './churn-scores.ts';
import { asOfDay, requireState } from './scoring.ts';

/** Customers looked at: the index of so many is off by less than a hundredth. */
const SCORED = 20_000;
const SAMPLE = 5_000;
/** The model of repeat buying is fitted anew each night: its customers of four weeks ago tell more than those of yesterday. */
const SINCE_DAYS = 28;

export interface DriftFound {
  /** Inputs and predictions looked at, and those of them that moved (index above 0.25). */
  watched: number;
  moved: number;
}

/** Looks, and keeps what it saw with the runs that serve. Repeated, it sees the same. */
export async function watchDrift(ctx: TenantContext): Promise<DriftFound> {
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const all = [...await watchValue(ctx, state, asOf), ...await watchChurn(ctx, state, asOf)];
  return { watched: all.length, moved: all.filter((psi) => psi > MOVED).length };
}

async function watchValue(ctx: TenantContext, { modelRunId }: TenantState, asOf: string): Promise<number[]> {
  if (modelRunId === null) return [];
  const table = scoredTable(await readScored(ctx.db, asOf, SCORED));
  if (table.rows === 0) return [];
  const before = await readEarlierInputs(ctx.db, asOf, SINCE_DAYS);
  const drift = before === null ? null : inputDrift(before, table, asOf);
  await keepInputDrift(ctx.db, modelRunId, inputsOf(table, asOf), drift);
  return drift?.drift.map(({ psi }) => psi) ?? [];
}

async function watchChurn(ctx: TenantContext, state: TenantState, asOf: string): Promise<number[]> {
  const model = await servingChurn(ctx, state);
  if (!model || !state.churn) return [];
  // Baselines are of every column there was, also of those the model found nothing in.
  const names = model.baselines.map(({ name }) => name);
  const { table } = featuresOf(await readSampleHistories(ctx.db, reachOf(names, state, asOf), SAMPLE), state, asOf, names);
  if (table.rows === 0) return [];
  const prediction = { kind: 'number' as const, name: PREDICTION, values: predictChurn(model, table) };
  const drift = driftOf(model.baselines, { rows: table.rows, columns: [...table.columns, prediction] });
  await keepLearnedDrift(ctx.db, state.churn.id, asOf, drift);
  return drift.map(({ psi }) => psi);
}
