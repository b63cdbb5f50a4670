/** The next rows of the customer list. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listCustomers } from '#operations/customers';
import { AppError } from '#core/errors';
import { readQuery } from '../components/customers/list-query.ts';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';
import type { CustomerList } from '#operations/customer-views';

export async function loader(args: LoaderFunctionArgs): Promise<{ cursor: string | null; list: CustomerList | null }> {
  const { ctx } = await requireContext(args);
  const query = readQuery(new URL(args.request.url).searchParams);
  const cursor = query.cursor ?? null;
  return answer(args, async () => {
    try {
      return { cursor, list: await listCustomers(ctx, query) };
    } catch (error) {
      // The rows already on screen stay; the list offers to try again.
      if (error instanceof AppError && error.retryable) return { cursor, list: null };
      throw error;
    }
  });
}
