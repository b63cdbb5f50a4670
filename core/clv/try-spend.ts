/** What each way of foretelling spend would have said on an earlier day, when only what came before it was known. */
import { firstOf, keptApart, purchaseHistories, rowsOf, TRIED } from '#core/churn/past-windows';
import type { PastWindow, RhythmOptions } from '#core/churn/past-windows';
import { isLogged } from '#core/features/catalogue';
import { expectedOrders } from './choose-model.ts';
import { expectedSpend } from './gamma-gamma.ts';
import { fitExpectedValue, isLearned, LEARNED_MODELS, predictExpectedValue, type LearnedName } from './learned-value.ts';
import { fitShop } from './shop-fit.ts';

/** Orders of the model of repeat buying times spend an order: stands until something learned is better. */
export const PROBABILISTIC = 'probabilistic';
export type SpendWay = typeof PROBABILISTIC | LearnedName;
export const SPEND_WAYS: readonly SpendWay[] = [PROBABILISTIC, ...LEARNED_MODELS];

/** Whether `name` is a way we have. */
export function isSpendWay(name: string): name is SpendWay {
  return name === PROBABILISTIC || isLearned(name);
}

/** Two windows, of which the one was over when the other began. */
export interface WindowPair {
  /** What learned models know on the day: customers a horizon earlier, and what they spent until it. */
  learned: PastWindow;
  /** Customers as of the day, with the columns of `learned`, and what they spent in the horizon after it. */
  judged: PastWindow;
}

/** One day's trial. Money in minor units, undiscounted. */
export interface SpendTrial {
  /** Last day known, last day foretold, and the first day of the window that was learned from. */
  origin: string;
  end: string;
  learnedFrom: string;
  actual: Float64Array;
  /** Parallel to `actual`. */
  expected: Map<SpendWay, Float64Array>;
}

/** Customers and spenders of a window, from which there is something to learn. */
const LEAST_CUSTOMERS = 500;
const LEAST_SPENDERS = 50;

/** Why there is nothing to learn of spend, in words; null when there is. */
export function tooFewSpend({ spent }: Pick<PastWindow, 'spent'>): string | null {
  const spenders = spent.reduce((count, each) => count + Number(each > 0), 0);
  if (spent.length < LEAST_CUSTOMERS) return `${spent.length} customers who bought before the window are too few to learn spend from (${LEAST_CUSTOMERS} are needed)`;
  return spenders < LEAST_SPENDERS ? `Only ${spenders} customers spent anything in the window, too few to learn what they spend (${LEAST_SPENDERS} are needed)` : null;
}

/**
 * Every way on the same customers, none of whom is kept apart for the report. Learned models are fitted on the window that was over on the
 * day, as they would have been: they know nothing of the season they foretell, and neither does the probabilistic model.
 * @param latest whether no day is later
 */
export function trySpend({ learned, judged }: WindowPair, horizonDays: number, latest: boolean, options: RhythmOptions): SpendTrial {
  const { seed = 1, unitDays, minorPerUnit } = options;
  const most = latest ? TRIED.latest : TRIED.earlier;
  const known = firstOf(learned, most);
  const tried = firstOf(rowsOf(judged, keptApart(judged).fit), most);
  const histories = purchaseHistories(tried.table, minorPerUnit);
  const { behaviour, spend } = fitShop(histories, options.model, options);
  const none = new Float64Array(tried.table.rows);
  const orders = expectedOrders(behaviour.model, behaviour.params, { ...histories, actualOrders: none, actualSpend: none, horizonDays }, unitDays);
  const expected = new Map<SpendWay, Float64Array>([[PROBABILISTIC, orders.map((count, i) => count * expectedSpend(spend.params, histories.x[i] ?? 0, histories.mRepeat[i] ?? 0))]]);
  for (const name of LEARNED_MODELS) expected.set(name, predictExpectedValue(fitExpectedValue(known.table, known.spent, name, { seed, isLogged }), tried.table));
  return { origin: judged.origin, end: judged.end, learnedFrom: learned.origin, actual: tried.spent, expected };
}
