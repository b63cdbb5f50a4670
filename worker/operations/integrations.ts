/** Connections to other platforms: made with sealed credentials, found by their webhook address, watched by their deliveries. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError, assertNever } from '#core/errors';
import type { FieldError } from '#core/errors';
import type { Connector, SettingField } from '#connectors/connector';
import { connectorFor, connectors } from '#connectors/registry';
import { cancelBackfillsOf } from '#data/backfills';
import type { IntegrationRow } from '#data/integrations';
import { disableIntegration, findIntegration, insertIntegration, listIntegrationRows, readIntegration, readPlatformPast, updateIntegrationRow } from '#data/integrations';
import type { DeliveryTrace, InboxOwner, TenantContext } from '#worker/ports';
import { audited, keepDeed } from './audit.ts';
import { lookUp } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { openSettings } from './platform-access.ts';
import { randomSecret } from './secret-token.ts';
import type { IntegrationView } from './integration-views.ts';
import type { SealedEndpoint, Visitor } from './visitor.ts';

/** The setting that `Connector.verify` reads; made by us when the merchant gives none. */
const SECRET_KEY = 'webhookSecret';
const MEMORY_SECONDS = 60;
const KEPT_SECONDS = 7 * 86_400;
const DELIVERIES = 100;
/** Kept beside the inbox of an integration that has not accepted anything yet. */
const GREETED = { key: 'greeted', seconds: 90 * 86_400 };

const sealedEndpoint = z.object({
  companyId: z.string(), integrationId: z.string(), platform: z.string(), credentials: z.string(), credentialKeyId: z.string(),
});
const cacheKey = (platform: string, id: string): string => `endpoint:${platform}:${id}`;

export interface PlatformView {
  platform: string;
  name: string;
  settings: SettingField[];
  topics: string[];
  setup: string[];
}

/** What can be connected, with the form each asks for. */
export function availablePlatforms(): PlatformView[] {
  return connectors.map(({ platform, name, settings: fields, topics, setup }) => ({ platform, name, settings: fields, topics, setup }));
}

export interface NewIntegration {
  platform: string;
  name?: string;
  settings?: Record<string, string>;
}

/**
 * The secret is in the answer, so that it can be copied into the platform.
 * @throws AppError `invalid_input` for an unknown platform, an unknown setting or a missing one, `conflict` for a second shop where the platform allows one.
 */
export async function createIntegration(ctx: TenantContext, input: NewIntegration): Promise<IntegrationView & { secret: string }> {
  requirePermission(ctx, 'integrations:manage');
  const connector = connectorFor(input.platform);
  if (connector === null) {
    throw new AppError('invalid_input', `We do not speak "${input.platform}" yet`, {
      errors: [{ path: 'platform', message: `Choose one of ${connectors.map((one) => one.platform).join(', ')}` }],
    });
  }
  const given = checkSettings(connector, input.settings ?? {});
  await requireOwnShop(ctx, connector, given, null);
  const secret = given[SECRET_KEY] ?? randomSecret();
  const sealed = await ctx.keys.encrypt(JSON.stringify({ ...given, [SECRET_KEY]: secret }));
  const id = uuidv7();
  const name = input.name?.trim() === '' ? connector.name : (input.name?.trim() ?? connector.name);
  const { db } = audited(ctx, { action: 'integration.created', target: { kind: 'integration', id, name }, detail: { platform: connector.platform } });
  const row = await insertIntegration(db, {
    id, platform: connector.platform, name,
    credentials: sealed.sealed, credentialKeyId: sealed.keyId,
  });
  if (row === null) throw new AppError('internal', 'The integration was not kept');
  ctx.log.info('integration.created', { integrationId: row.id, platform: row.platform });
  return { ...(await viewOf(ctx, row)), secret };
}

/**
 * No shop is connected twice. Where each shop numbers its own orders, none but the one whose orders are in the books is
 * connected at all; that it moved is said by changing the address of the one that is there.
 * @param self the integration that is changed, null for a new one
 * @throws AppError `conflict`
 */
