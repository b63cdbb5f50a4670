/** What a page's form may hold. */
import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { AppError } from '#core/errors';
import { answer } from './page-error.server.ts';

/**
 * The form that was sent.
 * @param known names of the fields that the page reads; one that ends with a dot stands for all that begin with it.
 * @throws Response 400 naming a field that nobody would read: better told than dropped.
 */
export async function readForm(args: ActionFunctionArgs, known: readonly string[]): Promise<FormData> {
  const form = await args.request.formData();
  const stranger = [...form.keys()].find((name) => !known.some((one) => (one.endsWith('.') ? name.startsWith(one) : name === one)));
  if (stranger === undefined) return form;
  return await answer(args, () => Promise.reject(new AppError('invalid_input', `This page knows no field "${stranger.slice(0, 60)}"; load it again`)));
}
