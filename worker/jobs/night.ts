/** The tenant's night. */
import { WorkflowEntrypoint } from 'cloudflare:workers';
import type { WorkflowEvent, WorkflowStep } from 'cloudflare:workers';
import { systemContext } from '../context.ts';

export interface NightParams {
  companyId: string;
  day: string;
}

export class Night extends WorkflowEntrypoint<Env, NightParams> {
  override async run(event: Readonly<WorkflowEvent<NightParams>>, step: WorkflowStep): Promise<void> {
    const { companyId, day } = event.payload;
    await step.do('begin', () => {
      systemContext(this.env, companyId).log.info('night.began', { day });
      return Promise.resolve();
    });
  }
}
