/** `clv cohorts`: retention and revenue triangles of a file's customers by month of first purchase. */
import process from 'node:process';
import { purchaseDays } from '#core/clv/summary';
import { dayText } from '#core/calendar/days';
import { cohortRows } from '#core/cohorts/cohort-rows';
import { triangle, type Triangle } from '#core/cohorts/triangle';
import { projectCohorts, type Projection } from '#core/cohorts/project';
import { minorDigits } from '#core/commerce/money';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print } from './print.ts';
import { readOrders } from './read-orders.ts';

export const COHORTS_HELP = `clv cohorts FILE.csv [flags]
  Customers by month of first purchase: how many bought, and for how much, in each month since.

  --as-of DAY       last day to look at (default: the last order's); its month is marked while it is not over
  --measure NAME    customers (default), retention or revenue: what the printed table shows; JSON has all
  --count-zero      a day worth zero is a purchase too
  --currency CODE   how many decimals amounts have (default USD)
  --project         what each cohort will have brought per customer: by development factors (with an 80 % interval)
                    and by a survivor curve
  --months N        the age in months that projections reach (default 24)
  --time-zone ZONE  such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY       day-first or month-first, where 03/04/2026 fits both ways
  --json            print JSON
`;

const MEASURES = ['customers', 'retention', 'revenue'] as const;
type Measure = (typeof MEASURES)[number];

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runCohorts(args: string[]): Promise<void> {
  const flags = readFlags(args, ['as-of', 'measure', 'currency', 'months'], ['count-zero', 'project']);
  if (flags.help) return void process.stdout.write(COHORTS_HELP);
  const asked = flags.text('measure') ?? 'customers';
  const measure = MEASURES.find((name) => name === asked);
  if (!measure) throw new InputError(`--measure must be ${MEASURES.join(', ')}, not "${asked}".`);
  const months = flags.number('months', 24, 1);
  if (!Number.isInteger(months) || months > 600) throw new InputError(`--months must be a whole number of at most 600, not "${months}".`);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const asOfFlag = flags.day('as-of');
  const { events, lastDay, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const asOf = asOfFlag ?? lastDay;
  const unit = 10 ** minorDigits(currency);
  const made = triangle(cohortRows(purchaseDays(events, flags.on('count-zero')), asOf), asOf);
  if (made.cohorts.length === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(asOf)}.`);
  const projection = flags.on('project') ? projectCohorts(made, months) : null;
  if (!flags.on('json')) return void process.stdout.write(table(made, measure, unit) + (projection ? projectionText(projection, unit) : '') + fileNotes.map((note) => `${note}.\n`).join(''));
  print(
    {
      asOf: dayText(asOf),
      table: Object.fromEntries(made.cohorts.map((cohort) => [cohort.month, cohort.cells.map((cell) => cell.customers)])),
      cohorts: made.cohorts.map((cohort) => ({
        ...cohort,
        cells: cohort.cells.map((cell) => ({ ...cell, revenue: cell.revenue / unit, cumulativeRevenue: cell.cumulativeRevenue / unit })),
      })),
      average: made.average.map((cell) => ({ ...cell, revenuePerCustomer: cell.revenuePerCustomer / unit })),
      ...(projection ? { projection: inUnits(projection, unit) } : {}),
      notes: fileNotes,
    },
    true,
  );
}

/** Fixed-width table; a month that is not over ends in `*`. */
function table({ cohorts }: Triangle, measure: Measure, unit: number): string {
  const text = cohorts.map((cohort) => [
    cohort.month,
    ...cohort.cells.map((cell) => {
      const shown = measure === 'customers' ? String(cell.customers) : measure === 'revenue' ? (cell.revenue / unit).toFixed(2) : `${(100 * cell.retention).toFixed(1)}%`;
      return shown + (cell.maturing ? '*' : '');
    }),
  ]);
  const months = text.reduce((most, row) => Math.max(most, row.length - 1), 0);
  const rows = [['cohort', ...Array.from({ length: months }, (_, offset) => String(offset))], ...text];
  const width = rows.flat().reduce((most, cell) => Math.max(most, cell.length), 0) + 1;
  return rows.map((row) => `${row.map((cell) => cell.padStart(width)).join('')}\n`).join('');
}

/** Money per customer in whole currency units. */
function inUnits({ average, cohorts, perActive, ...rest }: Projection, unit: number): Record<string, unknown> {
  return {
    ...rest,
    perActive: perActive / unit,
    cohorts: cohorts.map((cohort) => ({
      ...cohort, soFar: cohort.soFar / unit, byFactors: cohort.byFactors / unit, low: cohort.low / unit, high: cohort.high / unit,
      bySurvivors: cohort.bySurvivors / unit, path: cohort.path.map((value) => value / unit),
    })),
    average: average && { soFar: average.soFar / unit, byFactors: average.byFactors / unit, bySurvivors: average.bySurvivors / unit },
  };
}

function projectionText({ age, curve, cohorts, average, notes }: Projection, unit: number): string {
  const money = (value: number): string => (value / unit).toFixed(2);
  const rows = [
    ['cohort', 'size', 'months', 'so far', `by age ${age}`, 'low', 'high', 'by survivors'],
    ...cohorts.map((c) => [c.month, String(c.size), String(c.seen), money(c.soFar), money(c.byFactors), money(c.low), money(c.high), money(c.bySurvivors)]),
    ...(average ? [['all', '', '', money(average.soFar), money(average.byFactors), '', '', money(average.bySurvivors)]] : []),
  ];
  const width = rows.flat().reduce((most, cell) => Math.max(most, cell.length), 0) + 1;
  const body = rows.map((row) => `${row.map((cell) => cell.padStart(width)).join('')}\n`).join('');
  const shape = `Survivor curve: ${(100 * curve.first).toFixed(1)}% buy in the first month after, alpha ${curve.alpha.toPrecision(4)}, beta ${curve.beta.toPrecision(4)}.\n`;
  return `\nRevenue per customer won, at age ${age} months\n${body}${shape}${notes.map((note) => `${note}.\n`).join('')}`;
}
