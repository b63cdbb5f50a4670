/** `clv churn` as people type it: both kinds of file, odd ones among them, models saved and loaded. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seeded } from '#core/math/seeded';
import { clv, temporaryFolder } from '../tests/support/clv-command.ts';
import type { Run } from '../tests/support/clv-command.ts';
import { hasReference } from '../tests/support/reference-orders.ts';
import { referenceDir } from '../tests/support/reference.ts';

const { inFolder, file } = temporaryFolder();

const churn = (...args: string[]): Promise<Run> => clv('churn', ...args);

const metrics = z.object({ auc: z.number().nullable(), pr_auc: z.number().nullable(), logloss: z.number(), brier: z.number(), threshold: z.number(), precision: z.number().nullable(), recall: z.number().nullable() });
const answer = z.object({
  shape: z.enum(['transactions', 'table']), model: z.string(), n: z.number(), nTest: z.number(), churnRate: z.number(), metrics: metrics.nullable(),
  calibration: z.object({ method: z.string(), deciles: z.array(z.object({ rows: z.number(), predicted: z.number(), observed: z.number() })) }),
  importance: z.array(z.object({ feature: z.string(), gain: z.number(), permutation: z.number() })), drift: z.array(z.object({ name: z.string(), psi: z.number() })), notes: z.array(z.string()),
});

async function ask(...args: string[]): Promise<z.infer<typeof answer>> {
  const run = await churn(...args, '--json');
  expect([run.code, run.err]).toEqual([0, '']);
  expect(run.out).not.toMatch(/NaN|Infinity/);
  return answer.parse(JSON.parse(run.out));
}

/** A table whose label follows `months`, with quotes, blanks and a text column. */
function plainTable(rows: number, end = '\n'): string {
  const random = seeded(rows);
  const lines = Array.from({ length: rows }, (_, i) => {
    const months = Math.floor(random() * 60);
    return [`"Shop, ${i}"`, random() < 0.05 ? '' : months, random() < 0.5 ? 'basic' : '"pro, ""gold"""', 7, random() < Math.exp(-months / 20) ? 'Yes' : 'No'].join(',');
  });
  return ['name,months,plan,version,Churn', ...lines].join(end) + end;
}

