/** How fast a forecast chooses its form, beside one pass of smoothing over the same series. */
import { etsPath, fitEts } from '#core/forecast/ets';
import { smooth } from '#core/forecast/ets-state';
import { forecast } from '#core/forecast/forecast';
import { createRandom, normal } from '#core/math/random';
import type { Bench, Row } from './bench.ts';
import { timed } from './timed.ts';

const REPEATS = 3;

/** A growing series with a season. */
function series(n: number, season: number): Float64Array {
  const draw = createRandom(`series ${n} ${season}`);
  return Float64Array.from({ length: n }, (_, t) => (100 + t) * (1 + 0.3 * Math.sin((2 * Math.PI * t) / season)) * (1 + 0.1 * normal(draw)));
}

/** Orders of `customers` over two years, each coming back at a rate of her own. */
function orders(customers: number) {
  const draw = createRandom(`orders ${customers}`);
  const rows: { customer: number; day: number; amount: number }[] = [];
  for (let customer = 0; customer < customers; customer++) {
    const gap = 20 + 200 * draw();
    for (let day = Math.floor(600 * draw()); day < 730; day += 1 + Math.floor(-gap * Math.log(1 - draw()))) rows.push({ customer, day: 19_000 + day, amount: 1000 + Math.floor(4000 * draw()) });
  }
  return { customer: Int32Array.from(rows, (row) => row.customer), day: Int32Array.from(rows, (row) => row.day), amount: Float64Array.from(rows, (row) => row.amount) };
}

function run(): Row[] {
  const rows = ([['60 months', 60, 12], ['730 days', 730, 7], ['260 weeks', 260, 52]] as const).map(([name, n, season]): Row => {
    const values = series(n, season);
    const form = { trend: 'damped', season: 'multiplicative', length: season } as const;
    const pass = timed(REPEATS, () => {
      for (let i = 0; i < 1000; i++) smooth(form, { alpha: 0.1, beta: 0.01, gamma: 0.1, phi: 0.9 }, { level: 100, growth: 1, season: new Float64Array(season).fill(1) }, values);
    }).seconds / 1000;
    const { seconds, result: fit } = timed(REPEATS, () => {
      const made = fitEts(values, season);
      etsPath(made, season);
      return made;
    });
    return { name: `ETS of nine forms, ${name}`, figure: seconds, unit: 's', peer: { name: 'one smoothing pass', figure: pass }, target: null, note: `${fit.name}, ${fit.iterations} iterations` };
  });
  const events = orders(20_000);
  const { seconds, result: made } = timed(REPEATS, () => forecast(events, { measure: 'revenue', by: 'month', count: 6, asOfDay: 19_730 }));
  rows.push({ name: `forecast of 20k customers, ${events.day.length} orders`, figure: seconds, unit: 's', peer: null, target: null, note: `${made.chosen}, ${made.origins} origins of each of four ways` });
  return rows;
}

export const bench: Bench = { name: 'forecast', seconds: 25, run: async () => run() };
