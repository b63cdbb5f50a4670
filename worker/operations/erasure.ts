/** Forgetting people: one, or everybody whom only one shop ever told us of. */
import { v5 as uuidFromName } from 'uuid';
import type { CustomerRef, PrivacyRecord } from '#core/commerce/record';
import type { Identity } from '#data/batch-rows';
import { forgetErasedStats } from '#data/emptied';
import { erasePeople, hasHistory, onlyKnownThrough, readNames, whoIsNamed } from '#data/erase';
import type { ErasedIdentity, RequestRow } from '#data/erase';
import { closeRequest, keepRequest, openShopErasures, otherShops } from '#data/privacy';
import { forgetPaymentNames } from '#data/sales';
import type { TenantContext } from '#worker/ports';
import { personOf } from './ingest-batch.ts';
import { feedLive } from './live-feed.ts';
import { EMAIL_KIND, tombstoneOf } from './tombstones.ts';

/** Customers of a shop erased in one transaction: the tenant's other writers wait for it. */
const CHUNK = 100;
/** One job works this long at most; the rest is another job's. */
const LONGEST_MS = 20_000;
/** An id this long stands in a text for nothing but itself. */
const TELLING_ID = 8;

/** The same request is the same row, however often it comes. */
export function requestOf(ctx: TenantContext, record: Pick<PrivacyRecord, 'source' | 'externalId' | 'request' | 'requestedAt'>, integrationId: string | null, subjectHash: string | null): RequestRow {
  const { source, request: kind, requestedAt } = record;
  // A platform names such a request by the person's id, which must not stay: the hash says the same to nobody else.
  const externalId = (kind === 'erasure' || kind === 'deletion') && subjectHash !== null ? subjectHash : record.externalId;
  return { id: uuidFromName(`privacy ${kind} ${source} ${externalId}`, ctx.companyId), kind, source, externalId, integrationId, subjectHash, requestedAt };
}

/** Whom a request speaks of: her customer's id, or the one she would get; and the names it gives that are nobody else's. */
export async function subjectOf(ctx: TenantContext, source: string, ref: CustomerRef): Promise<{ customerId: string | null; proposedId: string | null; names: Identity[]; hash: string | null }> {
  const hash = (text: string) => ctx.keys.identityHash(text);
  const person = await personOf(source, ref, { companyId: ctx.companyId, identityHash: hash });
  if (!person) return { customerId: null, proposedId: null, names: [], hash: null };
  const known = await whoIsNamed(ctx.db, person.identities);
  const ownerOf = (i: Identity): string | null => known.find((k) => k.kind === i.kind && k.value === i.value)?.customer_id ?? null;
  // As for a sale: a platform's own id outranks an address that may be somebody else's by now.
  const customerId = person.identities.map(ownerOf).find((id) => id !== null) ?? null;
  const names = person.identities.filter((i) => [null, customerId].includes(ownerOf(i)));
  const first = person.identities[0];
  return { customerId, proposedId: person.proposedId, names, hash: first ? await tombstoneOf(first, hash) : null };
}

interface Target {
  customerIds: readonly string[];
  names: readonly Identity[];
  email: string | null;
}

/** Lower-cased texts that name her and nobody else: addresses, and ids long enough. */
export function tellingTexts(emails: readonly string[], names: readonly Identity[]): string[] {
  const texts = [...emails, ...names.filter((i) => i.kind !== EMAIL_KIND && i.value.length >= TELLING_ID).map((i) => i.value)].map((text) => text.trim().toLowerCase());
  return [...new Set(texts.filter((text) => text !== ''))];
}

