/** Every minute: start the nights that are due and ring for what was left behind. */
import { ringDueWork } from '#operations/night';
import { ringReconciliations } from '#operations/reconcile';
import { systemContext, visitorContext } from '#worker/context';

const NO_TENANT = '00000000-0000-0000-0000-000000000000';

export async function scheduled(controller: ScheduledController, env: Env): Promise<void> {
  const { database, log } = visitorContext(env);
  const { jobs } = systemContext(env, NO_TENANT);
  const now = new Date(controller.scheduledTime);
  await ringDueWork({ database, log, jobs }, now);
  await ringReconciliations({ database, jobs }, now);
}
