/** The exports that are known by their headings. */
import { plainHeading } from '../csv/fields.ts';
import type { PresetId } from './preset-ids.ts';
import type { Preset } from './presets/preset.ts';
import { shopifyOrders } from './presets/shopify.ts';
import { stripeBalance, stripePayments } from './presets/stripe.ts';
import { woocommerceAnalytics, woocommerceOrders } from './presets/woocommerce.ts';

export type ExportId = Exclude<PresetId, 'transactions'>;

export const EXPORTS: Readonly<Record<ExportId, Preset>> = {
  shopify_orders: shopifyOrders,
  woocommerce_orders: woocommerceOrders,
  woocommerce_analytics: woocommerceAnalytics,
  stripe_payments: stripePayments,
  stripe_balance: stripeBalance,
};

const IDS: readonly ExportId[] = ['shopify_orders', 'stripe_payments', 'stripe_balance', 'woocommerce_orders', 'woocommerce_analytics'];

/** The export that has these headings; null when it is none that we know. */
export function recognise(header: readonly string[]): ExportId | null {
  const headings = new Set(header.map(plainHeading));
  return IDS.find((id) => EXPORTS[id].fits(headings)) ?? null;
}
