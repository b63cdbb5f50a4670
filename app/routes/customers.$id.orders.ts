/** More orders of one customer. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listCustomerTransactions } from '#operations/customers';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined;
  return answer(args, () => listCustomerTransactions(ctx, args.params.id ?? '', { cursor, limit: 50 }));
}
