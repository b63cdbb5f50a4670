/** What an action hands back to its form: a sentence, and errors by field. */
import { AppError } from '#core/errors';
import type { ZodError } from 'zod';

export interface FormResult {
  ok: boolean;
  message: string | null;
  errors: Record<string, string>;
}

export const saved = (message: string): FormResult => ({ ok: true, message, errors: {} });

export function refusedFields(error: ZodError): FormResult {
  const errors: Record<string, string> = {};
  for (const issue of error.issues) errors[issue.path.join('.')] ??= issue.message;
  return { ok: false, message: null, errors };
}

/** Words for what a person can mend; anything else goes on to the error page. */
export function refused(error: unknown): FormResult {
  if (!(error instanceof AppError) || error.code === 'internal') throw error;
  const errors: Record<string, string> = {};
  for (const field of error.errors) errors[field.path] ??= field.message;
  return { ok: false, message: error.publicMessage, errors };
}

/** A text field's value; empty when it was not sent. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
