/** Queue consumer: a doorbell rings, one operation answers it. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { processInbox } from '#operations/process-inbox';
import { systemContext } from '../context.ts';

const inboxJob = z.object({
  type: z.literal('inbox'),
  owner: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('integration'), companyId: z.string(), integrationId: z.string(), platform: z.string() }),
    z.object({ kind: z.literal('api'), companyId: z.string() }),
  ]),
});

export async function queue(batch: MessageBatch, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const { owner } = inboxJob.parse(message.body);
    try {
      await processInbox(systemContext(env, owner.companyId), owner);
      message.ack();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      message.retry({ delaySeconds: Math.min(60, 2 ** message.attempts) });
    }
  }
}
