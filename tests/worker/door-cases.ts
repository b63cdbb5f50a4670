/** What each of the platforms' sample payloads becomes, written by hand from the payload and the modelling rules. */

export interface DoorCase {
  file: string;
  topic: string;
  /**
   * What is in the books afterwards, in words: `order ID DAY CURRENCY net N tax N shipping N: counted` in minor units,
   * `refund …`, `contract ID STATUS CURRENCY N a month`, `customer ID NAME`; or what became of the delivery: `ignored: …`, `dead letter: …`.
   */
  becomes: string[];
}

export const NOTHING = ['ignored: Nothing to do for this event'];
export const none = (file: string, topic: string): DoorCase => ({ file, topic, becomes: NOTHING });

/** Companies of this test keep their books in US dollars and the time of UTC. */
export const SHOPIFY: DoorCase[] = [
  // A test order, voided and cancelled; 2021-12-31 19:00 in New York is the next day in UTC. 398 − 20 of discounts.
  { file: 'shopify/orders_create.json', topic: 'orders/create', becomes: ['order 820982911946154508 2022-01-01 USD net 37800 tax 0 shipping 1000: not a sale', 'customer 115310627314723954 John Smith'] },
  { file: 'shopify_derived/orders_create.exact_ids.json', topic: 'orders/create', becomes: ['order 820982911946154508 2022-01-01 USD net 37800 tax 0 shipping 1000: not a sale', 'customer 115310627314723954 John Smith'] },
  { file: 'shopify_derived/orders_updated.json', topic: 'orders/updated', becomes: ['order 820982911946154508 2022-01-01 USD net 37800 tax 0 shipping 1000: not a sale', 'customer 115310627314723954 John Smith'] },
  { file: 'shopify_derived/day/01_orders_create.pending.json', topic: 'orders/create', becomes: ['order 820982911946154509 2026-11-20 USD net 37800 tax 0 shipping 1000: not a sale', 'customer 115310627314723954 John Smith'] },
  { file: 'shopify_derived/day/02_orders_paid.json', topic: 'orders/paid', becomes: ['order 820982911946154509 2026-11-20 USD net 37800 tax 0 shipping 1000: counted', 'customer 115310627314723954 John Smith'] },
  // Its order is not there: kept, not counted.
  { file: 'shopify_derived/day/03_refunds_create.partial.json', topic: 'refunds/create', becomes: ['refund 890088186047892320 2026-11-21 USD net 18900 tax 0 shipping 0: waits for order 820982911946154509'] },
  { file: 'shopify_derived/day/04_orders_updated.partially_refunded.json', topic: 'orders/updated', becomes: ['order 820982911946154509 2026-11-20 USD net 37800 tax 0 shipping 1000: counted', 'customer 115310627314723954 John Smith'] },
  { file: 'shopify_derived/day/05_orders_cancelled.json', topic: 'orders/cancelled', becomes: ['order 820982911946154511 2026-11-20 USD net 37800 tax 0 shipping 1000: not a sale', 'customer 115310627314723954 John Smith'] },
  { file: 'shopify_derived/day/06_customers_update.json', topic: 'customers/update', becomes: ['customer 706405506930370084 Bob Biller'] },
  { file: 'shopify/customers_create.json', topic: 'customers/create', becomes: ['customer 706405506930370084 Bob Biller'] },
  { file: 'shopify_derived/customers_create.exact_ids.json', topic: 'customers/create', becomes: ['customer 706405506930370084 Bob Biller'] },
  // Lines of 398.00 came back, and no money: its list of payments is empty. It has no date but the trigger's.
  { file: 'shopify/refunds_create.json', topic: 'refunds/create', becomes: ['refund 890088186047892319 2026-11-22 USD net 0 tax 0 shipping 0: waits for order 820982911946154500'] },
  { file: 'shopify_derived/refunds_create.exact_ids.json', topic: 'refunds/create', becomes: ['refund 890088186047892319 2026-11-22 USD net 0 tax 0 shipping 0: waits for order 820982911946154508'] },
  none('shopify/app_subscriptions_update.json', 'app_subscriptions/update'),
  none('shopify/app_uninstalled.json', 'app/uninstalled'),
  none('shopify/bulk_operations_finish.json', 'bulk_operations/finish'),
  none('shopify/carts_create.json', 'carts/create'),
  none('shopify/checkouts_create.json', 'checkouts/create'),
  none('shopify/customer_groups_create.json', 'customer_groups/create'),
  none('shopify/customers_data_request.json', 'customers/data_request'),
  none('shopify/customers_delete.json', 'customers/delete'),
  none('shopify/customers_email_marketing_consent_update.json', 'customers_email_marketing_consent/update'),
  none('shopify/customers_marketing_consent_update.json', 'customers_marketing_consent/update'),
  none('shopify/customers_merge.json', 'customers/merge'),
  none('shopify_derived/day/07_customers_merge.completed.json', 'customers/merge'),
  none('shopify/customers_redact.json', 'customers/redact'),
  none('shopify/disputes_create.json', 'disputes/create'),
  none('shopify/fulfillments_create.json', 'fulfillments/create'),
  none('shopify/order_transactions_create.json', 'order_transactions/create'),
  none('shopify/orders_delete.json', 'orders/delete'),
  none('shopify/orders_edited.json', 'orders/edited'),
  none('shopify/products_update.json', 'products/update'),
  none('shopify/shop_redact.json', 'shop/redact'),
  none('shopify/subscription_contracts_create.json', 'subscription_contracts/create'),
  none('shopify/tender_transactions_create.json', 'tender_transactions/create'),
];

/** 6.00 + 12.00 of goods, 1.35 tax, 10.00 shipping, sold to a guest. */
const ORDER_727 = 'order 727 2017-03-22 USD net 1800 tax 135 shipping 1000';
const GUEST = 'customer guest John Doe';
const A_LIST = 'Invalid input: expected object, received array';

export const WOOCOMMERCE: DoorCase[] = [
  { file: 'woocommerce/order.created.json', topic: 'order.created', becomes: [`${ORDER_727}: counted`, GUEST] },
  { file: 'woocommerce/order.retrieved.json', topic: 'order.updated', becomes: [`${ORDER_727}: counted`, GUEST] },
  { file: 'woocommerce/order.updated.json', topic: 'order.updated', becomes: [`${ORDER_727}: counted`, GUEST] },
  { file: 'woocommerce/order.deleted.full.json', topic: 'order.deleted', becomes: [`${ORDER_727}: not a sale`, GUEST] },
  { file: 'woocommerce/customer.created.json', topic: 'customer.created', becomes: ['customer 25 John Doe'] },
  { file: 'woocommerce/customer.updated.json', topic: 'customer.updated', becomes: ['customer 25 James Doe'] },
  // Lists are what its API answers; no webhook sends one.
  { file: 'woocommerce/orders.list.json', topic: 'order.updated', becomes: [`dead letter: Order: payload: ${A_LIST}`] },
  { file: 'woocommerce/customers.list.json', topic: 'customer.updated', becomes: [`dead letter: Customer: payload: ${A_LIST}`] },
  // WooCommerce has no such topics; a plugin may.
  none('woocommerce/refund.created.json', 'refund.created'),
  none('woocommerce/refunds.list.json', 'refund.created'),
  none('woocommerce/webhook.json', 'webhook.updated'),
  none('woocommerce/coupon.created.json', 'coupon.created'),
  none('woocommerce/product.created.json', 'product.created'),
];