async function requireOwnShop(ctx: TenantContext, { name, platform, shopSetting, oneShopOnly, settings }: Connector, given: Record<string, string>, self: string | null): Promise<void> {
  if (shopSetting === undefined) return;
  const { shops, hasSales } = await readPlatformPast(ctx.db, platform);
  const shop = shopName(given[shopSetting]);
  const others = await Promise.all(shops.filter((row) => row.id !== self).map(async (row) => ({ ...row, shop: shopName((await openSettings(ctx.keys, row))[shopSetting]) })));
  const present = others.filter((row) => !row.isRemoved);
  const twin = present.find((row) => row.shop === shop);
  if (twin !== undefined) {
    throw new AppError('conflict', `This shop is connected already, as “${twin.name}”. Change the settings there, or remove it first.`, { errors: [{ path: `settings.${shopSetting}`, message: `“${twin.name}” has this one` }] });
  }
  if (oneShopOnly === undefined || self !== null) return;
  if (present.length > 0) throw new AppError('conflict', oneShopOnly, { errors: [{ path: 'platform', message: `${name} is connected already` }] });
  // Whoever was connected before the last one brought nothing, or the last one had been refused.
  const [last] = others;
  if (!hasSales || last === undefined || last.shop === shop) return;
  const label = settings.find((field) => field.key === shopSetting)?.label ?? shopSetting;
  throw new AppError('conflict', `${oneShopOnly} The books hold orders of ${last.shop}, which was connected before. If it is the same shop at a new address, connect it with the old one and then change “${label}” in its settings.`, {
    errors: [{ path: `settings.${shopSetting}`, message: `Orders of ${last.shop} are in the books` }],
  });
}

/** One shop written in several ways is one. */
function shopName(text: string | undefined): string {
  return (text ?? '').trim().toLowerCase().replace(/^https?:\/\//, '').replace(/\/+$/, '');
}

export async function listIntegrations(ctx: TenantContext): Promise<IntegrationView[]> {
  requirePermission(ctx, 'integrations:read');
  const rows = await listIntegrationRows(ctx.db);
  return await Promise.all(rows.map((row) => viewOf(ctx, row)));
}

/** The last deliveries, newest first. */
export async function listDeliveries(ctx: TenantContext, id: string): Promise<DeliveryTrace[]> {
  requirePermission(ctx, 'integrations:read');
  const row = await requireIntegration(ctx, id);
  return await ctx.inbox.recent(ownerOf(ctx.companyId, row), DELIVERIES);
}

/** The signing secret in plain text, for those who manage integrations. */
export async function revealSecret(ctx: TenantContext, id: string): Promise<string> {
  requirePermission(ctx, 'integrations:manage');
  const row = await requireIntegration(ctx, id);
  await keepDeed(ctx, { action: 'integration.secret_revealed', target: { kind: 'integration', id, name: row.name } });
  ctx.log.info('integration.secret_revealed', { integrationId: id });
  return await openSecret(ctx.keys, row.credentialKeyId, row.credentials);
}

/** The signing secret for signing something that nobody is shown: the demo shop's own orders. */
export async function signingSecret(ctx: TenantContext, id: string): Promise<string> {
  requirePermission(ctx, 'integrations:manage');
  const row = await requireIntegration(ctx, id);
  return await openSecret(ctx.keys, row.credentialKeyId, row.credentials);
}

export interface IntegrationChange {
  name?: string | undefined;
  /** Only what changes; an empty text takes an optional setting away. */
  settings?: Record<string, string> | undefined;
}

/**
 * The webhook address stays. A new signing secret holds everywhere within a minute.
 * @throws AppError `invalid_input` for an unknown setting or an empty one that is needed
 */
export async function updateIntegration(ctx: TenantContext, id: string, change: IntegrationChange): Promise<IntegrationView> {
  requirePermission(ctx, 'integrations:manage');
  const row = await requireIntegration(ctx, id);
  const connector = connectorFor(row.platform);
  if (connector === null) throw new AppError('conflict', `We do not speak "${row.platform}" any more`);
  const known = await openSettings(ctx.keys, row);
  const merged = { ...known, ...change.settings };
  if ((merged[SECRET_KEY] ?? '').trim() === '') throw new AppError('invalid_input', 'Some settings need mending', { errors: [{ path: `settings.${SECRET_KEY}`, message: 'The signing secret cannot be empty: leave it out to keep it' }] });
  // A secret that we made ourselves is no field of some platforms.
  const declared = connector.settings.some((field) => field.key === SECRET_KEY);
  const { [SECRET_KEY]: secret = '', ...rest } = merged;
  const kept = { ...checkSettings(connector, declared ? merged : rest), [SECRET_KEY]: secret.trim() };
  if (change.settings?.[connector.shopSetting ?? ''] !== undefined) await requireOwnShop(ctx, connector, kept, id);
  const sealed = await ctx.keys.encrypt(JSON.stringify(kept));
  const name = change.name?.trim() ?? '';
  const { db } = audited(ctx, { action: 'integration.changed', target: { kind: 'integration', id, name: row.name }, detail: { name: change.name ?? row.name, settings: Object.keys(change.settings ?? {}) } });
  const changed = await updateIntegrationRow(db, id, { name: name === '' ? row.name : name, credentials: sealed.sealed, credentialKeyId: sealed.keyId });
  if (changed === null) throw new AppError('not_found', 'There is no such integration');
  await ctx.inbox.forget(ownerOf(ctx.companyId, row), cacheKey(row.platform, id));
  ctx.log.info('integration.changed', { integrationId: id, settings: Object.keys(change.settings ?? {}) });
  return await viewOf(ctx, changed);
}

export interface SettingView extends SettingField {
  /** Null for a secret, which is never sent back, and for what is not set. */
  value: string | null;
  isSet: boolean;
}

/** The fields of its settings form, with what is not secret filled in. */
export async function integrationSettings(ctx: TenantContext, id: string): Promise<SettingView[]> {
  requirePermission(ctx, 'integrations:manage');
  const row = await requireIntegration(ctx, id);
  const known = await openSettings(ctx.keys, row);
  return (connectorFor(row.platform)?.settings ?? []).map((field) => {
    const value = known[field.key] ?? '';
    return { ...field, value: field.kind === 'secret' || value === '' ? null : value, isSet: value !== '' };
  });
}

/** Its webhook address stops answering within a minute; what it brought stays. */
export async function removeIntegration(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'integrations:manage');
  const row = await requireIntegration(ctx, id);
  await disableIntegration(audited(ctx, { action: 'integration.removed', target: { kind: 'integration', id, name: row.name } }).db, id);
  await cancelBackfillsOf(ctx.db, id);
  await ctx.inbox.forget(ownerOf(ctx.companyId, row), cacheKey(row.platform, id));
  ctx.log.info('integration.removed', { integrationId: id });
}

