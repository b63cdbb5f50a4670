/** Files as public data sets are shaped: each command answers with finite figures, or says what, where and how to mend it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dayText, parseDay } from '#core/calendar/days';
import { summarise } from '#core/clv/summary';
import { seeded } from '#core/math/seeded';
import { clvHere, COMMANDS, type Command } from '../../tests/support/clv-in-process.ts';
import { hasReference, referenceOrders } from '../../tests/support/reference-orders.ts';
import { InputError } from './input-error.ts';

interface Sale {
  who: number;
  day: number;
  product: number;
  quantity: number;
  /** Of one, in cents. */
  price: number;
  minute: number;
}

const START = parseDay('2010-12-01') ?? 0;

/** A year of a shop in which most buy once or twice, some often, and one in ten lines comes back. */
function sales(): Sale[] {
  const random = seeded(11);
  const out: Sale[] = [];
  for (let who = 0; who < 90; who++) {
    const rate = 5 + 90 * random() * random();
    for (let day = Math.floor(random() * 200); day < 370; day += 1 + Math.floor(-Math.log(1 - random()) * rate)) {
      for (let line = 0; line < 2; line++) {
        const product = Math.floor(12 * random() ** 2);
        const sale = { who, day: START + day, product, quantity: 1 + Math.floor(random() * 12), price: 45 + 150 * product, minute: Math.floor(random() * 600) };
        out.push(sale);
        if (random() < 0.1) out.push({ ...sale, day: sale.day + 3, quantity: -sale.quantity });
      }
      if (random() < 0.25) break;
    }
  }
  return out;
}

