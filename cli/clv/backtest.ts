/** `clv backtest`: every model forecasts from several earlier days, and the one that is better beyond noise is named. */
import process from 'node:process';
import { dayText } from '#core/calendar/days';
import { bgBb } from '#core/clv/bg-bb';
import { DEFAULT_MODEL, models } from '#core/clv/registry';
import { rollingOrigins } from '#core/clv/rolling-origins';
import { minorDigits } from '#core/commerce/money';
import { judgeDay, report } from './backtest-report.ts';
import { modelFor, MODEL_NAMES, prepare, readPeriod } from './fit-input.ts';
import { readFlags, type Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { preparePeriods, prepareSummaries } from './prepare-summaries.ts';
import { hasFrequencies, NO_DURATION, readFrequencies } from './read-frequencies.ts';
import { readOrders } from './read-orders.ts';

export const BACKTEST_HELP = `clv backtest FILE.csv [flags]
  Fits each model on what was known on several earlier days, forecasts, and compares with what came.

  --models A,B            of ${MODEL_NAMES.join(', ')} (default: all in continuous time)
  --origins N             days to forecast from (default 4)
  --horizon-days N        days ahead (default: a third of the history; never more)
  --unit-days N, --period P, --interval L, --seed N, --count-zero, --currency CODE   as for fit
  --time-zone ZONE        such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY             day-first or month-first, where 03/04/2026 fits both ways
  --times T               of counted histories: days, weeks, months or years (default: days where all are whole, else weeks)
  --json                  print JSON

  Counted histories (frequency,recency,T under the names of lifetimes and BTYD) can be judged where a column x.star or
  frequency_holdout counts what came later, over duration_holdout or --horizon-days.
  "chosen" is ${DEFAULT_MODEL} unless another is better beyond noise: customers' errors compared in pairs, over all origins.
`;

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runBacktest(args: string[]): Promise<void> {
  const flags = readFlags(args, ['models', 'origins', 'horizon-days', 'unit-days', 'period', 'interval', 'seed', 'currency', 'times'], ['count-zero']);
  if (flags.help) return void process.stdout.write(BACKTEST_HELP);
  const names = (flags.text('models') ?? Object.keys(models).join(',')).split(',').map((name) => name.trim());
  const wanted = names.map(modelFor);
  if (new Set(names).size !== names.length) throw new InputError(`--models names one of ${names.join(', ')} twice.`);
  const unitDays = flags.number('unit-days', 7, 0.001);
  const period = readPeriod(flags.text('period'), unitDays);
  const level = flags.number('interval', 0.8, 0.01);
  const seed = flags.number('seed', 1, 0);
  if (await flags.fileIs(hasFrequencies)) return backtestCounted(flags, unitDays, level, seed);
  if (flags.text('times') !== undefined) throw new InputError('--times belongs to counted histories (frequency,recency,T): orders have dates.');
  const count = flags.number('origins', 4, 1);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const { events, firstDay, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const origins = rollingOrigins(firstDay, lastDay, count, flags.number('horizon-days', Infinity, 1));
  if (origins.length === 0) throw new InputError(`${flags.file}: ${lastDay - firstDay} days of orders are too few to forecast from an earlier day; about 45 are needed.`);
  const unit = 10 ** minorDigits(currency);
  const options = { countZero: flags.on('count-zero'), unitDays, period, unit };
  const judged = wanted.map((model) => ({
    model,
    days: origins.flatMap(({ calibrationEnd, horizonDays }) => {
      const prepared = prepare(model, events, { ...options, calibrationEnd, observationEnd: calibrationEnd + horizonDays });
      const day = judgeDay(model, prepared, { calibrationEnd: dayText(calibrationEnd), level, seed, hasMoney: true });
      return day ? [day] : [];
    }),
  }));
  report({ firstDay: dayText(firstDay), lastDay: dayText(lastDay) }, judged, fileNotes, flags.on('json'));
}

/** Counted histories with what came later: seen from one day, the one they were counted on. */
async function backtestCounted(flags: Flags, unitDays: number, level: number, seed: number): Promise<void> {
  if (flags.text('period') !== undefined) throw new InputError('--period needs orders (customer_id,date,amount): counted histories have no dates.');
  const counted = await readFrequencies(flags.file);
  const { later, kind } = counted;
  if (!later) throw new InputError(`${flags.file}: counted histories say what was known on one day, and a backtest needs what came after it: a column x.star (or frequency_holdout) with the purchases of a later window, and duration_holdout with its length. With orders (customer_id,date,amount) any earlier day can be looked from.`);
  const asked = flags.text('horizon-days') === undefined ? null : flags.number('horizon-days', 1, 1);
  if (later.duration === null && asked === null) throw new InputError(`${flags.file}: the column of later purchases does not say over how long they were counted: give --horizon-days N (273 for 39 weeks${kind === 'periods' ? ', with --unit-days the days of a period' : ''}), or a column duration_holdout with one and the same time for everybody.`);
  if (later.duration !== null && asked !== null) throw new InputError(`--horizon-days belongs to files without a column duration_holdout, which says it already.`);
  const wanted = (flags.text('models')?.split(',').map((name) => name.trim()) ?? (kind === 'periods' ? [bgBb.name] : Object.keys(models))).map(modelFor);
  const timed = kind === 'periods' ? null : prepareSummaries(counted, flags.text('times'), unitDays, asked);
  const judged = wanted.map((model) => {
    if (model !== bgBb && !timed) throw new InputError(`${flags.file}: frequency,recency,periods is for --models bg-bb; ${model.name} needs times (frequency,recency,T).`);
    const prepared = model === bgBb || !timed ? preparePeriods(flags.file, counted, asked === null ? null : Math.max(1, Math.round(asked / unitDays))) : timed.prepared;
    const day = judgeDay(model, prepared, { calibrationEnd: null, level, seed, hasMoney: model !== bgBb && counted.m !== null && later.m !== null });
    return { model, days: day ? [day] : [] };
  });
  const notes = counted.notes.filter((note) => note !== NO_DURATION);
  report({ customers: counted.weights.reduce((sum, each) => sum + each, 0) }, judged, [...notes, ...(timed ? [timed.note] : []), 'Seen from one day only: customers alone say what chance leaves open, and nothing what another season would'], flags.on('json'));
}
