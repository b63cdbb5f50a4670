/** Revenue and orders to come: worked out at night with the customers' own histories, else when first asked for without them. */
import { addDays, dayNumber, dayText } from '#core/calendar/days';
import { AppError } from '#core/errors';
import { forecastSeries, MEASURES, type BuyersAhead, type Measure } from '#core/forecast/choose';
import { sampledBuyers } from '#core/forecast/sampled-buyers';
import { PERIODS, periodSeries, type PeriodKind, type Series } from '#core/forecast/series';
import type { BuyerForecast } from '#core/forecast/buyers';
import type { Events } from '#core/clv/summary';
import { keepForecasts, readBuyerDays, readForecastBasis } from '#data/forecasts';
import type { DaySeries, ForecastToKeep, KeptForecast } from '#data/forecasts';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { inStep } from './runs.ts';
import { asOfDay, requireState } from './scoring.ts';
import type { ForecastView } from './forecast-views.ts';

/** Periods ahead that are worked out; errors further on are too wide to act on. */
export const FORECAST_PERIODS: Readonly<Record<PeriodKind, number>> = { day: 28, week: 26, month: 12 };
/** Purchase days that the customers' way reads: more would move it by less than its noise, and fill an isolate. */
const MOST_BUYER_DAYS = 50_000;
/** Of the past's sum: what came later than the forecast was made may change this much of it before it is made anew. */
const STALE_SHARE = 0.01;
const WITHOUT_BUYERS = 'Customers’ own histories are asked at night: this was worked out from the totals alone';

/** The last day that is over: figures of today would pass for a bad day. */
function lastWholeDay(ctx: TenantContext, state: TenantState): string {
  return state.analysisDate ?? addDays(asOfDay(ctx, state), -1);
}

function seriesOf({ day, net, orders }: DaySeries, measure: Measure, by: PeriodKind, asOf: number): Series {
  return periodSeries(day, measure === 'revenue' ? net : orders, by, asOf);
}

function work(series: Series, buyers: BuyersAhead | null, asked: number, asOf: number): KeptForecast {
  const { history, ...made } = forecastSeries(series, buyers, { count: FORECAST_PERIODS[series.by], asOfDay: asOf });
  return { format: 1, ...made, notes: buyers === null && made.origins > 0 ? [...made.notes, WITHOUT_BUYERS] : made.notes, restsOn: restsOn(history), buyers: asked };
}

function restsOn({ periods, values }: Series): KeptForecast['restsOn'] {
  return { from: periods[0]?.from ?? null, values: [...values] };
}

/** Whether what was kept knew the past as it stands now, but for little. */
function isStillRight({ restsOn: then }: KeptForecast, series: Series): boolean {
  if (then.from !== (series.periods[0]?.from ?? null) || then.values.length !== series.values.length) return false;
  let moved = 0;
  let all = 0;
  series.values.forEach((value, t) => {
    moved += Math.abs(value - (then.values[t] ?? 0));
    all += Math.abs(value);
  });
  return moved <= STALE_SHARE * all;
}

export interface ForecastInput {
  measure: Measure;
  by: PeriodKind;
  /** How many periods ahead; all that are worked out unless said. */
  periods?: number;
}

/** @throws AppError `invalid_input` for more periods than are worked out */
export async function getForecast(ctx: TenantContext, { measure, by, periods = FORECAST_PERIODS[by] }: ForecastInput): Promise<ForecastView> {
  requirePermission(ctx, 'value:read');
  const most = FORECAST_PERIODS[by];
  if (!Number.isInteger(periods) || periods < 1 || periods > most) {
    throw new AppError('invalid_input', `A forecast by ${by} reaches 1 to ${most} ${by}s`, { errors: [{ path: 'periods', message: `A whole number from 1 to ${most}` }] });
  }
  const state = await requireState(ctx);
  const through = lastWholeDay(ctx, state);
  const asOf = dayNumber(through);
  const { series: days, kept } = await readForecastBasis(ctx.db, { measure, by, through, epoch: state.epoch });
  const series = seriesOf(days, measure, by, asOf);
  let content = kept !== null && isStillRight(kept, series) ? kept : null;
  if (content === null) {
    content = { ...work(series, null, 0, asOf), madeAt: ctx.clock.now().toISOString() };
    if (series.values.length > 0) await keepForecasts(ctx.db, { through, epoch: state.epoch, madeAt: content.madeAt }, [{ measure, by, content }]);
  }
  const text = (day: number): string => dayText(day);
  return {
    currency: state.currency, measure, by, asOf: through, madeAt: content.madeAt, chosen: content.chosen, form: content.form,
    history: series.periods.map((period, t) => ({ from: text(period.from), to: text(period.to), value: Math.round(series.values[t] ?? 0) })),
    periods: content.periods.slice(0, periods).map((period) => ({
      from: text(period.from), to: text(period.to), value: shown(period.value, measure), low: shown(period.low, measure), high: shown(period.high, measure), soFar: period.soFar,
    })),
    backtest: content.backtest, origins: content.origins, errors: content.errors, horizon: most, buyers: content.buyers, notes: content.notes,
  };
}

/** Money in whole minor units; expected orders keep a digit. */
function shown(value: number, measure: Measure): number {
  return measure === 'revenue' ? Math.round(value) : Math.round(value * 10) / 10;
}

/** Every measure and period with all ways of foreseeing, kept for the day. Answers how many, and how many customers were asked. */
export async function makeForecasts(ctx: TenantContext): Promise<{ forecasts: number; customers: number }> {
  const state = await requireState(ctx);
  const through = lastWholeDay(ctx, state);
  const asOf = dayNumber(through);
  const { series: days, buyers } = await readBuyerDays(ctx.db, through, MOST_BUYER_DAYS);
  if (days.day.length === 0) return { forecasts: 0, customers: 0 };
  const events = eventsOf(buyers);
  const made: ForecastToKeep[] = [];
  for (const by of PERIODS) {
    // What an origin implies is worked out once for both measures.
    const ahead = new Map<string, BuyerForecast>();
    for (const measure of MEASURES) {
      const series = seriesOf(days, measure, by, asOf);
      made.push({ measure, by, content: work(series, sampledBuyers(events, series, measure, ahead), buyers.length, asOf) });
    }
  }
  await keepForecasts(ctx.db, { through, epoch: state.epoch, madeAt: ctx.clock.now().toISOString() }, made);
  return { forecasts: made.length, customers: buyers.length };
}

function eventsOf(buyers: readonly { day: number[]; net: number[] }[]): Events {
  const count = buyers.reduce((sum, { day }) => sum + day.length, 0);
  const events: Events = { customer: new Int32Array(count), day: new Int32Array(count), amount: new Float64Array(count) };
  let at = 0;
  buyers.forEach(({ day, net }, customer) => {
    day.forEach((one, i) => {
      events.customer[at] = customer;
      events.day[at] = one;
      events.amount[at++] = net[i] ?? 0;
    });
  });
  return events;
}

/** The coming days, weeks and months, for the day that has begun. */
export async function nightForecasts(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'forecasts', () => makeForecasts(ctx), (result) => result);
}
