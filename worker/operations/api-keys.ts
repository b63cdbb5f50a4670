/** API keys: made, listed, revoked, and resolved to who they are without Postgres once they have been seen. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { ApiKeyRow } from '#data/api-keys';
import { findApiKey, insertApiKey, listApiKeyRows, revokeApiKeyRow, touchApiKey } from '#data/api-keys';
import type { Role, TenantContext } from '#worker/ports';
import { lookUp } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { hexToUuid, randomSecret, sha256, uuidToHex } from './secret-token.ts';
import type { ResolvedKey, Visitor } from './visitor.ts';

const MEMORY_SECONDS = 60;
/** A revoked key is taken out of the inbox at once, so it may be kept for the longest outage. */
const KEPT_SECONDS = 7 * 86_400;
const PREFIX_LENGTH = 44;

const resolved = z.object({
  companyId: z.string(), keyId: z.string(), name: z.string(), role: z.enum(['admin', 'manager', 'analyst', 'viewer']),
});

const cacheKey = (hash: string): string => `api-key:${hash}`;

/** The key is in the answer and never again. */
export async function createApiKey(ctx: TenantContext, input: { name: string; role: Role }): Promise<ApiKeyRow & { key: string }> {
  requirePermission(ctx, 'api_keys:manage');
  const key = `pk_${uuidToHex(ctx.companyId)}_${randomSecret()}`;
  const row = await insertApiKey(ctx.db, {
    id: uuidv7(), name: input.name, prefix: key.slice(0, PREFIX_LENGTH), keyHash: await sha256(key), role: input.role,
  });
  if (row === null) throw new AppError('internal', 'The key was not kept');
  ctx.log.info('api_key.created', { keyId: row.id, role: row.role });
  return { ...row, key };
}

export async function listApiKeys(ctx: TenantContext): Promise<ApiKeyRow[]> {
  requirePermission(ctx, 'api_keys:manage');
  return await listApiKeyRows(ctx.db);
}

/** Takes effect at once where it was used last, and within a minute everywhere. */
export async function revokeApiKey(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'api_keys:manage');
  const hash = await revokeApiKeyRow(ctx.db, id);
  if (hash === null) throw new AppError('not_found', 'There is no such API key');
  await ctx.inbox.forget({ kind: 'api', companyId: ctx.companyId }, cacheKey(hash));
  ctx.log.info('api_key.revoked', { keyId: id });
}

/** Who `token` is; null when it is unknown or revoked. The company stands in the key, so its inbox can answer. */
export async function resolveApiKey(visitor: Visitor, token: string): Promise<ResolvedKey | null> {
  const companyId = companyOf(token);
  if (companyId === null) return null;
  const hash = await sha256(token);
  return await lookUp({
    memory: visitor.memory.apiKeys, key: cacheKey(hash), seconds: MEMORY_SECONDS, clock: visitor.clock, log: visitor.log,
    inbox: { port: visitor.inbox, owner: { kind: 'api', companyId }, shape: resolved, seconds: KEPT_SECONDS, first: true },
    async load() {
      const found = await findApiKey(visitor.database, hash);
      if (found?.company_id !== companyId) return null;
      await touchApiKey(visitor.database.tenant(companyId), found.key_id);
      return { companyId, keyId: found.key_id, name: found.name, role: found.role };
    },
  });
}

/** Null when the token is not shaped like a key. */
export function companyOf(token: string): string | null {
  const match = /^pk_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/.exec(token);
  return match?.[1] === undefined ? null : hexToUuid(match[1]);
}
