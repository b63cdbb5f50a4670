/** A behaviour event as the API and browsers send it, and the canonical record that it becomes. */
import { z } from 'zod';
import { DAY_MS } from '#core/calendar/days';
import { idText, InputRefusal, instantOf, parseBatch, parseOne, parseShape, type BatchResult, type InputContext } from './batch-input.ts';
import type { EventRecord, Identity } from './record.ts';
import { email, sourceName } from './transaction-input.ts';

const name = z.string().trim().min(1).max(128);
const type = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'Use up to 64 of a–z, 0–9 and underscore, a letter first: page_view' });

const shared = {
  /** Sent again with the same id, it is the same event. */
  id: idText.optional(),
  type,
  /** Left out: now. */
  occurredAt: z.string().optional(),
  /** By the clock that told occurredAt: a clock that is wrong is put right by it. */
  sentAt: z.string().optional(),
  /** Whoever it is before she gives a name, kept by her browser. */
  anonymousId: name.nullish(),
  sessionId: name.nullish(),
  properties: z.record(z.string().max(100), z.unknown()).optional(),
};

/** One element of `POST /api/v1/events`. */
export const eventInput = z.strictObject({
  ...shared,
  customer: z.strictObject({ externalId: idText.optional(), email: email.nullish() }).nullish(),
  source: sourceName.optional(),
});
export type EventInput = z.infer<typeof eventInput>;

/** One event from a browser, whose key everybody can read: only `identify` says who it is. */
export const publicEventInput = z.strictObject({
  ...shared,
  anonymousId: name,
  customer: z.strictObject({
    externalId: idText.optional(),
    /** Where the externalId is from. */
    source: sourceName.optional(),
    /** As `hashedEmails` gave it back; the address itself goes no further than the door. */
    email: email.nullish(),
  }).nullish(),
});
export type PublicEventInput = z.infer<typeof publicEventInput>;

/** An event is not a place to keep files. */
const MAX_PROPERTIES_CHARACTERS = 16_384;
const MAX_DEPTH = 8;
/** A clock that is off by less cannot be told from the time the sending took. */
const SKEW_MS = 60_000;
/** What a browser sends is fresh: older days are opened again only for those who hold a key of their own. */
const PUBLIC_OLDEST_MS = 7 * DAY_MS;

/** Identities of ours that no sender may claim to be a source of ids. */
const OWN_KINDS = new Set(['email', 'anonymous']);

/** Postgres keeps neither NUL nor half of a surrogate pair. */
const UNKEEPABLE = /\p{Surrogate}|\0/gu;

function keepable(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new InputRefusal('invalid_field', 'properties', `Properties may lie ${String(MAX_DEPTH)} levels deep`);
  if (typeof value === 'string') return value.replace(UNKEEPABLE, '');
  if (Array.isArray(value)) return value.map((one) => keepable(one, depth + 1));
  if (typeof value === 'object' && value !== null) return keepableObject(value, depth);
  return value;
}

function keepableObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key.replace(UNKEEPABLE, ''), keepable(one, depth + 1)]));
}

function propertiesOf(input: { properties?: Record<string, unknown> | undefined }): Record<string, unknown> {
  const properties = keepableObject(input.properties ?? {}, 1);
  if (JSON.stringify(properties).length > MAX_PROPERTIES_CHARACTERS) throw new InputRefusal('invalid_field', 'properties', 'Properties may hold up to 16 KB');
  return properties;
}

