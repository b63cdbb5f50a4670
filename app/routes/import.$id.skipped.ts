/** The first lines of one import that were skipped because an earlier file had them. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listSkipped } from '#operations/imports';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined;
  return answer(args, () => listSkipped(ctx, args.params.id ?? '', { cursor }));
}
