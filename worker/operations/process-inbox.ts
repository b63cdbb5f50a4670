/** Empties an inbox: pull, normalise, take into the books, and only then let the inbox forget. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { canonicalRecordSchema } from '#core/commerce/record-schema';
import { connectorFor } from '#connectors/registry';
import type { DeliveryOutcome, InboxLease, InboxOwner, PulledDelivery, TenantContext } from '#worker/ports';
import { readIntegration } from '#data/integrations';
import type { TenantState } from '#data/tenant-state';
import { fitWhenGrown } from './growth.ts';
import { buryUnits, ingestUnits } from './ingest.ts';
import type { DeadUnit, IngestUnit } from './ingest.ts';
import { ringMetrics } from './metrics.ts';
import { removeBodies, withBody } from './large-bodies.ts';
import { samplePayloads } from './payload-samples.ts';
import { placeIn } from './receipts.ts';
import { requireState } from './scoring.ts';

/** What one lease holds stands behind one `finish`: small enough that a failure repeats little. */
const PULL = { max: 500, maxBytes: 2_000_000 };
/** Longest wait after a failure: how late we notice that Postgres is back. */
const LONGEST_DELAY_SECONDS = 10;
/** One job works this long at most; the rest is another job's. */
const LONGEST_MS = 20_000;

/** Deliveries read without a pause. Reading a platform's order takes part of a millisecond, and requests share the thread. */
const UNBROKEN = 16;

