/** Learned value: totals, order, intervals, odd customers, and its place beside the probabilistic models. */
import { describe, expect, it } from 'vitest';
import { hasReference, referenceOrders } from '../../tests/support/reference-orders.ts';
import { spendShop } from '../../tests/support/spend-shop.ts';
import { dayText, parseDay } from '#core/calendar/days';
import type { PastWindow } from '#core/churn/past-windows';
import { featuresAt, outcomeOf } from '#core/features/features-at';
import { writeModelFile } from '#core/learning/model-file';
import { takeRows, type Table } from '#core/learning/table';
import { seeded } from '#core/math/seeded';
import { chooseSpend, spendTotal } from './choose-spend.ts';
import { beyondReach, fitLearnedValue, LEARNED_MODELS, predictLearnedValue } from './learned-value.ts';
import { readSpendModel, writeSpendModel } from './spend-file.ts';
import { trySpend } from './try-spend.ts';
import { valueEvidence } from './value-evidence.ts';
import { valueContributions } from './value-reasons.ts';

/** Spend is nothing for most, and else grows with `rate`. */
function shop(rows: number, seed: number): { table: Table; spend: Float64Array } {
  const random = seeded(seed);
  const rate = Float64Array.from({ length: rows }, random);
  const spend = rate.map((each) => (random() < 0.3 + 0.5 * each ? 200 * each * (0.5 + random()) : 0));
  return { table: { rows, columns: [{ kind: 'number', name: 'rate', values: rate }, { kind: 'number', name: 'noise', values: rate.map(() => random()) }] }, spend };
}

describe.each(LEARNED_MODELS)('%s', (name) => {
  const train = shop(3000, 1);
  const test = shop(2500, 2);
  const model = fitLearnedValue(train.table, train.spend, name);
  const said = predictLearnedValue(model, test.table);

  it('its total is right, it ranks customers, and its interval holds what it should', () => {
    const evidence = valueEvidence(said.value, test.spend, said);
    expect(Math.abs(evidence.bias)).toBeLessThan(0.06);
    expect(evidence.rmse).toBeLessThan(valueEvidence(test.spend.map(() => 55), test.spend).rmse * 0.92);
    expect(evidence.deciles[9]!.actual).toBeGreaterThan(4 * evidence.deciles[1]!.actual);
    for (const { expected, actual } of evidence.deciles.slice(5)) expect(Math.abs(expected / actual - 1)).toBeLessThan(0.25);
    // Nearly half spend nothing, and "nothing" cannot be split: then more is held than is aimed for.
    expect(evidence.intervalCoverage).toBeGreaterThan(0.78);
    expect(evidence.intervalCoverage).toBeLessThan(0.93);
  });

  it('comes back from its file the same bit by bit; one that was altered, or of another kind, is refused', () => {
    const bytes = writeSpendModel({ model, basis: 'USD' });
    const read = readSpendModel(bytes);
    expect(read.basis).toBe('USD');
    expect(predictLearnedValue(read.model, test.table)).toEqual(said);
    expect(() => readSpendModel(bytes.map((byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte)))).toThrow(/checksum/);
    expect(() => readSpendModel(bytes.slice(0, -8))).toThrow(/bytes/);
    expect(() => readSpendModel(writeModelFile({ kind: 'churn', version: 1, features: [], body: {}, arrays: {} }))).toThrow(/holds a churn model/);
    expect(() => readSpendModel(writeModelFile({ kind: 'spend', version: 1, features: [], body: {}, arrays: {} }))).toThrow(/cannot be used/);
  });

  it('says what moves a customer: reasons add up to what is expected of her', () => {
    const few = takeRows(test.table, Int32Array.of(0, 1, 2));
    const { expected, values } = valueContributions(model, few);
    const inputs = model.encoding.columns.length;
    predictLearnedValue(model, few).value.forEach((value, i) => {
      const sum = expected + values.subarray(i * inputs, (i + 1) * inputs).reduce((total, each) => total + each, 0);
      const { regressor, unit } = model;
      expect(value / unit).toBeCloseTo(Math.max(0, regressor.name === 'boosted' ? Math.exp(sum) * regressor.scale : sum), 8);
    });
  });

  it('knows whom it has seen nobody like', () => {
    const named = { rows: 300, columns: [...shop(300, 3).table.columns, { kind: 'number' as const, name: 'orders', values: Float64Array.from({ length: 300 }, (_, i) => i) }] };
    const own = fitLearnedValue(named, shop(300, 3).spend, name);
    expect(beyondReach(own, { rows: 3, columns: [{ kind: 'number', name: 'orders', values: Float64Array.of(299, 300, NaN) }] })).toEqual(Uint8Array.of(0, 1, 0));
  });

  it('low ≤ value ≤ high, none below nothing, also for customers unlike any it saw', () => {
    const odd: Table = { rows: 4, columns: [{ kind: 'number', name: 'rate', values: Float64Array.of(-50, 50, NaN, 0.5) }, { kind: 'number', name: 'noise', values: Float64Array.of(1e9, -1e9, NaN, 0.5) }] };
    for (const { value, low, high } of [said, predictLearnedValue(model, odd)]) {
      value.forEach((each, i) => {
        expect(low[i]).toBeGreaterThanOrEqual(0);
        expect(each).toBeGreaterThanOrEqual(low[i]!);
        expect(high[i]).toBeGreaterThanOrEqual(each);
        expect(each).toBeLessThan(400);
      });
    }
  });

  it('does not depend on the unit of money', () => {
    const { table, spend } = shop(400, 4);
    const [euros, cents] = [1, 100].map((times) => predictLearnedValue(fitLearnedValue(table, spend.map((each) => each * times), name), table));
    for (const part of ['value', 'low', 'high'] as const) cents![part].forEach((each, i) => expect(each / 100).toBeCloseTo(euros![part][i]!, 6));
  });

  it.each([
    ['nobody spends', shop(300, 3).table, new Float64Array(300), /Nobody spent anything/],
    ['refunds only', shop(300, 3).table, new Float64Array(300).fill(-5), /300 customers got back more/],
    ['one customer', shop(1, 3).table, Float64Array.of(10), /rate is left out/],
  ])('%s: finite, with a note', (_, table, spend, note) => {
    const odd = fitLearnedValue(table, spend, name);
    expect(odd.notes.join('\n')).toMatch(note);
    const { value, low, high } = predictLearnedValue(odd, table);
    expect([...value, ...low, ...high].every((each) => Number.isFinite(each) && each >= 0)).toBe(true);
  });

  it('refuses no customers and no numbers', () => {
    expect(() => fitLearnedValue({ rows: 0, columns: [] }, new Float64Array(0), name)).toThrow(/at least one customer/);
    expect(() => fitLearnedValue(shop(2, 1).table, Float64Array.of(1, NaN), name)).toThrow(/Row 1: a spend is a finite number/);
  });
});

