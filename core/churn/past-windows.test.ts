/** Asking the past several times: which days, who judges whom, and when another way of saying who leaves takes over. */
import { describe, expect, it } from 'vitest';
import { compareForecasts } from '#core/clv/compare-forecasts';
import { churnLabels, featuresAt, outcomeOf } from '#core/features/features-at';
import { seeded } from '#core/math/seeded';
import { gammaDraw } from '../../bench/simulate-shop.ts';
import { chooseChurn, churnChoiceSchema } from './choose-churn.ts';
import { churnOrigins, crossFitted, firstOf, keptApart, RHYTHM, rowsOf, tryChurn, type ChurnTrial, type PastWindow } from './past-windows.ts';

describe('earlier days', () => {
  const asked = (lastDay: number, horizonDays = 90) => churnOrigins(0, lastDay, { horizonDays, leastBefore: 60, wanted: 3 });

  it('lie a horizon apart where the history is long, closer where it is not, and are none where it is too short', () => {
    expect(asked(1000)).toEqual([910, 820, 730]);
    expect(asked(400)).toEqual([310, 220, 130]);
    expect(asked(250)).toEqual([160, 110, 60]);
    expect(asked(178)).toEqual([88, 74, 60]);
    expect(asked(170)).toEqual([80, 60]);
    expect(asked(150)).toEqual([60]);
    expect(asked(149)).toEqual([]);
    expect(asked(545, 181)).toEqual([364, 212, 60]);
  });
});

/** A window of `rows` customers whose leaving one column tells. */
function made(rows: number): PastWindow {
  const random = seeded(rows);
  const sign = Float64Array.from({ length: rows }, () => random());
  return {
    origin: '2026-01-01', end: '2026-03-31', customer: Int32Array.from({ length: rows }, (_, i) => 2 * i), table: { rows, columns: [{ kind: 'number', name: 'sign', values: sign }] },
    left: sign.map((each) => Number(random() < each)), spent: sign.map((each) => 100 * each),
  };
}

describe('customers of a window', () => {
  const window = made(400);

  it('are judged by what did not see them, every one of them, and always the same', () => {
    const seen: number[][] = [];
    const out = crossFitted(window, 5, (fit, held) => {
      expect(fit.customer.some((who) => held.customer.includes(who))).toBe(false);
      seen.push([...held.customer]);
      return Float64Array.from(held.customer);
    });
    expect(seen.flat().toSorted((a, b) => a - b)).toEqual([...window.customer]);
    expect([...out]).toEqual([...window.customer]);
  });

  it('kept apart for the report are the same in every window', () => {
    const other = rowsOf(window, Int32Array.from({ length: 300 }, (_, i) => 399 - i));
    const apart = (each: PastWindow): Set<number> => new Set(keptApart(each).held.map((row) => each.customer[row] ?? -1));
    expect(apart(window).size).toBe(80);
    expect([...apart(other)].every((who) => apart(window).has(who))).toBe(true);
    expect([...keptApart(other).fit].some((row) => apart(window).has(other.customer[row] ?? -1))).toBe(false);
    expect(firstOf(window, 30).table.rows).toBe(30);
    expect(firstOf(window, 4000)).toBe(window);
  });
});

describe('the choice', () => {
  /** Losses of 500 customers around a mean by way and origin. */
  const trial = (means: Record<string, number>, seed: number): ChurnTrial => {
    const random = seeded(seed);
    const common = Float64Array.from({ length: 500 }, () => random());
    return { origin: `2026-0${seed}-01`, end: `2026-0${seed + 3}-01`, losses: new Map([RHYTHM, 'logistic', 'forest', 'boosted'].map((way) => [way, common.map((each) => each + (means[way] ?? 1) + 0.05 * (random() - 0.5))])) };
  };
  const evidence = { standing: RHYTHM, pinned: null } as const;

  it('promotes what was better at every origin and beyond chance, the best of them', () => {
    const past = [1, 2, 3].map((seed) => trial({ logistic: 0.97, boosted: 0.95 }, seed));
    const choice = chooseChurn(past, evidence);
    expect(choice).toMatchObject({ chosen: 'boosted', standing: RHYTHM, pinned: false, why: expect.stringMatching(/each of 3 earlier days, boosted foretold who would leave better than the rhythm of purchases, by more than chance/) });
    expect(choice.verdicts.map(({ challenger, better }) => [challenger, better])).toEqual([['logistic', true], ['forest', false], ['boosted', true]]);
    expect(choice.verdicts[2]).toEqual(compareForecasts('boosted', past.map(({ losses }) => losses.get(RHYTHM)!), past.map(({ losses }) => losses.get('boosted')!)));
    expect(churnChoiceSchema.parse(JSON.parse(JSON.stringify(choice)))).toEqual(choice);
  });

  it('keeps what serves where another was better on the whole but not every time, or by no more than chance', () => {
    expect(chooseChurn([trial({ forest: 0.8 }, 1), trial({ forest: 1.01 }, 2)], evidence).chosen).toBe(RHYTHM);
    expect(chooseChurn([trial({ forest: 0.9999 }, 1)], evidence)).toMatchObject({ chosen: RHYTHM, why: expect.stringMatching(/one earlier day, all that the history has room for, nothing foretold/) });
  });

  it('lets a family give way to the rhythm, and a pin to nothing', () => {
    const past = [1, 2].map((seed) => trial({ boosted: 1.2, logistic: 1.2, forest: 1.2 }, seed));
    expect(chooseChurn(past, { standing: 'boosted', pinned: null }).chosen).toBe(RHYTHM);
    expect(chooseChurn(past, { standing: 'boosted', pinned: 'forest' })).toMatchObject({ chosen: 'forest', pinned: true, why: expect.stringMatching(/^Pinned: forest/) });
    expect(() => chooseChurn([], evidence)).toThrow(/at least one earlier day/);
  });
});

it('where the model of repeat buying is the truth, nothing learned takes its place', () => {
  const random = seeded(4);
  const [customer, day]: [number[], number[]] = [[], []];
  for (let who = 0; who < 900; who++) {
    const rate = gammaDraw(0.8, random) / 40;
    const one = gammaDraw(0.9, random);
    const leaves = one / (one + gammaDraw(2.5, random));
    for (let at = 400 * random(); at < 700; at -= Math.log(1 - random()) / rate) {
      customer.push(who);
      day.push(Math.floor(at));
      if (random() < leaves) break;
    }
  }
  const history = { orders: { customer: Int32Array.from(customer), day: Int32Array.from(day), amount: new Float64Array(day.length).fill(2500) } };
  const trials = churnOrigins(0, 700, { horizonDays: 90, leastBefore: 60, wanted: 3 }).map((origin) => {
    const { customer: who, table } = featuresAt(history, origin, { minorPerUnit: 100 });
    const outcome = outcomeOf(history, who, origin, origin + 90);
    const window = { origin: String(origin), end: String(origin + 90), customer: who, table, left: churnLabels(outcome), spent: outcome.spend };
    return tryChurn(firstOf(window, 400), 90, { unitDays: 7, model: 'mbg-nbd', minorPerUnit: 100 });
  });
  expect(trials).toHaveLength(3);
  for (const { losses } of trials) for (const each of losses.values()) expect(each.every((loss) => Number.isFinite(loss) && loss >= 0)).toBe(true);
  expect(chooseChurn(trials, { standing: RHYTHM, pinned: null }).chosen).toBe(RHYTHM);
});
