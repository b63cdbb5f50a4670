/** A forecast in words: what it found, which way made it, and how far to trust it. */
import type { Forecaster } from '#core/forecast/choose';
import { seasonOf, type PeriodKind } from '#core/forecast/series';
import { assertNever } from '#core/errors';
import type { ForecastPoint, ForecastView } from '#operations/forecast-views';
import type { Formats } from '../../format/formats.ts';

export function wayName(way: Forecaster, by: PeriodKind): string {
  switch (way) {
    case 'ets': return 'Level, trend and season of your totals';
    case 'buyers': return 'Your customers’ own histories';
    case 'seasonal-naive': return by === 'day' ? 'The same as a week before' : `The same as a year before`;
    case 'naive': return `The same as the ${by} before`;
    default: return assertNever(way);
  }
}

export function periodWords({ from, to }: Pick<ForecastPoint, 'from' | 'to'>, by: PeriodKind, { day, dayShort, month }: Formats): string {
  if (by === 'month') return month(from);
  return by === 'day' ? day(from) : `${dayShort(from)} – ${day(to)}`;
}

/** Money or a count, as the forecast measures. */
export function amount(value: number, { measure }: Pick<ForecastView, 'measure'>, { money, count }: Formats): string {
  return measure === 'revenue' ? money(value) : count(Math.round(value));
}

/** What the next period will come to, against the same a season ago where that is known. */
export function finding(view: ForecastView, formats: Formats): string {
  const next = view.periods[0];
  if (!next || (view.history.length === 0 && next.soFar === null)) return 'There is nothing to foresee from yet';
  const of = (value: number): string => amount(value, view, formats);
  const what = view.measure === 'revenue' ? of(next.value) : `${of(next.value)} orders`;
  const range = `(${of(next.low)} – ${of(next.high)})`;
  const name = periodWords(next, view.by, formats);
  const before = view.history.at(-seasonOf(view.by));
  const isKnown = view.history.length >= seasonOf(view.by) && before !== undefined && before.value > 0;
  const change = isKnown ? next.value / before.value - 1 : 0;
  const against = !isKnown ? '' : Math.abs(change) < 0.005 ? ', as a season before' : `, ${formats.percent(Math.abs(change))} ${change > 0 ? 'above' : 'below'} ${periodWords(before, view.by, formats)}`;
  return `${name} is likely to ${next.soFar === null ? 'bring' : 'end at'} ${what} ${range}${against}`;
}

/** Sentences on what stands behind the figures and what does not. */
export function trustPoints(view: ForecastView, formats: Formats): string[] {
  const { backtest, chosen, origins, errors, by, horizon, buyers } = view;
  const { percent, count } = formats;
  const points: string[] = [];
  const mine = backtest.find(({ name }) => name === chosen);
  const naive = backtest.find(({ name }) => name === 'naive');
  if (origins > 0 && mine?.share != null) {
    const other = chosen !== 'naive' && naive?.share != null ? ` “${wayName('naive', by)}” would have been off by ${percent(naive.share)}.` : '';
    points.push(`Asked at ${count(origins)} past points, each knowing only what came before it, for up to ${count(horizon)} ${by}s ahead: off by ${percent(mine.share)} of what then came, on average.${other}`);
    if (mine.bias !== null) points.push(Math.abs(mine.bias) < 0.01 ? 'Taken together those forecasts were right to 1%.' : `Taken together those forecasts were ${percent(Math.abs(mine.bias))} too ${mine.bias > 0 ? 'high' : 'low'}. Nothing is corrected for it.`);
  }
  points.push(
    errors >= 20 ? `The band is as wide as ${count(errors)} past errors were: made to hold 8 of 10 ${by}s, so 2 of 10 will fall outside.`
    : errors > 0 ? `Only ${count(errors)} past errors are known: the band is widened, and is a rough one.`
    : 'No past forecast could be compared with what came: the band is a guess from how much your figures moved so far.',
  );
  if (buyers > 0) points.push(`${count(buyers)} customers’ own histories were asked: who is still likely to buy, how often, and how many new ones come.`);
  points.push('What has not happened before is not in it: a new product, a campaign, a holiday that moved, running out of stock.');
  return [...points, ...view.notes.map((note) => `${note}.`)];
}
