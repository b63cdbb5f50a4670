/** Everything held about the person of one request, as a JSON file. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { textStream } from '#core/text-stream';
import { exportPerson } from '#operations/person-export';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const { name, pieces } = await answer(args, () => exportPerson(ctx, args.params.id ?? ''));
  return new Response(textStream(pieces), {
    headers: { 'content-type': 'application/json; charset=utf-8', 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'private, no-store' },
  });
}
