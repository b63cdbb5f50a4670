/** `clv backtest`: every model forecasts from several earlier days, and the one that is better beyond noise is named. */
import process from 'node:process';
import { dayText } from '#core/calendar/days';
import { bgBb } from '#core/clv/bg-bb';
import { compareForecasts, poissonLoss, type Verdict } from '#core/clv/compare-forecasts';
import { holdoutEvidence } from '#core/clv/evidence';
import { DEFAULT_MODEL, models } from '#core/clv/registry';
import { rollingOrigins } from '#core/clv/rolling-origins';
import { widened, wideningFrom, type PastForecast } from '#core/clv/widening';
import { minorDigits } from '#core/commerce/money';
import { believe, fitPrepared, foresee } from './fitting.ts';
import { modelFor, MODEL_NAMES, prepare, readPeriod } from './fit-input.ts';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print } from './print.ts';
import { readOrders } from './read-orders.ts';

export const BACKTEST_HELP = `clv backtest FILE.csv [flags]
  Fits each model on what was known on several earlier days, forecasts, and compares with what came.

  --models A,B            of ${MODEL_NAMES.join(', ')} (default: all in continuous time)
  --origins N             days to forecast from (default 4)
  --horizon-days N        days ahead (default: a third of the history; never more)
  --unit-days N, --period P, --interval L, --seed N, --count-zero, --currency CODE   as for fit
  --time-zone ZONE        such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY             day-first or month-first, where 03/04/2026 fits both ways
  --json                  print JSON

  "chosen" is ${DEFAULT_MODEL} unless another is better beyond noise: customers' errors compared in pairs, over all origins.
`;

interface Run {
  calibrationEnd: string;
  horizonDays: number;
  customers: number;
  expected: number;
  actual: number;
  low: number;
  high: number;
  mae: number;
  rmse: number;
  bias: number;
  spendMae: number;
  intervalCoverage: number;
  trackingMape: number | null;
  converged: boolean;
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runBacktest(args: string[]): Promise<void> {
  const flags = readFlags(args, ['models', 'origins', 'horizon-days', 'unit-days', 'period', 'interval', 'seed', 'currency'], ['count-zero']);
  if (flags.help) return void process.stdout.write(BACKTEST_HELP);
  const names = (flags.text('models') ?? Object.keys(models).join(',')).split(',').map((name) => name.trim());
  const wanted = names.map(modelFor);
  if (new Set(names).size !== names.length) throw new InputError(`--models names one of ${names.join(', ')} twice.`);
  const unitDays = flags.number('unit-days', 7, 0.001);
  const period = readPeriod(flags.text('period'), unitDays);
  const level = flags.number('interval', 0.8, 0.01);
  const seed = flags.number('seed', 1, 0);
  const count = flags.number('origins', 4, 1);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const { events, firstDay, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const origins = rollingOrigins(firstDay, lastDay, count, flags.number('horizon-days', Infinity, 1));
  if (origins.length === 0) throw new InputError(`${flags.file}: ${lastDay - firstDay} days of orders are too few to forecast from an earlier day; about 45 are needed.`);
  const unit = 10 ** minorDigits(currency);
  const errors = new Map<string, Float64Array[]>();
  const results = wanted.map((model) => {
    const losses: Float64Array[] = [];
    errors.set(model.name, losses);
    const runs: Run[] = [];
    const past: PastForecast[] = [];
    for (const { calibrationEnd, horizonDays } of origins) {
      const prepared = prepare(model, events, { calibrationEnd, observationEnd: calibrationEnd + horizonDays, countZero: flags.on('count-zero'), unitDays, period, unit });
      const { holdout } = prepared;
      if (!holdout || prepared.m.length === 0) continue;
      const fitted = fitPrepared(model, prepared, true);
      const made = foresee(fitted, believe(fitted, prepared, seed), prepared, { horizonDays: holdout.horizonDays, discountMonthly: 0, level, each: true });
      const evidence = holdoutEvidence({ expectedOrders: made.expectedOrders, actualOrders: holdout.x, expectedSpend: made.spend, actualSpend: holdout.spend, low: made.low, high: made.high }, holdout.horizonDays, level);
      losses.push(Float64Array.from(made.expectedOrders, (expected, i) => poissonLoss(expected, holdout.x[i] ?? 0)));
      const { orders } = made.total;
      past.push({ ...orders, actual: evidence.actualOrders });
      runs.push({
        calibrationEnd: dayText(calibrationEnd),
        horizonDays: holdout.horizonDays,
        customers: evidence.customers,
        expected: evidence.expectedOrders,
        actual: evidence.actualOrders,
        low: orders.low,
        high: orders.high,
        mae: evidence.mae,
        rmse: evidence.rmse,
        bias: evidence.bias,
        spendMae: evidence.spendMae,
        intervalCoverage: evidence.intervalCoverage,
        trackingMape: holdout.trackingMape(fitted.fit),
        converged: fitted.fit.converged,
      });
    }
    const factor = wideningFrom(past);
    const average = (read: (run: Run) => number): number => runs.reduce((sum, run) => sum + read(run), 0) / Math.max(1, runs.length);
    return {
      model: model.name,
      mae: average((run) => run.mae),
      rmse: average((run) => run.rmse),
      bias: average((run) => run.bias),
      spendMae: average((run) => run.spendMae),
      intervalCoverage: average((run) => run.intervalCoverage),
      totalsHeld: past.filter((each) => each.actual >= each.low && each.actual <= each.high).length,
      widenedBy: factor,
      totalsHeldWidened: past.filter((each) => { const wide = widened(each, factor * (1 + 1e-9)); return each.actual >= wide.low && each.actual <= wide.high; }).length,
      origins: runs,
    };
  });
  // Periods and days count different things: bg-bb is shown beside the others, and chosen only among its own kind.
  const comparable = wanted.filter((model) => (model === bgBb) === (wanted.every((each) => each === bgBb)));
  const standing = comparable.find((model) => model.name === DEFAULT_MODEL) ?? comparable[0];
  const verdicts: Verdict[] = standing ? comparable.filter((model) => model !== standing).map((model) => compareForecasts(model.name, errors.get(standing.name) ?? [], errors.get(model.name) ?? [])) : [];
  const better = verdicts.filter((verdict) => verdict.better).sort((a, b) => a.difference - b.difference)[0];
  print(
    {
      firstDay: dayText(firstDay),
      lastDay: dayText(lastDay),
      models: flags.on('json') ? results : Object.fromEntries(results.map(({ model, origins: runs, ...rest }) => [model, { ...rest, origins: runs }])),
      against: standing?.name ?? null,
      comparisons: verdicts,
      notes: fileNotes,
      chosen: better?.challenger ?? standing?.name ?? null,
      why: better ? `${better.challenger} is better than ${standing?.name ?? ''} at every origin and beyond two standard errors` : `no model is better than ${standing?.name ?? ''} beyond noise`,
    },
    flags.on('json'),
  );
}
