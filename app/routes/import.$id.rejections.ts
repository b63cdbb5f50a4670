/** The refused lines of one import. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listRejections } from '#operations/imports';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined;
  return answer(args, () => listRejections(ctx, args.params.id ?? '', { cursor }));
}
