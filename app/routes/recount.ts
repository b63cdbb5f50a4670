/** How far the recount is, for the banner that follows it. */
import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { currentRebuild, hindranceOf } from '#operations/rebuild';
import { requireContext } from '../context.server.ts';

export async function loader(args: LoaderFunctionArgs) {
  const { ctx } = await requireContext(args);
  const run = await currentRebuild(ctx);
  return { progress: run?.progress ?? null, hindrance: hindranceOf(run) };
}