/** Plans and carries out one erasure. `kind` deletion leaves a tombstone of the platform's id alone: the person may come back. */
async function erase(ctx: TenantContext, request: RequestRow, target: Target, state: 'open' | 'done'): Promise<void> {
  const hash = (text: string) => ctx.keys.identityHash(text);
  const known = await readNames(ctx.db, target.customerIds);
  const names = new Map([...known.identities, ...target.names].map((i) => [`${i.kind} ${i.value}`, i]));
  const lasting = (i: Identity): boolean => request.kind !== 'deletion' || i.kind === request.source;
  const tombstones = await Promise.all([...names.values()].filter(lasting).map(async (i): Promise<ErasedIdentity> => ({ ...i, hash: await tombstoneOf(i, hash) })));
  const emails = [...known.emails, ...(target.email === null ? [] : [target.email])];
  await erasePeople(ctx.db, {
    request, finishedAt: ctx.clock.now().toISOString(), state, customerIds: known.ids, tombstones,
    dropped: [...names.values()].filter((i) => !lasting(i)), texts: tellingTexts(emails, [...names.values()]),
  });
}

/**
 * Erases the person a platform names. Also when she is not known yet: the tombstone then waits for what is late.
 * @throws AppError `unavailable` or `stale` when it should be tried again; a repeat finds nothing left to do
 */
export async function applyErasure(ctx: TenantContext, record: PrivacyRecord & { subject: CustomerRef }, integrationId: string | null): Promise<void> {
  const { customerId, names, hash } = await subjectOf(ctx, record.source, record.subject);
  await erase(ctx, requestOf(ctx, record, integrationId, hash), { customerIds: customerId === null ? [] : [customerId], names, email: record.subject.email }, 'done');
}

/** Erases one of our customers, as asked by a person. */
export async function eraseCustomer(ctx: TenantContext, request: RequestRow, customerId: string): Promise<void> {
  await erase(ctx, request, { customerIds: [customerId], names: [], email: null }, 'done');
  await feedLive(ctx);
  await forgetErasedStats(ctx.db);
}

/**
 * The platform's record of somebody is gone. Who bought something stays, for the books and because nobody asked to be
 * forgotten; who never did and is known from nowhere else goes.
 */
export async function applyDeletion(ctx: TenantContext, record: PrivacyRecord & { subject: CustomerRef }, integrationId: string | null): Promise<void> {
  const { customerId, names, hash } = await subjectOf(ctx, record.source, record.subject);
  if (customerId === null || await hasHistory(ctx.db, [customerId])) return;
  const known = await readNames(ctx.db, [customerId]);
  if (known.identities.some((i) => i.kind !== record.source && i.kind !== EMAIL_KIND)) return;
  await erase(ctx, requestOf(ctx, record, integrationId, hash), { customerIds: [customerId], names, email: null }, 'done');
}

/** Keeps the request; a job does the work, since a shop may have any number of customers. */
export async function askShopErasure(ctx: TenantContext, record: PrivacyRecord, integrationId: string | null, dueAt: string): Promise<void> {
  await keepRequest(ctx.db, { ...requestOf(ctx, record, integrationId, null), customerId: null, state: 'open', dueAt, finishedAt: null });
  await ctx.jobs.enqueue({ type: 'privacy', companyId: ctx.companyId });
}

/**
 * Goes on with every open request to erase a shop, chunk by chunk; may stop anywhere and be called again.
 * @returns whether work is left
 */
export async function eraseShops(ctx: TenantContext): Promise<boolean> {
  const started = ctx.clock.now().getTime();
  for (const open of await openShopErasures(ctx.db)) {
    if ((await otherShops(ctx.db, open.source, open.integrationId)) > 0) {
      // Both shops' customers carry the same kind of name: erasing now could take the wrong ones.
      await closeRequest(ctx.db, open.id, 'open', null, 'Another shop of this platform is connected, and their customers cannot be told apart. Erase them one by one, or disconnect the other shop first.');
      continue;
    }
    const request: RequestRow = { ...open, subjectHash: null };
    for (;;) {
      if (ctx.clock.now().getTime() - started > LONGEST_MS) return true;
      const customerIds = await onlyKnownThrough(ctx.db, open.source, CHUNK);
      if (customerIds.length === 0) break;
      await erase(ctx, request, { customerIds, names: [], email: null }, 'open');
      await feedLive(ctx);
      await forgetErasedStats(ctx.db);
    }
    await forgetPaymentNames(ctx.db, open.source);
    await closeRequest(ctx.db, open.id, 'done', ctx.clock.now().toISOString(), null);
  }
  return false;
}