describe('evidence of value', () => {
  it('is what its names say', () => {
    const evidence = valueEvidence(Float64Array.of(0, 10, 20), Float64Array.of(5, 10, 5), { low: Float64Array.of(0, 0, 10), high: Float64Array.of(4, 10, 30) });
    expect(evidence).toMatchObject({ customers: 3, expectedSpend: 30, actualSpend: 20, bias: 0.5, mae: 20 / 3, intervalCoverage: 1 / 3 });
    expect(evidence.rmse).toBeCloseTo(Math.sqrt(250 / 3), 12);
    expect(valueEvidence(new Float64Array(0), new Float64Array(0))).toMatchObject({ mae: 0, bias: 0, deciles: [], intervalCoverage: null });
  });
});

const CDNOW = process.env['FULL'] === '1' ? 'data/cdnow_full.csv' : 'data/cdnow_sample.csv';

it.skipIf(!hasReference('learned value on CDNOW', CDNOW))('on CDNOW, where orders are all there is, nothing learned takes over', () => {
  const history = { orders: referenceOrders(CDNOW).events };
  const how = { minorPerUnit: 100, countZero: true };
  const windowFrom = (text: string, only?: readonly string[]): PastWindow => {
    const origin = parseDay(text) ?? NaN;
    const then = featuresAt(history, origin, { ...how, only });
    const { spend } = outcomeOf(history, then.customer, origin, origin + 181, true);
    return { origin: text, end: dayText(origin + 181), customer: then.customer, table: then.table, left: new Float64Array(spend.length), spent: spend };
  };
  const trials = [['1997-07-03', '1997-12-31'], ['1997-05-03', '1997-10-31'], ['1997-03-03', '1997-08-31']].map(([from = '', day = ''], k) => {
    const learned = windowFrom(from);
    return trySpend({ learned, judged: windowFrom(day, learned.table.columns.map(({ name }) => name)) }, 181, k === 0, { unitDays: 7, model: 'mbg-nbd', minorPerUnit: 100 });
  });
  const choice = chooseSpend(trials, { standing: 'probabilistic', pinned: null });
  expect(choice).toMatchObject({ chosen: 'probabilistic', why: expect.stringContaining('nothing foretold spend better') });
  expect(choice.trials.map(({ model }) => model)).toEqual(['probabilistic', 'boosted', 'ridge']);
  // Learned trees rank customers about as well, all the same.
  const [known, boosted] = choice.trials;
  expect(boosted?.topDecileShare).toBeGreaterThan(0.85 * (known?.topDecileShare ?? NaN));
  // The total's range holds every day it was asked of, and says that it is wider than chance.
  const total = spendTotal(trials, 'boosted', 2357, 0.1);
  for (const { expected, actual } of total?.past ?? []) expect(Math.abs(Math.log(actual / expected))).toBeLessThanOrEqual(Math.log(total?.high ?? NaN));
  expect(total?.widenedBy).toBeGreaterThan(1);
});

it.runIf(process.env['FULL'] === '1')('the 80 % interval holds 75–85 % of what comes in the next window, shop after shop', () => {
  const held = Array.from({ length: 12 }, (_, seed) => {
    const [today, horizon] = [330, 60];
    const history = spendShop({ customers: 1400, days: today + horizon, seed: 100 + seed });
    const then = featuresAt(history, today - horizon, { minorPerUnit: 100 });
    const model = fitLearnedValue(then.table, outcomeOf(history, then.customer, today - horizon, today).spend, 'boosted');
    const now = featuresAt(history, today, { minorPerUnit: 100, only: then.table.columns.map(({ name }) => name) });
    const [said, beyond] = [predictLearnedValue(model, now.table), beyondReach(model, now.table)];
    const { spend } = outcomeOf(history, now.customer, today, today + horizon);
    const spoken = [...spend.keys()].filter((i) => beyond[i] === 0);
    return spoken.filter((i) => (spend[i] ?? 0) >= (said.low[i] ?? 0) && (spend[i] ?? 0) <= (said.high[i] ?? 0)).length / spoken.length;
  });
  // Of some 1,100 customers a shop 1.2 points are chance.
  for (const share of held) expect(Math.abs(share - 0.8)).toBeLessThan(0.05);
}, 300_000);
