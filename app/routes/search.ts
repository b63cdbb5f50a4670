/** Customers for the command palette. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listCustomers } from '#operations/customers';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const query = new URL(args.request.url).searchParams.get('q')?.trim() ?? '';
  if (query === '') return { query, rows: [] };
  const { rows } = await answer(args, () => listCustomers(ctx, { q: query, sort: 'total', descending: true, limit: 7 }));
  return { query, rows };
}
