/** `clv fit --model boosted | ridge`: spend of the next window by learned models, beside the probabilistic one on the same customers. */
import process from 'node:process';
import { fitGammaGamma, expectedSpend } from '#core/clv/gamma-gamma';
import { fitLearnedValue, isLearned, LEARNED_MODELS, predictLearnedValue } from '#core/clv/learned-value';
import { models } from '#core/clv/registry';
import { summarise, type Events } from '#core/clv/summary';
import { valueEvidence } from '#core/clv/value-evidence';
import { dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { isLogged } from '#core/features/catalogue';
import { featuresAt, outcomeOf } from '#core/features/features-at';
import type { History } from '#core/features/history';
import { driftOf } from '#core/learning/drift';
import { splitBy } from '#core/learning/split';
import { takeRows, takeValues } from '#core/learning/table';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { readOrders } from './read-orders.ts';

export const LEARNED_HELP = `clv fit FILE.csv --model ${LEARNED_MODELS.join('|')} [flags]
  Learns what customers spend between --calibration-end and --observation-end from what was known at the former; judged on
  every fifth customer, beside mbg-nbd with gamma-gamma on the same ones.

  --calibration-end DAY   last day the features may see (needed)
  --observation-end DAY   last day of the window to learn from (default: last day of the file)
  --loss NAME             boosted: tweedie (default) or squared
  --interval P            share of customers the interval is to hold (default 0.8)
  --seed N                of every draw (default 1)
  --count-zero            a day worth zero is a purchase too
  --currency CODE         how many decimals amounts have (default USD)
  --customers OUT.csv     a row per customer: spend expected in the window of the same length after --observation-end
  --json                  print JSON
`;

/** Whether these arguments of `clv fit` ask for a learned model. */
export function asksLearned(args: readonly string[]): boolean {
  return args.some((arg, i) => (arg === '--model' && isLearned(args[i + 1] ?? '')) || (arg.startsWith('--model=') && isLearned(arg.slice('--model='.length))));
}

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runLearnedFit(args: string[]): Promise<void> {
  const flags = readFlags(args, ['model', 'calibration-end', 'observation-end', 'loss', 'interval', 'seed', 'currency', 'customers'], ['count-zero']);
  if (flags.help) return void process.stdout.write(LEARNED_HELP);
  const name = flags.text('model') ?? '';
  if (!isLearned(name)) throw new InputError(`--model "${name}" is not one of ${LEARNED_MODELS.join(', ')}.`);
  const loss = flags.text('loss') ?? 'tweedie';
  if (loss !== 'tweedie' && loss !== 'squared') throw new InputError(`--loss must be tweedie or squared, not "${loss}".`);
  const interval = flags.number('interval', 0.8, 0.01);
  if (interval >= 1) throw new InputError(`--interval must be below 1, not "${flags.text('interval') ?? ''}".`);
  const seed = flags.number('seed', 1, 0);
  const countZero = flags.on('count-zero');
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const origin = flags.day('calibration-end');
  if (origin === undefined) throw new InputError(`--model ${name} learns from what came after a day: give --calibration-end.`);
  const { events, lines, ids, firstDay, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const end = flags.day('observation-end') ?? lastDay;
  if (origin < firstDay) throw new InputError(`--calibration-end ${dayText(origin)} lies before the first order, ${dayText(firstDay)}.`);
  if (end <= origin) throw new InputError(`--observation-end ${dayText(end)} must lie after --calibration-end ${dayText(origin)}: the days between are what is learned.`);
  const { known, channel, channels, product, products, category, categories, quantity } = lines;
  const history: History = { orders: { ...events, known, channel, product, category, quantity }, channels, products, categories };
  const unit = 10 ** minorDigits(currency);
  const options = { minorPerUnit: unit, countZero };
  const made = featuresAt(history, origin, options);
  if (made.customer.length === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(origin)}.`);
  const spend = outcomeOf(history, made.customer, origin, end, countZero).spend.map((value) => value / unit);

  const nameOf = (who: number): string => ids[who] ?? '';
  const order = new Int32Array(made.customer.length).map((_, i) => i).sort((a, b) => (nameOf(made.customer[a] ?? -1) < nameOf(made.customer[b] ?? -1) ? -1 : 1));
  const parts = splitBy(order.length, (i) => i % 5 === 0);
  const rowsOf = (index: Int32Array): Int32Array => index.map((i) => order[i] ?? 0);
  const [trained, tested] = [rowsOf(parts.fit), rowsOf(parts.held)];
  if (trained.length === 0) throw new InputError(`${flags.file}: one customer with a purchase by ${dayText(origin)} is too few to fit on some and test on others.`);
  const settings = { loss, tail: (1 - interval) / 2, seed, isLogged } as const;
  const start = performance.now();
  const judged = fitLearnedValue(takeRows(made.table, trained), takeValues(spend, trained), name, settings);
  const seconds = (performance.now() - start) / 1000;
  const actual = takeValues(spend, tested);
  const said = predictLearnedValue(judged, takeRows(made.table, tested));

  const now = featuresAt(history, end, options);
  const out = flags.text('customers');
  if (out !== undefined) {
    const served = predictLearnedValue(fitLearnedValue(made.table, spend, name, settings), now.table);
    await writeCsv(out, ['customer_id', 'clv', 'clv_low', 'clv_high'], Array.from(now.customer, (who, i) => [nameOf(who), served.value[i] ?? 0, served.low[i] ?? 0, served.high[i] ?? 0]));
  }
  print(
    {
      model: name,
      loss: name === 'boosted' ? loss : 'squared',
      n: made.customer.length,
      nTest: tested.length,
      calibrationEnd: dayText(origin),
      observationEnd: dayText(end),
      horizonDays: end - origin,
      rounds: judged.rounds,
      l2: judged.regressor.name === 'ridge' ? judged.regressor.l2 : null,
      seconds,
      holdout: valueEvidence(said.value, actual, said),
      probabilistic: { model: 'mbg-nbd', spend: 'gamma-gamma', holdout: valueEvidence(probabilistic(events, made.customer, tested, origin, end, countZero, unit), actual) },
      drift: driftOf(judged.baselines, now.table).slice(0, 10),
      notes: [...fileNotes, ...judged.notes, ...(now.customer.length > 0 && driftOf(judged.baselines, now.table).some(({ psi }) => psi > 0.25) ? [`Customers on ${dayText(end)} differ from those on ${dayText(origin)} (drift): expect the next window to be predicted less well than this one`] : [])],
    },
    flags.on('json'),
  );
}

/** Spend the probabilistic models expect of the tested customers: fitted on everyone's purchases up to the origin. */
function probabilistic(events: Events, customer: Int32Array, tested: Int32Array, origin: number, end: number, countZero: boolean, unit: number): Float64Array {
  const summary = summarise(events, { calibrationEnd: origin, observationEnd: end, countZero });
  const m = summary.m.map((value) => value / unit);
  const behaviour = models['mbg-nbd'].fit(summary, { unitDays: 7 });
  const repeats = summary.x.some((x, i) => x > 0 && (m[i] ?? 0) > 0);
  const spend = repeats ? fitGammaGamma({ x: summary.x, m }) : null;
  const days = summary.x.reduce((sum, x) => sum + x + 1, 0);
  const average = summary.spend.reduce((sum, value) => sum + value, 0) / unit / Math.max(1, days);
  const rowOf = new Map<number, number>();
  summary.customer.forEach((who, row) => rowOf.set(who, row));
  return Float64Array.from(tested, (index) => {
    const row = rowOf.get(customer[index] ?? -1);
    if (row === undefined) return 0;
    const x = summary.x[row] ?? 0;
    const orders = models['mbg-nbd'].expectedPurchases(behaviour.params, (end - origin) / 7, x, (summary.tx[row] ?? 0) / 7, (summary.T[row] ?? 0) / 7);
    return orders * (spend ? expectedSpend(spend.params, x, m[row] ?? 0) : average);
  });
}
