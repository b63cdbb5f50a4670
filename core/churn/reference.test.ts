/** Each family on the two public sets must do as well as the same family of the reference. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasReference, referenceJson, referenceOrders } from '../../tests/support/reference-orders.ts';
import { referenceFile } from '../../tests/support/reference.ts';
import { parseDay } from '#core/calendar/days';
import { isLogged, REFERENCE_FEATURES } from '#core/features/catalogue';
import { churnLabels, featuresAt, outcomeOf } from '#core/features/features-at';
import { classifierMetrics } from '#core/learning/metrics';
import { splitBy } from '#core/learning/split';
import { takeRows, takeValues, type Column, type Table } from '#core/learning/table';
import { CLASSIFIERS } from './classifier.ts';
import { fitChurn, predictChurn } from './fit-churn.ts';

const figures = z.object({ auc: z.number(), pr_auc: z.number(), logloss: z.number(), brier: z.number() });
const referenceSchema = z.object({ n: z.number(), n_test: z.number(), churn_rate: z.number(), results: z.object({ logistic: figures, random_forest: figures, sk_gbm: figures, xgboost: figures }) });

interface Data {
  table: Table;
  y: Float64Array;
  isLogged: (name: string) => boolean;
}

/** 1 = no purchase day in the window; customers sorted by id as text. */
function cdnow(): Data {
  const { events, ids } = referenceOrders('data/cdnow_full.csv');
  const origin = parseDay('1997-09-30') ?? NaN;
  const made = featuresAt({ orders: events }, origin, { minorPerUnit: 100, countZero: true, only: REFERENCE_FEATURES });
  const y = churnLabels(outcomeOf({ orders: events }, made.customer, origin, parseDay('1998-06-30') ?? NaN, true));
  const order = new Int32Array(y.length).map((_, i) => i).sort((a, b) => (ids[made.customer[a]!]! < ids[made.customer[b]!]! ? -1 : 1));
  return { table: takeRows(made.table, order), y: takeValues(y, order), isLogged };
}

function telco(): Data {
  const [header = [], ...lines] = referenceFile('data/telco_churn.csv').toString('utf8').trim().split('\n').map((line) => line.trim().split(','));
  const columns = header.slice(0, -1).map((name, c): Column => {
    const cells = lines.map((line) => line[c]!.trim());
    if (cells.every((cell) => cell === '' || Number.isFinite(Number(cell)))) return { kind: 'number', name, values: Float64Array.from(cells, (cell) => (cell === '' ? NaN : Number(cell))) };
    const levels = [...new Set(cells)];
    return { kind: 'category', name, levels, codes: Int32Array.from(cells, (cell) => levels.indexOf(cell)) };
  });
  return { table: { rows: lines.length, columns }, y: Float64Array.from(lines, (line) => Number(line.at(-1) === 'Yes')), isLogged: () => false };
}

describe.each([['cdnow_full', cdnow], ['telco', telco]] as const)('%s', (name, load) => {
  const file = `reference/churn_${name}.json`;
  describe.runIf(hasReference(`churn on ${name}`, file, `data/${name === 'telco' ? 'telco_churn' : name}.csv`))('against the reference', () => {
    let loaded: Data | undefined;
    const data = (): Data => (loaded ??= load());
    const reference = () => referenceSchema.parse(referenceJson(file));

    it('has the same customers and labels', () => {
      const { y } = data();
      const expected = reference();
      expect([y.length, Math.ceil(y.length / 5)]).toEqual([expected.n, expected.n_test]);
      expect(y.reduce((sum, label) => sum + label, 0) / y.length).toBeCloseTo(expected.churn_rate, 5);
    });

    it.each(CLASSIFIERS)('%s: auc within 0.005 below and Brier within 0.003 above the best of its family', (family) => {
      const { table, y, isLogged: logged } = data();
      const { fit, held } = splitBy(y.length, (i) => i % 5 === 0);
      const model = fitChurn(takeRows(table, fit), takeValues(y, fit), family, { isLogged: logged });
      const got = classifierMetrics(predictChurn(model, takeRows(table, held)), takeValues(y, held), model.threshold);
      const { results } = reference();
      const peers = family === 'logistic' ? [results.logistic] : family === 'forest' ? [results.random_forest] : [results.sk_gbm, results.xgboost];
      for (const peer of peers) {
        expect(got.auc).toBeGreaterThanOrEqual(peer.auc - 0.005);
        expect(got.brier).toBeLessThanOrEqual(peer.brier + 0.003);
        expect(got.pr_auc).toBeGreaterThanOrEqual(peer.pr_auc - 0.01);
        expect(got.logloss).toBeLessThanOrEqual(peer.logloss + 0.01);
      }
    });
  });
});
