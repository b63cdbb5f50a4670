/** The nightly workflow of one tenant: each step is retried by itself and its result kept, so a night goes on where it stopped. */
import { WorkflowEntrypoint } from 'cloudflare:workers';
import type { WorkflowEvent, WorkflowStep } from 'cloudflare:workers';
import { NIGHT_START, nightFit, nightKeepValues, nightRescore, nightTidy, nightVerify } from '#operations/night';
import { systemContext } from '#worker/context';

export interface NightParams {
  companyId: string;
  /** The local day that has begun. */
  day: string;
}

const RETRIES = { retries: { limit: 8, delay: '10 seconds', backoff: 'exponential' }, timeout: '10 minutes' } as const;

export class Night extends WorkflowEntrypoint<Env, NightParams> {
  override async run(event: Readonly<WorkflowEvent<NightParams>>, step: WorkflowStep) {
    const { companyId, day } = event.payload;
    const ctx = systemContext(this.env, companyId);
    const fitted = await step.do('fit', RETRIES, () => nightFit(ctx));
    let after: string | null = NIGHT_START;
    for (let part = 1; after !== null; part++) {
      const from: string = after;
      after = await step.do(`rescore ${part}`, RETRIES, () => nightRescore(ctx, from));
    }
    await step.do('keep values', RETRIES, () => nightKeepValues(ctx, day));
    const differences = await step.do('verify', RETRIES, () => nightVerify(ctx));
    await step.do('tidy', RETRIES, () => nightTidy(ctx, day));
    return { fitted, differences };
  }
}
