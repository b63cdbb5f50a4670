/** Sites that send events: made with a write key, told apart by it before a tenant is known, also while Postgres is away. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { FieldError } from '#core/errors';
import type { EventSourceRow } from '#data/event-sources';
import { deleteEventSourceRow, findEventSource, insertEventSource, listEventSourceRows, updateEventSourceRow } from '#data/event-sources';
import type { InboxOwner, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { lookUp } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { hexToUuid, randomSecret, uuidToHex } from './secret-token.ts';
import type { PublicSource, Visitor } from './visitor.ts';

const MEMORY_SECONDS = 60;
/** A changed or removed source is taken out of the inbox at once, so it may be kept for the longest outage. */
const KEPT_SECONDS = 7 * 86_400;
const MAX_ORIGINS = 20;

const resolved = z.object({ companyId: z.string(), sourceId: z.string(), allowedOrigins: z.array(z.string()) });
const CACHE_KEY = 'event-source';
const entry = z.object({ writeKey: z.string(), value: z.string() });

export type EventSourceView = EventSourceRow;

export interface NewEventSource {
  name: string;
  /** Such as https://shop.example; none: servers only. */
  allowedOrigins?: string[];
}

/** @throws AppError `invalid_input` when an origin is none. */
export async function createEventSource(ctx: TenantContext, input: NewEventSource): Promise<EventSourceView> {
  requirePermission(ctx, 'events:manage');
  const id = uuidv7();
  const row = await insertEventSource(audited(ctx, { action: 'event_source.created', target: { kind: 'event_source', id, name: input.name } }).db, {
    id, name: input.name, writeKey: `wk_${uuidToHex(id)}_${randomSecret()}`, allowedOrigins: originsOf(input.allowedOrigins ?? []),
  });
  if (row === null) throw new AppError('internal', 'The source was not kept');
  ctx.log.info('event_source.created', { sourceId: id });
  return row;
}

export async function listEventSources(ctx: TenantContext): Promise<EventSourceView[]> {
  requirePermission(ctx, 'events:read');
  return await listEventSourceRows(ctx.db);
}

export interface EventSourceChange {
  name?: string;
  allowedOrigins?: string[];
  /** False: its key stops working within a minute; true: it works again. */
  enabled?: boolean;
}

/** @throws AppError `invalid_input`, `not_found`. */
export async function changeEventSource(ctx: TenantContext, id: string, change: EventSourceChange): Promise<EventSourceView> {
  requirePermission(ctx, 'events:manage');
  const { name, allowedOrigins, enabled } = change;
  const row = await updateEventSourceRow(audited(ctx, { action: 'event_source.changed', target: { kind: 'event_source', id }, detail: { ...change } }).db, requireId(id), { name, enabled, allowedOrigins: allowedOrigins === undefined ? undefined : originsOf(allowedOrigins) });
  if (row === null) throw notFound();
  await ctx.inbox.forget(sourceOwner(ctx.companyId, id), CACHE_KEY);
  ctx.log.info('event_source.changed', { sourceId: id, enabled: row.disabledAt === null });
  return row;
}

/** Its key stops working within a minute; what it brought stays. @throws AppError `not_found`. */
export async function removeEventSource(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'events:manage');
  if ((await deleteEventSourceRow(audited(ctx, { action: 'event_source.removed', target: { kind: 'event_source', id } }).db, requireId(id))) === null) throw notFound();
  await ctx.inbox.forget(sourceOwner(ctx.companyId, id), CACHE_KEY);
  ctx.log.info('event_source.removed', { sourceId: id });
}

/** Whose write key this is; null when it is nobody's. Works without Postgres once seen. */
export async function findPublicSource(visitor: Visitor, writeKey: string): Promise<PublicSource | null> {
  const hex = /^wk_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/.exec(writeKey)?.[1];
  const sourceId = hex === undefined ? null : hexToUuid(hex);
  if (sourceId === null) return null;
  return await lookUp<PublicSource>({
    memory: visitor.memory.eventSources, key: writeKey, seconds: MEMORY_SECONDS, clock: visitor.clock, log: visitor.log,
    // The object is named by the source alone, so it can be asked before the company is known.
    inbox: { port: keyedBy(visitor, writeKey), owner: sourceOwner('', sourceId), shape: resolved, seconds: KEPT_SECONDS, first: true },
    async load() {
      const found = await findEventSource(visitor.database, writeKey);
      return found === null ? null : { companyId: found.company_id, sourceId: found.source_id, allowedOrigins: found.allowed_origins };
    },
  });
}

/** The inbox keeps one entry a source, whatever its key, so that changing a source forgets it; another key finds nothing there. */
function keyedBy(visitor: Visitor, writeKey: string): Pick<Visitor['inbox'], 'recall' | 'remember'> {
  return {
    async recall(owner) {
      const kept = await visitor.inbox.recall(owner, CACHE_KEY);
      const parsed = kept === null ? null : entry.safeParse(JSON.parse(kept));
      return parsed?.success === true && parsed.data.writeKey === writeKey ? parsed.data.value : null;
    },
    remember: (owner, _key, value, seconds) => visitor.inbox.remember(owner, CACHE_KEY, JSON.stringify({ writeKey, value }), seconds),
  };
}

export function sourceOwner(companyId: string, sourceId: string): InboxOwner {
  return { kind: 'events', companyId, sourceId };
}

const uuid = z.uuid();

function requireId(id: string): string {
  if (!uuid.safeParse(id).success) throw notFound();
  return id;
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such event source');
}

/** Origins as browsers write them. */
function originsOf(given: readonly string[]): string[] {
  const errors: FieldError[] = [];
  const origins = given.map((text, n) => {
    const origin = originOf(text.trim());
    if (origin === null) errors.push({ path: `allowedOrigins[${String(n)}]`, message: `"${text.slice(0, 80)}" is not an origin; write scheme and host: https://shop.example` });
    return origin;
  }).filter((origin) => origin !== null);
  if (given.length > MAX_ORIGINS) errors.push({ path: 'allowedOrigins', message: `Up to ${String(MAX_ORIGINS)} origins` });
  if (errors.length > 0) throw new AppError('invalid_input', 'Some origins need mending', { errors });
  return [...new Set(origins)];
}

function originOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' ? url.origin : null;
}
