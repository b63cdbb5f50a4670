/** The audit log as a CSV file, by the filter of its page. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { csvStream } from '#core/csv-text';
import { exportAudit } from '#operations/audit';
import { requireContext } from '../context.server.ts';
import { readFilter } from '../components/team/audit-filter.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx, company } = await requireContext(args);
  const { header, pages } = await answer(args, () => exportAudit(ctx, readFilter(new URL(args.request.url).searchParams, company.timeZone)));
  return new Response(csvStream(header, pages), {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="audit-log.csv"', 'cache-control': 'private, no-store' },
  });
}
