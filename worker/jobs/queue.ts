/** The queue consumer: parse a job, run one operation, acknowledge or retry. Jobs are bells: losing one loses nothing. */
import { z } from 'zod';
import { assertNever, AppError } from '#core/errors';
import { runHealthCheck } from '#operations/integration-health';
import { watchInflow } from '#operations/alerts';
import { sealAudit } from '#operations/audit-chain';
import { runBackfill } from '#operations/backfills';
import { runImport } from '#operations/import-file';
import { refreshMetrics } from '#operations/metrics';
import { lookOn } from '#operations/looks';
import { TimedMap } from '#operations/isolate-memory';
import { foresee } from '#operations/foresee';
import { refit } from '#operations/models';
import { processInbox } from '#operations/process-inbox';
import { catchUp } from '#operations/scoring';
import { eraseShops } from '#operations/erasure';
import { runDiscovery } from '#operations/discover';
import { fetchNewRates } from '#operations/exchange-rates';
import { runRebuild } from '#operations/rebuild';
import { runReconciliation } from '#operations/reconcile';
import { runSegments } from '#operations/segment-ticks';
import { NO_TENANT, systemContext } from '#worker/context';
import type { Job } from '#worker/ports';

const owner = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('integration'), companyId: z.string(), integrationId: z.string(), platform: z.string() }),
  z.object({ kind: z.literal('api'), companyId: z.string() }),
  z.object({ kind: z.literal('events'), companyId: z.string(), sourceId: z.string() }),
]);

const jobSchema: z.ZodType<Job> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inbox'), owner }),
  z.object({ type: z.literal('import'), companyId: z.string(), importId: z.string() }),
  z.object({ type: z.literal('health'), companyId: z.string(), integrationId: z.string() }),
  z.object({ type: z.literal('backfill'), companyId: z.string(), backfillId: z.string() }),
  z.object({ type: z.literal('reconcile'), companyId: z.string(), integrationId: z.string(), days: z.int(), to: z.string().nullable(), cursor: z.string().nullable() }),
  z.object({ type: z.literal('feed'), companyId: z.string(), looked: z.literal(true).optional() }),
  z.object({ type: z.literal('metrics'), companyId: z.string() }),
  z.object({ type: z.literal('segments'), companyId: z.string() }),
  z.object({ type: z.literal('refit'), companyId: z.string(), growing: z.boolean().optional() }),
  z.object({ type: z.literal('foresee'), companyId: z.string() }),
  z.object({ type: z.literal('rebuild'), companyId: z.string() }),
  z.object({ type: z.literal('privacy'), companyId: z.string() }),
  z.object({ type: z.literal('watch'), companyId: z.string() }),
  z.object({ type: z.literal('seal'), companyId: z.string() }),
  z.object({ type: z.literal('discover'), companyId: z.string(), discoveryId: z.string() }),
  z.object({ type: z.literal('rates'), companyId: z.string() }),
]);

const LONGEST_DELAY_SECONDS = 60;
/**
 * On our own machine the queue hands over one batch at a time, and one tenant's long work would keep everybody's bells
 * waiting: there a batch is given back after this long while its work goes on. Production runs batches side by side.
 */
const HANDOVER_MS = 250;
/** Jobs at work at once on our own machine; beyond it the queue waits. Of chores a few: all share one thread with whoever waits for orders. */
const MOST_AT_WORK = { bells: 32, chores: 3 } as const;
const CHORES = 'perennial-chores';
const LOOK_EVERY_MS = 20;

/** As `max_retries` in wrangler.toml, for what fails after its batch was given back. */
const MOST_RETRIES = 20;

const atWork = { bells: 0, chores: 0 };
/** How often a job failed after its batch was given back: put on the queue anew, its message counts from one again. */
const failures = new Map<string, number>();
/** When inboxes were last emptied here, by job: a bell from before that has nothing to tell. */
const emptied = new TimedMap<number>();
const EMPTIED_SECONDS = 300;

export async function queue(batch: MessageBatch<unknown>, env: Env, execution: Pick<ExecutionContext, 'waitUntil'>): Promise<void> {
  const { jobs: again } = systemContext(env, NO_TENANT);
  const given = { back: false }, line = batch.queue === CHORES ? 'chores' : 'bells';
  const all = Promise.all(byWork(batch).map(async ({ key, job, messages }) => {
    atWork[line] += 1;
    const started = new Date();
    try {
      if (isStale(key, messages, started)) {
        for (const message of messages) message.ack();
        return;
      }
      await runJob(job, env);
      failures.delete(key);
      if (job.type === 'inbox') emptied.set(key, started.getTime(), EMPTIED_SECONDS, new Date());
      if (!given.back) for (const message of messages) message.ack();
    } catch (error) {
      if (isRefused(error)) {
        failures.delete(key);
        console.warn(JSON.stringify({ event: 'job_refused', job: job.type, code: error.code, error: error.message }));
        if (!given.back) for (const message of messages) message.ack();
        return;
      }
      const attempts = Math.max(...messages.map((m) => m.attempts), (failures.get(key) ?? 0) + 1);
      const delaySeconds = delayAfter(job, error, attempts);
      if (!given.back) for (const message of messages) message.retry({ delaySeconds });
      else if (attempts > MOST_RETRIES) failures.delete(key);
      else {
        failures.set(key, attempts);
        await again.enqueue(job, delaySeconds);
      }
    } finally {
      atWork[line] -= 1;
    }
  }));
  if (handsOver(env)) {
    execution.waitUntil(all);
    await Promise.race([all, patience(line)]);
    given.back = true;
  } else {
    await all;
  }
}

