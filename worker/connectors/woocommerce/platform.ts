/** Names that the parts of this connector share. */

export const PLATFORM = 'woocommerce';

/** One webhook each: WooCommerce's webhooks have one topic. */
export const TOPICS = ['order.created', 'order.updated', 'order.deleted', 'order.restored', 'customer.created', 'customer.updated'];

/** Settings without which the REST API cannot be asked. */
export const REST_KEYS = ['storeUrl', 'consumerKey', 'consumerSecret'];
