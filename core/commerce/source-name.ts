/** What the sources of records are called for people. */
const NAMES: Readonly<Record<string, string>> = { api: 'the API', csv: 'files', file: 'files', shopify: 'Shopify', stripe: 'Stripe', woocommerce: 'WooCommerce', email: 'e-mail' };

/** A source that has no name here goes by its own. */
export function sourceName(source: string): string {
  return NAMES[source] ?? source;
}
