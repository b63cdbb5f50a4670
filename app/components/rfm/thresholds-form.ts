/** The thresholds as a person types them, read into what the company keeps. */
import type { z } from 'zod';
import { rfmThresholds, type RfmThresholds } from '#core/rfm/thresholds';

export const SCORES = [2, 3, 4, 5] as const;
export const ROWS = ['recencyDays', 'frequency', 'monetary'] as const;
export type ThresholdRow = (typeof ROWS)[number];

/** Names of the form's fields. */
export const THRESHOLD_FIELDS: readonly string[] = ['rule', ...ROWS.flatMap((row) => SCORES.map((score) => `${row}${score}`))];

const number = (text: FormDataEntryValue | null): number => {
  const typed = typeof text === 'string' ? text.trim().replace(',', '.') : '';
  return /^\d+(\.\d+)?$/.test(typed) ? Number(typed) : Number.NaN;
};

/** Errors are named by their row. */
export function readThresholds(form: FormData, currency: string): z.ZodSafeParseResult<RfmThresholds> {
  if (form.get('rule') !== 'fixed') return rfmThresholds.safeParse({ rule: form.get('rule') });
  return rfmThresholds.safeParse({ rule: 'fixed', currency, ...Object.fromEntries(ROWS.map((row) => [row, SCORES.map((score) => number(form.get(`${row}${score}`)))])) });
}

/** One message a row: which of its fields is wrong is plain to see. */
export function thresholdErrors(error: z.ZodError): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { path, message } of error.issues) {
    const [row = 'rule', place] = path;
    errors[String(row)] ??= typeof place === 'number' ? `Score ${String(SCORES[place])}: write a number${row === 'monetary' ? ' such as 50 or 49.90' : ' without decimals'}` : message;
  }
  return errors;
}
