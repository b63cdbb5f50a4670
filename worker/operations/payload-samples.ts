/** Looks at one payload of each topic a minute, so that a platform's change of its messages is noticed. Never in the way of taking them. */
import { joinKinds, shapeOf } from '#core/quality/payload-shape';
import { keepPayloadSample } from '#data/payload-fields';
import type { PulledDelivery, TenantContext } from '#worker/ports';
import { TimedMap } from './isolate-memory.ts';

const EVERY_SECONDS = 60;
/** Parsing once more what was parsed already is worth this much and no more. */
const LARGEST = 200_000;

/** Topics that were looked at lately, by this isolate. */
const lately = new TimedMap<true>();

export async function samplePayloads(ctx: TenantContext, source: string, deliveries: readonly PulledDelivery[]): Promise<void> {
  const now = ctx.clock.now();
  for (const { topic, body, receivedAt } of deliveries) {
    const key = `${ctx.companyId} ${source} ${topic}`;
    if (body.length > LARGEST || lately.get(key, now) !== undefined) continue;
    lately.set(key, true, EVERY_SECONDS, now);
    try {
      await keepPayloadSample(ctx.db, { source, topic, at: receivedAt, fields: fieldsOf(JSON.parse(body)) });
    } catch (error) {
      // What cannot be read is a dead letter already, and a missing sample is made up for by the next.
      ctx.log.info('payload_not_sampled', { source, topic, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

function fieldsOf(payload: unknown): { path: string; kinds: string }[] {
  const kinds = new Map<string, string[]>();
  for (const { path, kind } of shapeOf(payload)) kinds.set(path, [...(kinds.get(path) ?? []), kind]);
  return [...kinds].map(([path, seen]) => ({ path, kinds: joinKinds(seen) }));
}
