/** `clv fit`: one model on one file, with its holdout and a row per customer when asked. */
import process from 'node:process';
import { holdoutEvidence } from '#core/clv/evidence';
import type { BehaviourModel, Fit } from '#core/clv/behaviour';
import { fitGammaGamma, type SpendFit } from '#core/clv/gamma-gamma';
import { DEFAULT_MODEL, isModelName, models } from '#core/clv/registry';
import { priorSpend } from '#core/clv/shipped-prior';
import { summarise, type Summary } from '#core/clv/summary';
import { trackingCurve } from '#core/clv/tracking';
import { aliveFuture, customerValue, type AliveFuture, type Horizon, type Value } from '#core/clv/value';
import { dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { readOrders } from './read-orders.ts';

export const FIT_HELP = `clv fit FILE.csv [flags]
  Fits a model of repeat buying and one of spend on orders (customer_id,date,amount[,order_id]).

  --model NAME            ${Object.keys(models).join(' or ')} (default ${DEFAULT_MODEL})
  --spend NAME            gamma-gamma (default) or none
  --calibration-end DAY   last day the fit may see (default: last day of the file)
  --observation-end DAY   last day of the holdout (default: last day of the file)
  --unit-days N           days in the unit of time parameters (default 7); predictions do not depend on it
  --horizon-days N        how far expected orders and value reach (default 365)
  --discount-monthly D    default 0.01
  --count-zero            a day worth zero is a purchase too
  --currency CODE         how many decimals amounts have (default USD)
  --customers OUT.csv     write a row per customer
  --json                  print JSON
`;

const TAIL = 0.1;

interface Prediction extends Value {
  pAlive: number;
}

/** Predictions of every customer over one horizon; futures shared between customers with the same x and T. */
function predictAll(model: BehaviourModel, fit: Fit, spend: SpendFit, summary: Summary, horizon: Horizon, digits: number): Prediction[] {
  const futures = new Map<string, AliveFuture>();
  return Array.from(summary.x, (x, i) => {
    const tx = (summary.tx[i] ?? 0) / fit.unitDays;
    const T = (summary.T[i] ?? 0) / fit.unitDays;
    const key = `${x} ${T}`;
    const future = futures.get(key) ?? aliveFuture(model, fit.params, x, T, horizon);
    futures.set(key, future);
    const pAlive = model.pAlive(fit.params, x, tx, T);
    return { pAlive, ...customerValue(pAlive, future, x, (summary.m[i] ?? 0) / digits, spend.params, TAIL) };
  });
}

function fitSpend(summary: Summary, unit: number, wanted: boolean): SpendFit {
  const m = summary.m.map((value) => value / unit);
  if (wanted && summary.x.some((x, i) => x > 0 && (m[i] ?? 0) > 0)) return fitGammaGamma({ x: summary.x, m });
  const days = summary.x.reduce((sum, x) => sum + x + 1, 0);
  const spend = summary.spend.reduce((sum, value) => sum + value, 0) / unit;
  return priorSpend(days > 0 ? spend / days : 0, 0);
}

function holdoutOf(model: BehaviourModel, fit: Fit, spend: SpendFit, summary: Summary, unit: number): Record<string, unknown> | null {
  if (summary.horizonDays <= 0) return null;
  const predicted = predictAll(model, fit, spend, summary, { horizonDays: summary.horizonDays, discountMonthly: 0, unitDays: fit.unitDays }, unit);
  const evidence = holdoutEvidence(
    {
      expectedOrders: Float64Array.from(predicted, (each) => each.expectedOrders),
      actualOrders: summary.holdoutX,
      expectedSpend: Float64Array.from(predicted, (each) => each.expectedOrders * each.expectedSpend),
      actualSpend: summary.holdoutSpend.map((value) => value / unit),
      low: Float64Array.from(predicted, (each) => each.low),
      high: Float64Array.from(predicted, (each) => each.high),
    },
    summary.horizonDays,
    1 - 2 * TAIL,
  );
  return {
    expectedTotal: evidence.expectedOrders,
    actualTotal: evidence.actualOrders,
    bias: evidence.bias,
    mae: evidence.mae,
    rmse: evidence.rmse,
    trackingMape: trackingCurve(model, fit, summary).mape,
    expectedSpend: evidence.expectedSpend,
    actualSpend: evidence.actualSpend,
    spendMae: evidence.spendMae,
    intervalCoverage: evidence.intervalCoverage,
    horizonDays: summary.horizonDays,
  };
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runFit(args: string[]): Promise<void> {
  const flags = readFlags(args, ['model', 'spend', 'calibration-end', 'observation-end', 'unit-days', 'horizon-days', 'discount-monthly', 'currency', 'customers'], ['count-zero']);
  if (flags.help) return void process.stdout.write(FIT_HELP);
  const name = flags.text('model') ?? DEFAULT_MODEL;
  if (!isModelName(name)) throw new InputError(`--model "${name}" is not one of ${Object.keys(models).join(', ')}.`);
  const spendName = flags.text('spend') ?? 'gamma-gamma';
  if (spendName !== 'gamma-gamma' && spendName !== 'none') throw new InputError(`--spend must be gamma-gamma or none, not "${spendName}".`);
  const unitDays = flags.number('unit-days', 7, 0.001);
  const horizonDays = flags.number('horizon-days', 365, 1);
  const discountMonthly = flags.number('discount-monthly', 0.01, 0);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const calibrationFlag = flags.day('calibration-end');
  const observationFlag = flags.day('observation-end');
  const { events, ids, lastDay, firstDay } = await readOrders(flags.file, currency);
  const calibrationEnd = calibrationFlag ?? Math.min(lastDay, observationFlag ?? lastDay);
  const observationEnd = observationFlag ?? Math.max(lastDay, calibrationEnd);
  if (calibrationEnd < firstDay) throw new InputError(`--calibration-end ${dayText(calibrationEnd)} lies before the first order, ${dayText(firstDay)}.`);
  if (observationEnd < calibrationEnd) throw new InputError(`--observation-end ${dayText(observationEnd)} lies before --calibration-end ${dayText(calibrationEnd)}.`);
  const summary = summarise(events, { calibrationEnd, observationEnd, countZero: flags.on('count-zero') });
  if (summary.x.length === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(calibrationEnd)}.`);

  const unit = 10 ** minorDigits(currency);
  const model = models[name];
  const start = performance.now();
  const fit = model.fit(summary, { unitDays });
  const spend = fitSpend(summary, unit, spendName === 'gamma-gamma');
  const seconds = (performance.now() - start) / 1000;
  const out = flags.text('customers');
  if (out !== undefined) {
    const predicted = predictAll(model, fit, spend, summary, { horizonDays, discountMonthly, unitDays }, unit);
    const header = ['customer_id', 'frequency', 'recency', 'T', 'p_alive', 'expected_orders', 'expected_spend', 'clv', 'clv_low', 'clv_high'];
    await writeCsv(
      out,
      header,
      predicted.map((each, i) => [
        ids[summary.customer[i] ?? -1] ?? '',
        summary.x[i] ?? 0,
        (summary.tx[i] ?? 0) / unitDays,
        (summary.T[i] ?? 0) / unitDays,
        each.pAlive,
        each.expectedOrders,
        each.expectedSpend,
        each.value,
        each.low,
        each.high,
      ]),
    );
  }
  print(
    {
      model: fit.model,
      params: fit.params,
      logLikelihood: fit.logLikelihood,
      converged: fit.converged,
      degenerate: fit.degenerate,
      iterations: fit.iterations,
      seconds,
      n: fit.n,
      uniqueRows: fit.uniqueRows,
      unitDays,
      calibrationEnd: dayText(calibrationEnd),
      observationEnd: dayText(observationEnd),
      notes: fit.notes,
      spend: spendName === 'none' ? null : { model: spend.model, ...spend.params, logLikelihood: spend.logLikelihood, converged: spend.converged, iterations: spend.iterations, n: spend.n, populationMean: spend.populationMean, correlation: spend.correlation, notes: spend.notes },
      holdout: holdoutOf(model, fit, spend, summary, unit),
    },
    flags.on('json'),
  );
}