/** Made once: making a schema costs more than all else that a webhook does here. */
const uuid = z.uuid();

/** Whose webhook address this is, and the secret that signs for it; null when there is none. Works without Postgres once seen. */
export async function findEndpoint(visitor: Visitor, platform: string, integrationId: string): Promise<{ owner: InboxOwner; secret: string } | null> {
  if (!uuid.safeParse(integrationId).success) return null;
  const key = cacheKey(platform, integrationId);
  const known = visitor.memory.endpoints.get(key, visitor.clock.now());
  if (known !== undefined) return { owner: endpointOwner(known.sealed), secret: known.secret };

  // The object is named by the integration alone, so it can be asked before the company is known.
  const unnamed: InboxOwner = { kind: 'integration', companyId: '', integrationId, platform };
  const sealed = await lookUp<SealedEndpoint>({
    memory: visitor.memory.sealedEndpoints, key, seconds: MEMORY_SECONDS, clock: visitor.clock, log: visitor.log,
    inbox: { port: visitor.inbox, owner: unnamed, shape: sealedEndpoint, seconds: KEPT_SECONDS, first: true, judge: ageOf(visitor.keys) },
    async load() {
      const found = await findIntegration(visitor.database, platform, integrationId);
      return found === null ? null : {
        companyId: found.company_id, integrationId: found.integration_id, platform: found.platform,
        credentials: found.credentials, credentialKeyId: found.credential_key_id,
      };
    },
  });
  if (sealed === null) return null;
  const secret = await openSecret(visitor.keys, sealed.credentialKeyId, sealed.credentials);
  visitor.memory.endpoints.set(key, { sealed, secret }, MEMORY_SECONDS, visitor.clock.now());
  return { owner: endpointOwner(sealed), secret };
}

