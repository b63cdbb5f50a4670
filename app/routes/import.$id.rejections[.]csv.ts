/** All refused lines of one import as a CSV file, to mend and import again. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { csvStream } from '#core/csv-text';
import { listRejections } from '#operations/imports';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const first = await answer(args, () => listRejections(ctx, id));
  async function* pages() {
    for (let page: typeof first | null = first; page !== null; ) {
      yield page.rows.map((row) => [row.line, row.reason, row.column, row.raw]);
      page = page.nextCursor === null ? null : await listRejections(ctx, id, { cursor: page.nextCursor });
    }
  }
  const body = csvStream(['line', 'reason', 'column', 'as it stands in the file'], pages());
  return new Response(body, { headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="refused-lines-${id}.csv"` } });
}
