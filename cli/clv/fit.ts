/** `clv fit`: one model on one file, with its holdout, its intervals and a row per customer when asked. */
import process from 'node:process';
import { dayText } from '#core/calendar/days';
import { bgBb } from '#core/clv/bg-bb';
import { DEFAULT_MODEL } from '#core/clv/registry';
import { minorDigits } from '#core/commerce/money';
import { believe, fitPrepared } from './fitting.ts';
import { endsPeriod, modelFor, MODEL_NAMES, prepare, readPeriod } from './fit-input.ts';
import { customerRows, CUSTOMER_COLUMNS, describeCovariates, describeFit, describeSpend, describeUncertainty, holdoutOf, intervalsOf, NO_PAST, pastOf, withPast } from './fit-report.ts';
import { fitFrequencies } from './fit-frequencies.ts';
import { readFlags, type Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { fitSummaries } from './fit-summaries.ts';
import { hasFrequencies, readFrequencies } from './read-frequencies.ts';
import { readOrders } from './read-orders.ts';

export const FIT_HELP = `clv fit FILE.csv [flags]
  Fits a model of repeat buying and one of spend on orders (customer_id,date,amount[,order_id]),
  on histories that somebody counted (frequency,recency,T[,monetary_value][,weights], as lifetimes and BTYD have them),
  or bg-bb on histories counted by period (frequency,recency,periods[,weights]).

  --model NAME            ${MODEL_NAMES.join(', ')} (default ${DEFAULT_MODEL})
  --spend NAME            gamma-gamma (default) or none
  --calibration-end DAY   last day the fit may see (default: last day of the file)
  --observation-end DAY   last day of the holdout (default: last day of the file)
  --unit-days N           days in the unit of time parameters (default 7); predictions do not depend on it
  --period P              bg-bb only: day, week, month, quarter, year or a number of days (default: --unit-days)
  --horizon-days N        how far expected orders and value reach (default 365)
  --horizon-periods N     bg-bb only: the same in periods
  --discount-monthly D    default 0.01; also discounts "dert", all orders to come
  --covariates A,B        columns that say something of the customer: numbers, or words with the commonest as base
  --interval L            probability within intervals (default 0.8)
  --origins N             past forecasts that totals are widened by (default 3; 0 for none)
  --seed N                of the resampling when the likelihood is flat (default 1)
  --count-zero            a day worth zero is a purchase too
  --times UNIT            of counted histories: days, weeks, months or years (default: days where all are whole, else weeks)
  --currency CODE         how many decimals amounts have (default USD)
  --customers OUT.csv     write a row per customer; next_order is the median day of the next order,
                          with its interval, empty for those who are probably gone
  --time-zone ZONE        such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY             day-first or month-first, where 03/04/2026 fits both ways
  --json                  print JSON
`;

const VALUED = ['model', 'spend', 'calibration-end', 'observation-end', 'unit-days', 'period', 'horizon-days', 'horizon-periods', 'discount-monthly', 'covariates', 'interval', 'origins', 'seed', 'currency', 'customers', 'times'];

export interface FitSettings {
  horizonDays: number;
  discountMonthly: number;
  level: number;
  seed: number;
  customers: string | undefined;
}

function readSettings(flags: Flags, unitDays: number): FitSettings {
  const periods = flags.text('horizon-periods') === undefined ? null : flags.number('horizon-periods', 1, 1);
  const level = flags.number('interval', 0.8, 0.01);
  if (level > 0.999) throw new InputError(`--interval must lie between 0.01 and 0.999 (0.8 is 80 %), not "${flags.text('interval') ?? ''}".`);
  return {
    horizonDays: periods === null ? flags.number('horizon-days', 365, 1) : periods * unitDays,
    discountMonthly: flags.number('discount-monthly', 0.01, 0),
    level,
    seed: flags.number('seed', 1, 0),
    customers: flags.text('customers'),
  };
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runFit(args: string[]): Promise<void> {
  const flags = readFlags(args, VALUED, ['count-zero']);
  if (flags.help) return void process.stdout.write(FIT_HELP);
  const model = modelFor(flags.text('model') ?? DEFAULT_MODEL);
  const spendName = flags.text('spend') ?? 'gamma-gamma';
  if (spendName !== 'gamma-gamma' && spendName !== 'none') throw new InputError(`--spend must be gamma-gamma or none, not "${spendName}".`);
  const unitDays = flags.number('unit-days', 7, 0.001);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const calibrationFlag = flags.day('calibration-end');
  const observationFlag = flags.day('observation-end');
  const period = readPeriod(flags.text('period'), unitDays);
  if (model !== bgBb) {
    for (const name of ['period', 'horizon-periods']) if (flags.text(name) !== undefined) throw new InputError(`--${name} belongs to --model bg-bb; ${model.name} has no periods.`);
  }
  const names = (flags.text('covariates') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const origins = flags.number('origins', 3, 0);
  const settings = readSettings(flags, unitDays);
  const isCounted = await flags.fileIs(hasFrequencies);
  if (!isCounted && flags.text('times') !== undefined) throw new InputError('--times belongs to counted histories (frequency,recency,T): orders have dates.');
  if (isCounted) {
    if (names.length > 0) throw new InputError('--covariates needs orders (customer_id,date,amount): counted histories hold no customers.');
    const counted = await readFrequencies(flags.file);
    if (model === bgBb) return fitFrequencies(flags, counted, settings);
    if (counted.kind === 'periods') throw new InputError(`${flags.file}: frequency,recency,periods is for --model bg-bb; ${model.name} needs orders (customer_id,date,amount) or times (frequency,recency,T).`);
    return fitSummaries(flags, model, counted, unitDays, spendName === 'gamma-gamma', settings);
  }

  const { events, ids, lastDay, firstDay, attributes, notes: fileNotes } = await readOrders(flags.file, currency, { attributes: names, timeZone: flags.timeZone, dates: flags.dates });
  const calibrationEnd = calibrationFlag ?? Math.min(lastDay, observationFlag ?? lastDay);
  const observationEnd = observationFlag ?? Math.max(lastDay, calibrationEnd);
  if (calibrationEnd < firstDay) throw new InputError(`--calibration-end ${dayText(calibrationEnd)} lies before the first order, ${dayText(firstDay)}.`);
  if (observationEnd < calibrationEnd) throw new InputError(`--observation-end ${dayText(observationEnd)} lies before --calibration-end ${dayText(calibrationEnd)}.`);
  const unit = 10 ** minorDigits(currency);
  const options = { calibrationEnd, observationEnd, countZero: flags.on('count-zero'), unitDays, period, unit };
  const prepared = prepare(model, events, options);
  if (prepared.m.length === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(calibrationEnd)}${flags.on('count-zero') ? '' : ' (days worth zero do not count without --count-zero)'}.${fileNotes.length > 0 ? ` ${fileNotes.join('. ')}.` : ''}`);

  const start = performance.now();
  const fitted = fitPrepared(model, prepared, spendName === 'gamma-gamma', attributes);
  const seconds = (performance.now() - start) / 1000;
  const believed = believe(fitted, prepared, settings.seed);
  const { fit, spend } = fitted;
  const notes = [...fileNotes, ...fit.notes];
  if (!prepared.data.x.some((x) => x > 0)) notes.push('nobody has bought twice yet: whether and when customers come back cannot be told from these orders. Expected orders and their intervals are what so long a silence leaves open of an ordinary shop, not those of the fitted parameters');
  if (!endsPeriod(calibrationEnd, period)) notes.push(`calibration ends within a period: what was bought after the last whole one is not seen by the fit`);
  const intervals = intervalsOf(fitted, believed, prepared, settings);
  const past = origins < 1 ? NO_PAST : pastOf({ model, events, options, firstDay, wanted: origins, spend: spendName === 'gamma-gamma', attributes, settings });
  if (settings.customers !== undefined) await writeCsv(settings.customers, CUSTOMER_COLUMNS, customerRows(fitted, prepared, intervals.forecast, settings, calibrationEnd, (i) => ids[prepared.customer[i] ?? -1] ?? ''));
  print(
    {
      ...describeFit(fit, seconds),
      unitDays: prepared.unitDays,
      calibrationEnd: dayText(calibrationEnd),
      observationEnd: dayText(observationEnd),
      notes,
      uncertainty: describeUncertainty(fitted, believed),
      ...(fitted.covariates ? { covariates: describeCovariates(fitted.covariates) } : {}),
      spend: spendName === 'none' ? null : describeSpend(spend, believed),
      holdout: holdoutOf(fitted, believed, prepared, settings.level, past),
      intervals: withPast(intervals.described, past),
    },
    flags.on('json'),
  );
}
