/** `clv recommend | forecast | cluster | cohorts --project` as people type them: odd files, their words, their exit codes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { clv, temporaryFolder } from '../tests/support/clv-command.ts';
import { hasReference } from '../tests/support/reference-orders.ts';
import { referenceDir } from '../tests/support/reference.ts';

const { inFolder, file } = temporaryFolder();

async function answer<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  const run = await clv(...args, '--json');
  expect([run.code, run.err]).toEqual([0, '']);
  expect(run.out).not.toMatch(/NaN|Infinity/);
  return schema.parse(JSON.parse(run.out));
}

/** Every line end, quote and blank that files come with. */
const ODD = (delimiter: string, rows: string[][]): string => `\uFEFF${rows.map((row) => row.map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)).join('\r\n\r\n')}\r\n`;

it('refuses what it cannot use, by flag or line', async () => {
  const orders = await file('orders.csv', 'customer_id,date,amount\na,2026-01-05,1\n');
  const items = await file('items.csv', 'customer_id,date,product\na,2026-01-05,x\nb,2026-13-05,x\n');
  for (const [args, words] of [
    [['recommend', items], /items\.csv line 3: date must be a day/],
    [['recommend', orders], /column product is missing/],
    [['recommend', items, '--model', 'magic'], /"magic" is not one of popularity/],
    [['recommend', items, '--k', '1.5'], /whole number/],
    [['forecast', orders, '--measure', 'mood'], /must be one of revenue, orders/],
    [['forecast', orders, '--by', 'hour'], /must be one of day, week, month/],
    [['forecast', orders, '--calibration-end', '2025-01-01'], /before the first order/],
    [['cluster', orders, '--method', 'magic'], /must be one of kmeans/],
    [['cluster', orders, '--features', 'recency,shoe_size'], /"shoe_size" is not one of recency/],
    [['cluster', items], /items\.csv line 3: date must be a day/],
    [['cluster', inFolder('nowhere.csv')], /nowhere\.csv: no such file/],
    [['cohorts', orders, '--project', '--months', '0'], /must be a number of at least 1/],
  ] as const) {
    const { code, err, out } = await clv(...args);
    expect(err).toMatch(words);
    expect([code, out]).toEqual([1, '']);
  }
}, 120_000);

describe('recommend', () => {
  const listed = z.object({ model: z.string(), customers: z.number(), products: z.number(), notes: z.array(z.string()), recommendations: z.array(z.object({ customer_id: z.string(), products: z.array(z.object({ product: z.string(), score: z.number() })) })) });

  it.each([',', ';', '\t'])('reads what files come with, delimited by %j', async (delimiter) => {
    const path = await file('odd.csv', ODD(delimiter, [['Product', 'note', 'Date', 'Customer ID', 'quantity'], ['milk; "fresh", 1 l', '', '2026-01-05T10:00:00Z', 'Lee', '1'], ['bread', '', '2026-01-07', 'Lee', '2'], ['bread', '', '2026-01-02', 'Bo', '1'], ['', '', '2026-01-02', 'Bo', '1'], ['bread', '', '2026-01-02', '', '1'], ['tea', '', '2026-01-02', 'Bo', '-1']]));
    const made = await answer(listed, 'recommend', path, '--k', '5', '--exclude-bought');
    expect([made.customers, made.products]).toEqual([2, 2]);
    expect(made.recommendations).toEqual([{ customer_id: 'Lee', products: [] }, { customer_id: 'Bo', products: [{ product: 'milk; "fresh", 1 l', score: 1 }] }]);
    expect(made.notes.filter((note) => /were left out/.test(note)).length).toBe(3);
  }, 60_000);

  it('writes a row per customer and place', async () => {
    const path = await file('two.csv', 'customer_id,date,product\nb,2026-01-05,x\nb,2026-01-06,x\na,2026-01-07,y\nc,2026-01-07,x\n');
    const out = inFolder('lists.csv');
    const run = await clv('recommend', path, '--model', 'own-frequency', '--k', '1', '--customers', out);
    expect([run.code, run.err]).toEqual([0, '']);
    expect((await readFile(out, 'utf8')).split('\n').map((line) => line.split(',').slice(0, 3).join())).toEqual(['customer_id,rank,product', 'b,1,x', 'a,1,y', 'c,1,x', '']);
  });
});