/** Lets what waits have its turn. */
async function breathe(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

interface Outcome {
  position: number;
  outcome: DeliveryOutcome;
  detail: string | null;
}

/**
 * Works until the inbox is empty, someone else holds its lease, or time is up.
 * @returns whether deliveries may be left
 * @throws AppError `unavailable` after handing the lease back with a delay
 */
export async function processInbox(ctx: TenantContext, owner: InboxOwner): Promise<boolean> {
  const started = ctx.clock.now().getTime();
  let state: TenantState | null = null;
  let looked = false;
  for (let isWaiting = true; isWaiting; ) {
    if (ctx.clock.now().getTime() - started >= LONGEST_MS) return true;
    const lease = await ctx.inbox.pull(owner, PULL);
    if (!lease) break;
    try {
      const done = await processLease(ctx, lease);
      state = done.state;
      looked ||= done.looked;
      ctx.failpoints.reach('before-finish');
      isWaiting = await ctx.inbox.finish(owner, lease.leaseId, done.outcomes);
      ctx.failpoints.reach('after-finish');
      await removeBodies(ctx.files, lease.deliveries, ctx.log);
    } catch (error) {
      const attempts = Math.min(6, Math.max(0, ...lease.deliveries.map((d) => d.attempts)));
      await ctx.inbox.release(owner, lease.leaseId, Math.min(LONGEST_DELAY_SECONDS, 0.5 * 2 ** attempts));
      throw error;
    }
  }
  if (state === null) return false;
  await ringMetrics(ctx, owner);
  // Events change no one's orders. Where nobody looks, and no segment is to be kept, whoever looks first asks for the fit.
  if (owner.kind !== 'events' && (looked || state.hasSegments)) await fitWhenGrown(ctx);
  return false;
}

async function processLease(ctx: TenantContext, lease: InboxLease): Promise<{ state: TenantState; looked: boolean; outcomes: Outcome[] }> {
  const { owner } = lease;
  const [state, integration] = await Promise.all([requireState(ctx), owner.kind === 'integration' ? readIntegration(ctx.db, owner.integrationId) : null]);
  let uninstalled = (integration?.uninstalledAt ?? null) !== null;
  const reasons = new Map<number, string>();
  const units: { delivery: PulledDelivery; unit: IngestUnit }[] = [];
  const dead: (DeadUnit & { delivery: PulledDelivery })[] = [];
  for (const [n, pulled] of lease.deliveries.entries()) {
    if (n > 0 && n % UNBROKEN === 0) await breathe();
    let delivery = pulled;
    try {
      // A long body comes in a lease of its own, so that there is one at a time in memory.
      delivery = await withBody(ctx.files, pulled);
      let made = toUnits(owner, delivery, state);
      if (made.every((u) => u.records.length === 0)) reasons.set(delivery.position, whyNothing(owner, delivery));
      else if (uninstalled && !made.every(isPrivacy)) {
        reasons.set(delivery.position, UNINSTALLED);
        made = made.map((u) => ({ ...u, records: [] }));
      }
      uninstalled ||= made.some((u) => u.records.some((r) => r.kind === 'privacy' && r.request === 'uninstalled'));
      for (const unit of made) units.push({ delivery, unit });
    } catch (error) {
      if (!(error instanceof AppError) || error.retryable) throw error;
      dead.push({ delivery, unit: bareUnit(owner, delivery), error: error.message });
    }
  }
  const summary = await ingestUnits(ctx, state, units.map((u) => u.unit));
  if (dead.length > 0) await buryUnits(ctx, dead);
  if (lease.owner.kind === 'integration') await samplePayloads(ctx, lease.owner.platform, lease.deliveries);
  const deadById = new Map<string, string>(dead.map((d) => [d.delivery.deliveryId, d.error]));
  for (const { unit, error } of summary.dead) deadById.set(deliveryOf(unit), error);
  const outcomes = lease.deliveries.map((delivery): Outcome => {
    const error = deadById.get(delivery.deliveryId);
    if (error !== undefined) return { position: delivery.position, outcome: 'dead_letter', detail: error };
    const reason = reasons.get(delivery.position);
    return reason === undefined
      ? { position: delivery.position, outcome: 'processed', detail: null }
      : { position: delivery.position, outcome: 'ignored', detail: reason };
  });
  return { state, looked: summary.looked, outcomes };
}

const UNINSTALLED = 'The app was removed at the platform: only privacy requests are acted on';

function isPrivacy(unit: IngestUnit): boolean {
  return unit.records.every((record) => record.kind === 'privacy');
}

/** For people: why a delivery asked for nothing. */
function whyNothing(owner: InboxOwner, { topic }: PulledDelivery): string {
  const said = owner.kind === 'integration' ? connectorFor(owner.platform)?.nothingToDo?.[topic] : undefined;
  return said ?? 'Nothing to do for this event';
}

function queueOf(owner: InboxOwner): string {
  switch (owner.kind) {
    case 'api': return 'inbox:api';
    case 'integration': return `inbox:${owner.integrationId}`;
    case 'events': return `inbox:${owner.sourceId}`;
  }
}

function bareUnit(owner: InboxOwner, delivery: PulledDelivery): IngestUnit {
  return {
    records: [], ...(owner.kind === 'integration' ? { door: 'webhook', source: owner.platform } : { door: 'api', source: owner.kind }),
    deliveryId: delivery.deliveryId, topic: delivery.topic, payload: () => delivery.body, headers: delivery.headers, receivedAt: delivery.receivedAt,
    ...(owner.kind === 'integration' ? { integrationId: owner.integrationId } : {}),
    place: placeIn(queueOf(owner), delivery.position, 0),
  };
}

/** A record of an API batch is a unit of its own, told apart by its place in the batch. */
const PLACE = '#';

function deliveryOf(unit: IngestUnit): string {
  return unit.door === 'api' ? (unit.deliveryId.split(PLACE)[0] ?? unit.deliveryId) : unit.deliveryId;
}

const apiBody = z.array(canonicalRecordSchema);

function toUnits(owner: InboxOwner, delivery: PulledDelivery, state: TenantState): IngestUnit[] {
  const bare = bareUnit(owner, delivery);
  if (owner.kind !== 'integration') {
    const body: unknown = JSON.parse(delivery.body);
    return apiBody.parse(body).map((record, place) => ({ ...bare, records: [record], deliveryId: `${delivery.deliveryId}${PLACE}${place}`, payload: () => JSON.stringify(record),
      place: placeIn(queueOf(owner), delivery.position, place) }));
  }
  const connector = connectorFor(owner.platform);
  if (!connector) throw new AppError('invalid_input', `No connector speaks ${owner.platform}`);
  const records = connector.normalise(delivery, { currency: state.currency, receivedAt: delivery.receivedAt });
  return [{ ...bare, records }];
}
