/** Reference orders and results as models read them, and which tests do not run when a file is missing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseDay } from '#core/calendar/days';
import type { Events } from '#core/clv/summary';
import { referenceDir, referenceFile } from './reference.ts';

/** Whether all of `files` (relative to the reference directory) are there; says which tests will not run when not. */
export function hasReference(tests: string, ...files: string[]): boolean {
  const missing = files.filter((file) => !existsSync(join(referenceDir, file)));
  if (missing.length > 0) console.warn(`\n*** NOT RUN: ${tests}. Missing in ${referenceDir}: ${missing.join(', ')} (set REFERENCE_DIR) ***\n`);
  return missing.length === 0;
}

/** Parsed JSON of a reference file; parse it further with zod. */
export function referenceJson(file: string): unknown {
  return JSON.parse(referenceFile(file).toString('utf8'));
}

export interface ReferenceOrders {
  events: Events;
  /** Customer ids by index. */
  ids: string[];
}

/** Order lines of `customer_id,date,amount,…` without quotes; amounts become minor units of a two-digit currency. */
export function referenceOrders(file: string): ReferenceOrders {
  const index = new Map<string, number>();
  const customer: number[] = [];
  const day: number[] = [];
  const amount: number[] = [];
  for (const line of referenceFile(file).toString('utf8').trim().split('\n').slice(1)) {
    const [id = '', date = '', money = ''] = line.split(',');
    const known = index.get(id) ?? index.size;
    index.set(id, known);
    customer.push(known);
    day.push(parseDay(date) ?? NaN);
    amount.push(Math.round(Number(money) * 100));
  }
  return { events: { customer: Int32Array.from(customer), day: Int32Array.from(day), amount: Float64Array.from(amount) }, ids: [...index.keys()] };
}