describe('clv churn on a table', () => {
  it('answers with figures, deciles and importance, and writes a row per customer', async () => {
    const path = await file('table.csv', plainTable(1200));
    const out = inFolder('table-out.csv');
    const result = await ask(path, '--label', 'Churn', '--id', 'name', '--model', 'boosted', '--customers', out, '--explain');
    expect(result).toMatchObject({ shape: 'table', model: 'boosted', n: 1200, nTest: 240 });
    expect(result.metrics?.auc).toBeGreaterThan(0.7);
    expect(result.importance[0]?.feature).toBe('months');
    expect(result.calibration.deciles).toHaveLength(10);
    expect(result.notes).toContain('version is left out: it is 7 everywhere');
    const rows = (await readFile(out, 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(1201);
    expect(rows[0]).toBe('customer_id,churn_probability,churned,set,reason_1,reason_2,reason_3');
    expect(rows[1]).toMatch(/^"Shop, 0",0\.\d+,[01],test,months [+-]\d/);
    expect(rows[2]).toMatch(/,train,/);
  }, 60_000);

  it('reads carriage returns, a byte order mark and quotes as the same table', async () => {
    const plain = await ask(await file('plain.csv', plainTable(300)), '--label', 'churn', '--id', 'name', '--model', 'logistic');
    const odd = await ask(await file('odd.csv', `\uFEFF${plainTable(300, '\r\n')}`), '--label', 'churn', '--id', 'name', '--model', 'logistic');
    expect(odd).toMatchObject({ metrics: plain.metrics, importance: plain.importance });
  }, 60_000);

  it('reads semicolons, decimal commas, thousands, days and cells that are no numbers', async () => {
    const random = seeded(4);
    const lines = Array.from({ length: 200 }, (_, i) => `${i};${(random() * 50).toFixed(2).replace('.', ',')};2025-0${1 + (i % 9)}-11;${i === 7 ? 'unknown' : Math.floor(random() * 90)};1,${100 + Math.floor(random() * 900)};${random() < 0.4 ? 1 : 0}`);
    const result = await ask(await file('semicolons.csv', `id;spend;since;age;points;left\n${lines.join('\n')}\n`), '--label', 'left', '--id', 'id', '--model', 'logistic');
    expect(result.importance.map(({ feature }) => feature).sort()).toEqual(['age', 'points', 'since', 'spend']);
    expect(result.notes).toEqual(expect.arrayContaining(['since is read as a day', 'age: 1 cells are no numbers and count as missing']));
  }, 30_000);

  it('twenty rows, one class, unseen levels, rows without a label: an answer and a note', async () => {
    const twenty = await ask(await file('twenty.csv', plainTable(20)), '--label', 'Churn', '--id', 'name');
    expect(twenty.notes.join('\n')).toMatch(/16 customers are too few to hold any back/);
    const oneClass = await ask(await file('one.csv', plainTable(60).replaceAll(',No\n', ',Yes\n')), '--label', 'Churn', '--id', 'name');
    expect(oneClass.notes.join('\n')).toMatch(/Every customer left[\s\S]*auc and pr_auc have no meaning/);
    const unseen = await ask(await file('unseen.csv', plainTable(200).replace(/basic(?=,7,(Yes|No)\n)/, 'brand new')), '--label', 'Churn', '--id', 'name', '--test', 'every-200th', '--model', 'logistic');
    expect([unseen.nTest, unseen.n]).toEqual([1, 200]);
    const unlabelled = await ask(await file('unlabelled.csv', `${plainTable(200)}"new, 1",3,basic,7,\n`), '--label', 'Churn', '--id', 'name', '--model', 'logistic', '--test', 'last-0.25');
    expect([unlabelled.n, unlabelled.nTest]).toEqual([200, 50]);
    expect(unlabelled.notes.join('\n')).toMatch(/1 rows have no label/);
  }, 90_000);

  it('refuses what it cannot use, and says how to mend it', async () => {
    const table = await file('bad.csv', plainTable(30));
    for (const [args, words] of [
      [[table], /neither orders .* nor a table with --label COLUMN; found name, months/],
      [[table, '--label', 'left'], /there is no column "left" for --label; found name/],
      [[table, '--label', 'plan'], /which value of "plan" means that a customer left\? Say --positive VALUE; found basic/],
      [[table, '--label', 'Churn', '--positive', 'maybe'], /"maybe" is no value of "Churn"; found No, Yes/],
      [[table, '--label', 'Churn', '--model', 'oracle'], /"oracle" is not one of logistic, forest, boosted, all/],
      [[table, '--label', 'Churn', '--test', 'some'], /--test must be every-5th/],
      [[table, '--label', 'Churn', '--explain'], /give that as well/],
      [[table, '--load', 'nowhere.bin'], /nowhere\.bin: no such file/],
      [[table, '--load', table], /cannot be used: it does not begin as model files do/],
      [[await file('ragged.csv', 'a,Churn\n1,Yes\n2,No,3\n'), '--label', 'Churn'], /line 3: 3 cells where the header names 2/],
      [[await file('empty.csv', ''), '--label', 'Churn'], /line 1: the file is empty/],
    ] as const) {
      const { code, err, out } = await churn(...args);
      expect(err).toMatch(words);
      expect([code, out]).toEqual([1, '']);
    }
  }, 90_000);

  it('saves the model that serves, and scores another file by it', async () => {
    const path = await file('save.csv', plainTable(600));
    const model = inFolder('model.bin');
    const first = inFolder('first.csv');
    const second = inFolder('second.csv');
    await ask(path, '--label', 'Churn', '--id', 'name', '--save', model, '--customers', first);
    const run = await churn(path, '--id', 'name', '--load', model, '--customers', second, '--json');
    expect([run.code, run.err]).toEqual([0, '']);
    const column = async (csv: string): Promise<string[]> => (await readFile(csv, 'utf8')).trim().split('\n').map((line) => /",([\d.e-]+),/.exec(line)?.[1] ?? '');
    expect(await column(second)).toEqual(await column(first));
    const short = await file('short.csv', 'name,plan\nx,basic\n');
    expect((await churn(short, '--load', model)).err).toMatch(/Column months is missing: the model was fitted on months, plan/);
  }, 60_000);
});

describe('clv churn on orders', () => {
  it('chooses the days where none are given, and a late refund is not known before its day', async () => {
    const random = seeded(3);
    const lines = Array.from({ length: 400 }, (_, k) => {
      const month = 1 + Math.floor(random() * 12);
      return `c${k % 90},2025-${String(month).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')},${(5 + random() * 90).toFixed(2)},o${k},${random() < 0.5 ? 'web' : 'shop'}`;
    });
    const head = 'customer_id,date,amount,order_id,channel\n';
    const before = await ask(await file('orders.csv', `${head}${lines.join('\n')}\n`), '--model', 'logistic', '--calibration-end', '2025-08-31', '--customers', inFolder('a.csv'));
    expect(before.shape).toBe('transactions');
    expect(before.importance.map(({ feature }) => feature)).toContain('last_channel');
    const [id, , amount = '', order] = lines.find((line) => line.includes('2025-08'))!.split(',');
    const refund = `${id},2025-12-20,-${(Number(amount) / 2).toFixed(2)},${order},\n`;
    const after = await ask(await file('refunded.csv', `${head}${lines.join('\n')}\n${refund}`), '--model', 'logistic', '--calibration-end', '2025-08-31', '--customers', inFolder('b.csv'));
    expect(after.metrics).toEqual(before.metrics);
    expect(await readFile(inFolder('b.csv'), 'utf8')).toBe(await readFile(inFolder('a.csv'), 'utf8'));
    const guessed = await ask(inFolder('orders.csv'), '--model', 'logistic');
    expect(guessed.notes.join('\n')).toMatch(/--calibration-end was not given/);
  }, 60_000);

  it('refuses days that leave nothing to see', async () => {
    const path = await file('few.csv', 'customer_id,date,amount\na,2025-01-05,10\nb,2025-03-01,5\n');
    expect((await churn(path, '--calibration-end', '2025-03-01')).err).toMatch(/nobody can be seen to leave/);
    expect((await churn(path, '--calibration-end', '2024-12-01')).err).toMatch(/lies before the first order/);
    expect((await churn(path, '--features', 'some')).err).toMatch(/--features must be all or reference/);
  }, 30_000);
});

describe.runIf(hasReference('npm run clv -- churn on the reference sets', 'data/cdnow_full.csv', 'data/telco_churn.csv'))('clv churn on the reference sets', () => {
  it('orders: all three families, as good as the reference', async () => {
    const result = await ask(join(referenceDir, 'data/cdnow_full.csv'), '--calibration-end', '1997-09-30', '--observation-end', '1998-06-30', '--count-zero');
    expect(result).toMatchObject({ shape: 'transactions', n: 23_570, nTest: 4714 });
    expect(result.metrics?.auc).toBeGreaterThanOrEqual(0.7615);
    expect(result.metrics?.brier).toBeLessThanOrEqual(0.1622);
  }, 120_000);

  it('spend of the next window, beside the probabilistic model on the same customers', async () => {
    const out = inFolder('value.csv');
    const run = await clv('fit', join(referenceDir, 'data/cdnow_sample.csv'), '--model', 'boosted', '--calibration-end', '1997-09-30', '--count-zero', '--customers', out, '--json');
    expect([run.code, run.err]).toEqual([0, '']);
    const evidence = z.object({ customers: z.literal(472), mae: z.number(), rmse: z.number(), bias: z.number(), deciles: z.array(z.unknown()).length(10) });
    const result = z.object({ model: z.literal('boosted'), n: z.literal(2357), holdout: evidence, probabilistic: z.object({ holdout: evidence }) }).parse(JSON.parse(run.out));
    expect(result.holdout.rmse).toBeLessThan(1.25 * result.probabilistic.holdout.rmse);
    const rows = (await readFile(out, 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('customer_id,clv,clv_low,clv_high');
    expect(rows).toHaveLength(2358);
    expect((await clv('fit', join(referenceDir, 'data/cdnow_sample.csv'), '--model', 'ridge')).err).toMatch(/give --calibration-end/);
  }, 60_000);

  it('table: a random share of customers in place of every fifth', async () => {
    const result = await ask(join(referenceDir, 'data/telco_churn.csv'), '--label', 'Churn', '--test', '0.2', '--seed', '7');
    expect([result.n, result.nTest]).toEqual([7043, 1409]);
    expect(result.metrics?.auc).toBeGreaterThan(0.82);
  }, 120_000);
});
