/** The recommender that serves, as bytes. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { arrayOf, readModelFile, writeModelFile } from '#core/learning/model-file';
import type { ServingModel } from './serving.ts';

const KIND = 'recommender';
const VERSION = 1;

const body = z.strictObject({
  model: z.string(), settings: z.record(z.string(), z.number()),
  products: z.array(z.strictObject({ id: z.string(), name: z.string(), category: z.string().nullable(), gone: z.boolean() })),
});

/** The recommender as bytes, with its version and a checksum: products and how they go together, and no person. */
export function writeRecommender({ model, settings, products, buyers, near, factors }: ServingModel): Uint8Array {
  return writeModelFile({
    kind: KIND, version: VERSION, features: [], body: { model, settings, products } satisfies z.infer<typeof body>,
    arrays: { buyers, start: near.start, item: near.item, similarity: near.similarity, ...(factors === null ? {} : { factors }) },
  });
}

/** @throws AppError `invalid_input` for bytes that are no recommender of this version, or whose parts do not fit together */
export function readRecommender(bytes: Uint8Array): ServingModel {
  const file = readModelFile(bytes, KIND, VERSION);
  const read = body.safeParse(file.body);
  if (!read.success) throw misfit();
  const { model, settings, products } = read.data;
  const n = products.length;
  const made: ServingModel = {
    model, settings, products, buyers: arrayOf(file, 'buyers', Int32Array),
    near: { start: arrayOf(file, 'start', Int32Array), item: arrayOf(file, 'item', Int32Array), similarity: arrayOf(file, 'similarity', Float64Array) },
    factors: model === 'implicit-als' ? arrayOf(file, 'factors', Float64Array) : null,
  };
  const { buyers, near, factors } = made;
  const pairs = near.start[n];
  const fits = buyers.length === n && near.start.length === n + 1 && pairs === near.item.length && pairs === near.similarity.length
    && near.item.every((item) => item >= 0 && item < n) && (factors === null || factors.length === n * (settings.factors ?? 0));
  if (!fits) throw misfit();
  return made;
}

function misfit(): AppError {
  return new AppError('invalid_input', 'This recommender cannot be used: its parts do not fit together. Make it again');
}
