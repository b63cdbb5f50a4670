/** `clv rfm`: recency, frequency and monetary scores of a file's customers, cut points and segments. */
import process from 'node:process';
import { purchaseDays } from '#core/clv/summary';
import { dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { cutPoints, ntileScores, rfmScore, scoreAgainst, UNREACHED, type RfmScore } from '#core/rfm/rfm';
import { readFlags } from './flags.ts';
import { InputError } from './input-error.ts';
import { print, writeCsv } from './print.ts';
import { readOrders } from './read-orders.ts';

export const RFM_HELP = `clv rfm FILE.csv [flags]
  Scores recency, frequency and monetary value from 1 to 5 and names the segments.

  --as-of DAY          day that recency is counted to (default: the day after the last order); --snapshot is the same
  --rule a|b           a: equal values share a score (default); b: five equal parts, ties by customer id
  --count-zero         a day worth zero is a purchase too
  --currency CODE      how many decimals amounts have (default USD)
  --customers OUT.csv  write a row per customer
  --time-zone ZONE     such as Europe/Berlin: instants fall on the day they were there (default: the day as written)
  --dates WAY          day-first or month-first, where 03/04/2026 fits both ways
  --json               print JSON
`;

/** Run the command. @throws InputError for flags or files that cannot be used. */
export async function runRfm(args: string[]): Promise<void> {
  const flags = readFlags(args, ['as-of', 'snapshot', 'rule', 'currency', 'customers'], ['count-zero']);
  if (flags.help) return void process.stdout.write(RFM_HELP);
  const rule = (flags.text('rule') ?? 'a').toLowerCase();
  if (rule !== 'a' && rule !== 'b') throw new InputError(`--rule must be a or b, not "${rule}".`);
  const currency = (flags.text('currency') ?? 'USD').toUpperCase();
  const asked = flags.day('as-of') ?? flags.day('snapshot');
  const { events, ids, lastDay: fileEnd, notes: fileNotes } = await readOrders(flags.file, currency, { timeZone: flags.timeZone, dates: flags.dates });
  const asOf = asked ?? fileEnd + 1;
  const days = purchaseDays(events, flags.on('count-zero'));
  const bought = new Map<number, { lastDay: number; frequency: number; monetary: number }>();
  for (let i = 0; i < days.day.length; i++) {
    const day = days.day[i] ?? 0;
    if (day > asOf) continue;
    const customer = days.customer[i] ?? 0;
    bought.set(customer, { lastDay: day, frequency: (bought.get(customer)?.frequency ?? 0) + 1, monetary: 0 });
  }
  if (bought.size === 0) throw new InputError(`${flags.file}: no customer has a purchase by ${dayText(asOf)}.`);
  // All money counts, also that of days which are no purchase, such as a refund on its own.
  events.customer.forEach((customer, i) => {
    const row = bought.get(customer);
    if (row && (events.day[i] ?? 0) <= asOf) row.monetary += events.amount[i] ?? 0;
  });
  const customers = [...bought].map(([customer, row]) => ({ id: ids[customer] ?? '', ...row }));
  const columns = { lastDay: customers.map((c) => c.lastDay), frequency: customers.map((c) => c.frequency), monetary: customers.map((c) => c.monetary) };
  const unit = 10 ** minorDigits(currency);
  const cuts = cutPoints(columns);
  let scores: RfmScore[];
  if (rule === 'a') scores = customers.map((customer) => scoreAgainst(cuts, customer));
  else {
    const names = customers.map((c) => c.id);
    const [r, f, m] = [ntileScores(columns.lastDay, names), ntileScores(columns.frequency, names), ntileScores(columns.monetary, names)];
    scores = customers.map((_, i) => rfmScore(r[i] ?? 1, f[i] ?? 1, m[i] ?? 1));
  }
  const out = flags.text('customers');
  if (out !== undefined) {
    const header = ['customer_id', 'recency', 'frequency', 'monetary', 'r', 'f', 'm', 'segment'];
    await writeCsv(
      out,
      header,
      customers.map((c, i) => {
        const score = scores[i] ?? rfmScore(1, 1, 1);
        return [c.id, asOf - c.lastDay, c.frequency, c.monetary / unit, score.r, score.f, score.m, score.segment];
      }),
    );
  }
  const marginal = (read: (score: RfmScore) => number): number[] => [1, 2, 3, 4, 5].map((value) => scores.filter((score) => read(score) === value).length);
  print(
    {
      customers: customers.length,
      asOf: dayText(asOf),
      rule,
      R: marginal((s) => s.r),
      F: marginal((s) => s.f),
      M: marginal((s) => s.m),
      segments: count(scores.map((s) => s.segment)),
      cells: count(scores.map((s) => s.cell)),
      ...(rule === 'a' ? { cuts: { recency: cuts.recency.map((day) => (day === UNREACHED ? null : dayText(day))), frequency: cuts.frequency.map(reached), monetary: cuts.monetary.map((v) => (v === UNREACHED ? null : v / unit)) } } : {}),
      notes: fileNotes,
    },
    flags.on('json'),
  );
}

function reached(cut: number): number | null {
  return cut === UNREACHED ? null : cut;
}

/** Counts by name, largest first for names and in order for cells. */
function count(names: readonly string[]): Record<string, number> {
  const counted = new Map<string, number>();
  for (const name of names) counted.set(name, (counted.get(name) ?? 0) + 1);
  return Object.fromEntries([...counted].sort(([a, m], [b, n]) => (/^\d/.test(a) ? (a < b ? -1 : 1) : n - m)));
}
