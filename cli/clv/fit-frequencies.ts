/** `clv fit --model bg-bb` on histories already counted by period. */
import { bgBb } from '#core/clv/bg-bb';
import { believe, fitPrepared, foresee } from './fitting.ts';
import type { Prepared } from './fit-input.ts';
import type { FitSettings } from './fit.ts';
import type { Flags } from './flags.ts';
import { CUSTOMER_COLUMNS, describeFit, describeUncertainty } from './fit-report.ts';
import { print, writeCsv } from './print.ts';
import { InputError } from './input-error.ts';
import type { Frequencies } from './read-frequencies.ts';

/** Without dates a period is the unit: `--horizon-days N` with `--unit-days D` is N / D periods; one more look as long as the first by default. */
export async function fitFrequencies(flags: Flags, { x, tx, T, weights }: Frequencies, settings: FitSettings): Promise<void> {
  const data = { x, tx, T, weights };
  const odd = x.findIndex((count, i) => count > (tx[i] ?? 0) || ![tx[i], T[i]].every(Number.isInteger));
  if (odd >= 0) throw new InputError(`${flags.file}: the history of ${x[odd] ?? 0} in ${tx[odd] ?? 0} of ${T[odd] ?? 0} is not one of whole periods with at most one transaction each, as --model bg-bb needs.`);
  const asked = flags.text('horizon-days') !== undefined || flags.text('horizon-periods') !== undefined;
  const unitDays = flags.number('unit-days', flags.text('horizon-days') === undefined ? 7 : 1, 0.001);
  const longest = data.T.reduce((most, T) => Math.max(most, T), 0);
  const horizonPeriods = Math.max(1, Math.round(asked ? settings.horizonDays / unitDays : longest));
  const prepared: Prepared = {
    data,
    units: data,
    m: new Float64Array(data.x.length),
    customer: Int32Array.from(data.x, (_, i) => i),
    cohort: new Int32Array(0),
    unitDays: 1,
    meanOrder: 0,
    holdout: null,
  };
  const start = performance.now();
  const fitted = fitPrepared(bgBb, prepared, false);
  const seconds = (performance.now() - start) / 1000;
  const believed = believe(fitted, prepared, settings.seed);
  const ahead = foresee(fitted, believed, prepared, { horizonDays: horizonPeriods, discountMonthly: 0, level: settings.level, each: false });
  const { fit } = fitted;
  if (settings.customers !== undefined) {
    await writeCsv(
      settings.customers,
      // The file has no money: those columns stay, empty.
      [...CUSTOMER_COLUMNS.slice(0, 10), 'weights'],
      Array.from(data.x, (x, i) => [String(i + 1), x, data.tx[i] ?? 0, data.T[i] ?? 0, ahead.pAlive[i] ?? 0, ahead.expectedOrders[i] ?? 0, '', '', '', '', data.weights[i] ?? 0]),
    );
  }
  print(
    {
      ...describeFit(fit, seconds),
      notes: fit.notes,
      uncertainty: describeUncertainty(fitted, believed),
      spend: null,
      holdout: null,
      expected: { periods: horizonPeriods, ...ahead.total.orders },
    },
    flags.on('json'),
  );
}
