/** The command line as people type it: its flags, its files, its words and its exit codes. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasReference } from '../tests/support/reference-orders.ts';
import { referenceDir } from '../tests/support/reference.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  code: number;
  out: string;
  err: string;
}

function clv(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    // `node` of the project's own packages runs TypeScript as it is.
    const child = execFile('node', ['cli/clv.ts', ...args], { cwd: ROOT, env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` }, maxBuffer: 1 << 26 }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('clv', () => {
  it('explains itself', async () => {
    const help = await clv('--help');
    expect([help.code, help.err]).toEqual([0, '']);
    expect(help.out).toMatch(/clv fit[\s\S]*clv rfm[\s\S]*clv cohorts/);
    expect((await clv('fit', '--help')).out).toMatch(/--calibration-end/);
  });

  it('refuses what it does not know with exit code 1', async () => {
    for (const [args, words] of [
      [[], /Which command/],
      [['fly'], /no command "fly"/],
      [['fit'], /Which file/],
      [['fit', 'nowhere.csv'], /nowhere\.csv: no such file/],
      [['fit', 'x.csv', '--model', 'magic'], /"magic" is not one of mbg-nbd, bg-nbd/],
      [['fit', 'x.csv', '--calibration-end', '1997-02-30'], /must be a day/],
      [['fit', 'x.csv', '--unit-days', 'seven'], /must be a number/],
      [['rfm', 'x.csv', '--wrong'], /wrong/],
    ] as const) {
      const { code, err, out } = await clv(...args);
      expect(err).toMatch(words);
      expect([code, out]).toEqual([1, '']);
    }
  }, 30_000);

  it('names the line that is wrong', async () => {
    const head = 'customer_id,date,amount\n';
    for (const [text, words] of [
      ['', /line 1: the file is empty/],
      ['customer,when\n', /line 1: column customer_id, date, amount is missing/],
      [head, /line 2: there is a header but no order/],
      [`${head}a,2026-01-05,1.00\nb,2026-13-05,1.00\n`, /line 3: date must be a day/],
      [`${head}a,2026-01-05,1.00\n\n"b\nb",2026-01-05,ten\n`, /line 5: amount/],
      [`${head},2026-01-05,1.00\n`, /line 2: customer_id is empty/],
    ] as const) {
      const { code, err } = await clv('rfm', await file('bad.csv', text));
      expect(err).toMatch(words);
      expect(code).toBe(1);
    }
  }, 30_000);

  it('reads quotes, a byte order mark, carriage returns and any column order; refunds net into their order', async () => {
    const path = await file('odd.csv', '\uFEFFnote,Amount,order_id,Date,Customer ID\r\n"said ""hi"", twice",10.50,o1,2026-01-05T09:30:00Z,"Lee, Ann"\r\n,-10.50,o1,2026-01-20,"Lee, Ann"\r\n,20,o2,2026-02-01,"Lee, Ann"\r\n,5.25,,2026-02-03,bo\r\n');
    const out = join(folder, 'rfm.csv');
    const run = await clv('rfm', path, '--as-of', '2026-02-10', '--customers', out);
    expect([run.code, run.err]).toEqual([0, '']);
    expect(await readFile(out, 'utf8')).toBe('customer_id,recency,frequency,monetary,r,f,m,segment\n"Lee, Ann",9,1,20,1,1,3,hibernating\nbo,7,1,5.25,3,1,1,about_to_sleep\n');
  });

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
    const out = join(folder, 'customers.csv');
    const run = await clv('fit', csv, '--model', 'mbg-nbd', ...period, '--spend', 'gamma-gamma', '--horizon-days', '273', '--customers', out, '--json');
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
});
