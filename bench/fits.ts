/** How fast histories are compressed, models fitted and customers scored, and how much memory that takes. */
import process from 'node:process';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BehaviourModel } from '#core/clv/behaviour';
import { bgBb } from '#core/clv/bg-bb';
import { compress } from '#core/clv/compress';
import { fitGammaGamma } from '#core/clv/gamma-gamma';
import { stageRules } from '#core/clv/lifecycle';
import { models } from '#core/clv/registry';
import { scoreAll, type ScoringParams } from '#core/clv/score';
import { byWeek, simulateShop, type ShopTruth, type SimulatedShop } from './simulate-shop.ts';
import { timed } from './timed.ts';

export interface BenchRow {
  name: string;
  /** Best of the repetitions. */
  value: number;
  unit: 's' | 'MB';
  /** What modelling.md asks. */
  limit: number | null;
  /** The least it could take, measured in the same run. */
  peer: { name: string; figure: number } | null;
  note: string;
}

const TRUTH: ShopTruth = { r: 0.25, alpha: 31, a: 0.8, b: 2.4, dropsAtFirst: false, p: 6.25, q: 3.74, v: 1544, maxDays: 364 };

/** Peak memory of a job, measured in a process of its own, beside the columns that it reads. */
async function memory(job: 'fit' | 'score', model: string, count: number, limit: number | null): Promise<BenchRow> {
  const script = fileURLToPath(new URL('fit-memory.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=2', script, job, model, String(count)]);
  const columns = job === 'fit' ? 4 * 8 : 3 * 4 + 8;
  return { name: `peak memory, ${job} ${model} ${sizeText(count)}`, value: Number(stdout), unit: 'MB', limit, peer: { name: 'input columns', figure: (count * columns) / 2 ** 20 }, note: 'resident memory added, input columns included' };
}

function sizeText(count: number): string {
  return count >= 1e6 ? `${count / 1e6}M` : `${count / 1e3}k`;
}

function benchSize(shop: SimulatedShop, fitLimit: number, scoreLimit: number | null): BenchRow[] {
  const count = shop.x.length;
  const size = sizeText(count);
  const rows: BenchRow[] = [];
  const compression = timed(3, () => compress(shop));
  rows.push({ name: `compress ${size}`, value: compression.seconds, unit: 's', limit: null, peer: null, note: `${compression.result.x.length} unique rows` });
  let fitted: Pick<ScoringParams, 'behaviour' | 'spend'> | null = null;
  for (const model of [models['bg-nbd'], models['mbg-nbd']]) {
    const { seconds, result } = timed(3, () => ({ fit: model.fit(shop), spend: fitGammaGamma(shop) }));
    fitted = { behaviour: result.fit, spend: result.spend };
    const { r = NaN, alpha = NaN, a = NaN, b = NaN } = result.fit.params;
    rows.push({
      name: `fit ${model.name} + gamma-gamma ${size}`,
      value: seconds,
      unit: 's',
      limit: fitLimit,
      peer: null,
      note: `r ${r.toFixed(3)} alpha ${alpha.toFixed(2)} a ${a.toFixed(3)} b ${b.toFixed(2)}, ${result.fit.iterations} + ${result.spend.iterations} iterations`,
    });
  }
  const asOfDay = 20_000;
  const columns = {
    purchaseDays: Int32Array.from(shop.x, (x) => x + 1),
    firstDay: Int32Array.from(shop.T, (T) => asOfDay - T),
    lastDay: Int32Array.from(shop.T, (T, i) => asOfDay - T + (shop.tx[i] ?? 0)),
    repeatSpend: Float64Array.from(shop.m, (m, i) => m * (shop.x[i] ?? 0)),
    asOfDay,
  };
  if (!fitted) return rows;
  const p: ScoringParams = { ...fitted, horizonDays: 365, discountAnnual: 0.1, stage: stageRules(40), tail: 0.1 };
  const scoring = timed(3, () => scoreAll(columns, p));
  rows.push({ name: `score ${size}`, value: scoring.seconds, unit: 's', limit: scoreLimit, peer: null, note: `P(alive) of the first: ${(scoring.result.pAlive[0] ?? NaN).toFixed(3)}` });
  return rows;
}

const MODELS: readonly BehaviourModel[] = [models['bg-nbd'], models['mbg-nbd'], models['pareto-nbd'], bgBb];

/** Every model at one size beside the floor of any search: one pass of likelihood and gradient over the compressed rows. */
function benchModels(shop: SimulatedShop): BenchRow[] {
  const count = shop.x.length;
  return MODELS.map((model): BenchRow => {
    const data = model === bgBb ? byWeek(shop) : shop;
    const rows = model.toRows(data);
    const { seconds, result } = timed(count >= 1e6 ? 2 : 3, () => model.fit(data));
    const at = Float64Array.from(model.symbols, (symbol) => Math.log(result.params[symbol] ?? 1));
    const likelihood = model.rowLikelihood(7);
    const floor = timed(3, () => likelihood(rows, at, new Float64Array(at.length))).seconds;
    return {
      name: `fit ${model.name} ${sizeText(count)}`, value: seconds, unit: 's', limit: null, peer: { name: 'one pass of likelihood and gradient', figure: floor },
      note: `${rows.weight.length} unique rows, ${result.iterations} iterations, compressing included`,
    };
  });
}

const SIZES = [2_000, 24_000, 100_000, 1_000_000] as const;

/** Every figure of modelling.md that belongs to fits and scores. One thread. */
export async function benchFits(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const count of SIZES) {
    const shop = simulateShop(count, TRUTH, 20_261_122);
    rows.push(...benchModels(shop));
    if (count === 100_000) rows.push(...benchSize(shop, 0.25, null));
    if (count === 1_000_000) rows.push(...benchSize(shop, 1.2, 1));
  }
  const jobs = [...SIZES.flatMap((count) => MODELS.map((model) => () => memory('fit', model.name, count, count === 1_000_000 ? 128 : null))), () => memory('score', 'mbg-nbd', 1_000_000, 128)];
  // Memory is a process's own, whoever runs beside it: two at a time.
  for (let i = 0; i < jobs.length; i += 2) rows.push(...await Promise.all(jobs.slice(i, i + 2).map((job) => job())));
  return rows;
}

if (import.meta.main) {
  for (const row of await benchFits()) {
    const limit = row.limit === null ? '' : ` (limit ${row.limit})`;
    console.log(`${row.name.padEnd(36)} ${row.value.toFixed(3)} ${row.unit}${limit}  ${row.note}`);
  }
}
