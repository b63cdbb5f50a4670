/** The nightly workflow of one tenant: each step is retried by itself and its result kept, so a night goes on where it stopped. */
import { WorkflowEntrypoint } from 'cloudflare:workers';
import type { WorkflowEvent, WorkflowStep } from 'cloudflare:workers';
import { assertNever } from '#core/errors';
import { beginNight, endNight, NIGHT_START, nightDrift, nightFigures, nightFit, nightHoldout, nightKeepValues, nightLearn, nightMetrics, nightRates, nightRescore, nightRetention, nightSegments, nightVerify } from '#operations/night';
import type { NightStep } from '#operations/night';
import { nightForecasts } from '#operations/forecast';
import { nightRecommender } from '#operations/recommendations';
import { nightClose } from '#operations/retention';
import { systemContext } from '#worker/context';
import type { NightStart, TenantContext } from '#worker/ports';

const RETRIES = { retries: { limit: 8, delay: '10 seconds', backoff: 'exponential' }, timeout: '10 minutes' } as const;

export class Night extends WorkflowEntrypoint<Env, NightStart> {
  override async run(event: Readonly<WorkflowEvent<NightStart>>, step: WorkflowStep) {
    const night = event.payload;
    const { companyId, day, runId } = night;
    const ctx = systemContext(this.env, companyId);
    const left = await step.do('begin', RETRIES, () => beginNight(ctx, night));
    try {
      for (const name of left) await this.take(name, ctx, night, step);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      await step.do('failed', RETRIES, () => endNight(ctx, runId, day, failure));
      throw error;
    }
    await step.do('done', RETRIES, () => endNight(ctx, runId, day, null));
  }

  private async take(name: NightStep, ctx: TenantContext, { runId, day }: NightStart, step: WorkflowStep): Promise<void> {
    switch (name) {
      case 'rates':
        await step.do('rates', RETRIES, () => nightRates(ctx, runId));
        return;
      case 'fit':
        await step.do('fit', RETRIES, () => nightFit(ctx, runId));
        return;
      case 'learn':
        await step.do('learn', RETRIES, () => nightLearn(ctx, runId));
        return;
      case 'rescore': {
        let after: string | null = NIGHT_START;
        for (let part = 1; after !== null; part++) {
          const from: string = after;
          after = await step.do(`rescore ${part}`, RETRIES, () => nightRescore(ctx, runId, from));
        }
        return;
      }
      case 'drift':
        await step.do('drift', RETRIES, () => nightDrift(ctx, runId));
        return;
      case 'keep_values':
        await step.do('keep values', RETRIES, () => nightKeepValues(ctx, runId, day));
        return;
      case 'figures':
        await step.do('figures', RETRIES, () => nightFigures(ctx, runId));
        return;
      case 'forecasts':
        await step.do('forecasts', RETRIES, () => nightForecasts(ctx, runId));
        return;
      case 'recommend':
        await step.do('recommend', RETRIES, () => nightRecommender(ctx, runId));
        return;
      case 'verify':
        await step.do('verify', RETRIES, () => nightVerify(ctx, runId));
        return;
      case 'close':
        for (let part = 1, more = true; more; part++) more = await step.do(`close ${part}`, RETRIES, () => nightClose(ctx, runId, day));
        return;
      case 'segments':
        await step.do('segments', RETRIES, () => nightSegments(ctx, runId));
        return;
      case 'metrics':
        await step.do('metrics', RETRIES, () => nightMetrics(ctx, runId));
        return;
      case 'holdout':
        await step.do('holdout', RETRIES, () => nightHoldout(ctx, runId));
        return;
      case 'retention':
        await step.do('retention', RETRIES, () => nightRetention(ctx, runId, day));
        return;
      default:
        assertNever(name);
    }
  }
}
