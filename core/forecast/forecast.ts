/** Revenue or orders of the coming periods, from order lines. */
import { purchaseDays, type Events } from '#core/clv/summary';
import { buyerForecast } from './buyers.ts';
import { forecastSeries, type BuyersAhead, type Forecast, type Measure, type SeriesOptions } from './choose.ts';
import { periodSeries, type PeriodKind } from './series.ts';

export interface ForecastOptions extends SeriesOptions {
  measure: Measure;
  by: PeriodKind;
  /** A day worth zero is an order too. */
  countZero?: boolean;
}

/** As `forecastSeries`: revenue is all money by day, an order is a customer's purchase day. */
export function forecast(events: Events, options: ForecastOptions): Forecast {
  const { measure, by, asOfDay, countZero = false } = options;
  const days = purchaseDays(events, countZero);
  const series = measure === 'orders' ? periodSeries(days.day, new Float64Array(days.day.length).fill(1), by, asOfDay) : periodSeries(events.day, events.amount, by, asOfDay);
  return forecastSeries(series, buyersFrom(days, measure), options);
}

/** `days` as from `purchaseDays`: each origin's histories are made from them without sorting again. */
function buyersFrom(days: Events, measure: Measure): BuyersAhead {
  return (origin, coming) => buyerForecast(days, origin, coming)[measure];
}
