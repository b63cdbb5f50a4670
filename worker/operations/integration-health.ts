/** Looks at the platform's side of an integration: a platform switches webhooks off without a word to us. */
import { AppError } from '#core/errors';
import type { Connector, PlatformAccess, WebhookHealth } from '#connectors/connector';
import { connectorFor, connectors } from '#connectors/registry';
import { isHere, keepHealth, listDueForHealth } from '#data/integration-health';
import type { IntegrationHealth } from '#data/integration-health';
import type { IntegrationRow } from '#data/integrations';
import { readIntegration } from '#data/integrations';
import type { Database } from '#data/tenant';
import type { JobsPort, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';
import { platformAccess } from './platform-access.ts';
import { requireState } from './scoring.ts';

/** A bell that rang twice looks once. */
const FRESH_MS = 55 * 60_000;

/**
 * Looks now, and keeps what was found.
 * @throws AppError `not_found`, `conflict` where the platform cannot be asked.
 */
export async function checkIntegration(ctx: TenantContext, id: string): Promise<IntegrationHealth> {
  requirePermission(ctx, 'integrations:manage');
  const row = await readIntegration(ctx.db, id);
  if (row === null) throw new AppError('not_found', 'There is no such integration');
  const connector = connectorFor(row.platform);
  if (connector === null || connector.health === null) throw new AppError('conflict', `${connector?.name ?? row.platform} cannot be asked about its webhooks`);
  const access = await platformAccess(ctx, row, (await requireState(ctx)).currency);
  const found = missingKeys(connector, access) ?? await ask(connector.health, access, row);
  const health: IntegrationHealth = { checkedAt: ctx.clock.now().toISOString(), state: found.state, detail: found.detail, gap: await gapOf(ctx, row, found) };
  await keepHealth(audited(ctx, { action: 'integration.checked', target: { kind: 'integration', id, name: row.name }, detail: { state: health.state } }).db, id, health);
  if (row.health !== null && row.health.state === 'healthy' && health.state !== 'healthy') ctx.log.warn('integration.unwell', { integrationId: id, platform: row.platform, state: health.state });
  return health;
}

/** The hourly look: nothing when somebody looked meanwhile, or the integration is gone. */
export async function runHealthCheck(ctx: TenantContext, id: string): Promise<void> {
  const row = await readIntegration(ctx.db, id);
  if (row === null) return;
  if (row.health !== null && ctx.clock.now().getTime() - Date.parse(row.health.checkedAt) < FRESH_MS) return;
  await checkIntegration(ctx, id);
}

/** Rings for each integration whose turn it is. Called every minute, so the looks of an hour are spread as the first ones were. */
export async function ringHealthChecks(tools: { database: Database; jobs: JobsPort }, now: Date): Promise<void> {
  const platforms = connectors.filter(({ health }) => health !== null).map(({ platform }) => platform);
  for (const { companyId, integrationId } of await listDueForHealth(tools.database, platforms, now)) {
    await tools.jobs.enqueue({ type: 'health', companyId, integrationId });
  }
}

function missingKeys(connector: Connector, access: PlatformAccess): WebhookHealth | null {
  const missing = (connector.history?.needs ?? []).filter((key) => (access.settings[key] ?? '') === '')
    .map((key) => connector.settings.find((field) => field.key === key)?.label ?? key);
  return missing.length === 0 ? null : { state: 'unknown', detail: `We cannot see whether the webhooks are still on. Give us in the settings: ${missing.join(', ')}.` };
}

/** A shop that does not answer is a finding too: the hour's look is not repeated for it. */
async function ask(health: NonNullable<Connector['health']>, access: PlatformAccess, row: IntegrationRow): Promise<WebhookHealth> {
  try {
    return await health(access, `/webhooks/${row.platform}/${row.id}`);
  } catch (error) {
    if (!(error instanceof AppError) || !error.retryable) throw error;
    return { state: 'unknown', detail: `The shop did not tell us about its webhooks: ${error.message}. We ask again within the hour.` };
  }
}

/** Orders from before the integration are history, and what waits in our own inbox has arrived. */
async function gapOf(ctx: TenantContext, row: IntegrationRow, { newestOrder }: WebhookHealth): Promise<IntegrationHealth['gap']> {
  if (newestOrder == null || newestOrder.at < row.createdAt || await isHere(ctx.db, row.platform, newestOrder.externalId)) return null;
  const { waiting } = await ctx.inbox.stats({ kind: 'integration', companyId: ctx.companyId, integrationId: row.id, platform: row.platform });
  return waiting > 0 ? null : { label: newestOrder.label, at: newestOrder.at };
}
