/** Which shop may be connected: none twice, and where a platform numbers orders by shop, only the one that is in the books. */
import { AppError } from '#core/errors';
import type { Connector } from '#connectors/connector';
import { readPlatformPast } from '#data/integrations';
import type { TenantContext } from '#worker/ports';
import { openSettings } from './platform-access.ts';

/**
 * No shop is connected twice. Where each shop numbers its own orders, none but the one whose orders are in the books is
 * connected at all; that it moved is said by changing the address of the one that is there.
 * @param self the integration that is changed, null for a new one
 * @throws AppError `conflict`
 */
export async function requireOwnShop(ctx: TenantContext, { name, platform, shopSetting, oneShopOnly, settings }: Connector, given: Record<string, string>, self: string | null): Promise<void> {
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