/**
 * Under load an inbox rings again before anybody comes; who comes then takes all that waits, and the bells that are left
 * would only wake it. What is written after that visit rings by itself, and an alarm stands behind it.
 */
function isStale(key: string, messages: readonly Message<unknown>[], now: Date): boolean {
  const at = emptied.get(key, now);
  return at !== undefined && messages.every(({ timestamp }) => timestamp.getTime() < at);
}

/** Bells for the same work in one batch are one bell. */
function byWork(batch: MessageBatch<unknown>): { key: string; job: Job; messages: Message<unknown>[] }[] {
  const jobs = new Map<string, { key: string; job: Job; messages: Message<unknown>[] }>();
  for (const message of batch.messages) {
    const parsed = jobSchema.safeParse(message.body);
    if (!parsed.success) {
      console.error(JSON.stringify({ event: 'job_unreadable', error: parsed.error.message }));
      message.ack();
      continue;
    }
    const key = JSON.stringify(parsed.data);
    const known = jobs.get(key);
    if (known) known.messages.push(message);
    else jobs.set(key, { key, job: parsed.data, messages: [message] });
  }
  return [...jobs.values()];
}

/** What the job is about is gone, or forbids it: no later attempt finds anything else, and what is still due rings anew. */
function isRefused(error: unknown): error is AppError {
  return error instanceof AppError && !error.retryable && error.code !== 'internal';
}

/** Tells of the failure. @returns seconds until the next attempt */
function delayAfter(job: Job, error: unknown, attempts: number): number {
  const retryable = error instanceof AppError && error.retryable;
  console[retryable ? 'warn' : 'error'](JSON.stringify({ event: 'job_failed', job: job.type, attempts, error: error instanceof Error ? error.message : String(error), ...(error instanceof Error && !retryable ? { stack: error.stack } : {}) }));
  return Math.min(LONGEST_DELAY_SECONDS, 2 ** Math.min(attempts, 6) - 1);
}

function handsOver(env: { readonly APP_ENV: string }): boolean {
  return env.APP_ENV === 'local';
}

/** Over when the next batch may start beside this one. */
async function patience(line: keyof typeof MOST_AT_WORK): Promise<void> {
  await sleep(HANDOVER_MS);
  while (atWork[line] >= MOST_AT_WORK[line]) await sleep(LOOK_EVERY_MS);
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function runJob(job: Job, env: Env): Promise<void> {
  switch (job.type) {
    case 'inbox': {
      const ctx = systemContext(env, job.owner.companyId);
      if (await processInbox(ctx, job.owner)) await ctx.jobs.enqueue(job);
      return;
    }
    case 'import': {
      const ctx = systemContext(env, job.companyId);
      if (await runImport(ctx, job.importId)) await ctx.jobs.enqueue(job);
      return;
    }
    case 'health': return runHealthCheck(systemContext(env, job.companyId), job.integrationId);
    case 'backfill': {
      const ctx = systemContext(env, job.companyId);
      const seconds = await runBackfill(ctx, job.backfillId);
      if (seconds !== null) await ctx.jobs.enqueue(job, Math.ceil(seconds));
      return;
    }
    case 'reconcile': {
      const ctx = systemContext(env, job.companyId);
      const later = await runReconciliation(ctx, job);
      if (later !== null) await ctx.jobs.enqueue(later.job, Math.ceil(later.delaySeconds));
      return;
    }
    case 'feed': return await (job.looked === true ? lookOn : catchUp)(systemContext(env, job.companyId));
    case 'metrics': return refreshMetrics(systemContext(env, job.companyId));
    case 'foresee': return foresee(systemContext(env, job.companyId));
    case 'segments': {
      const ctx = systemContext(env, job.companyId);
      const seconds = await runSegments(ctx);
      if (seconds !== null) await ctx.jobs.enqueue(job, seconds);
      return;
    }
    case 'refit': return refit(systemContext(env, job.companyId), { cause: 'asked', foresees: job.growing !== true });
    case 'rebuild': {
      const ctx = systemContext(env, job.companyId);
      if (await runRebuild(ctx)) await ctx.jobs.enqueue(job);
      return;
    }
    case 'discover': return runDiscovery(systemContext(env, job.companyId), job.discoveryId);
    case 'rates': return fetchNewRates(systemContext(env, job.companyId));
    case 'privacy': {
      const ctx = systemContext(env, job.companyId);
      if (await eraseShops(ctx)) await ctx.jobs.enqueue(job);
      return;
    }
    case 'watch': return void (await watchInflow(systemContext(env, job.companyId)));
    case 'seal': return sealAudit(systemContext(env, job.companyId));
    default: return assertNever(job);
  }
}
