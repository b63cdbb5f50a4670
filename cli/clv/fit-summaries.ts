/** `clv fit` on histories counted in continuous time: repeat purchases, time of the last, time watched; money where there is any. */
import type { BehaviourModel } from '#core/clv/behaviour';
import { believe, fitPrepared, foresee } from './fitting.ts';
import type { Prepared } from './fit-input.ts';
import type { FitSettings } from './fit.ts';
import { CUSTOMER_COLUMNS, customerRows, describeFit, describeSpend, describeUncertainty, holdoutOf } from './fit-report.ts';
import type { Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import type { Frequencies } from './read-frequencies.ts';

const TIMES = new Map([['days', 1], ['weeks', 7], ['months', 365.25 / 12], ['years', 365.25]]);
/** Dates that nobody gave: the last columns of a customer's row stay empty. */
const DATED = 3;

/**
 * Fits and prints as `clv fit` does, without what takes dates (tracking, cohorts, past origins, next order dates).
 * @throws InputError for flags that a file without dates cannot serve
 */
export async function fitSummaries(flags: Flags, model: BehaviourModel, counted: Frequencies, unitDays: number, withSpend: boolean, settings: FitSettings): Promise<void> {
  for (const name of ['calibration-end', 'observation-end']) if (flags.text(name) !== undefined) throw new InputError(`--${name} needs orders (customer_id,date,amount): counted histories have no dates.`);
  const { per, note } = timesOf(flags.text('times'), counted);
  const days = (time: number): number => Math.round(time * per);
  const data = {
    x: counted.x, T: counted.T.map(days), weights: counted.weights,
    // What rounds to no time at all would be a repeat purchase on the first day.
    tx: counted.tx.map((time, i) => ((counted.x[i] ?? 0) > 0 ? Math.max(1, days(time)) : 0)),
  };
  const m = counted.m ?? new Float64Array(data.x.length);
  let [orders, spent] = [0, 0];
  data.x.forEach((x, i) => {
    orders += (counted.weights[i] ?? 0) * x;
    spent += (counted.weights[i] ?? 0) * x * (m[i] ?? 0);
  });
  const prepared: Prepared = {
    data, m, unitDays, customer: Int32Array.from(data.x, (_, i) => i), cohort: new Int32Array(0), meanOrder: orders > 0 ? spent / orders : 0,
    units: { x: data.x, tx: data.tx.map((day) => day / unitDays), T: data.T.map((day) => day / unitDays) },
    holdout: counted.holdout ? { x: counted.holdout.x, spend: new Float64Array(data.x.length), horizonDays: days(counted.holdout.duration), trackingMape: () => null } : null,
  };
  const start = performance.now();
  const fitted = fitPrepared(model, prepared, withSpend && counted.m !== null);
  const seconds = (performance.now() - start) / 1000;
  const believed = believe(fitted, prepared, settings.seed);
  const ahead = foresee(fitted, believed, prepared, { horizonDays: settings.horizonDays, discountMonthly: settings.discountMonthly, level: settings.level, each: settings.customers !== undefined });
  if (settings.customers !== undefined) {
    const rows = customerRows(fitted, prepared, ahead, settings, 0, (i) => counted.ids?.[i] ?? String(i + 1));
    await writeCsv(settings.customers, [...CUSTOMER_COLUMNS, 'weights'], rows.map((row, i) => [...row.slice(0, -DATED), '', '', '', counted.weights[i] ?? 0]));
  }
  const hasSpend = withSpend && counted.m !== null;
  const holdout = holdoutOf(fitted, believed, prepared, settings.level);
  print(
    {
      ...describeFit(fitted.fit, seconds),
      unitDays,
      notes: [...counted.notes, note, ...fitted.fit.notes, ...(hasSpend ? [] : ['Without a column monetary_value there is no money: values are those of nothing spent'])],
      uncertainty: describeUncertainty(fitted, believed),
      spend: hasSpend ? describeSpend(fitted.spend, believed) : null,
      // Later purchases are counted, what they came to is not.
      holdout: holdout && { ...holdout, expectedSpend: null, actualSpend: null, spendMae: null, intervalCoverage: null },
      expected: { horizonDays: settings.horizonDays, ...ahead.total },
    },
    flags.on('json'),
  );
}

/** Days in the file's unit of time: as asked, else days where all times are whole, else weeks. */
function timesOf(asked: string | undefined, { tx, T, holdout }: Frequencies): { per: number; note: string } {
  if (asked !== undefined) {
    const per = TIMES.get(asked);
    if (per === undefined) throw new InputError(`--times must be ${[...TIMES.keys()].join(', ')}, not "${asked}".`);
    return { per, note: `Times of the file are ${asked}` };
  }
  const whole = [tx, T].every((times) => times.every(Number.isInteger)) && Number.isInteger(holdout?.duration ?? 0);
  return whole ? { per: 1, note: 'Times of the file are read as days, since all are whole numbers; --times weeks would read them as weeks' } : { per: 7, note: 'Times of the file are read as weeks, since not all are whole numbers; --times days would read them as days' };
}