/** A change of keys reaches no inbox: what was sealed before it is read again, so that it is gone before the old key is. */
function ageOf(keys: Visitor['keys']): (kept: SealedEndpoint) => 'good' | 'stale' | 'useless' {
  return ({ credentialKeyId }) => {
    const standing = keys.standing(credentialKeyId);
    switch (standing) {
      case 'newest': return 'good';
      case 'older': return 'stale';
      case 'unknown': return 'useless';
      default: return assertNever(standing);
    }
  };
}

/** Remembers that the platform has reached the address. Unsigned, so it proves nothing more and changes nothing else. */
export async function noteGreeting(visitor: Pick<Visitor, 'inbox' | 'clock'>, owner: InboxOwner): Promise<void> {
  if (await visitor.inbox.recall(owner, GREETED.key) !== null) return;
  await visitor.inbox.remember(owner, GREETED.key, visitor.clock.now().toISOString(), GREETED.seconds);
}

function endpointOwner(sealed: SealedEndpoint): InboxOwner {
  return { kind: 'integration', companyId: sealed.companyId, integrationId: sealed.integrationId, platform: sealed.platform };
}

function ownerOf(companyId: string, row: IntegrationRow): InboxOwner {
  return { kind: 'integration', companyId, integrationId: row.id, platform: row.platform };
}

async function openSecret(keys: TenantContext['keys'], keyId: string, credentials: string): Promise<string> {
  const secret = (await openSettings(keys, { credentialKeyId: keyId, credentials }))[SECRET_KEY];
  if (secret === undefined) throw new AppError('internal', 'The integration has no signing secret');
  return secret;
}

async function requireIntegration(ctx: TenantContext, id: string): Promise<IntegrationRow> {
  const row = await readIntegration(ctx.db, id);
  if (row === null) throw new AppError('not_found', 'There is no such integration');
  return row;
}

async function viewOf(ctx: TenantContext, row: IntegrationRow): Promise<IntegrationView> {
  const connector = connectorFor(row.platform);
  const owner = ownerOf(ctx.companyId, row);
  const stats = await ctx.inbox.stats(owner);
  return {
    id: row.id, platform: row.platform, platformName: connector?.name ?? row.platform, name: row.name,
    webhookPath: `/webhooks/${row.platform}/${row.id}`, topics: connector?.topics ?? [], setup: connector?.setup ?? [],
    createdAt: row.createdAt, waiting: stats.waiting, lastReceivedAt: stats.lastReceivedAt, acceptedTotal: stats.acceptedTotal, uninstalledAt: row.uninstalledAt,
    health: row.health, checkable: connector !== null && connector.health !== null,
    hasHistory: (connector?.history ?? null) !== null,
    greetedAt: stats.lastReceivedAt === null && connector?.isGreeting !== undefined ? await ctx.inbox.recall(owner, GREETED.key) : null,
  };
}

function checkSettings(connector: Connector, given: Record<string, string>): Record<string, string> {
  const errors: FieldError[] = [];
  const kept: Record<string, string> = {};
  for (const key of Object.keys(given)) {
    if (!connector.settings.some((field) => field.key === key)) errors.push({ path: `settings.${key}`, message: 'This platform has no such setting' });
  }
  for (const field of connector.settings) {
    const value = given[field.key]?.trim() ?? '';
    const url = field.kind === 'url' && value !== '' ? readAddress(value) : value;
    if (url === null) errors.push({ path: `settings.${field.key}`, message: 'Write it like https://shop.example: with https, without a name or a question mark' });
    else if (url !== '') kept[field.key] = url;
    else if (field.required && field.key !== SECRET_KEY) errors.push({ path: `settings.${field.key}`, message: `${field.label} is missing` });
  }
  if (errors.length > 0) throw new AppError('invalid_input', 'Some settings need mending', { errors });
  return kept;
}

/** An https address without a slash at its end; null when it is none, or holds more than a place. */
function readAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.protocol === 'https:' && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return bare ? `${url.origin}${url.pathname.replace(/\/+$/, '')}` : null;
}
