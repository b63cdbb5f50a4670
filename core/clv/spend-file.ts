/** Learned models of spend to and from the bytes kept in object storage. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { readTrees, treeArrays } from '#core/boosting/tree-file';
import type { Trees } from '#core/boosting/trees';
import { baselineSchema } from '#core/learning/drift';
import { encodedWidth, encodingSchema } from '#core/learning/encoding';
import { linearDesignSchema } from '#core/learning/linear-design';
import { arrayOf, readModelFile, refuseModel, writeModelFile, type ModelArray, type ModelFile } from '#core/learning/model-file';
import type { LearnedValue, Regressor } from './learned-value.ts';

export const SPEND_VERSION = 1;

const edgeSchema = z.strictObject({ base: z.number() });

const bodySchema = z.strictObject({
  regressor: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('boosted'), loss: z.enum(['tweedie', 'squared']), base: z.number(), scale: z.number().positive() }),
    z.strictObject({ name: z.literal('ridge'), design: linearDesignSchema, intercept: z.number(), l2: z.number() }),
  ]),
  encoding: encodingSchema,
  unit: z.number().positive(),
  rounds: z.int().nonnegative(),
  notes: z.array(z.string()),
  tail: z.number().gt(0).lt(0.5),
  low: edgeSchema,
  high: edgeSchema,
  shift: z.strictObject({ low: z.number(), high: z.number() }),
  most: z.array(z.strictObject({ name: z.string(), value: z.number() })),
  baselines: z.array(baselineSchema),
  basis: z.string(),
});

/** A model as it is kept: with what an amount meant when it was fitted. Under another meaning its sums are wrong. */
export interface SpendFile {
  model: LearnedValue;
  /** Currency and way of counting, as the caller words them. */
  basis: string;
}

/** The model as bytes; `readSpendModel` gives the same model, with the same predictions bit by bit. */
export function writeSpendModel({ model, basis }: SpendFile): Uint8Array {
  const { regressor, low, high, ...rest } = model;
  const { head, arrays } = taken(regressor);
  return writeModelFile({
    kind: 'spend', version: SPEND_VERSION, features: model.encoding.columns.map(({ name }) => name),
    body: { ...rest, regressor: head, low: { base: low.base }, high: { base: high.base }, basis },
    arrays: { ...arrays, ...prefixed('low', low.trees), ...prefixed('high', high.trees) },
  });
}

function prefixed(part: string, trees: Trees): Record<string, ModelArray> {
  return Object.fromEntries(Object.entries(treeArrays(trees)).map(([name, array]) => [`${part}.${name}`, array]));
}

function taken(regressor: Regressor): { head: object; arrays: Record<string, ModelArray> } {
  switch (regressor.name) {
    case 'boosted': {
      const { trees, ...head } = regressor;
      return { head, arrays: prefixed('value', trees) };
    }
    case 'ridge': {
      const { weights, ...head } = regressor;
      return { head, arrays: { weights } };
    }
    default:
      return assertNever(regressor);
  }
}

/** @throws AppError `invalid_input` saying what is wrong: cut short, altered, another version, or parts that do not fit together. */
export function readSpendModel(bytes: Uint8Array): SpendFile {
  const file = readModelFile(bytes, 'spend', SPEND_VERSION);
  const body = bodySchema.safeParse(file.body);
  if (!body.success) throw refuseModel(z.prettifyError(body.error));
  const { regressor, low, high, basis, ...rest } = body.data;
  if (rest.encoding.columns.length !== file.features.length || rest.encoding.columns.some(({ name }, k) => name !== file.features[k])) throw refuseModel('its features and its encoding name different columns');
  const columns = encodedWidth(rest.encoding);
  const treesOf = (part: string): Trees => readTrees(partOf(file, part), columns);
  return { basis, model: { ...rest, regressor: restored(regressor, file, columns), low: { ...low, trees: treesOf('low') }, high: { ...high, trees: treesOf('high') } } };
}

function partOf(file: ModelFile, part: string): ModelFile {
  const own = Object.entries(file.arrays).filter(([name]) => name.startsWith(`${part}.`));
  return { ...file, arrays: Object.fromEntries(own.map(([name, array]) => [name.slice(part.length + 1), array])) };
}

function restored(head: z.infer<typeof bodySchema>['regressor'], file: ModelFile, columns: number): Regressor {
  switch (head.name) {
    case 'boosted':
      return { ...head, trees: readTrees(partOf(file, 'value'), columns) };
    case 'ridge': {
      const weights = arrayOf(file, 'weights', Float64Array);
      const { column, form, fill, least, most, mean, spread } = head.design;
      if ([form, fill, least, most, mean, spread].some((each) => each.length !== column.length) || weights.length !== column.length) throw refuseModel('its terms and weights differ in number');
      if (column.some((each) => each < 0 || each >= columns)) throw refuseModel('a term reads a column that is not there');
      if (weights.some((each) => !Number.isFinite(each))) throw refuseModel('a weight is no number');
      return { ...head, weights };
    }
    default:
      return assertNever(head);
  }
}
