/** Connections to other platforms: made with sealed credentials, watched by their deliveries. */
import { v7 as uuidv7 } from 'uuid';
import { AppError } from '#core/errors';
import type { FieldError } from '#core/errors';
import type { Connector, SettingField } from '#connectors/connector';
import { connectorFor, connectors } from '#connectors/registry';
import { cancelBackfillsOf } from '#data/backfills';
import type { IntegrationRow } from '#data/integrations';
import { disableIntegration, insertIntegration, listIntegrationRows, readIntegration, updateIntegrationRow } from '#data/integrations';
import type { DeliveryTrace, TenantContext } from '#worker/ports';
import { audited, keepDeed } from './audit.ts';
import { requireOwnShop } from './own-shop.ts';
import { requirePermission } from './permissions.ts';
import { openSecret, openSettings, SECRET_KEY } from './platform-access.ts';
import { randomSecret } from './secret-token.ts';
import type { IntegrationView } from './integration-views.ts';
import { forgetEndpoint, greetedAt } from './webhook-endpoints.ts';
import type { EndpointOwner } from './webhook-endpoints.ts';

const DELIVERIES = 100;

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
  return await openSecret(ctx.keys, row);
}

/** The signing secret for signing something that nobody is shown: the demo shop's own orders. */
export async function signingSecret(ctx: TenantContext, id: string): Promise<string> {
  requirePermission(ctx, 'integrations:manage');
  const row = await requireIntegration(ctx, id);
  return await openSecret(ctx.keys, row);
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
  await forgetEndpoint(ctx.inbox, ownerOf(ctx.companyId, row));
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
  await forgetEndpoint(ctx.inbox, ownerOf(ctx.companyId, row));
  ctx.log.info('integration.removed', { integrationId: id });
}

function ownerOf(companyId: string, row: IntegrationRow): EndpointOwner {
  return { kind: 'integration', companyId, integrationId: row.id, platform: row.platform };
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
    greetedAt: stats.lastReceivedAt === null && connector?.isGreeting !== undefined ? await greetedAt(ctx.inbox, owner) : null,
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
