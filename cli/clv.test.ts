/** The command line as people type it: its flags, its files, its words and its exit codes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clv, clvProcess, temporaryFolder } from '../tests/support/clv-command.ts';
import { hasReference } from '../tests/support/reference-orders.ts';
import { referenceDir } from '../tests/support/reference.ts';

const { inFolder, file } = temporaryFolder();

describe('clv', () => {
  it('explains itself', async () => {
    const help = await clvProcess('--help');
    expect([help.code, help.err]).toEqual([0, '']);
    expect(await clv('--help')).toEqual(help);
    expect(help.out).toMatch(/clv fit[\s\S]*clv backtest[\s\S]*clv rfm[\s\S]*clv cohorts/);
    expect((await clv('fit', '--help')).out).toMatch(/--calibration-end/);
  });

  it('refuses what it does not know with exit code 1', async () => {
    expect(await clvProcess('fly')).toEqual({ code: 1, out: '', err: expect.stringMatching(/no command "fly"/) });
    for (const [args, words] of [
      [[], /Which command/],
      [['fit'], /Which file/],
      [['fit', 'nowhere.csv'], /nowhere\.csv: no such file/],
      [['fit', 'x.csv', '--model', 'magic'], /"magic" is not one of mbg-nbd, bg-nbd, pareto-nbd, bg-bb/],
      [['fit', 'x.csv', '--period', 'month'], /--period belongs to --model bg-bb/],
      [['fit', 'x.csv', '--model', 'bg-bb', '--period', 'moon'], /--period must be day, week, month/],
      [['fit', 'x.csv', '--interval', '2'], /--interval must lie between/],
      [['backtest', 'x.csv', '--models', 'mbg-nbd,mbg-nbd'], /twice/],
      [['fit', 'x.csv', '--calibration-end', '1997-02-30'], /must be a day/],
      [['fit', 'x.csv', '--unit-days', 'seven'], /must be a number/],
      [['rfm', 'x.csv', '--wrong'], /wrong/],
    ] as const) {
      const { code, err, out } = await clv(...args);
      expect(err).toMatch(words);
      expect([code, out]).toEqual([1, '']);
    }
  }, 90_000);

  it('names the line that is wrong', async () => {
    const head = 'customer_id,date,amount\n';
    for (const [text, words] of [
      ['', /line 1: the file is empty/],
      ['customer,when\n', /line 1: column date, amount is missing/],
      [head, /line 2: there is a header but no order/],
      [`${head}a,2026-01-05,1.00\nb,2026-13-05,1.00\n`, /line 3: date must be a day/],
      [`${head}a,2026-01-05,1.00\n\n"b\nb",2026-01-05,ten\n`, /line 5: amount/],
      [`${head},2026-01-05,1.00\n`, /the customer column is empty on all 1 lines/],
      [`${head}a,03/04/2026,1.00\nb,05/04/2026,2.00\n`, /can be read day first or month first\. Say --dates day-first/],
    ] as const) {
      const { code, err } = await clv('rfm', await file('bad.csv', text));
      expect(err).toMatch(words);
      expect(code).toBe(1);
    }
  }, 90_000);

  it('reads quotes, a byte order mark, carriage returns and any column order; refunds net into their order', async () => {
    const path = await file('odd.csv', '\uFEFFnote,Amount,order_id,Date,Customer ID\r\n"said ""hi"", twice",10.50,o1,2026-01-05T09:30:00Z,"Lee, Ann"\r\n,-10.50,o1,2026-01-20,"Lee, Ann"\r\n,20,o2,2026-02-01,"Lee, Ann"\r\n,5.25,,2026-02-03,bo\r\n');
    const out = inFolder('rfm.csv');
    const run = await clv('rfm', path, '--as-of', '2026-02-10', '--customers', out);
    expect([run.code, run.err]).toEqual([0, '']);
    expect(await readFile(out, 'utf8')).toBe('customer_id,recency,frequency,monetary,r,f,m,segment\n"Lee, Ann",9,1,20,1,1,3,hibernating\nbo,7,1,5.25,3,1,1,about_to_sleep\n');
  });

  it('names the line of a counted history that cannot be', async () => {
    const head = 'frequency,recency,periods,weights\n';
    for (const [text, words] of [
      [`${head}1,1,6,5\n2,1,6,5\n`, /line 3: frequency 2 does not fit recency 1/],
      [`${head}1,7,6,5\n`, /line 2: recency 7 lies past the last of 6 periods/],
      [`${head}1.5,2,6,5\n`, /line 2: frequency must be a whole number/],
      [head, /line 2: there is a header but no customer/],
    ] as const) {
      const { code, err } = await clv('fit', await file('counts.csv', text), '--model', 'bg-bb');
      expect(err).toMatch(words);
      expect(code).toBe(1);
    }
    expect((await clv('fit', await file('counts.csv', `${head}1,1,6,5\n`))).err).toMatch(/is for --model bg-bb; mbg-nbd needs orders/);
  }, 90_000);

  it('fits covariates by name, and refuses a column that changes within a customer', async () => {
    const lines = ['Customer ID,date,amount,Channel'];
    for (let i = 0; i < 300; i++) {
      const gap = i % 2 === 0 ? 9 + (i % 7) : 30 + (i % 11);
      for (let k = 0; k <= i % 6; k++) lines.push(`c${i},${new Date(Date.UTC(2025, 0, 1 + (i % 60) + k * gap)).toISOString().slice(0, 10)},${10 + (i % 5)}.50,${i % 2 === 0 ? 'mail' : 'shop'}`);
    }
    const path = await file('covariates.csv', lines.join('\n'));
    const run = await clv('fit', path, '--model', 'pareto-nbd', '--covariates', 'channel', '--origins', '0', '--json');
    expect([run.code, run.err]).toEqual([0, '']);
    const { covariates } = z.object({ covariates: z.object({ coefficients: z.record(z.string(), z.object({ purchase: z.number() })), likelihoodRatio: z.number(), degreesOfFreedom: z.literal(2), patterns: z.literal(2) }) }).parse(JSON.parse(run.out));
    // Those in the mail buy two to three times as often; the commoner channel is the base.
    const [[name = '', effect] = []] = Object.entries(covariates.coefficients);
    expect((name === 'channel=mail' ? 1 : -1) * (effect?.purchase ?? 0)).toBeGreaterThan(0.5);
    const changing = await clv('fit', await file('changing.csv', 'customer_id,date,amount,channel\na,2026-01-01,1,x\na,2026-01-02,1,y\n'), '--covariates', 'channel');
    expect([changing.code, changing.err]).toEqual([1, expect.stringMatching(/line 3: channel is "y" here and "x" on an earlier line/)]);
    expect((await clv('fit', path, '--covariates', 'colour')).err).toMatch(/no column "colour"/);
  }, 60_000);

  it('prints cohorts as a table, the month that is not over marked', async () => {
    const path = await file('cohorts.csv', 'customer_id,date,amount\na,2026-01-05,10\nb,2026-01-09,5\na,2026-02-01,7\n');
    const run = await clv('cohorts', path, '--as-of', '2026-02-10', '--measure', 'revenue');
    expect(run.out.split('\n')[1]?.trim().split(/\s+/)).toEqual(['2026-01', '15.00', '7.00*']);
  });
});

describe.runIf(hasReference('npm run clv on the CDNOW files', 'data/cdnow_sample.csv'))('clv on the reference shop', () => {
  const csv = join(referenceDir, 'data/cdnow_sample.csv');
  const period = ['--calibration-end', '1997-09-30', '--observation-end', '1998-06-30', '--count-zero'];

  it('fit prints the promised keys and writes a row per customer', async () => {
    const out = inFolder('customers.csv');
    const run = await clvProcess('fit', csv, '--model', 'mbg-nbd', ...period, '--spend', 'gamma-gamma', '--horizon-days', '273', '--customers', out, '--json');
    expect([run.code, run.err]).toEqual([0, '']);
    const result = z
      .object({
        model: z.literal('mbg-nbd'), params: z.object({ r: z.number(), alpha: z.number(), a: z.number(), b: z.number() }), logLikelihood: z.number(), converged: z.literal(true), iterations: z.number(),
        seconds: z.number(), n: z.literal(2357), uniqueRows: z.literal(1016), notes: z.array(z.string()), spend: z.object({ p: z.number(), q: z.number(), v: z.number() }),
        holdout: z.object({ expectedTotal: z.number(), actualTotal: z.literal(1882), mae: z.number(), rmse: z.number(), trackingMape: z.number() }),
      })
      .parse(JSON.parse(run.out));
    expect(result.params.r).toBeCloseTo(0.5248, 3);
    expect(result.spend.v).toBeCloseTo(15.44, 1);
    expect(result.holdout.trackingMape).toBeCloseTo(3.978, 2);
    const rows = (await readFile(out, 'utf8')).trim().split('\n').map((line) => line.split(','));
    expect(rows[0]).toEqual(['customer_id', 'frequency', 'recency', 'T', 'p_alive', 'expected_orders', 'expected_spend', 'clv', 'clv_low', 'clv_high', 'dert', 'next_order', 'next_order_low', 'next_order_high']);
    expect(rows.length).toBe(2358);
    const total = rows.slice(1).reduce((sum, row) => sum + Number(row[5]), 0);
    expect(Math.abs(total / result.holdout.expectedTotal - 1)).toBeLessThan(1e-6);
  });

  it('predicts the same in days as in weeks', async () => {
    const schema = z.object({ holdout: z.object({ expectedTotal: z.number(), trackingMape: z.number() }) });
    const [weeks, days] = await Promise.all(['7', '1'].map(async (unit) => schema.parse(JSON.parse((await clv('fit', csv, ...period, '--unit-days', unit, '--json')).out))));
    expect(days?.holdout.expectedTotal).toBeCloseTo(weeks?.holdout.expectedTotal ?? NaN, 4);
    expect(days?.holdout.trackingMape).toBeCloseTo(weeks?.holdout.trackingMape ?? NaN, 6);
  });

  it('bg-bb fits the donations as published, and orders by period', async () => {
    const counted = await clv('fit', join(referenceDir, 'data/donations_bgbb.csv'), '--model', 'bg-bb', '--horizon-periods', '5', '--json');
    expect([counted.code, counted.err]).toEqual([0, '']);
    const schema = z.object({ params: z.object({ alpha: z.number(), beta: z.number(), gamma: z.number(), delta: z.number() }), converged: z.literal(true), logLikelihood: z.number() });
    const donations = schema.extend({ expected: z.object({ periods: z.literal(5), expected: z.number() }), n: z.literal(11_104) }).parse(JSON.parse(counted.out));
    expect(donations.params.alpha).toBeCloseTo(1.2035, 3);
    expect(donations.logLikelihood).toBeCloseTo(-33225.58, 1);
    expect(donations.expected.expected / 12884.16).toBeCloseTo(1, 4);
    const byWeek = await clv('fit', csv, '--model', 'bg-bb', ...period, '--json');
    const orders = schema.extend({ unitDays: z.literal(7), holdout: z.object({ expectedTotal: z.number(), actualTotal: z.number(), trackingMape: z.number() }) }).parse(JSON.parse(byWeek.out));
    expect(Math.abs(orders.holdout.expectedTotal / orders.holdout.actualTotal - 1)).toBeLessThan(0.2);
  }, 60_000);

  it('widens the total until every past forecast holds what came', async () => {
    const run = await clv('fit', csv, '--model', 'pareto-nbd', ...period, '--json');
    const range = z.object({ expected: z.number(), low: z.number(), high: z.number() });
    const { intervals } = z.object({ intervals: z.object({ widenedBy: z.number(), total: z.object({ orders: range, value: range }), cohorts: z.array(z.object({ month: z.string() })), past: z.array(range.extend({ actual: z.number() })) }) }).parse(JSON.parse(run.out));
    expect(intervals.past.length).toBe(3);
    expect(intervals.cohorts.map((cohort) => cohort.month)).toEqual(['1997-01', '1997-02', '1997-03']);
    for (const { expected, low, high, actual } of intervals.past) {
      const reach = actual > expected ? Math.log(actual / expected) / Math.log(high / expected) : Math.log(actual / expected) / Math.log(low / expected);
      expect(reach).toBeLessThanOrEqual(intervals.widenedBy + 1e-9);
    }
  }, 60_000);

  it('backtests from several days and keeps the default unless another is better beyond noise', async () => {
    const run = await clv('backtest', csv, '--count-zero', '--origins', '3', '--json');
    expect([run.code, run.err]).toEqual([0, '']);
    const result = z
      .object({ models: z.array(z.object({ model: z.string(), rmse: z.number(), totalsHeldWidened: z.literal(3), origins: z.array(z.object({ actual: z.number() })).length(3) })), comparisons: z.array(z.object({ challenger: z.string(), better: z.boolean() })), chosen: z.literal('mbg-nbd') })
      .parse(JSON.parse(run.out));
    expect(result.models.map((each) => each.model)).toEqual(['mbg-nbd', 'bg-nbd', 'pareto-nbd']);
    expect(new Set(result.models.map((each) => each.origins[0]?.actual)).size).toBe(1);
  }, 60_000);
});
