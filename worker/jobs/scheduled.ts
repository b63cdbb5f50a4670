/** Every minute: start the nights that are due, ring for what was left behind and for the tenants whose inflow is to be looked at. */
import { ringWatches } from '#operations/alerts';
import { ringSealing } from '#operations/audit-chain';
import { ringHealthChecks } from '#operations/integration-health';
import { ringDueWork } from '#operations/night';
import { ringReconciliations } from '#operations/reconcile';
import { ringSegments } from '#operations/segment-ticks';
import { NO_TENANT, systemContext, visitorContext } from '#worker/context';

export async function scheduled(controller: ScheduledController, env: Env): Promise<void> {
  const { database, log } = visitorContext(env);
  const { jobs } = systemContext(env, NO_TENANT);
  const now = new Date(controller.scheduledTime);
  await ringDueWork({ database, log, jobs }, now);
  await ringSegments({ database, jobs }, now);
  await ringHealthChecks({ database, jobs }, now);
  await ringWatches({ database, jobs }, now);
  await ringReconciliations({ database, jobs }, now);
  await ringSealing({ database, jobs }, now);
}
