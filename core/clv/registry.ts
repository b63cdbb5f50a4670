/** Every behaviour model in continuous time by name: a new one is a file of its own and one line here. BG/BB, which counts periods, stands apart. */
import type { BehaviourModel, ContinuousModel } from './behaviour.ts';
import { bgNbd } from './bg-nbd.ts';
import { mbgNbd } from './mbg-nbd.ts';
import { paretoNbd } from './pareto-nbd.ts';

export const models = {
  'mbg-nbd': mbgNbd,
  'bg-nbd': bgNbd,
  'pareto-nbd': paretoNbd,
} satisfies Record<string, ContinuousModel>;

export type ModelName = keyof typeof models;

export const DEFAULT_MODEL: ModelName = 'mbg-nbd';

/** Whether `name` is a model we have. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(models, name);
}

/** The model a stored fit names. @throws RangeError for a name this version does not know. */
export function modelNamed(name: string): BehaviourModel {
  if (!isModelName(name)) throw new RangeError(`Unknown model ${name}; known: ${Object.keys(models).join(', ')}`);
  return models[name];
}
