/** Which model of repeat buying serves: each forecasts from several earlier days, and the standing one gives way only beyond noise. */
import { z } from 'zod';
import { compareForecasts, poissonLoss, verdictSchema } from './compare-forecasts.ts';
import { DEFAULT_MODEL, isModelName, modelNamed, models, type ModelName } from './registry.ts';
import { chooseBehaviour, type ShopFitOptions } from './shop-fit.ts';
import type { HoldoutColumns } from './tenant-model.ts';

const trialSchema = z.object({
  model: z.string(),
  /** Whether it could be fitted at every origin; else it is not in the running. */
  usable: z.boolean(),
  /** Means over the origins, per customer and of orders but for the bias of totals. */
  bias: z.number(),
  mae: z.number(),
  rmse: z.number(),
  deviance: z.number(),
});

export const choiceSchema = z.object({
  standing: z.string(),
  chosen: z.string(),
  pinned: z.boolean(),
  /** For people. */
  why: z.string(),
  origins: z.array(z.object({ calibrationEnd: z.string(), horizonDays: z.number(), customers: z.number(), actualOrders: z.number() })),
  trials: z.array(trialSchema),
  verdicts: z.array(verdictSchema),
});

export type ModelChoice = z.infer<typeof choiceSchema>;

/** Seen from an earlier day; rows are customers or groups of equal ones. */
export interface PastColumns extends HoldoutColumns {
  /** YYYY-MM-DD. */
  calibrationEnd: string;
}

/** From one day alone a lucky season could promote a model. */
const LEAST_ORIGINS = 2;

export interface ChoiceOptions extends ShopFitOptions {
  /** The model that serves. */
  standing?: string;
  /** The model people chose to keep; it serves whatever the others would do. */
  pinned?: string | null;
}

interface Tried {
  usable: boolean;
  /** Per origin, a row each. */
  losses: Float64Array[];
  sums: { bias: number; mae: number; rmse: number; deviance: number };
}

/** Every model on every origin after which somebody bought, and the one to serve. */
export function chooseModel(past: readonly PastColumns[], { standing: asked = DEFAULT_MODEL, pinned = null, ...options }: ChoiceOptions): ModelChoice {
  const standing: ModelName = isModelName(asked) ? asked : DEFAULT_MODEL;
  // After a day from which nobody bought any more, every model that has learned of it is right.
  const origins = past.filter(({ actualOrders }) => actualOrders.some((orders) => orders > 0));
  const names = Object.keys(models).filter(isModelName);
  const tried = new Map(names.map((name) => [name, tryModel(name, origins, options)]));
  const own = tried.get(standing);
  const weights = origins.map((origin) => origin.weights);
  const verdicts = origins.length === 0 || !own ? [] : names.filter((name) => name !== standing && tried.get(name)?.usable === true)
    .map((name) => compareForecasts(name, own.losses, tried.get(name)?.losses ?? [], weights));
  const best = origins.length >= LEAST_ORIGINS ? verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0] : undefined;
  const kept = pinned !== null && isModelName(pinned) ? pinned : null;
  return {
    standing,
    chosen: kept ?? best?.challenger ?? standing,
    pinned: kept !== null,
    why: reason(standing, kept, best?.challenger ?? null, origins.length),
    origins: origins.map(({ calibrationEnd, horizonDays, actualOrders, weights: w }) => ({
      calibrationEnd, horizonDays,
      customers: actualOrders.reduce((sum, _, i) => sum + (w?.[i] ?? 1), 0), actualOrders: actualOrders.reduce((sum, each, i) => sum + (w?.[i] ?? 1) * each, 0),
    })),
    trials: names.map((model) => ({ model, usable: tried.get(model)?.usable ?? false, ...(tried.get(model)?.sums ?? { bias: 0, mae: 0, rmse: 0, deviance: 0 }) })),
    verdicts,
  };
}

function reason(standing: string, pinned: string | null, better: string | null, origins: number): string {
  if (pinned !== null) return `Pinned: ${pinned} serves whatever the others would have forecast`;
  if (origins < LEAST_ORIGINS) return `The history is too short to compare models on, so ${standing} serves`;
  if (better !== null) return `${better} forecast better than ${standing} from each of ${origins} earlier days, by more than chance explains`;
  return `No other model forecast better than ${standing} from ${origins} earlier days by more than chance explains`;
}

function tryModel(name: ModelName, origins: readonly PastColumns[], options: ShopFitOptions): Tried {
  const out: Tried = { usable: true, losses: [], sums: { bias: 0, mae: 0, rmse: 0, deviance: 0 } };
  for (const origin of origins) {
    const { behaviour, source } = chooseBehaviour(origin, name, options.unitDays, options.pooled);
    if (source !== 'fitted') out.usable = false;
    const expected = expectedOrders(behaviour.model, behaviour.params, origin, options.unitDays);
    const sum = { customers: 0, expected: 0, actual: 0, absolute: 0, squared: 0, loss: 0 };
    const losses = expected.map((mean, i) => poissonLoss(mean, origin.actualOrders[i] ?? 0));
    expected.forEach((mean, i) => {
      const w = origin.weights?.[i] ?? 1;
      const was = origin.actualOrders[i] ?? 0;
      sum.customers += w;
      sum.expected += w * mean;
      sum.actual += w * was;
      sum.absolute += w * Math.abs(mean - was);
      sum.squared += w * (mean - was) ** 2;
      sum.loss += w * (losses[i] ?? 0);
    });
    out.losses.push(losses);
    const customers = Math.max(1, sum.customers);
    out.sums.bias += (sum.actual > 0 ? sum.expected / sum.actual - 1 : 0) / origins.length;
    out.sums.mae += sum.absolute / customers / origins.length;
    out.sums.rmse += Math.sqrt(sum.squared / customers) / origins.length;
    out.sums.deviance += sum.loss / customers / origins.length;
  }
  return out;
}

/** Orders expected of each row over the origin's horizon. */
export function expectedOrders(name: string, params: Readonly<Record<string, number>>, { x, tx, T, horizonDays }: HoldoutColumns, unitDays: number): Float64Array {
  const model = modelNamed(name);
  const ifAlive = new Map<number, number>();
  return x.map((count, i) => {
    const key = count * 0x100000 + (T[i] ?? 0);
    let orders = ifAlive.get(key);
    if (orders === undefined) {
      orders = model.expectedIfAlive(params, horizonDays / unitDays, count, (T[i] ?? 0) / unitDays);
      ifAlive.set(key, orders);
    }
    return orders * model.pAlive(params, count, (tx[i] ?? 0) / unitDays, (T[i] ?? 0) / unitDays);
  });
}
