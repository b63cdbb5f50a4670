/** `clv forecast`: revenue or orders of the coming days, weeks or months, with intervals from backtests. */
import process from 'node:process';
import { dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { FORECASTERS, MEASURES, type Forecast } from '#core/forecast/choose';
import { forecast } from '#core/forecast/forecast';
import { PERIODS, periodSeries } from '#core/forecast/series';
import { purchaseDays, type Events } from '#core/clv/summary';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { readOrders } from './read-orders.ts';

export const FORECAST_HELP = `clv forecast FILE.csv [flags]
  Revenue or orders to come (customer_id,date,amount[,order_id]), by the way that would have foreseen the past best.

  --measure NAME          revenue (default) or orders (days on which a customer bought)
  --by NAME               day, week (from Monday) or month (default)
  --periods N             how many to forecast (default 12)
  --model NAME            ${FORECASTERS.join(', ')} (default: the least error over past origins)
  --calibration-end DAY   last day that may be seen; what follows in the file is compared (default: the file's last day)
  --interval P            share of cases the interval is to hold (default 0.8)
  --time-zone ZONE        such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --count-zero            a day worth zero is an order too
  --currency CODE         how many decimals amounts have (default USD)
  --out OUT.csv           write a row per period
  --dates WAY             day-first or month-first, where 03/04/2026 fits both ways
  --json                  print JSON
`;

function oneOf<const T extends string>(flag: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === given);
  if (found === undefined) throw new InputError(`--${flag} must be one of ${allowed.join(', ')}, not "${given}".`);
  return found;
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runForecast(args: string[]): Promise<void> {
  const flags = readFlags(args, ['measure', 'by', 'periods', 'model', 'calibration-end', 'as-of', 'interval', 'currency', 'out'], ['count-zero']);
  if (flags.help) return void process.stdout.write(FORECAST_HELP);
  const measure = oneOf('measure', flags.text('measure') ?? 'revenue', MEASURES);
  const by = oneOf('by', flags.text('by') ?? 'month', PERIODS);
  const asked = flags.text('model');
  const model = asked === undefined ? undefined : oneOf('model', asked, FORECASTERS);
  const count = flags.number('periods', 12, 1);
  if (!Number.isInteger(count) || count > 1000) throw new InputError(`--periods must be a whole number of at most 1000, not "${count}".`);
  const interval = flags.number('interval', 0.8, 0.01);
  if (interval >= 1) throw new InputError(`--interval must be below 1, such as 0.8, not "${interval}".`);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const endFlag = flags.day('calibration-end') ?? flags.day('as-of');
  const { events, firstDay, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const asOfDay = endFlag ?? lastDay;
  if (asOfDay < firstDay) throw new InputError(`--calibration-end ${dayText(asOfDay)} lies before the first order, ${dayText(firstDay)}.`);
  const unit = measure === 'revenue' ? 10 ** minorDigits(currency) : 1;
  const countZero = flags.on('count-zero');
  const start = performance.now();
  const made = forecast(events, { measure, by, count, asOfDay, tail: (1 - interval) / 2, model, countZero });
  const seconds = (performance.now() - start) / 1000;
  const rows = made.periods.map((period) => ({
    from: dayText(period.from), to: dayText(period.to), value: period.value / unit, low: period.low / unit, high: period.high / unit,
    ...(period.soFar === null ? {} : { soFar: period.soFar / unit }),
  }));
  const out = flags.text('out');
  if (out !== undefined) await writeCsv(out, ['from', 'to', 'value', 'low', 'high'], rows.map((row) => [row.from, row.to, row.value, row.low, row.high]));
  const json = flags.on('json');
  const { history } = made;
  print(
    {
      measure, by, model: made.chosen, form: made.form, chosenBy: model === undefined ? `mean absolute error over ${made.origins} past origins` : 'you',
      asOf: dayText(asOfDay), interval, seconds,
      periods: history.values.length,
      ...(json ? { history: history.periods.map((period, t) => ({ from: dayText(period.from), to: dayText(period.to), value: (history.values[t] ?? 0) / unit })) } : {}),
      forecast: json ? rows : rows.map((row) => `${row.from} to ${row.to}: ${row.value.toFixed(2)} (${row.low.toFixed(2)} to ${row.high.toFixed(2)})`),
      backtest: json
        ? made.backtest.map((each) => ({ ...each, mae: each.mae === null ? null : each.mae / unit }))
        : made.backtest.map((each) => (each.mae === null ? `${each.name}: needs more history` : `${each.name}: mean absolute error ${(each.mae / unit).toFixed(2)}, bias ${(100 * (each.bias ?? 0)).toFixed(1)}%`)),
      intervalErrors: made.errors,
      holdout: holdoutOf(made, events, measure === 'orders', countZero, lastDay, unit),
      notes: [...fileNotes, ...made.notes],
    },
    json,
  );
}

/** What the file says of the periods that were forecast, as far as it reaches; null where it does not. */
function holdoutOf({ periods, history }: Forecast, events: Events, orders: boolean, countZero: boolean, lastDay: number, unit: number): Record<string, number> | null {
  const days = orders ? purchaseDays(events, countZero) : events;
  const actual = periodSeries(days.day, orders ? new Float64Array(days.day.length).fill(1) : days.amount, history.by, lastDay);
  const came = new Map(actual.periods.map((period, t) => [period.from, actual.values[t] ?? 0]));
  const seen = periods.flatMap((period) => {
    const value = came.get(period.from);
    return value === undefined ? [] : [{ period, value }];
  });
  if (seen.length === 0) return null;
  const sum = (read: (each: (typeof seen)[number]) => number): number => seen.reduce((total, each) => total + read(each), 0);
  const actualTotal = sum((each) => each.value);
  const expectedTotal = sum((each) => each.period.value);
  const absolute = sum((each) => Math.abs(each.period.value - each.value));
  return {
    periods: seen.length,
    actualTotal: actualTotal / unit,
    expectedTotal: expectedTotal / unit,
    mae: absolute / seen.length / unit,
    ...(actualTotal === 0 ? {} : { bias: expectedTotal / actualTotal - 1, weightedPercentageError: absolute / Math.abs(actualTotal) }),
    intervalCoverage: sum((each) => (each.value >= each.period.low && each.value <= each.period.high ? 1 : 0)) / seen.length,
  };
}
