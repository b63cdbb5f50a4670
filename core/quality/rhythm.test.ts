// Silences of simulated shops: how often a healthy one is called odd, and how soon a broken one is noticed. Both are printed.
import { expect, it } from 'vitest';
import { gamma, createRandom } from '#core/math/random';
import { judgeSilence, learnRhythm } from './rhythm.ts';

const HOURS = [0.1, 0.05, 0.03, 0.02, 0.02, 0.1, 0.4, 0.9, 1.2, 1.4, 1.4, 1.3, 1.3, 1.2, 1.2, 1.3, 1.4, 1.6, 1.9, 2.1, 2, 1.5, 0.8, 0.4];
const WEEKDAYS = [1.2, 1.2, 1, 1, 0.9, 0.8, 0.8];
const total = HOURS.reduce((a, b) => a + b, 0);
const WINDOW = 56;
const PER_YEAR = 0.2;

interface Shop { name: string; aDay: number; batch?: boolean }
const SHOPS: Shop[] = [
  { name: 'two orders a week', aDay: 2 / 7 }, { name: '5 a day', aDay: 5 }, { name: '100 a day', aDay: 100 }, { name: '2,000 a day', aDay: 2000 },
  { name: 'a file every night', aDay: 40, batch: true },
];

/** Active hours by day: days differ more than chance alone would have them (gamma with shape 6). */
function simulate(shop: Shop, seed: string, days: number): Int32Array {
  const random = createRandom(seed);
  const hours = new Int32Array(days);
  for (let day = 0; day < days; day++) {
    const busy = shop.aDay * gamma(random, 6, 1) * (WEEKDAYS[day % 7] ?? 1);
    if (shop.batch === true) {
      if (random() < 0.97) hours[day] = 1 << 3;
      continue;
    }
    for (let hour = 0; hour < 24; hour++) if (random() < 1 - Math.exp(-(busy * (HOURS[hour] ?? 0)) / total)) hours[day] = (hours[day] ?? 0) | (1 << hour);
  }
  return hours;
}

const lastHourOf = (hours: Int32Array, before: number): number => {
  for (let at = before - 1; at >= 0; at--) if (((hours[Math.floor(at / 24)] ?? 0) & (1 << (at % 24))) !== 0) return at;
  return -1;
};
const rhythmAt = (hours: Int32Array, last: number) =>
  learnRhythm(Array.from({ length: WINDOW }, (_, n) => Math.floor(last / 24) - WINDOW + n).filter((d) => d >= 0).map((d) => ({ day: d, hours: hours[d] ?? 0 })), Math.floor(last / 24) - 1);

it.each(SHOPS)('hardly ever calls a healthy shop silent, and notices one that breaks: $name', (shop) => {
  const days = 365 + WINDOW, shops = 20;
  let alarms = 0, oddHours = 0;
  const delays: number[] = [];
  for (let n = 0; n < shops; n++) {
    const hours = simulate(shop, `${shop.name} ${n}`, days);
    let wasOdd = false;
    for (let day = WINDOW; day < days; day++) {
      const last = lastHourOf(hours, day * 24);
      const rhythm = rhythmAt(hours, last);
      let known = last;
      for (let hour = 0; hour < 24; hour++) {
        const now = day * 24 + hour;
        const isOdd = judgeSilence(rhythm, known, now, PER_YEAR).state === 'unusual';
        if (isOdd) oddHours += 1;
        if (isOdd && !wasOdd) alarms += 1;
        wasOdd = isOdd;
        if (((hours[day] ?? 0) & (1 << hour)) !== 0) known = now;
      }
    }
    // Breaks for good at ten in the morning of some day.
    const broken = (200 + n * 5) * 24 + 10;
    const last = lastHourOf(hours, broken);
    const rhythm = rhythmAt(hours, last);
    for (let now = broken; now < broken + 24 * 120; now++) {
      if (judgeSilence(rhythm, last, now, PER_YEAR).state === 'unusual') { delays.push(now - broken); break; }
    }
  }
  delays.sort((a, b) => a - b);
  const median = delays[Math.floor(delays.length / 2)] ?? Infinity;
  console.log(`${shop.name}: ${(alarms / shops).toFixed(2)} false alarms a shop and year (asked for ${PER_YEAR} at most), ${oddHours} odd hours; a break is noticed after ${median} h (median), ${delays.at(-1)} h at worst, ${delays.length} of ${shops} noticed`);
  expect(alarms / shops).toBeLessThan(PER_YEAR * 2);
  expect(delays.length).toBe(shops);
  if (shop.aDay >= 100) expect(median).toBeLessThan(10);
  if (shop.batch === true) expect(median).toBeLessThan(24 * 6);
});

it('is never troubled by a quiet day of a shop that sells twice a week', () => {
  const days = Array.from({ length: 56 }, (_, day) => ({ day, hours: day % 7 === 1 || day % 7 === 4 ? 1 << 14 : 0 }));
  const rhythm = learnRhythm(days, 54);
  const last = 53 * 24 + 14;
  for (const quiet of [1, 2, 3, 4]) expect(judgeSilence(rhythm, last, last + quiet * 24, PER_YEAR).state).toBe('usual');
  expect(judgeSilence(rhythm, last, last + 40 * 24, PER_YEAR)).toMatchObject({ state: 'unusual', hours: 959 });
});

it('says nothing of a source it has not known for two weeks', () => {
  expect(learnRhythm([{ day: 0, hours: 0xffffff }, { day: 5, hours: 0xffffff }], 5)).toBeNull();
  expect(judgeSilence(null, 0, 500, PER_YEAR).state).toBe('learning');
});
