/** All refused lines of one import as a CSV file, to mend and import again. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { listRejections } from '#operations/imports';
import { requireContext } from '../context.server.ts';
import { toCsv } from '../components/charts/csv.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const id = args.params.id ?? '';
  const first = await answer(args, () => listRejections(ctx, id));
  const encoder = new TextEncoder();
  let page: typeof first | null = first;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`\ufeff${toCsv(['line', 'reason', 'column', 'as it stands in the file'], [])}`)),
    // Page by page, as the browser takes them: an import may have refused a million lines.
    async pull(controller) {
      if (page === null) return controller.close();
      const lines = page.rows.map((row) => [row.line, row.reason, row.column, row.raw]);
      if (lines.length > 0) controller.enqueue(encoder.encode(toCsv([], lines).replace(/^\r\n/, '')));
      page = page.nextCursor === null ? null : await listRejections(ctx, id, { cursor: page.nextCursor });
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="refused-lines-${id}.csv"` } });
}
