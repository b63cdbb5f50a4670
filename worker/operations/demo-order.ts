/** "Send a live order" in the demo: one signed webhook of the demo shop, ready to be posted to its own address. */
import { DEMO_COMPANY, deliveryHeaders, knownBuyer, liveOrder } from '#core/commerce/demo-order';
import { fromMinor } from '#core/commerce/money';
import { AppError } from '#core/errors';
import type { TenantContext } from '#worker/ports';
import { getCompany } from './company.ts';
import { listCustomers } from './customers.ts';
import { listIntegrations, signingSecret } from './integrations.ts';
import type { IntegrationView } from './integration-views.ts';
import { requirePermission } from './permissions.ts';

/** Customers who may come back; the latest buyers are the likeliest. */
const RECENT_BUYERS = 200;

export interface SignedDelivery {
  /** Below the app's origin; POST `body` there with `headers`. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** For a message: order number, buyer, and what the buyer paid, such as "48.90". */
  label: string;
  buyer: string;
  total: string;
  currency: string;
}

/** The demo shop's own integration: the first that was made, whatever somebody connects beside it to try it out. */
export function demoShop(integrations: readonly IntegrationView[]): IntegrationView | undefined {
  return integrations.findLast(({ platform, uninstalledAt }) => platform === 'shopify' && uninstalledAt === null);
}

/**
 * Signs one order as the demo shop's platform would. The caller posts it through the webhook app, so that it takes
 * the way of every other order.
 * @throws AppError `not_found` outside the demo company or when it has no Shopify integration; `forbidden`.
 */
export async function prepareLiveOrder(ctx: TenantContext): Promise<SignedDelivery> {
  requirePermission(ctx, 'integrations:manage');
  const [company, integrations] = await Promise.all([getCompany(ctx), listIntegrations(ctx)]);
  const shop = demoShop(integrations);
  if (company.slug !== DEMO_COMPANY.slug || shop === undefined) throw new AppError('not_found', 'Only the demo shop sends orders to itself');
  const [secret, { rows }] = await Promise.all([
    signingSecret(ctx, shop.id),
    listCustomers(ctx, { sort: 'last_order', limit: RECENT_BUYERS }),
  ]);
  const known = rows.filter((row) => row.source === 'shopify').map(knownBuyer).filter((buyer) => buyer !== null);
  const now = ctx.clock.now();
  const { order, ...delivery } = liveOrder(Math.random, now, known);
  const { person } = order.buyer;
  return {
    path: shop.webhookPath,
    headers: await deliveryHeaders(delivery, secret, crypto.randomUUID(), now.toISOString()),
    body: delivery.body,
    label: `#${order.number}`,
    buyer: person === null ? 'A guest' : `${person.first} ${person.last}`,
    total: fromMinor(order.basket.total, DEMO_COMPANY.currency),
    currency: DEMO_COMPANY.currency,
  };
}
