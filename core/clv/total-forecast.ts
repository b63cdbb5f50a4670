/** What all customers together will bring, with an interval as wide as earlier forecasts were wrong. */
import { z } from 'zod';
import type { PastColumns } from './choose-model.ts';
import { forecast, type GroupForecast } from './forecast.ts';
import { modelNamed, type ModelName } from './registry.ts';
import { drawsOf, fitShop, type ShopColumns, type ShopFit, type ShopFitOptions } from './shop-fit.ts';
import { spendUncertainty } from './uncertainty.ts';
import { monthlyRate } from './value.ts';
import { overHorizon, widened, wideningFrom } from './widening.ts';

const rangeSchema = z.object({ expected: z.number(), low: z.number(), high: z.number() });

export const totalSchema = z.object({
  horizonDays: z.number(),
  customers: z.number(),
  orders: rangeSchema,
  /** Discounted, minor units. */
  value: rangeSchema,
  /** Probability the interval is meant to hold. */
  level: z.number(),
  /** How many times wider than chance and parameters alone would have it, on the log scale. */
  widenedBy: z.number(),
  /** Forecasts made from earlier days of what then came, before and after widening; value is undiscounted. */
  past: z.array(z.object({
    calibrationEnd: z.string(), horizonDays: z.number(), customers: z.number(),
    orders: rangeSchema.extend({ actual: z.number() }), value: rangeSchema.extend({ actual: z.number() }),
    widened: z.object({ orders: rangeSchema, value: rangeSchema }),
  })),
});

export type TotalForecast = z.infer<typeof totalSchema>;

/** Histories beyond this add less to a total's interval than they cost. */
const MOST_ROWS = 40_000;
/** For floating point, so that the origin that sets the factor lies within. */
const A_HAIR = 1 + 1e-9;

export interface Ahead extends ShopFitOptions {
  horizonDays: number;
  discountAnnual: number;
}

function totals(shop: ShopFit, columns: ShopColumns, m: Float64Array, { unitDays, horizonDays, discountAnnual }: Omit<Ahead, 'pooled'>): GroupForecast {
  const draws = drawsOf(shop, columns);
  const { params } = shop.spend;
  const spendDraws = shop.spendSource === 'fitted' ? spendUncertainty(shop.spend, columns.spend ?? { x: columns.x, m, weights: columns.weights }).draws : [params];
  const every = Math.max(1, Math.ceil(columns.x.length / MOST_ROWS));
  const take = (values: Float64Array, by = 1): Float64Array => values.filter((_, i) => i % every === 0).map((value) => value / by);
  // Rows left out are stood for by those taken.
  const weights = take(columns.weights ?? new Float64Array(columns.x.length).fill(1), 1 / every);
  const histories = { x: take(columns.x), tx: take(columns.tx, unitDays), T: take(columns.T, unitDays), m: take(m), weights };
  return forecast(modelNamed(shop.behaviour.model), { best: [shop.behaviour.params], draws: draws.length > 0 ? draws.map((set) => [set]) : [[shop.behaviour.params]] }, { best: params, draws: spendDraws }, histories,
    { horizonDays, unitDays, discountMonthly: monthlyRate(discountAnnual), level: 1 - 2 * shop.tail, each: false }).total;
}

/**
 * The total over `ahead`, widened until each of `past`, forecast from what was known then, would have held what came.
 * `columns` need `mRepeat`: mean net per repeat day of each row.
 */
export function forecastTotal(name: ModelName, columns: ShopColumns & { mRepeat: Float64Array }, past: readonly PastColumns[], ahead: Ahead): TotalForecast {
  const shop = fitShop(columns, name, ahead);
  const now = totals(shop, columns, columns.mRepeat, ahead);
  const sum = (values: Float64Array, weights: Float64Array | undefined): number => values.reduce((total, value, i) => total + (weights?.[i] ?? 1) * value, 0);
  const made = past.map((origin) => {
    const then = totals(fitShop(origin, name, ahead), origin, origin.mRepeat, { ...ahead, horizonDays: origin.horizonDays, discountAnnual: 0 });
    return {
      calibrationEnd: origin.calibrationEnd, horizonDays: origin.horizonDays, customers: then.customers,
      orders: { ...then.orders, actual: sum(origin.actualOrders, origin.weights) }, value: { ...then.value, actual: sum(origin.actualSpend, origin.weights) },
    };
  });
  const factor = A_HAIR * Math.max(wideningFrom(made.map((each) => each.orders)), wideningFrom(made.map((each) => each.value)));
  const longest = made.reduce((most, each) => Math.max(most, each.horizonDays), 0);
  const widenedBy = overHorizon(factor, longest, ahead.horizonDays);
  return {
    horizonDays: ahead.horizonDays, customers: now.customers, level: 1 - 2 * shop.tail, widenedBy,
    orders: widened(now.orders, widenedBy), value: widened(now.value, widenedBy),
    past: made.map((each) => ({ ...each, widened: { orders: widened(each.orders, factor), value: widened(each.value, factor) } })),
  };
}