/** When it happened by our clock: a sender whose clock is off is put right, and nothing has happened after it came. */
function occurredAt(input: { occurredAt?: string | undefined; sentAt?: string | undefined }, context: InputContext): string {
  const now = context.now.getTime();
  if (input.occurredAt === undefined) return context.now.toISOString();
  if (input.sentAt === undefined) return new Date(Math.min(now, Date.parse(instantOf(input.occurredAt, 'occurredAt', context)))).toISOString();
  const given = Date.parse(input.occurredAt), sent = Date.parse(input.sentAt);
  if (Number.isNaN(given)) throw new InputRefusal('bad_date', 'occurredAt', `"${input.occurredAt.slice(0, 40)}" is not a time; write it like 2026-11-20T10:15:00Z`);
  if (Number.isNaN(sent)) throw new InputRefusal('bad_date', 'sentAt', `"${input.sentAt.slice(0, 40)}" is not a time; write it like 2026-11-20T10:15:00Z`);
  const skew = Math.abs(now - sent) > SKEW_MS ? now - sent : 0;
  const righted = Math.min(now, given + skew);
  if (righted < 0) throw new InputRefusal('before_1970', 'occurredAt', `${input.occurredAt.slice(0, 40)} lies before 1970`);
  return new Date(righted).toISOString();
}

type SharedInput = Pick<EventInput, 'id' | 'type' | 'occurredAt' | 'sentAt' | 'anonymousId' | 'sessionId' | 'properties'>;

function toRecord(input: SharedInput, source: string, context: InputContext): EventRecord {
  return {
    kind: 'event', source, externalId: input.id ?? context.makeId(), version: { updatedAt: context.now.toISOString(), rank: 0 },
    type: input.type, occurredAt: occurredAt(input, context), customer: null, anonymousId: input.anonymousId ?? null, sessionId: input.sessionId ?? null,
    properties: propertiesOf(input),
  };
}

/** Properties are cleaned of what cannot be kept; everything else is as strict as ever. */
function readEvent<Input>(input: unknown, schema: z.ZodType<Input>): Input {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) parseOne({ ...input, properties: undefined }, z.unknown());
  return parseShape(input, schema);
}

/** Events of a sender who holds a key of her own: they may name customers, and make them known. See `parseBatch`. */
export function parseEvents(inputs: readonly unknown[], context: InputContext): BatchResult<EventRecord> {
  return parseBatch(inputs, eventInput, (input) => {
    const { externalId, email: address } = input.customer ?? {};
    const customer = externalId === undefined && !address ? null : { externalId: externalId ?? null, email: address ?? null, name: null, country: null };
    return { ...toRecord(input, input.source ?? context.source, context), customer };
  }, context, readEvent);
}

const customerWithEmail = z.object({ customer: z.object({ email: z.string().trim() }) });

/** E-mail addresses that these events name: hashed before the events are read. */
export function emailsOf(inputs: readonly unknown[]): string[] {
  return [...new Set(inputs.flatMap((input) => {
    const parsed = customerWithEmail.safeParse(input);
    return parsed.success ? [parsed.data.customer.email] : [];
  }))];
}

/**
 * Events from browsers, by a key that everybody can read. `identify` may claim to be a customer; nothing else may.
 * @param hashes keyed hash by e-mail address, of `emailsOf`
 */
export function parsePublicEvents(inputs: readonly unknown[], context: InputContext, hashes: ReadonlyMap<string, string>): BatchResult<EventRecord> {
  return parseBatch(inputs, publicEventInput, (input) => {
    const record = toRecord(input, context.source, context);
    if (Date.parse(record.occurredAt) < context.now.getTime() - PUBLIC_OLDEST_MS) {
      throw new InputRefusal('bad_date', 'occurredAt', 'Older than seven days; send history with an API key');
    }
    const claim = claimOf(input, hashes);
    if (claim !== null && input.type !== 'identify') throw new InputRefusal('invalid_field', 'customer', 'Only an event of type identify may say who it is');
    return { ...record, claim };
  }, context, readEvent);
}

function claimOf({ customer }: PublicEventInput, hashes: ReadonlyMap<string, string>): Identity | null {
  if (!customer) return null;
  if (customer.externalId !== undefined) {
    const kind = customer.source ?? 'api';
    if (OWN_KINDS.has(kind)) throw new InputRefusal('invalid_field', 'customer.source', `"${kind}" is not a source of ids`);
    return { kind, value: customer.externalId };
  }
  const hash = customer.email ? hashes.get(customer.email) : undefined;
  return hash === undefined ? null : { kind: 'email', value: hash };
}
