/** The whole CDNOW file through the import, the model and the aggregates, against the published figures. */
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { verifyTenant } from '#data/rebuild';
import { getCohorts } from '#operations/cohorts';
import { updateCompany } from '#operations/company';
import { runImport } from '#operations/import-file';
import { listModelRuns } from '#operations/models';
import { runRebuild } from '#operations/rebuild';
import { createTestDatabase } from '../support/database.ts';
import { haveReference, referenceFile } from '../support/reference.ts';
import { makeTestTenant } from '../support/tenant.ts';

const reference = z.object({
  rule_A: z.object({ cells: z.record(z.string(), z.number()), segments: z.record(z.string(), z.number()) }),
  cohorts: z.object({ table: z.record(z.string(), z.array(z.number())) }),
});
const models = z.object({
  models: z.object({
    mbgnbd: z.object({ params: z.record(z.string(), z.number()), loglik: z.number() }),
    gamma_gamma: z.object({ params: z.record(z.string(), z.number()) }),
  }),
});

const counts = z.object({ rows: z.number(), total: z.number(), customers: z.number() });

describe.skipIf(!haveReference)('CDNOW, 69,659 lines', () => {
  let ctx: Awaited<ReturnType<typeof makeTestTenant>>;
  const importOnce = async (): Promise<{ inserted: number; unchanged: number; rejected: number; lines_read: number; state: string }> => {
    const id = v7();
    ctx.fileMap.set('cdnow', new Uint8Array(referenceFile('data/cdnow_full.csv')));
    await ctx.db.run(sql`insert into imports (company_id, id, name, file_key, state, mapping) values (${ctx.companyId}, ${id}, 'cdnow_full.csv', 'cdnow', 'waiting', '{}')`);
    for (let more = true; more; ) more = await runImport(ctx, id);
    const row = await ctx.db.first(z.object({ inserted: z.number(), unchanged: z.number(), rejected: z.number(), lines_read: z.number(), state: z.string() }),
      sql`select inserted, unchanged, rejected, lines_read, state from imports where company_id = ${ctx.companyId} and id = ${id}`);
    if (!row) throw new Error('The import is gone');
    return row;
  };

  beforeAll(async () => {
    ctx = await makeTestTenant(await createTestDatabase(), { currency: 'USD', timeZone: 'America/New_York', countZeroOrders: true });
  });

  it('imports every line once, to the cent, and a second import inserts nothing', async () => {
    const started = performance.now();
    expect(await importOnce()).toEqual({ inserted: 69_659, unchanged: 0, rejected: 0, lines_read: 69_659, state: 'done' });
    console.info(`imported in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    const read = () => ctx.db.first(counts, sql`select count(*)::int as rows, sum(amount)::bigint as total, count(distinct customer_id)::int as customers from transactions where company_id = ${ctx.companyId}`);
    expect(await read()).toEqual({ rows: 69_659, total: 250_031_563, customers: 23_570 });
    expect(await importOnce()).toEqual({ inserted: 0, unchanged: 69_659, rejected: 0, lines_read: 69_659, state: 'done' });
    expect(await read()).toEqual({ rows: 69_659, total: 250_031_563, customers: 23_570 });
    expect(await verifyTenant(ctx.db)).toEqual([]);
  }, 180_000);

  it('as of 1998-07-01: RFM and cohorts equal the reference, revenue equals SQL', async () => {
    await updateCompany(ctx, { analysisDate: '1998-07-01' });
    await runRebuild(ctx);
    const expected = reference.parse(JSON.parse(referenceFile('reference/rfm_cohort_cdnow_full.json').toString()));
    const snapshot = await ctx.live.snapshot();
    const cells = Object.fromEntries(snapshot.cells.filter((c) => c.customers > 0).map((c) => [`${c.recency}${c.frequency}${c.monetary}`, c.customers]));
    expect(cells).toEqual(expected.rule_A.cells);
    expect(snapshot.value.historicalValue).toBe(250_031_563);
    const { cohorts } = await getCohorts(ctx);
    const table = Object.fromEntries(cohorts.map((c) => [c.month, c.cells.map((cell) => cell.customers).slice(0, expected.cohorts.table[c.month]?.length)]));
    expect(table).toEqual(expected.cohorts.table);
    const [year] = snapshot.windows.filter((w) => w.days === 365);
    const inSql = await ctx.db.first(z.object({ gross: z.number() }), sql`select sum(amount)::bigint as gross from transactions
      where company_id = ${ctx.companyId} and transaction_date >= timestamp '1997-07-02' at time zone 'America/New_York' and transaction_date < timestamp '1998-07-02' at time zone 'America/New_York'`);
    expect(year?.gross).toBe(inSql?.gross);
  }, 120_000);

  it('as of 1997-09-30: revenue to that day, and the fitted parameters equal the reference', async () => {
    await updateCompany(ctx, { analysisDate: '1997-09-30' });
    await runRebuild(ctx);
    const { models: { mbgnbd, gamma_gamma } } = models.parse(JSON.parse(referenceFile('reference/cdnow_full.json').toString()));
    expect((await ctx.live.snapshot()).value.historicalValue).toBe(172_335_450);
    const [run] = await listModelRuns(ctx);
    const parameters = z.object({ r: z.number(), alpha: z.number(), a: z.number(), b: z.number(), spend: z.object({ p: z.number(), q: z.number(), v: z.number() }) }).parse(run?.parameters);
    for (const name of ['r', 'alpha', 'a', 'b'] as const) expect(parameters[name] / (mbgnbd.params[name] ?? 0), name).toBeCloseTo(1, 2);
    for (const name of ['p', 'q'] as const) expect(parameters.spend[name] / (gamma_gamma.params[name] ?? 0), name).toBeCloseTo(1, 2);
    // v is in minor units here, in dollars there.
    expect(parameters.spend.v / 100 / (gamma_gamma.params['v'] ?? 0)).toBeCloseTo(1, 2);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  }, 120_000);
});
