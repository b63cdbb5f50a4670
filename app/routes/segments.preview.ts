/** Who matches a filter that somebody is editing. */
import type { ActionFunctionArgs } from '@remix-run/cloudflare';
import { AppError } from '#core/errors';
import { filter as filterSchema, type Filter } from '#core/segments/filter';
import { previewSegment } from '#operations/segment-preview';
import { textOf } from '../components/forms/form-result.ts';
import { requireContext } from '../context.server.ts';
import { readForm } from '../form.server.ts';
import { refusal } from '../page-error.server.ts';

export async function action(args: ActionFunctionArgs): Promise<Response> {
  const { ctx } = await requireContext(args);
  const form = await readForm(args, ['filter', 'exact']);
  try {
    return Response.json(await previewSegment(ctx, { filter: parsed(textOf(form, 'filter')), exact: form.has('exact') }));
  } catch (error) {
    return refusal(error);
  }
}

/** @throws AppError `invalid_input` for what is no filter */
function parsed(text: string): Filter {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const read = filterSchema.safeParse(json);
  if (read.success) return read.data;
  throw new AppError('invalid_input', read.error.issues[0]?.message ?? 'This is no filter');
}
