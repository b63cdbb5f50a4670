/** Churn models on made-up customers: odd data, monotone columns, and the file they are kept in. */
import { describe, expect, it } from 'vitest';
import { crc32, readModelFile } from '#core/learning/model-file';
import type { Column, Table } from '#core/learning/table';
import { encode } from '#core/learning/encoding';
import { seeded } from '#core/math/seeded';
import { CLASSIFIERS, contributions, importanceShares, predictClassifier } from './classifier.ts';
import { readChurnModel, writeChurnModel } from './churn-file.ts';
import { fitChurn, predictChurn, servedModel } from './fit-churn.ts';

function shop(rows: number, seed = 1): { table: Table; y: Float64Array } {
  const random = seeded(seed);
  const recency = Float64Array.from({ length: rows }, () => Math.round(random() * 300));
  const orders = Float64Array.from({ length: rows }, () => (random() < 0.1 ? NaN : 1 + Math.floor(random() * 9)));
  const plan = Int32Array.from({ length: rows }, () => Math.floor(random() * 4) - 1);
  const y = recency.map((days, i) => Number(random() < 1 / (1 + Math.exp(2 - days / 60 - (plan[i] === 1 ? 1.5 : 0)))));
  const columns: Column[] = [{ kind: 'number', name: 'recency', values: recency }, { kind: 'number', name: 'orders', values: orders }, { kind: 'category', name: 'plan', codes: plan, levels: ['month', 'year', 'life'] }];
  return { table: { rows, columns }, y };
}

describe.each(CLASSIFIERS)('%s', (name) => {
  const train = shop(1500);
  const model = fitChurn(train.table, train.y, name);
  const p = predictChurn(model, shop(800, 2).table);

  it('gives probabilities, evidence on rows it did not see, and a threshold', () => {
    expect(p.every((each) => each >= 0 && each <= 1)).toBe(true);
    expect(model.evidence.validation?.auc).toBeGreaterThan(0.7);
    expect(model.evidence.validation?.rows).toBe(300);
    expect(model.threshold).toBeGreaterThan(0);
    expect(model.threshold).toBeLessThan(1);
    expect(model.baselines.map((each) => each.name)).toEqual(['recency', 'orders', 'plan', 'prediction']);
  });

  it('contributions sum to the score, by input column', () => {
    const matrix = encode(model.encoding, shop(30, 3).table);
    const raw = predictClassifier(model.classifier, matrix);
    const { expected, values } = contributions(model.classifier, matrix, 3);
    raw.forEach((each, row) => {
      const sum = expected + values[row * 3]! + values[row * 3 + 1]! + values[row * 3 + 2]!;
      expect(name === 'forest' ? sum : 1 / (1 + Math.exp(-sum))).toBeCloseTo(each, 8);
    });
    const shares = importanceShares(model.classifier, matrix, 3);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(shares[0]).toBeGreaterThan(shares[1]!);
  });

  it('comes back from its file as it was, bit by bit', () => {
    const bytes = writeChurnModel(model);
    // Object storage hands out views into larger buffers.
    const wide = new Uint8Array(bytes.length + 13);
    wide.set(bytes, 13);
    const back = readChurnModel(wide.subarray(13));
    expect(back).toEqual(model);
    expect(predictChurn(back, shop(800, 2).table)).toEqual(p);
    expect(writeChurnModel(back)).toEqual(bytes);
    expect(readModelFile(bytes, 'churn', 1).features).toEqual(['recency', 'orders', 'plan']);
  });

  it('is refused when cut short, altered, or of another kind, version or format', () => {
    const bytes = writeChurnModel(model);
    for (const length of [0, 7, 23, 24, 200, bytes.length - 1]) expect(() => readChurnModel(bytes.subarray(0, length)), `${length} bytes`).toThrow(/This model file cannot be used: it (does not begin|should have)/);
    const random = seeded(6);
    for (let turn = 0; turn < 60; turn++) {
      const flipped = bytes.slice();
      flipped[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
      expect(() => readChurnModel(flipped)).toThrow(/This model file cannot be used/);
    }
    const format = bytes.slice();
    format[8] = 9;
    expect(() => readChurnModel(format)).toThrow(/format 9, and this version reads format 1/);
    expect(() => readModelFile(bytes, 'spend', 1)).toThrow(/holds a churn model of version 1, and a spend model/);
    expect(() => readModelFile(bytes, 'churn', 2)).toThrow(/version 2 is needed/);
    expect(() => readChurnModel(new TextEncoder().encode('customer_id,date,amount\n1,2026-01-01,3\n'))).toThrow(/does not begin as model files do/);
  });

  it.each([
    ['one class', shop(200).table, new Float64Array(200).fill(1), /Every customer left/],
    ['twenty rows', shop(20).table, shop(20).y, /too few to hold any back/],
    ['one row', shop(1).table, Float64Array.of(0), /Every customer stayed/],
    ['no column that varies', { rows: 100, columns: [{ kind: 'number', name: 'c', values: new Float64Array(100) }] } satisfies Table, shop(100).y, /No column tells customers apart/],
    ['everything missing', { rows: 100, columns: [{ kind: 'number', name: 'c', values: new Float64Array(100).fill(NaN) }] } satisfies Table, shop(100).y, /c is left out: it is empty/],
  ])('%s: finite probabilities and a note', (_, table, y, note) => {
    const odd = fitChurn(table, y, name);
    expect(odd.notes.join('\n')).toMatch(note);
    expect(predictChurn(odd, table).every((each) => Number.isFinite(each) && each >= 0 && each <= 1)).toBe(true);
    expect(predictChurn(readChurnModel(writeChurnModel(odd)), table)).toEqual(predictChurn(odd, table));
  });
});

describe('churn models', () => {
  it('hold a direction that the merchant is sure of', () => {
    const { table, y } = shop(600, 5);
    const model = fitChurn(table, y, 'boosted', { monotone: new Map([['recency', 1]]) });
    const sweep: Table = { rows: 300, columns: [{ kind: 'number', name: 'recency', values: Float64Array.from({ length: 300 }, (_, i) => i) }, { kind: 'number', name: 'orders', values: new Float64Array(300).fill(3) }, { kind: 'category', name: 'plan', codes: new Int32Array(300), levels: ['month'] }] };
    const p = predictChurn(model, sweep);
    for (let i = 1; i < 300; i++) expect(p[i]).toBeGreaterThanOrEqual(p[i - 1]!);
    expect(p[299]).toBeGreaterThan(p[0]! + 0.2);
  });

  it('serve the best on held-back rows', () => {
    const { table, y } = shop(1500);
    const models = CLASSIFIERS.map((name) => fitChurn(table, y, name));
    const losses = models.map((model) => model.evidence.validation!.logloss);
    expect(servedModel(models)).toBe(models[losses.indexOf(Math.min(...losses))]);
    const few = shop(20);
    expect(servedModel(CLASSIFIERS.map((name) => fitChurn(few.table, few.y, name))).classifier.name).toBe('logistic');
  });

  it('refuse labels that are no labels, and no customers', () => {
    expect(() => fitChurn(shop(3).table, Float64Array.of(0, 1, 2), 'logistic')).toThrow(/Row 2: a churn label is 0 or 1/);
    expect(() => fitChurn(shop(3).table, Float64Array.of(0, 1), 'logistic')).toThrow(/3 customers and 2 labels/);
    expect(() => fitChurn({ rows: 0, columns: [] }, new Float64Array(0), 'forest')).toThrow(/at least one customer/);
  });

  it('CRC-32 is the standard one', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});
