/** More rows of the list of subscriptions. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listSubscriptions, subscriptionStatus } from '#operations/subscriptions';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const { searchParams } = new URL(args.request.url);
  return answer(args, () => listSubscriptions(ctx, { status: subscriptionStatus(searchParams.get('status')), cursor: searchParams.get('cursor') ?? undefined }));
}
