/** Whose centre a customer is nearest to: clusters that were found, kept for those who come later. */
import { z } from 'zod';
import { prepareOne, type Step } from './prepare.ts';

const step: z.ZodType<Step> = z.strictObject({ name: z.string(), low: z.number().nullable(), high: z.number().nullable(), log: z.boolean(), centre: z.number(), spread: z.number().positive() });

/** Everything that tells which cluster somebody belongs to. Plain data, kept with a segment. */
export const centroids = z.strictObject({
  steps: z.array(step).min(1).max(30),
  /** One row a cluster, a number a step. */
  centres: z.array(z.array(z.number())).min(2).max(100),
}).refine(({ steps, centres }) => centres.every((row) => row.length === steps.length), 'Each centre needs a number for each step');
export type Centroids = z.infer<typeof centroids>;

export interface Nearest {
  label: number;
  /** To that centre, in prepared units. */
  distance: number;
}

/** Of equally near centres the first. @param value of each feature as it was given to the discovery */
export function nearest({ steps, centres }: Centroids, value: (name: string) => number): Nearest {
  const at = prepareAll(steps, value);
  let best = { label: 0, squared: Infinity };
  centres.forEach((centre, label) => {
    const squared = squaredTo(centre, at);
    if (squared < best.squared) best = { label, squared };
  });
  return { label: best.label, distance: Math.sqrt(best.squared) };
}

/** @returns what each step makes of its number, in the order of `steps`: where somebody stands among the centres */
export function prepareAll(steps: readonly Step[], value: (name: string) => number): number[] {
  return steps.map((step) => prepareOne(step, value(step.name)));
}

/** @param centre in scaled units, as long as `at` @returns the square of the Euclidean distance between the two */
export function squaredTo(centre: readonly number[], at: readonly number[]): number {
  let squared = 0;
  for (let f = 0; f < at.length; f++) squared += ((at[f] ?? 0) - (centre[f] ?? 0)) ** 2;
  return squared;
}

/** Whether `label` is what `nearest` answers. @param squared distance to each centre */
export function isNearest(squared: readonly number[], label: number): boolean {
  const own = squared[label] ?? Infinity;
  return squared.every((other, c) => c === label || (c < label ? own < other : own <= other));
}

/** Memory and Postgres take logarithms by different libraries: what differs less is the same distance. */
export const SAME_DISTANCE = 1e-9;

/** Whether two distances, null for none, differ by no more than `SAME_DISTANCE`. */
export function isSameDistance(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.abs(a - b) <= SAME_DISTANCE);
}
