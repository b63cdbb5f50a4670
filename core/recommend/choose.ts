/** Which recommender serves a shop: the one that would have foreseen its last months best, never judged on the window that chose it. */
import { ownFrequency, popularity } from './baselines.ts';
import { implicitAls } from './implicit-als.ts';
import { interactions, type Interactions, type PurchaseLines } from './interactions.ts';
import { itemCosine } from './item-cosine.ts';
import { rankingMetrics, type Ranking, type RankingMetrics } from './ranking-metrics.ts';
import type { Recommender } from './recommender.ts';

/** Days `from` to `to`, both included. */
export interface Window {
  from: number;
  to: number;
}

export interface Candidate {
  name: string;
  settings: Record<string, number>;
  /** Foreseeing the window that chooses; null where there is none. */
  validation: RankingMetrics | null;
  /** Foreseeing the later window that is only reported; null where there is none, and for factorisations that were not chosen. */
  test: RankingMetrics | null;
}

export interface Choice {
  chosen: Recommender;
  candidates: Candidate[];
  windows: { validation: Window | null; test: Window | null };
  notes: string[];
}

export interface ChoiceOptions extends Ranking {
  /** Last day that the choice may see; what follows is the test. Without it the last fifth of the days is. */
  calibrationEnd?: number;
  /** Serve this one whatever the windows say. */
  model?: string;
  /** Nearest items that speak for an item; all of them unless said. */
  neighbours?: number;
  /** Multiplications beyond which a factorisation is not tried. */
  mostWork?: number;
}

/** A factorisation beyond this would take half a minute. */
const MOST_WORK = 1e10;
const TEST_SHARE = 0.2;
/** The validation window is never more than this share of what comes before the test. */
const VALIDATION_SHARE = 1 / 3;
/** Below this many customers to foresee a window says nothing. */
const LEAST_CUSTOMERS = 10;

const ALS_GRID = [
  { factors: 8, regularisation: 10, alpha: 1 },
  { factors: 8, regularisation: 50, alpha: 10 },
  { factors: 32, regularisation: 10, alpha: 10 },
  { factors: 64, regularisation: 50, alpha: 10 },
] as const;

/** Every recommender there is, simplest first: of equals the simpler serves. */
export function recommenders(most = Infinity): Recommender[] {
  return [popularity, ownFrequency, itemCosine({ most }), itemCosine({ most, selfAndCounts: true }), ...ALS_GRID.map((settings) => implicitAls(settings))];
}

/** Names that `model` may ask for. */
export function recommenderNames(): string[] {
  return [...new Set(recommenders().map((each) => each.name))];
}

/**
 * Choose by NDCG on a validation window, and report the later test window, fitted on all that came
 * before it, of the one chosen and of those that cost nothing. `lines` must not be empty.
 * @throws RangeError when `model` names none of `recommenderNames()`
 */
export function chooseRecommender(lines: PurchaseLines, options: ChoiceOptions): Choice {
  const { model, k, newOnly, mostWork = MOST_WORK } = options;
  const notes: string[] = [];
  let pool = recommenders(options.neighbours);
  if (model !== undefined) pool = pool.filter((each) => each.name === model);
  if (pool.length === 0) throw new RangeError(`No recommender is called ${model}`);
  const firstDay = lines.day.reduce((a, b) => Math.min(a, b), Infinity);
  const lastDay = lines.day.reduce((a, b) => Math.max(a, b), -Infinity);
  const split = Math.min(lastDay, options.calibrationEnd ?? firstDay + Math.floor((1 - TEST_SHARE) * (lastDay - firstDay)));
  const length = Math.floor(Math.min(split < lastDay ? lastDay - split : Infinity, VALIDATION_SHARE * (split - firstDay + 1)));
  const known = interactions(lines, -Infinity, split);
  const before = interactions(lines, -Infinity, split - length);
  const between = interactions(lines, split - length, split);
  const after = interactions(lines, split, lastDay);
  const affordable = pool.filter((each) => work(each, known) <= mostWork);
  if (affordable.length < pool.length && affordable.length > 0) {
    notes.push('Factorisations that would take long on this many purchases were not tried');
    pool = affordable;
  }
  const ranking: Ranking = { k, newOnly };
  const judged = pool.map((recommender) => {
    const validation = length > 0 ? rankingMetrics(recommender.fit(before), before, between, ranking) : null;
    return { recommender, validation };
  });
  const enough = (judged[0]?.validation?.metrics.customers ?? 0) >= LEAST_CUSTOMERS;
  let best = judged[0];
  if (enough) for (const each of judged) if ((each.validation?.metrics.ndcg ?? 0) > (best?.validation?.metrics.ndcg ?? 0)) best = each;
  if (!best) throw new RangeError('There is no recommender to choose from');
  if (!enough) notes.push(model === undefined ? `Too little history to choose on (${LEAST_CUSTOMERS} returning customers in a window are needed): ${best.recommender.name} serves` : 'Too little history to judge on');
  const floor = judged[0];
  if (enough && floor && best !== floor && best.validation && floor.validation) {
    const { mean, error } = pairedGain(best.validation.ndcgEach, floor.validation.ndcgEach);
    if (mean < 2 * error) notes.push(`${best.recommender.name} leads ${floor.recommender.name} by ${mean.toFixed(4)} NDCG, within the noise of ±${(2 * error).toFixed(4)}`);
  }
  const serves = best.recommender;
  const testOf = (recommender: Recommender): RankingMetrics | null =>
    split < lastDay && (recommender === serves || work(recommender, known) === 0) ? rankingMetrics(recommender.fit(known), known, after, ranking).metrics : null;
  return {
    chosen: serves,
    candidates: judged.map(({ recommender, validation }) => ({ name: recommender.name, settings: recommender.settings, validation: validation?.metrics ?? null, test: testOf(recommender) })),
    windows: { validation: length > 0 ? { from: split - length + 1, to: split } : null, test: split < lastDay ? { from: split + 1, to: lastDay } : null },
    notes,
  };
}

/** Multiplications of a fit, roughly; 0 for those that only count. */
function work(recommender: Recommender, table: Interactions): number {
  const { factors = 0 } = recommender.settings;
  return 12 * factors * factors * table.item.length;
}

/** Mean difference customer by customer and its standard error. */
function pairedGain(a: Float64Array, b: Float64Array): { mean: number; error: number } {
  const n = a.length;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const gain = (a[i] ?? 0) - (b[i] ?? 0);
    sum += gain;
    squares += gain * gain;
  }
  const mean = sum / n;
  return { mean, error: Math.sqrt(Math.max(0, squares / n - mean * mean) / n) };
}
