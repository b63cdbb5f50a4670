/** Peak memory of one job, alone in a fresh process: `node bench/fit-memory.ts fit|score MODEL CUSTOMERS`. */
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { bgBb } from '#core/clv/bg-bb';
import { fitGammaGamma } from '#core/clv/gamma-gamma';
import { stageRules } from '#core/clv/lifecycle';
import { isModelName, models } from '#core/clv/registry';
import { scoreAll } from '#core/clv/score';
import { byWeek, simulateShop, type ShopTruth } from './simulate-shop.ts';

const TRUTH: ShopTruth = { r: 0.25, alpha: 31, a: 0.8, b: 2.4, dropsAtFirst: false, p: 6.25, q: 3.74, v: 1544, maxDays: 364 };

/** Resident memory added by the job, its input columns included, in MB. */
function peakOf(job: string | undefined, name: string | undefined, customers: number): number {
  const small = simulateShop(2_000, TRUTH, 1);
  const behaviour = models['mbg-nbd'].fit(small);
  const spend = fitGammaGamma(small);
  const before = process.memoryUsage.rss();
  if (job === 'score') {
    const asOfDay = 20_000;
    const one = simulateShop(customers / 10, TRUTH, 1);
    const at = (column: Float64Array, i: number): number => column[i % column.length] ?? 0;
    const columns = { purchaseDays: new Int32Array(customers), firstDay: new Int32Array(customers), lastDay: new Int32Array(customers), repeatSpend: new Float64Array(customers), asOfDay };
    for (let i = 0; i < customers; i++) {
      columns.purchaseDays[i] = at(one.x, i) + 1;
      columns.firstDay[i] = asOfDay - at(one.T, i);
      columns.lastDay[i] = asOfDay - at(one.T, i) + at(one.tx, i);
      columns.repeatSpend[i] = at(one.m, i) * at(one.x, i);
    }
    scoreAll(columns, { behaviour, spend, horizonDays: 365, discountAnnual: 0.1, stage: stageRules(40), tail: 0.1 });
  } else {
    const shop = simulateShop(customers, TRUTH, 1);
    if (name === bgBb.name) bgBb.fit(byWeek(shop));
    else models[name !== undefined && isModelName(name) ? name : 'mbg-nbd'].fit(shop);
    fitGammaGamma(shop);
  }
  return (peakResident() - before) / 2 ** 20;
}

/** Bytes. Linux carries `maxRSS` over from the process that started this one, however large that was; VmHWM is our own. */
function peakResident(): number {
  const own = existsSync('/proc/self/status') ? /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) : null;
  return Number(own?.[1] ?? process.resourceUsage().maxRSS) * 1024;
}

console.log(peakOf(process.argv[2], process.argv[3], Number(process.argv[4] ?? 1_000_000)).toFixed(1));
