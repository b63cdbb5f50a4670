/** Files that are read by rules of their own instead of a mapping of columns. */
export const PRESET_IDS = ['shopify_orders', 'woocommerce_orders', 'woocommerce_analytics', 'stripe_payments', 'stripe_balance', 'transactions'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

/** Words for people. */
export const PRESET_NAMES: Readonly<Record<PresetId, string>> = {
  shopify_orders: 'orders exported from Shopify',
  woocommerce_orders: 'orders exported from WooCommerce',
  woocommerce_analytics: 'the orders report of WooCommerce Analytics',
  stripe_payments: 'payments exported from Stripe',
  stripe_balance: 'the balance report of Stripe',
  transactions: 'transactions in the shape of our API',
};
