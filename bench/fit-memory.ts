/** Peak memory of one job on a million customers, alone in a fresh process: `node bench/fit-memory.ts fit|score`. */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fitGammaGamma } from '#core/clv/gamma-gamma';
import { stageRules } from '#core/clv/lifecycle';
import { models } from '#core/clv/registry';
import { scoreAll } from '#core/clv/score';
import { simulateShop, type ShopTruth } from './simulate-shop.ts';

const TRUTH: ShopTruth = { r: 0.25, alpha: 31, a: 0.8, b: 2.4, dropsAtFirst: false, p: 6.25, q: 3.74, v: 1544, maxDays: 364 };
const CUSTOMERS = 1_000_000;

/** Resident memory added by the job, its input columns included, in MB. */
function peakOf(job: string | undefined): number {
  const small = simulateShop(2_000, TRUTH, 1);
  const behaviour = models['mbg-nbd'].fit(small);
  const spend = fitGammaGamma(small);
  const before = process.memoryUsage.rss();
  if (job === 'score') {
    const asOfDay = 20_000;
    const one = simulateShop(CUSTOMERS / 10, TRUTH, 1);
    const at = (column: Float64Array, i: number): number => column[i % column.length] ?? 0;
    const columns = { purchaseDays: new Int32Array(CUSTOMERS), firstDay: new Int32Array(CUSTOMERS), lastDay: new Int32Array(CUSTOMERS), repeatSpend: new Float64Array(CUSTOMERS), asOfDay };
    for (let i = 0; i < CUSTOMERS; i++) {
      columns.purchaseDays[i] = at(one.x, i) + 1;
      columns.firstDay[i] = asOfDay - at(one.T, i);
      columns.lastDay[i] = asOfDay - at(one.T, i) + at(one.tx, i);
      columns.repeatSpend[i] = at(one.m, i) * at(one.x, i);
    }
    scoreAll(columns, { behaviour, spend, horizonDays: 365, discountAnnual: 0.1, stage: stageRules(40), tail: 0.1 });
  } else {
    const shop = simulateShop(CUSTOMERS, TRUTH, 1);
    models['mbg-nbd'].fit(shop);
    fitGammaGamma(shop);
  }
  return (peakResident() - before) / 2 ** 20;
}

/** Bytes. Linux carries `maxRSS` over from the process that started this one, however large that was; VmHWM is our own. */
function peakResident(): number {
  const own = existsSync('/proc/self/status') ? /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) : null;
  return Number(own?.[1] ?? process.resourceUsage().maxRSS) * 1024;
}

console.log(peakOf(process.argv[2]).toFixed(1));
