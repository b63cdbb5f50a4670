/** What undoing one import would take out. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { previewUndo } from '#operations/import-undo';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return answer(args, () => previewUndo(ctx, args.params.id ?? ''));
}
