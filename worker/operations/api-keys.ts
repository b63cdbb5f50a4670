/** API keys: made, listed, revoked, and resolved to who they are without Postgres once they have been seen. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { ApiKeyRow } from '#data/api-keys';
import { findApiKey, insertApiKey, listApiKeyRows, revokeApiKeyRow, touchApiKey } from '#data/api-keys';
import type { Actor, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import type { Deed } from './audit.ts';
import { lookUp } from './isolate-memory.ts';
import { isAllowed, PERMISSIONS, requirePermission } from './permissions.ts';
import { hexToUuid, randomSecret, sha256, uuidToHex } from './secret-token.ts';
import { roleName } from './team.ts';
import type { ResolvedKey, Visitor } from './visitor.ts';

export type ApiKeyView = ApiKeyRow;

const MEMORY_SECONDS = 60;
/** A revoked key is taken out of the inbox at once, so it may be kept for the longest outage. */
const KEPT_SECONDS = 7 * 86_400;
const PREFIX_LENGTH = 44;
const NOTED_SECONDS = 60;

/** Kept by inboxes for days, so what an older version kept must read as well. */
const resolved = z.object({
  companyId: z.string(), keyId: z.string(), name: z.string(), role: roleName,
  scopes: z.array(z.string()).nullable().default(null), perMinute: z.number().nullable().default(null), expiresAt: z.string().nullable().default(null),
});

const cacheKey = (hash: string): string => `api-key:${hash}`;

export const newApiKey = z.strictObject({
  name: z.string().trim().min(1, 'Name what it is for').max(80, 'Use at most 80 characters'),
  role: roleName.default('manager'),
  /** Of the role's permissions, those it needs; all of them when not said. */
  scopes: z.array(z.enum(PERMISSIONS)).min(1, 'Choose at least one').max(PERMISSIONS.length).optional(),
  expiresAt: z.iso.datetime({ offset: true, error: 'An instant such as 2027-03-01T00:00:00Z' }).optional(),
  perMinute: z.int('A whole number').min(1, 'At least 1').max(6_000, 'At most 6,000').optional(),
});
export type NewApiKey = z.input<typeof newApiKey>;

/**
 * The key is in the answer and never again.
 * @throws AppError `forbidden` for more than whoever makes it may do, `invalid_input` for a time that is past.
 */
export async function createApiKey(ctx: TenantContext, given: NewApiKey): Promise<ApiKeyRow & { key: string }> {
  requirePermission(ctx, 'api_keys:manage');
  const { name, role, scopes = null, expiresAt = null, perMinute = null } = newApiKey.parse(given);
  const now = ctx.clock.now();
  if (expiresAt !== null && new Date(expiresAt) <= now) throw new AppError('invalid_input', 'The key would have expired already', { errors: [{ path: 'expiresAt', message: 'Choose a time to come' }] });
  const id = uuidv7();
  requireGiveableScopes(ctx, { kind: 'api_key', keyId: id, name, role, ...(scopes !== null && { scopes }) });
  const key = `pk_${uuidToHex(ctx.companyId)}_${randomSecret()}`;
  const deed: Deed = { action: 'api_key.created', target: { kind: 'api_key', id, name }, detail: { role, scopes, expiresAt, perMinute } };
  const row = await insertApiKey(audited(ctx, deed).db, {
    id, name, prefix: key.slice(0, PREFIX_LENGTH), keyHash: await sha256(key), role, scopes, perMinute, expiresAt,
    createdBy: ctx.actor.kind === 'user' ? ctx.actor.email : ctx.actor.kind === 'api_key' ? ctx.actor.name : null,
  });
  if (row === null) throw new AppError('internal', 'The key was not kept');
  ctx.log.info('api_key.created', { keyId: row.id, role: row.role });
  return { ...row, key };
}

/** @throws AppError `forbidden` naming what the key could do and its maker cannot, `invalid_input` for scopes its role lacks. */
function requireGiveableScopes(ctx: TenantContext, key: Extract<Actor, { kind: 'api_key' }>): void {
  const lacking = key.scopes?.find((scope) => !PERMISSIONS.some((one) => one === scope && isAllowed({ ...key, scopes: [scope] }, one)));
  if (lacking !== undefined) {
    throw new AppError('invalid_input', `The role ${key.role} does not include ${lacking}`, { errors: [{ path: 'scopes', message: `Leave ${lacking} out, or choose a greater role` }] });
  }
  const beyond = PERMISSIONS.find((one) => isAllowed(key, one) && !isAllowed(ctx.actor, one));
  if (beyond !== undefined) throw new AppError('forbidden', `You cannot give what you do not have: ${beyond}`, { errors: [{ path: 'scopes', message: `Leave ${beyond} out` }] });
}

export async function listApiKeys(ctx: TenantContext): Promise<ApiKeyRow[]> {
  requirePermission(ctx, 'api_keys:manage');
  return await listApiKeyRows(ctx.db);
}

/** Takes effect at once where it was used last, and within a minute everywhere. */
export async function revokeApiKey(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'api_keys:manage');
  const hash = await revokeApiKeyRow(audited(ctx, { action: 'api_key.revoked', target: { kind: 'api_key', id } }).db, id);
  if (hash === null) throw new AppError('not_found', 'There is no such API key');
  await ctx.inbox.forget({ kind: 'api', companyId: ctx.companyId }, cacheKey(hash));
  ctx.log.info('api_key.revoked', { keyId: id });
}

/** Who `token` is; null when it is unknown, revoked or expired. The company stands in the key, so its inbox can answer. */
export async function resolveApiKey(visitor: Visitor, token: string): Promise<ResolvedKey | null> {
  const companyId = companyOf(token);
  if (companyId === null) return null;
  const hash = await sha256(token);
  const key = await lookUp({
    memory: visitor.memory.apiKeys, key: cacheKey(hash), seconds: MEMORY_SECONDS, clock: visitor.clock, log: visitor.log,
    inbox: { port: visitor.inbox, owner: { kind: 'api', companyId }, shape: resolved, seconds: KEPT_SECONDS, first: true },
    async load() {
      const found = await findApiKey(visitor.database, hash);
      if (found?.company_id !== companyId) return null;
      return { companyId, keyId: found.key_id, name: found.name, role: found.role, scopes: found.scopes, perMinute: found.per_minute, expiresAt: found.expires_at };
    },
  });
  return key === null || (key.expiresAt !== null && new Date(key.expiresAt) <= visitor.clock.now()) ? null : key;
}

/** Notes that the key is in use, once a minute at most. Never fails: a request is not to wait for it, nor break on it. */
export async function noteKeyUse(visitor: Visitor, { companyId, keyId }: ResolvedKey): Promise<void> {
  const now = visitor.clock.now();
  if (visitor.memory.usedKeys.get(keyId, now) === true) return;
  visitor.memory.usedKeys.set(keyId, true, NOTED_SECONDS, now);
  try {
    await touchApiKey(visitor.database.tenant(companyId), keyId);
  } catch (error) {
    visitor.log.warn('api_key.use_not_noted', { keyId, reason: error instanceof AppError ? error.code : String(error) });
  }
}

/** Null when the token is not shaped like a key. */
export function companyOf(token: string): string | null {
  const match = /^pk_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/.exec(token);
  return match?.[1] === undefined ? null : hexToUuid(match[1]);
}
