/**
 * Bodies that are too long for a row of an inbox: in object storage before the row that names them, read back when
 * their turn comes, removed when they are finished. One that was written and never appended is swept at night.
 */
import { z } from 'zod';
import { DAY_MS } from '#core/calendar/days';
import { AppError } from '#core/errors';
import type { AcceptedDelivery, Clock, FilesPort, InboxOwner, InboxPort, Log, PulledDelivery, TenantContext } from '#worker/ports';
import { INBOX_BODY_BYTES } from '#worker/ports';

/** The longest that is taken at any door; a reader of it may hold it some four times over, as bytes, text and values. */
export const LARGEST_BODY_BYTES = 25_000_000;
const ROOT = 'inbox';
const API = 'api';
const EVENTS = 'events';
/** An append follows its body within seconds; a day is safe, and storage for a day costs nothing. */
const ORPHAN_MS = DAY_MS;

interface Stores {
  inbox: InboxPort;
  files: FilesPort;
}

function doorOf(owner: InboxOwner): string {
  switch (owner.kind) {
    case 'api': return API;
    case 'events': return `${EVENTS}.${owner.sourceId}`;
    case 'integration': return `${owner.platform}.${owner.integrationId}`;
  }
}

function folderOf(owner: InboxOwner): string {
  return `${ROOT}/${owner.companyId}/${doorOf(owner)}/`;
}

/** Whose body a key names; null for a key that is none of ours. */
function ownerOf(companyId: string, key: string): InboxOwner | null {
  const [root, company, door, ...rest] = key.split('/');
  if (root !== ROOT || company !== companyId || door === undefined || rest.length !== 1) return null;
  if (door === API) return { kind: 'api', companyId };
  const [platform, integrationId] = door.split('.');
  if (platform === EVENTS && integrationId) return { kind: 'events', companyId, sourceId: integrationId };
  return platform && integrationId && z.uuid().safeParse(integrationId).success ? { kind: 'integration', companyId, integrationId, platform } : null;
}

/**
 * Resolves only when body and row are durably written.
 * @param raw the bytes of `delivery.body`, where they are at hand; the text may then be left empty
 * @throws AppError `too_large` over 25 MB, `unavailable` when it could not be kept
 */
export async function keepDelivery({ inbox, files }: Stores, owner: InboxOwner, delivery: AcceptedDelivery, makeId: () => string, raw?: Uint8Array<ArrayBuffer>): Promise<void> {
  await inbox.append(owner, [await shrink(files, owner, delivery, makeId, raw)]);
}

/** As `keepDelivery` for several rows of one inbox, all or none. */
export async function keepDeliveries({ inbox, files }: Stores, owner: InboxOwner, deliveries: readonly AcceptedDelivery[], makeId: () => string): Promise<void> {
  const kept: AcceptedDelivery[] = [];
  for (const delivery of deliveries) kept.push(await shrink(files, owner, delivery, makeId));
  await inbox.append(owner, kept);
}

async function shrink(files: FilesPort, owner: InboxOwner, delivery: AcceptedDelivery, makeId: () => string, raw?: Uint8Array<ArrayBuffer>): Promise<AcceptedDelivery> {
  // Three bytes a UTF-16 unit is the most it can be: most texts need no counting.
  if (raw === undefined && delivery.body.length * 3 <= INBOX_BODY_BYTES) return delivery;
  const bytes = raw ?? new TextEncoder().encode(delivery.body);
  if (bytes.byteLength <= INBOX_BODY_BYTES) return delivery;
  if (bytes.byteLength > LARGEST_BODY_BYTES) throw new AppError('too_large', `A delivery may hold ${String(LARGEST_BODY_BYTES)} bytes`);
  const key = `${folderOf(owner)}${makeId()}`;
  await reachable(files.put(key, new Blob([bytes]).stream(), { contentType: 'application/octet-stream', size: bytes.byteLength }));
  return { ...delivery, body: '', bodyKey: key, bodyBytes: bytes.byteLength };
}

/**
 * The delivery with its body.
 * @throws AppError `unavailable` when storage cannot be reached, `invalid_input` when the body is gone
 */
export async function withBody(files: FilesPort, delivery: PulledDelivery): Promise<PulledDelivery> {
  if (delivery.bodyKey === undefined) return delivery;
  const found = await reachable(files.read(delivery.bodyKey, 0));
  if (found === null) throw new AppError('invalid_input', 'The body of this delivery is no longer in storage');
  return { ...delivery, body: await reachable(new Response(found.body).text()) };
}

/** After the inbox has forgotten them. What cannot be removed now is an orphan, and the night's. */
export async function removeBodies(files: FilesPort, deliveries: readonly PulledDelivery[], log: Log): Promise<void> {
  for (const { bodyKey } of deliveries) {
    if (bodyKey === undefined) continue;
    await files.remove(bodyKey).catch((error: unknown) => { log.warn('body_not_removed', { bodyKey, reason: String(error) }); });
  }
}

/** Removes bodies older than a day that no inbox waits for. Answers how many. */
export async function sweepBodies(ctx: Pick<TenantContext, 'companyId' | 'inbox' | 'files'> & { clock: Clock }): Promise<number> {
  const before = ctx.clock.now().getTime() - ORPHAN_MS;
  const old = (await ctx.files.list(`${ROOT}/${ctx.companyId}/`)).filter((file) => new Date(file.uploadedAt).getTime() < before);
  const waited = new Map<string, Set<string>>();
  let swept = 0;
  for (const { key } of old) {
    const owner = ownerOf(ctx.companyId, key);
    if (owner === null) continue;
    const folder = folderOf(owner);
    const waiting = waited.get(folder) ?? new Set(await ctx.inbox.waitingBodies(owner));
    waited.set(folder, waiting);
    if (waiting.has(key)) continue;
    await ctx.files.remove(key);
    swept++;
  }
  return swept;
}

async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('unavailable', 'Object storage cannot be reached', { cause });
  }
}
