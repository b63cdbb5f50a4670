/** Taking records in by the API: checked one by one, written to the company's inbox, answered. Postgres is not needed. */
import { v5 as uuidFromName, v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { BatchResult, InputContext } from '#core/commerce/batch-input';
import { parseCustomers } from '#core/commerce/customer-input';
import { parseEvents } from '#core/commerce/event-input';
import type { CanonicalRecord } from '#core/commerce/record';
import { parseTransactions } from '#core/commerce/transaction-input';
import { AppError } from '#core/errors';
import type { AcceptedDelivery, DeliveryTrace, InboxOwner, TenantContext } from '#worker/ports';
import { keepDeliveries } from './large-bodies.ts';
import { requirePermission } from './permissions.ts';
import { sha256 } from './secret-token.ts';
import type { CompanyFacts } from './visitor.ts';

export const MAX_BATCH = 1_000;
/** An inbox row holds 1.9 MB; a single record that is longer goes to object storage. */
const DELIVERY_BYTES = 1_500_000;
const REMEMBERED_SECONDS = 24 * 3600;
const SOURCE = 'api';

const receiptShape = z.object({
  batchId: z.string(),
  accepted: z.number(),
  rejected: z.array(z.object({ index: z.number(), code: z.string(), reason: z.string(), path: z.string() })),
});
/** What the sender gets: how many records are safe, and why the others are not. */
export type Receipt = z.infer<typeof receiptShape>;

const rememberedShape = z.object({ bodyHash: z.string(), receipt: receiptShape });

export interface Submission {
  /** One record or up to 1,000. */
  payload: unknown;
  /** The body as it came, to recognise a repeat. */
  body: string;
  idempotencyKey: string | null;
  facts: CompanyFacts;
}

/** @throws AppError `invalid_input` when the payload is no batch, `conflict` when the key was used for another body. */
export async function acceptTransactions(ctx: TenantContext, submission: Submission): Promise<Receipt> {
  return await accept(ctx, submission, 'records/transactions', parseTransactions);
}

/** As `acceptTransactions`, for customer profiles. */
export async function acceptCustomers(ctx: TenantContext, submission: Submission): Promise<Receipt> {
  return await accept(ctx, submission, 'records/customers', parseCustomers);
}

/** As `acceptTransactions`, for behaviour events. */
export async function acceptEvents(ctx: TenantContext, submission: Submission): Promise<Receipt> {
  return await accept(ctx, submission, 'records/events', parseEvents);
}

export interface BatchStatus {
  batchId: string;
  state: DeliveryTrace['state'];
  receivedAt: string;
  finishedAt: string | null;
  /** Why records died, for people. */
  detail: string | null;
}

/** How a batch stands; known for seven days. @throws AppError `not_found`. */
export async function getBatch(ctx: TenantContext, batchId: string): Promise<BatchStatus> {
  requirePermission(ctx, 'records:write');
  const owner: InboxOwner = { kind: 'api', companyId: ctx.companyId };
  const traces: DeliveryTrace[] = [];
  for (let part = 0; ; part++) {
    const trace = await ctx.inbox.trace(owner, partId(batchId, part));
    if (trace === null) break;
    traces.push(trace);
  }
  const [first] = traces;
  if (first === undefined) throw new AppError('not_found', 'There is no such batch, or it is older than seven days');
  const worst = (['waiting', 'dead_letter', 'processed', 'ignored'] as const).find((state) => traces.some((trace) => trace.state === state)) ?? first.state;
  const details = traces.map((trace) => trace.detail).filter((detail) => detail !== null);
  return {
    batchId, state: worst, receivedAt: first.receivedAt,
    finishedAt: worst === 'waiting' ? null : traces.map((trace) => trace.finishedAt).reduce((a, b) => (a !== null && b !== null && a > b ? a : b)),
    detail: details.length === 0 ? null : details.join('; '),
  };
}

async function accept(
  ctx: TenantContext, submission: Submission, topic: string,
  parse: (inputs: readonly unknown[], context: InputContext) => BatchResult,
): Promise<Receipt> {
  requirePermission(ctx, 'records:write');
  const owner: InboxOwner = { kind: 'api', companyId: ctx.companyId };
  const inputs = Array.isArray(submission.payload) ? submission.payload : [submission.payload];
  if (inputs.length === 0 || inputs.length > MAX_BATCH) {
    throw new AppError('invalid_input', `Send one record or an array of up to ${String(MAX_BATCH)}; this has ${String(inputs.length)}`);
  }
  const repeat = submission.idempotencyKey === null ? null : await namesOf(ctx.companyId, topic, submission.idempotencyKey);
  const bodyHash = repeat === null ? '' : await sha256(submission.body);
  const before = repeat === null ? null : await recall(ctx, owner, repeat.cacheKey, bodyHash);
  if (before !== null) return before;

  const now = ctx.clock.now();
  const batchId = repeat === null ? uuidv7() : uuidFromName('batch', repeat.namespace);
  let made = 0;
  const { accepted, rejected } = parse(inputs, {
    source: SOURCE, currency: submission.facts.currency, timeZone: submission.facts.timeZone, closed: submission.facts.closed, now,
    // The same ids for the same key: a repeat whose first answer was lost on the way counts once.
    makeId: () => (repeat === null ? uuidv7() : uuidFromName(String(made++), repeat.namespace)),
  });
  if (accepted.length > 0) await keepDeliveries(ctx, owner, deliveriesOf(batchId, topic, accepted, now), uuidv7);
  const receipt: Receipt = { batchId, accepted: accepted.length, rejected };
  if (repeat !== null) {
    await ctx.inbox.remember(owner, repeat.cacheKey, JSON.stringify({ bodyHash, receipt }), REMEMBERED_SECONDS);
  }
  return receipt;
}

async function namesOf(companyId: string, topic: string, key: string): Promise<{ cacheKey: string; namespace: string }> {
  return { cacheKey: `idempotency:${topic}:${await sha256(key)}`, namespace: uuidFromName(`${topic} ${key}`, companyId) };
}

async function recall(ctx: TenantContext, owner: InboxOwner, cacheKey: string, bodyHash: string): Promise<Receipt | null> {
  const kept = await ctx.inbox.recall(owner, cacheKey);
  if (kept === null) return null;
  const remembered = rememberedShape.parse(JSON.parse(kept));
  if (remembered.bodyHash !== bodyHash) {
    throw new AppError('conflict', 'This Idempotency-Key was used for another body within the last 24 hours');
  }
  return remembered.receipt;
}

/** The batch as inbox rows; the first carries the batch's id, so that it can be asked for. */
export function deliveriesOf(batchId: string, topic: string, records: readonly CanonicalRecord[], now: Date): AcceptedDelivery[] {
  const encoder = new TextEncoder();
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const record of records) {
    const text = JSON.stringify(record);
    const size = encoder.encode(text).length + 1;
    if (bytes + size > DELIVERY_BYTES && bytes > 0) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(text);
    bytes += size;
  }
  return parts.map((part, index) => ({
    deliveryId: partId(batchId, index), topic, headers: {}, body: `[${part.join(',')}]`, receivedAt: now.toISOString(),
  }));
}

function partId(batchId: string, part: number): string {
  return part === 0 ? batchId : `${batchId}.${String(part)}`;
}