describe('forecast', () => {
  const schema = z.object({ model: z.string(), forecast: z.array(z.object({ from: z.string(), to: z.string(), value: z.number(), low: z.number(), high: z.number() })), holdout: z.object({ expectedTotal: z.number(), actualTotal: z.number(), intervalCoverage: z.number() }).nullable(), notes: z.array(z.string()) });
  const days = (count: number, amount: (t: number) => string): string => `customer_id,date,amount\n${Array.from({ length: count }, (_, t) => `c${t % 40},${addDays('2023-01-01', t)},${amount(t)}`).reverse().join('\n')}\n`;

  it('foresees a steady shop, file unsorted, and compares with what came', async () => {
    const path = await file('steady.csv', days(1096, () => '10.00'));
    const made = await answer(schema, 'forecast', path, '--calibration-end', '2024-12-31', '--periods', '12');
    expect(made.forecast.map((each) => each.value)[0]).toBeCloseTo(310, 0);
    expect(made.holdout?.actualTotal).toBe(3650);
    expect(made.holdout?.expectedTotal).toBeCloseTo(3650, -1);
  }, 60_000);

  it('puts orders on the day it was where the shop is', async () => {
    const path = await file('zone.csv', 'customer_id,date,amount\na,2026-01-04T23:30:00Z,1\nb,2026-01-05T12:00:00Z,2\nc,2026-01-06 22:59:00+00:00,4\nd,2026-01-07,8\n');
    const series = z.object({ history: z.array(z.object({ from: z.string(), value: z.number() })) });
    const values = async (...flags: string[]) => (await answer(series, 'forecast', path, '--by', 'day', '--periods', '1', ...flags)).history.map((each) => [each.from, each.value]);
    expect(await values()).toEqual([['2026-01-04', 1], ['2026-01-05', 2], ['2026-01-06', 4], ['2026-01-07', 8]]);
    expect(await values('--time-zone', 'Europe/Berlin')).toEqual([['2026-01-05', 3], ['2026-01-06', 4], ['2026-01-07', 8]]);
    expect((await clv('forecast', path, '--time-zone', 'Mars')).err).toMatch(/must be a zone/);
  });

  it.each([
    ['one order', days(1, () => '5')], ['a constant', days(400, () => '5')], ['zeros', days(400, () => '0')], ['nothing but refunds', days(100, () => '-5')],
    ['a gap', days(600, (t) => (t > 100 && t < 500 ? '0' : '7'))], ['one customer', `customer_id,date,amount\n${Array.from({ length: 90 }, (_, t) => `me,${addDays('2024-01-01', 5 * t)},${t}.5`).join('\n')}\n`],
  ])('has an answer for %s', async (name, text) => {
    const path = await file(`${name}.csv`, text);
    for (const by of ['day', 'month']) expect((await answer(schema, 'forecast', path, '--measure', 'orders', '--by', by, '--periods', '3')).forecast.length).toBe(3);
    expect((await answer(schema, 'forecast', path, '--by', 'week', '--periods', '3')).forecast.length).toBe(3);
  }, 60_000);
});

describe('cluster', () => {
  const schema = z.object({ k: z.number(), features: z.array(z.string()), sizes: z.array(z.number()), labels: z.array(z.number()), ids: z.array(z.string()), adjustedRand: z.number().optional(), clusters: z.array(z.object({ name: z.string(), size: z.number() })), notes: z.array(z.string()) });

  it('reads a table with words, blanks and an id among its numbers', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [`c${i}`, i % 2 ? 'word' : '', String(i < 20 ? i % 5 : 100 + (i % 5)), i === 7 ? '' : String(i < 20 ? 1 : 50), i < 20 ? 'a' : 'b']);
    const path = await file('table.csv', ODD(';', [['ID', 'remark', 'spend', 'visits', 'label'], ...rows]));
    const made = await answer(schema, 'cluster', path, '--k', '2');
    expect([made.features, made.sizes, made.adjustedRand]).toEqual([['spend', 'visits'], [20, 19], 1]);
    expect(made.ids).not.toContain('c7');
    expect(made.notes.join()).toMatch(/remark[\s\S]*1 rows that lack a number/);
  });

  it('has an answer for shops with hardly anything in them', async () => {
    for (const [name, text] of [['one', 'a,2026-01-05,1\n'], ['same', Array.from({ length: 30 }, (_, i) => `c${i},2026-01-05,1\n`).join('')], ['refunds', Array.from({ length: 30 }, (_, i) => `c${i},2026-01-${String(1 + (i % 28)).padStart(2, '0')},${i % 3 ? 5 : -5}\n`).join('')]] as const) {
      const path = await file(`${name}.csv`, `customer_id,date,amount\n${text}`);
      for (const method of ['kmeans', 'dbscan', 'hierarchical']) await answer(schema, 'cluster', path, '--method', method);
    }
  }, 120_000);

  it('clusters the members of a cluster again', async () => {
    const path = await file('nested.csv', `x,y\n${Array.from({ length: 90 }, (_, i) => `${i < 60 ? (i % 2) * 2 : 50},${i % 3 ? 0.1 : 0}`).join('\n')}\n`);
    const made = await answer(schema, 'cluster', path, '--k', '2', '--inside', '0', '--scale', 'none');
    expect(made.sizes).toEqual([30, 30]);
  });
});

describe.runIf(hasReference('npm run clv -- recommend, forecast, cluster on reference files', 'data/cdnow_sample.csv', 'data/clustering/iris.csv'))('on reference files', () => {
  it('clusters iris as the reference does', async () => {
    const made = await answer(z.object({ inertia: z.number(), adjustedRand: z.number() }), 'cluster', join(referenceDir, 'data/clustering/iris.csv'), '--k', '3', '--scale', 'none');
    expect(made.inertia).toBeCloseTo(78.940841, 4);
    expect(made.adjustedRand).toBeCloseTo(0.73024, 4);
  });

  it('projects cohorts both ways', async () => {
    const run = await clv('cohorts', join(referenceDir, 'data/cdnow_sample.csv'), '--count-zero', '--project', '--months', '24');
    expect(run.out).toMatch(/Revenue per customer won, at age 24 months[\s\S]*1997-01[\s\S]*Survivor curve/);
    const made = await answer(z.object({ projection: z.object({ cohorts: z.array(z.object({ byFactors: z.number(), low: z.number(), high: z.number(), bySurvivors: z.number(), path: z.array(z.number()).length(25) })).length(3) }) }), 'cohorts', join(referenceDir, 'data/cdnow_sample.csv'), '--count-zero', '--project');
    for (const cohort of made.projection.cohorts) expect(Math.abs(cohort.byFactors / cohort.bySurvivors - 1)).toBeLessThan(0.1);
  });
});
