/** Each night: how far customers have moved from those that the serving models were fitted on, input by input, and with them the answers. */
import { predictChurn } from '#core/churn/fit-churn';
import { inputDrift, inputsOf, scoredTable } from '#core/clv/input-drift';
import { predictLearnedValue } from '#core/clv/learned-value';
import { driftOf, MOVED, PREDICTION } from '#core/learning/drift';
import type { Baseline } from '#core/learning/drift';
import type { Table } from '#core/learning/table';
import { keepInputDrift, keepLearnedDrift, readEarlierInputs, readScored } from '#data/drift';
import { readSampleHistories } from '#data/feature-history';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { servingChurn, servingSpend } from './learned-files.ts';
import { featuresOf, reachOf } from './learned-scores.ts';
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
  const all = [...await watchValue(ctx, state, asOf), ...await watchLearned(ctx, state, asOf)];
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

/** Of who leaves and, where it is learned, of spend: on the same customers. */
async function watchLearned(ctx: TenantContext, state: TenantState, asOf: string): Promise<number[]> {
  const [churn, spend] = [await servingChurn(ctx, state), await servingSpend(ctx, state)];
  // Baselines are of every column there was, also of those the model found nothing in.
  const names = [...new Set([...churn?.baselines ?? [], ...spend?.baselines ?? []].map(({ name }) => name))];
  if (names.length === 0) return [];
  const { table } = featuresOf(await readSampleHistories(ctx.db, reachOf(names, state, asOf), SAMPLE), state, asOf, names);
  if (table.rows === 0) return [];
  const keep = async (runId: string, baselines: readonly Baseline[], values: Float64Array): Promise<number[]> => {
    const drift = driftOf(baselines, withPrediction(table, values));
    await keepLearnedDrift(ctx.db, runId, asOf, drift);
    return drift.map(({ psi }) => psi);
  };
  return [
    ...(churn && state.churn ? await keep(state.churn.id, churn.baselines, predictChurn(churn, table)) : []),
    ...(spend && state.spend ? await keep(state.spend.id, spend.baselines, predictLearnedValue(spend, table).value) : []),
  ];
}

function withPrediction({ rows, columns }: Table, values: Float64Array): Table {
  return { rows, columns: [...columns.filter(({ name }) => name !== PREDICTION), { kind: 'number', name: PREDICTION, values }] };
}
