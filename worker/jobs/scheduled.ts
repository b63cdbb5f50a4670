/** What happens each minute. */
import { visitorContext } from '../context.ts';

export function scheduled(controller: ScheduledController, env: Env): void {
  visitorContext(env).log.info('schedule.fired', { cron: controller.cron });
}
