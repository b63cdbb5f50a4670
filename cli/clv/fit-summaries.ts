/** `clv fit` on histories counted in continuous time: repeat purchases, time of the last, time watched; money where there is any. */
import type { BehaviourModel } from '#core/clv/behaviour';
import { believe, fitPrepared, foresee } from './fitting.ts';
import type { FitSettings } from './fit.ts';
import { CUSTOMER_COLUMNS, customerRows, describeFit, describeSpend, describeUncertainty, holdoutOf } from './fit-report.ts';
import type { Flags } from './flags.ts';
import { InputError } from './input-error.ts';
import { prepareSummaries } from './prepare-summaries.ts';
import { print, writeCsv } from './print.ts';
import type { Frequencies } from './read-frequencies.ts';

/** Dates that nobody gave: the last columns of a customer's row stay empty. */
const DATED = 3;

/**
 * Fits and prints as `clv fit` does, without what takes dates (tracking, cohorts, past origins, next order dates).
 * @throws InputError for flags that a file without dates cannot serve
 */
export async function fitSummaries(flags: Flags, model: BehaviourModel, counted: Frequencies, unitDays: number, withSpend: boolean, settings: FitSettings): Promise<void> {
  for (const name of ['calibration-end', 'observation-end']) if (flags.text(name) !== undefined) throw new InputError(`--${name} needs orders (customer_id,date,amount): counted histories have no dates.`);
  const { prepared, note } = prepareSummaries(counted, flags.text('times'), unitDays);
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
      // Without a mean of later purchases they are counted, and what they came to is not known.
      holdout: holdout && (counted.later?.m && hasSpend ? holdout : { ...holdout, expectedSpend: null, actualSpend: null, spendMae: null, intervalCoverage: null }),
      expected: { horizonDays: settings.horizonDays, ...ahead.total },
    },
    flags.on('json'),
  );
}