const clock = (minute: number): string => `${8 + Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
const dayFirst = (day: number, mark: string): string => dayText(day).split('-').reverse().join(mark);
const invoice = ({ who, day, quantity }: Sale): string => `${quantity < 0 ? 'C' : ''}${536_000 + ((who * 37 + day) % 9000)}`;
const SALES = sales();

const retail = (head: string, date: (sale: Sale) => string): string => [
  head,
  ...SALES.map((sale, n) => `${invoice(sale)},${10_000 + sale.product}A,"WHITE ""T-LIGHT"", SET ${sale.product}",${sale.quantity},${date(sale)},${(sale.price / 100).toFixed(2)},${n % 4 === 0 ? '' : 12_346 + sale.who},United Kingdom`),
  // Adjustments and gifts, as that shop has them.
  `A563185,B,Adjust bad debt,1,${date({ who: 0, day: START + 250, product: 0, quantity: 1, price: 0, minute: 0 })},11062.06,,United Kingdom`,
  `536999,22139,,56,${date({ who: 0, day: START + 20, product: 0, quantity: 1, price: 0, minute: 0 })},0,12400,United Kingdom`,
].join('\r\n');
const bought = SALES.filter(({ quantity }) => quantity > 0);

const REFUSES_PRODUCT = { recommend: /column product is missing; found/ } as const;
const COUNTED = /column .*date.* is missing; found .*frequency.*histories that somebody counted/;

const NO_LATER = /a backtest needs what came after it: a column x\.star/;

/** `quick`: another way of writing what another shape has all commands for. */
const SHAPES: Record<string, { text: string; quick?: true; refuses?: Partial<Record<Command, RegExp>>; notes?: RegExp }> = {
  'UCI Online Retail, day first': { text: retail('InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country', (sale) => `${dayFirst(sale.day, '/')} ${clock(sale.minute)}`), notes: /Dates are read day first.*name no customer/ },
  'UCI Online Retail, month first': {
    quick: true, text: retail('InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country', (sale) => `${Number(dayText(sale.day).slice(5, 7))}/${Number(dayText(sale.day).slice(8))}/${dayText(sale.day).slice(0, 4)} ${clock(sale.minute)}`), notes: /Dates are read month first/,
  },
  'Online Retail II': { quick: true, text: retail('Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country', (sale) => `${dayText(sale.day)} ${clock(sale.minute).padStart(5, '0')}:00`), notes: /quantity × unit price/ },
  'semicolons, decimal commas and thousands': {
    text: `Kundennummer;Datum;Betrag\n${SALES.map((sale) => `${sale.who};${dayFirst(sale.day, '.')};${sale.quantity < 0 ? '-' : ''}1.${String(Math.abs(sale.quantity) * 7).padStart(3, '0')},50`).join('\n')}\n`, refuses: REFUSES_PRODUCT, notes: /decimal comma/,
  },
  'CLVTools apparelTrans': { text: `"","Id","Date","Price"\n${bought.map((sale, n) => `"${n + 1}","${sale.who}",${dayText(sale.day)},${(sale.price / 100).toFixed(2)}`).join('\n')}\n`, refuses: REFUSES_PRODUCT },
  'BTYDplus groceryElog': { text: `cust,date\n${bought.map((sale) => `${sale.who},${dayText(sale.day)}`).join('\n')}\n`, refuses: REFUSES_PRODUCT, notes: /no amounts: each line counts as 1/ },
  'lifetimes transactions': { quick: true, text: `,date,id\n${bought.map((sale, n) => `${n},${dayText(sale.day)} 00:00:00,${sale.who}`).join('\n')}\n`, refuses: REFUSES_PRODUCT, notes: /no amounts/ },
  'CDNOW with compact dates': { quick: true, text: `customer_id\tdate\tcds\tamount\n${bought.map((sale) => `${String(sale.who).padStart(5, '0')}\t${dayText(sale.day).replaceAll('-', '')}\t${sale.quantity}\t${(sale.price / 100).toFixed(2)}`).join('\n')}\n`, refuses: REFUSES_PRODUCT },
  'donations, counted': {
    text: 'frequency,recency,periods,weights\n6,6,6,1203\n5,6,6,728\n0,0,6,3464\n1,1,6,1081\n',
    refuses: { fit: /is for --model bg-bb/, backtest: NO_LATER, rfm: COUNTED, cohorts: COUNTED, churn: /neither orders .* nor a table with --label/, recommend: /customer_id, date, product is missing/, forecast: COUNTED },
  },
  'CDNOW summary of lifetimes': {
    text: 'ID,frequency,recency,T\n1,2,30.43,38.86\n2,1,1.71,38.86\n3,0,0,38.86\n4,0,0,38.86\n5,1,3.0,38.86\n',
    refuses: { backtest: NO_LATER, rfm: COUNTED, cohorts: COUNTED, churn: /neither orders/, recommend: /missing/, forecast: COUNTED }, notes: /read as weeks/,
  },
  'CDNOW without a heading': { text: '00001 0001 19970101 1 29.33\n00001 0001 19970118 1 29.73\n', refuses: { fit: /missing; found 00001/, backtest: /missing; found/, rfm: /missing; found/, cohorts: /missing; found/, churn: /neither orders/, recommend: /missing; found/, forecast: /missing; found/, cluster: /no column holds numbers|no row|missing/ } },
};

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'shapes-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(Object.entries(SHAPES))('%s', async (name, { text, quick = false, refuses = {}, notes }) => {
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.csv`);
  await writeFile(path, text);
  const answered: string[] = [];
  for (const command of COMMANDS) {
    if (quick && ['backtest', 'churn', 'cluster', 'fit'].includes(command)) continue;
    const refusal = refuses[command];
    if (refusal) {
      const error: unknown = await clvHere(command, path).then(() => null, (thrown: unknown) => thrown);
      expect(error, command).toBeInstanceOf(InputError);
      expect(error instanceof Error ? error.message : '', command).toMatch(refusal);
      continue;
    }
    const out = JSON.stringify(await clvHere(command, path));
    answered.push(out);
  }
  if (notes) expect(answered[0]).toMatch(new RegExp(notes.source, 's'));
}, 90_000);

