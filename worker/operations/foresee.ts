/** What nights foresee, at once: after a file was read or somebody asked for a new fit. */
import type { TenantContext } from '#worker/ports';
import { makeForecasts } from './forecast.ts';
import { makeRecommender } from './recommendations.ts';

export async function foresee(ctx: TenantContext): Promise<void> {
  await makeForecasts(ctx);
  await makeRecommender(ctx);
}
