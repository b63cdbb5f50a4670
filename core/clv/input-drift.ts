/** How far the customers of a model of repeat buying have moved: its inputs and what it says of them, against those of an earlier fit. */
import { z } from 'zod';
import { baselineSchema, driftOf, fitBaseline } from '#core/learning/drift';
import type { Table } from '#core/learning/table';

/** Customers as they were on a day, kept with the run that served then. */
export const inputsSchema = z.object({ asOf: z.string(), baselines: z.array(baselineSchema) });
export type Inputs = z.infer<typeof inputsSchema>;

export const inputDriftSchema = z.object({
  /** Day of the customers compared with, and of those compared. */
  since: z.string(),
  asOf: z.string(),
  customers: z.number(),
  /** Population stability index, most moved first. */
  drift: z.array(z.object({ name: z.string(), psi: z.number() })),
});
export type InputDrift = z.infer<typeof inputDriftSchema>;

/** One entry a customer with a purchase, parallel; days and minor units. */
export interface ScoredColumns {
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  value: Float64Array;
  /** What the model says. */
  expectedOrders: Float64Array;
  predictedValue: Float64Array;
}

/** Inputs and predictions under the names they are kept by. */
export function scoredTable({ x, tx, T, value, expectedOrders, predictedValue }: ScoredColumns): Table {
  const columns = Object.entries({ x, t_x: tx, T, value, expected_orders: expectedOrders, predicted_value: predictedValue });
  return { rows: x.length, columns: columns.map(([name, values]) => ({ kind: 'number', name, values })) };
}

/** What a later day is compared with. */
export function inputsOf(table: Table, asOf: string): Inputs {
  return { asOf, baselines: table.columns.map(fitBaseline) };
}

/** `table`, customers as of `asOf`, against those of `before`. */
export function inputDrift(before: Inputs, table: Table, asOf: string): InputDrift {
  return { since: before.asOf, asOf, customers: table.rows, drift: driftOf(before.baselines, table) };
}
