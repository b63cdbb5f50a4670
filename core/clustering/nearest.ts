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
  const at = steps.map((one) => prepareOne(one, value(one.name)));
  let best = { label: 0, squared: Infinity };
  centres.forEach((centre, label) => {
    let squared = 0;
    for (let f = 0; f < at.length; f++) squared += ((at[f] ?? 0) - (centre[f] ?? 0)) ** 2;
    if (squared < best.squared) best = { label, squared };
  });
  return { label: best.label, distance: Math.sqrt(best.squared) };
}
