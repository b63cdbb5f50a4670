/** How far the recount is, for the banner that follows it. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { currentRebuild } from '#operations/rebuild';
import { requireContext } from '../context.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  return { progress: (await currentRebuild(ctx))?.progress ?? null };
}
