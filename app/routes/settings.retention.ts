/** What keeping single sales for some years would mean. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { previewRetention } from '#operations/retention';
import { retentionForm } from '../components/settings/retention-form.ts';
import { requireContext } from '../context.server.ts';
import { answer } from '../page-error.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const asked = retentionForm.safeParse({ keepYears: new URL(args.request.url).searchParams.get('keepYears') });
  return answer(args, () => previewRetention(ctx, asked.success ? asked.data.keepYears : undefined));
}
