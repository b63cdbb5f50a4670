/** Learned value: totals, order, intervals, odd customers, and its place beside the probabilistic models. */
import { describe, expect, it } from 'vitest';
import { hasReference, referenceOrders } from '../../tests/support/reference-orders.ts';
import { parseDay } from '#core/calendar/days';
import { isLogged } from '#core/features/catalogue';
import { featuresAt, outcomeOf } from '#core/features/features-at';
import { splitBy } from '#core/learning/split';
import { takeRows, takeValues, type Table } from '#core/learning/table';
import { seeded } from '#core/math/seeded';
import { fitLearnedValue, LEARNED_MODELS, predictLearnedValue } from './learned-value.ts';
import { valueEvidence } from './value-evidence.ts';

/** Spend is nothing for most, and else grows with `rate`. */
function shop(rows: number, seed: number): { table: Table; spend: Float64Array } {
  const random = seeded(seed);
  const rate = Float64Array.from({ length: rows }, random);
  const spend = rate.map((each) => (random() < 0.3 + 0.5 * each ? 200 * each * (0.5 + random()) : 0));
  return { table: { rows, columns: [{ kind: 'number', name: 'rate', values: rate }, { kind: 'number', name: 'noise', values: rate.map(() => random()) }] }, spend };
}

describe.each(LEARNED_MODELS)('%s', (name) => {
  const train = shop(2500, 1);
  const test = shop(2500, 2);
  const model = fitLearnedValue(train.table, train.spend, name);
  const said = predictLearnedValue(model, test.table);

  it('its total is right, it ranks customers, and its interval holds what it should', () => {
    const evidence = valueEvidence(said.value, test.spend, said);
    expect(Math.abs(evidence.bias)).toBeLessThan(0.06);
    expect(evidence.rmse).toBeLessThan(valueEvidence(test.spend.map(() => 55), test.spend).rmse * 0.92);
    expect(evidence.deciles[9]!.actual).toBeGreaterThan(4 * evidence.deciles[1]!.actual);
    for (const { expected, actual } of evidence.deciles.slice(5)) expect(Math.abs(expected / actual - 1)).toBeLessThan(0.25);
    expect(evidence.intervalCoverage).toBeGreaterThan(0.76);
    expect(evidence.intervalCoverage).toBeLessThan(0.93);
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
    const cents = predictLearnedValue(fitLearnedValue(train.table, train.spend.map((each) => each * 100), name), test.table);
    cents.value.forEach((each, i) => expect(each / 100).toBeCloseTo(said.value[i]!, 6));
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

describe.runIf(hasReference('learned value on CDNOW', 'data/cdnow_full.csv'))('on CDNOW full', () => {
  it('boosted trees rank customers about as well as the probabilistic model, with a total within a tenth', () => {
    const { events } = referenceOrders('data/cdnow_full.csv');
    const origin = parseDay('1997-09-30') ?? NaN;
    const made = featuresAt({ orders: events }, origin, { minorPerUnit: 100, countZero: true });
    const spend = outcomeOf({ orders: events }, made.customer, origin, parseDay('1998-06-30') ?? NaN, true).spend.map((cents) => cents / 100);
    const { fit, held } = splitBy(spend.length, (i) => i % 5 === 0);
    const model = fitLearnedValue(takeRows(made.table, fit), takeValues(spend, fit), 'boosted', { isLogged });
    const said = predictLearnedValue(model, takeRows(made.table, held));
    const evidence = valueEvidence(said.value, takeValues(spend, held), said);
    expect(Math.abs(evidence.bias)).toBeLessThan(0.1);
    expect(evidence.topDecileShare).toBeGreaterThan(0.48);
    expect(evidence.intervalCoverage).toBeGreaterThan(0.8);
  }, 60_000);
});
