/** What some of the customers imply for the whole shop. */
import type { Events } from '#core/clv/summary';
import { buyerForecast, type BuyerForecast } from './buyers.ts';
import type { BuyersAhead, Measure } from './choose.ts';
import type { Series } from './series.ts';

/** The level is set by the last year: how many sales have a customer changes over the years. */
const LEVEL_DAYS = 365;

/**
 * The forecast of the customers in `days` (as from `purchaseDays`) at the level of the whole series: times what the series
 * brought in the year up to each origin over what those customers did. So it stands for a sample as for all, with sales
 * without a customer and several orders a day. Null before those customers have bought anything. `made` keeps what was
 * worked out, for another measure of the same series.
 */
export function sampledBuyers(days: Events, series: Series, measure: Measure, made = new Map<string, BuyerForecast>()): BuyersAhead {
  return (origin, coming) => {
    const since = Math.max(origin - LEVEL_DAYS, (series.periods[0]?.from ?? origin) - 1);
    let whole = 0;
    series.periods.forEach(({ from, to }, t) => {
      if (from > since && to <= origin) whole += series.values[t] ?? 0;
    });
    const [first, last] = [series.periods.find(({ from }) => from > since)?.from ?? Infinity, origin];
    let ours = 0;
    for (let i = 0; i < days.day.length; i++) {
      const day = days.day[i] ?? 0;
      if (day >= first && day <= last) ours += measure === 'orders' ? 1 : (days.amount[i] ?? 0);
    }
    if (!(ours > 0)) return null;
    const key = `${origin} ${coming.length}`;
    const ahead = made.get(key) ?? buyerForecast(days, origin, coming);
    made.set(key, ahead);
    return ahead[measure].map((value) => (value * whole) / ours);
  };
}
