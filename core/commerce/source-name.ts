/** What the sources of records are called for people. */
const NAMES: Readonly<Record<string, string>> = { api: 'the API', csv: 'files', file: 'files', shopify: 'Shopify', stripe: 'Stripe', woocommerce: 'WooCommerce', email: 'e-mail', manual: 'one of you' };

/** In the middle of a sentence. A source that has no name here goes by its own, as a name is written. */
export function sourceName(source: string): string {
  return NAMES[source] ?? source.charAt(0).toUpperCase() + source.slice(1);
}
