/** `clv fit --model bg-bb` on histories already counted by period. */
import { bgBb } from '#core/clv/bg-bb';
import { believe, fitPrepared, foresee } from './fitting.ts';
import type { FitSettings } from './fit.ts';
import type { Flags } from './flags.ts';
import { CUSTOMER_COLUMNS, describeFit, describeUncertainty } from './fit-report.ts';
import { preparePeriods } from './prepare-summaries.ts';
import { print, writeCsv } from './print.ts';
import type { Frequencies } from './read-frequencies.ts';

/** Without dates a period is the unit: `--horizon-days N` with `--unit-days D` is N / D periods; one more look as long as the first by default. */
export async function fitFrequencies(flags: Flags, counted: Frequencies, settings: FitSettings): Promise<void> {
  const prepared = preparePeriods(flags.file, { ...counted, later: null });
  const { data } = prepared;
  const asked = flags.text('horizon-days') !== undefined || flags.text('horizon-periods') !== undefined;
  const unitDays = flags.number('unit-days', flags.text('horizon-days') === undefined ? 7 : 1, 0.001);
  const longest = data.T.reduce((most, T) => Math.max(most, T), 0);
  const horizonPeriods = Math.max(1, Math.round(asked ? settings.horizonDays / unitDays : longest));
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
      Array.from(data.x, (x, i) => [String(i + 1), x, data.tx[i] ?? 0, data.T[i] ?? 0, ahead.pAlive[i] ?? 0, ahead.expectedOrders[i] ?? 0, '', '', '', '', counted.weights[i] ?? 0]),
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
