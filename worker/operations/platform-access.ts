/** A connector's way to its platform: the integration's settings in plain text, and the one way out. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { PlatformAccess } from '#connectors/connector';
import type { IntegrationRow } from '#data/integrations';
import type { Keyring, TenantContext } from '#worker/ports';

/** The setting that `Connector.verify` reads; made by us when the merchant gives none. */
export const SECRET_KEY = 'webhookSecret';

const settings = z.record(z.string(), z.string());

/** The sealed settings of an integration, by `SettingField.key`. */
export async function openSettings(keys: Keyring, row: Pick<IntegrationRow, 'credentialKeyId' | 'credentials'>): Promise<Record<string, string>> {
  return settings.parse(JSON.parse(await keys.decrypt(row.credentialKeyId, row.credentials)));
}

/** What signs its deliveries. */
export async function openSecret(keys: Keyring, row: Pick<IntegrationRow, 'credentialKeyId' | 'credentials'>): Promise<string> {
  const secret = (await openSettings(keys, row))[SECRET_KEY];
  if (secret === undefined) throw new AppError('internal', 'The integration has no signing secret');
  return secret;
}

/** @param currency the company's, for platforms that state none */
export async function platformAccess(ctx: TenantContext, row: IntegrationRow, currency: string): Promise<PlatformAccess> {
  return {
    settings: await openSettings(ctx.keys, row),
    currency,
    now: () => ctx.clock.now(),
    fetch: (url, init) => ctx.outside.fetch(url, init),
  };
}