/** Of other public data: what the file is taken for, or what to do about it. */
it.each([
  ['Olist, by its status', 'order_id,customer_unique_id,order_status,order_purchase_timestamp,payment_value', (sale: Sale, n: number) => `o${n},${sale.who},${n % 9 === 0 ? 'canceled' : 'delivered'},${dayText(sale.day)} 10:56:33,${sale.price / 100}`, /"\d+ lines were cancelled or failed/],
  ['REES46, by its events', 'event_time,event_type,product_id,category_code,price,user_id', (sale: Sale, n: number) => `${dayText(sale.day)} 00:00:00 UTC,${['view', 'cart', 'purchase'][n % 3]},${sale.product},tv,${sale.price / 100},${sale.who}`, /"\d+ lines are of other events/],
  ['dunnhumby, by the number of the day', 'household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE', (sale: Sale, n: number) => `${sale.who},${n},${sale.day - START + 1},${sale.product},1,${sale.price / 100}`, /numbers of days/],
  ['gifts by year', 'donor_id,year,gift', (sale: Sale) => `${sale.who},${dayText(sale.day).slice(0, 4)},${sale.price / 100}`, /Dates are years/],
  ['payments by month', 'member number,date,amount', (sale: Sale) => `${sale.who},${dayText(sale.day).slice(0, 7)},${sale.price / 100}`, /Dates are months/],
  ['a year too many', 'customer_id,date,amount', (sale: Sale) => `${sale.who},3${dayText(sale.day).slice(1)},${sale.price / 100}`, /still to come: is the year right/],
] as const)('%s', async (name, head, line, note) => {
  const path = join(folder, `${name}.csv`);
  await writeFile(path, `${head}\n${bought.map(line).join('\n')}\n`);
  expect(JSON.stringify(await clvHere('forecast', path))).toMatch(note);
});

it.each([
  ['a spreadsheet', 'PK\u0003\u0004rest', /spreadsheet or an archive, not text. Open it and save the sheet as CSV/],
  ['JSON', '[{"customer_id":1,"date":"2026-01-01"}]\n', /looks like JSON; save it as CSV/],
  ['a quote left open', 'customer_id,date,amount\n1,2026-01-01,"5\n2,2026-01-02,6\n', /one that was opened has to be closed/],
  ['Instacart, without dates', 'order_id,user_id,order_number,days_since_prior_order\n1,1,1,\n2,1,2,15.0\n', /are no dates: add them up for each customer/],
  ['a column a year', 'ID,1995,1996,1997\n1,1,0,1\n', /a column for each year: give one line a customer and year/],
  ['nothing but refunds', 'customer_id,date,amount\n1,2026-01-01,-5\n2,2026-01-02,-6\n', /no customer has a purchase.*2 lines are below zero/],
  ['nothing but views', 'event_time,event_type,price,user_id\n2026-01-01,view,5,1\n', /none of its 1 lines is a purchase: their event is something else/],
])('%s is refused with a way out', async (name, text, message) => {
  const path = join(folder, `${name}.csv`);
  await writeFile(path, text);
  await expect(clvHere('fit', path)).rejects.toThrow(message);
});

const history = z.object({
  params: z.record(z.string(), z.number()), logLikelihood: z.number(), n: z.number(), uniqueRows: z.number(), notes: z.array(z.string()), expected: z.object({ orders: z.object({ expected: z.number() }), value: z.object({ expected: z.number() }) }),
  spend: z.object({ p: z.number(), q: z.number(), v: z.number() }).nullable(), holdout: z.object({ expectedTotal: z.number(), actualTotal: z.number(), horizonDays: z.number(), ordersInterval: z.unknown() }).nullable(),
});

const judgement = z.object({
  customers: z.number(), against: z.string(), chosen: z.string(), notes: z.array(z.string()),
  models: z.array(z.object({ mae: z.number(), spendMae: z.number().nullable(), intervalCoverage: z.number().nullable(), origins: z.array(z.object({ horizonDays: z.number(), customers: z.number(), expected: z.number(), actual: z.number(), converged: z.boolean() })) })),
});

describe.runIf(hasReference('counted histories of CDNOW', 'data/cdnow_sample.csv'))('histories that somebody counted', () => {
  const { x, tx, T, m, holdoutX, customer } = summarise(referenceOrders('data/cdnow_sample.csv').events, { calibrationEnd: parseDay('1997-09-30') ?? NaN, observationEnd: parseDay('1998-06-30') ?? NaN, countZero: true });
  const fit = async (name: string, head: string, line: (i: number) => string, ...more: string[]) => {
    const path = join(folder, `${name}.csv`);
    await writeFile(path, `${head}\n${Array.from(x, (_, i) => line(i)).join('\n')}\n`);
    return history.parse(await clvHere('fit', path, '--model', 'bg-nbd', ...more));
  };
  const at = (column: ArrayLike<number>, i: number): number => column[i] ?? NaN;

  it('give what the orders give: in weeks as lifetimes writes them, in days as BTYD does, with money and a holdout where there is any', async () => {
    const weeks = (days: number): string => (days / 7).toFixed(2);
    const lifetimes = await fit('weeks', 'ID,frequency,recency,T', (i) => `${at(customer, i)},${at(x, i)},${weeks(at(tx, i))},${weeks(at(T, i))}`);
    // Fader, Hardie and Lee (2005), table 2; monetary value and later purchases are not in that file.
    for (const [symbol, value] of Object.entries({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })) expect(lifetimes.params[symbol]).toBeCloseTo(value, 2);
    expect(lifetimes.logLikelihood).toBeCloseTo(-9582.43, 1);
    expect(lifetimes).toMatchObject({ n: 2357, spend: null, holdout: null });
    const out = join(folder, 'rows.csv');
    const btyd = await fit('days', '"","x","t.x","T.cal","m.x","x.star","t.star"', (i) => `"${i + 1}",${at(x, i)},${at(tx, i)},${at(T, i)},${(at(m, i) / 100).toFixed(4)},${at(holdoutX, i)},273`, '--customers', out);
    expect(btyd.params['alpha']).toBeCloseTo(lifetimes.params['alpha'] ?? NaN, 4);
    expect(btyd.notes.join()).toMatch(/read as days/);
    expect(btyd.holdout).toMatchObject({ actualTotal: 1882, horizonDays: 273 });
    expect(btyd.holdout?.expectedTotal).toBeCloseTo(1653.41, 0);
    expect(btyd.spend?.q).toBeGreaterThan(1);
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    expect([lines.length, lines[0], lines[1]?.split(',').length]).toEqual([2358, 'customer_id,frequency,recency,T,p_alive,expected_orders,expected_spend,clv,clv_low,clv_high,dert,next_order,next_order_low,next_order_high,weights', 15]);
    // Equal histories, counted: the same fit.
    const counts = new Map<string, number>();
    x.forEach((_, i) => { const key = `${at(x, i)},${at(tx, i)},${at(T, i)}`; counts.set(key, (counts.get(key) ?? 0) + 1); });
    const path = join(folder, 'grouped.csv');
    await writeFile(path, `x,t.x,T.cal,custs\n${[...counts].map(([key, n]) => `${key},${n}`).join('\n')}\n`);
    const grouped = history.parse(await clvHere('fit', path, '--model', 'bg-nbd'));
    expect([grouped.n, grouped.uniqueRows, grouped.params]).toEqual([2357, btyd.uniqueRows, btyd.params]);
    expect(grouped.expected.orders.expected).toBeCloseTo(btyd.expected.orders.expected, 4);
  });

  it('are judged by what came later, where a column counts it', async () => {
    const judge = async (name: string, head: string, line: (i: number) => string, ...more: string[]) => {
      const path = join(folder, `${name}.csv`);
      await writeFile(path, `${head}\n${Array.from(x, (_, i) => line(i)).join('\n')}\n`);
      return judgement.parse(await clvHere('backtest', path, '--models', 'mbg-nbd,bg-nbd', ...more));
    };
    const counted = (i: number): string => `${at(x, i)},${at(tx, i)},${at(T, i)}`;
    // Of lifetimes, with money; of BTYD, which does not say how long it watched.
    const summary = await judge('later', 'customer_id,frequency_cal,recency_cal,T_cal,monetary_value_cal,frequency_holdout,monetary_value_holdout,duration_holdout', (i) => `c${i},${counted(i)},${at(m, i) / 100},${at(holdoutX, i)},${at(holdoutX, i) > 0 ? 20 : ''},273`);
    const [mbg, bg] = summary.models;
    expect(summary).toMatchObject({ customers: 2357, against: 'mbg-nbd', notes: [expect.stringContaining('days'), expect.stringContaining('one day only')] });
    expect(bg?.origins[0]).toMatchObject({ horizonDays: 273, customers: 2357, actual: 1882, converged: true });
    expect(bg?.origins[0]?.expected).toBeCloseTo(1653.41, 0);
    expect(mbg?.intervalCoverage).toBeGreaterThan(0.8);
    const bare = await judge('star', 'x,t.x,T.cal,x.star', (i) => `${counted(i)},${at(holdoutX, i)}`, '--horizon-days', '273');
    expect(bare.models.map(({ mae, spendMae }) => [mae, spendMae])).toEqual(summary.models.map(({ mae }) => [mae, null]));
    await expect(clvHere('backtest', join(folder, 'star.csv'))).rejects.toThrow(/does not say over how long .* give --horizon-days N/);
    await expect(clvHere('backtest', join(folder, 'later.csv'), '--horizon-days', '9')).rejects.toThrow(/says it already/);
    const periods = join(folder, 'periods.csv');
    await writeFile(periods, 'x,t.x,n.cal,custs,x.star,t.star\n6,6,6,120,4,5\n3,5,6,70,1,5\n0,0,6,340,0,5\n1,1,6,100,0,5\n2,3,6,90,1,5\n');
    expect(judgement.parse(await clvHere('backtest', periods, '--models', 'bg-bb'))).toMatchObject({ customers: 720, chosen: 'bg-bb', models: [{ origins: [{ actual: 640, horizonDays: 5 }] }] });
    await expect(clvHere('backtest', periods, '--models', 'mbg-nbd')).rejects.toThrow(/is for --models bg-bb/);
  });

  it.each([
    ['a last purchase after the end', 'frequency,recency,T', '2,40,30', /line 2: recency 40 lies past T 30/],
    ['repeats without a time', 'frequency,recency,T', '2,0,30', /line 2: frequency 2 does not fit recency 0/],
    ['a time without repeats', 'x,t.x,T.cal', '0,3,30', /frequency 0 does not fit recency 3/],
    ['half a purchase', 'frequency,recency,T', '1.5,3,30', /frequency must be a whole number of at least 0, not "1.5"/],
    ['nobody', 'frequency,recency,T', '', /there is a header but no customer/],
  ])('are refused with %s', async (name, head, line, message) => {
    const path = join(folder, `${name}.csv`);
    await writeFile(path, `${head}\n${line}\n`);
    await expect(clvHere('fit', path)).rejects.toThrow(message);
  });

  it('say which flags they cannot serve', async () => {
    const path = join(folder, 'flags.csv');
    await writeFile(path, 'frequency,recency,T\n1,3.5,30\n0,0,20\n');
    await expect(clvHere('fit', path, '--calibration-end', '1997-09-30')).rejects.toThrow(/have no dates/);
    await expect(clvHere('fit', path, '--times', 'moons')).rejects.toThrow(/--times must be days, weeks, months, years/);
    await expect(clvHere('fit', path, '--model', 'bg-bb')).rejects.toThrow(/not one of whole periods/);
  });
});
