/** Churn models to and from the bytes kept in object storage. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { readTrees, treeArrays } from '#core/boosting/tree-file';
import { calibrationSchema } from '#core/learning/calibration';
import { baselineSchema } from '#core/learning/drift';
import { encodedWidth, encodingSchema } from '#core/learning/encoding';
import { linearDesignSchema } from '#core/learning/linear-design';
import { classifierMetricsSchema } from '#core/learning/metrics';
import { arrayOf, readModelFile, refuseModel, writeModelFile, type ModelArray, type ModelFile } from '#core/learning/model-file';
import type { Classifier } from './classifier.ts';
import { CHURN_VERSION, type ChurnModel } from './fit-churn.ts';

const bodySchema = z.strictObject({
  classifier: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('logistic'), design: linearDesignSchema, intercept: z.number() }),
    z.strictObject({ name: z.literal('forest') }),
    z.strictObject({ name: z.literal('boosted'), base: z.number() }),
  ]),
  encoding: encodingSchema,
  calibration: calibrationSchema,
  threshold: z.number(),
  baselines: z.array(baselineSchema),
  evidence: z.strictObject({
    rows: z.number(),
    churnRate: z.number(),
    validation: classifierMetricsSchema.nullable(),
    calibrationTried: z.array(z.strictObject({ method: z.enum(['none', 'platt', 'isotonic']), logloss: z.number() })),
  }),
  notes: z.array(z.string()),
});

/** The model as bytes; `readChurnModel` gives the same model, with the same predictions bit by bit. */
export function writeChurnModel(model: ChurnModel): Uint8Array {
  const { classifier, ...rest } = model;
  const { head, arrays } = taken(classifier);
  return writeModelFile({ kind: 'churn', version: CHURN_VERSION, features: model.encoding.columns.map(({ name }) => name), body: { ...rest, classifier: head }, arrays });
}

function taken(classifier: Classifier): { head: object; arrays: Record<string, ModelArray> } {
  switch (classifier.name) {
    case 'logistic':
      return { head: { name: classifier.name, design: classifier.design, intercept: classifier.intercept }, arrays: { weights: classifier.weights } };
    case 'forest':
      return { head: { name: classifier.name }, arrays: treeArrays(classifier.trees) };
    case 'boosted':
      return { head: { name: classifier.name, base: classifier.base }, arrays: treeArrays(classifier.trees) };
    default:
      return assertNever(classifier);
  }
}

/** @throws AppError `invalid_input` saying what is wrong: cut short, altered, another version, or parts that do not fit together. */
export function readChurnModel(bytes: Uint8Array): ChurnModel {
  const file = readModelFile(bytes, 'churn', CHURN_VERSION);
  const body = bodySchema.safeParse(file.body);
  if (!body.success) throw refuseModel(z.prettifyError(body.error));
  const { classifier, ...rest } = body.data;
  if (rest.encoding.columns.some(({ name }, k) => name !== file.features[k])) throw refuseModel('its features and its encoding name different columns');
  return { ...rest, classifier: restored(classifier, file, encodedWidth(rest.encoding)) };
}

function restored(head: z.infer<typeof bodySchema>['classifier'], file: ModelFile, columns: number): Classifier {
  switch (head.name) {
    case 'logistic': {
      const weights = arrayOf(file, 'weights', Float64Array);
      const { column, form, fill, least, most, mean, spread } = head.design;
      if ([form, fill, least, most, mean, spread].some((each) => each.length !== column.length) || weights.length !== column.length) throw refuseModel('its terms and weights differ in number');
      if (column.some((each) => each >= columns)) throw refuseModel('a term reads a column that is not there');
      return { ...head, weights };
    }
    case 'forest':
      return { ...head, trees: readTrees(file, columns) };
    case 'boosted':
      return { ...head, trees: readTrees(file, columns) };
    default:
      return assertNever(head);
  }
}
