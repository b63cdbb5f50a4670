/** The customers of an action as a CSV file, without those held out. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { csvStream } from '#core/csv-text';
import { exportActionCustomers } from '#operations/actions';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = new URL(args.request.url).searchParams;
  const { header, pages } = await answer(args, () => exportActionCustomers(ctx, { action: asked.get('action') ?? undefined, segment: asked.get('segment') ?? undefined }));
  return new Response(csvStream(header, pages), {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="actions.csv"', 'cache-control': 'private, no-store' },
  });
}
