/** What each of the platforms' sample payloads becomes, written by hand from the payload and the modelling rules. */

export interface DoorCase {
  file: string;
  topic: string;
  /**
   * What is in the books afterwards, in words: `order ID DAY CURRENCY net N tax N shipping N: counted` in minor units,
   * `refund …`, `paid by PAYMENT PAYMENT` (the names of one sale, where it has several), `contract ID STATUS CURRENCY N a month`,
   * `event TYPE DAY of WHOM`, `merge of ID into ID`, `request KIND DAY STATE, due DAY`, `connection ended DAY`, `customer ID NAME`;
   * or what became of the delivery: `ignored: …`, `dead letter: …`.
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
  { file: 'shopify/app_uninstalled.json', topic: 'app/uninstalled', becomes: ['request uninstalled 2026-11-22 done', 'connection ended 2026-11-22'] },
  none('shopify/bulk_operations_finish.json', 'bulk_operations/finish'),
  none('shopify/carts_create.json', 'carts/create'),
  none('shopify/checkouts_create.json', 'checkouts/create'),
  none('shopify/customer_groups_create.json', 'customer_groups/create'),
  // A month to answer, counted from the trigger.
  { file: 'shopify/customers_data_request.json', topic: 'customers/data_request', becomes: ['request data_request 2026-11-22 open, due 2026-12-22'] },
  // Somebody we never heard of.
  { file: 'shopify/customers_delete.json', topic: 'customers/delete', becomes: [] },
  // These have no id but the rounded one.
  { file: 'shopify/customers_email_marketing_consent_update.json', topic: 'customers_email_marketing_consent/update', becomes: ['customer 706405506930370000 without a name'] },
  { file: 'shopify/customers_marketing_consent_update.json', topic: 'customers_marketing_consent/update', becomes: ['customer 706405506930370000 without a name'] },
  // It failed.
  { file: 'shopify/customers_merge.json', topic: 'customers/merge', becomes: ['ignored: The merge has not been completed'] },
  { file: 'shopify_derived/day/07_customers_merge.completed.json', topic: 'customers/merge', becomes: ['merge of 2 into 1', 'customer 1 without a name'] },
  // Nobody yet, and a tombstone for what comes late.
  { file: 'shopify/customers_redact.json', topic: 'customers/redact', becomes: ['request erasure 2026-11-22 done'] },
  // A chargeback under review: the bank has the 11.50.
  { file: 'shopify/disputes_create.json', topic: 'disputes/create', becomes: ['refund dispute:285332461850802050 2022-01-01 CAD net 1150 tax 0 shipping 0: waits for order 820982911946154500'] },
  // Of whoever ordered, not of Steve Shipper to whom it goes.
  { file: 'shopify/fulfillments_create.json', topic: 'fulfillments/create', becomes: ['event order_fulfilled 2022-01-01 of guest', 'customer guest without a name'] },
  // Authorization 1001 is no payment at Stripe.
  { file: 'shopify/order_transactions_create.json', topic: 'order_transactions/create', becomes: ['ignored: Not a successful payment at a gateway whose payments we also hear of'] },
  // Never heard of: its place is held, should it come late.
  { file: 'shopify/orders_delete.json', topic: 'orders/delete', becomes: ['order 788032119674292900 2026-11-22 USD net 0 tax 0 shipping 0: not a sale'] },
  { file: 'shopify/orders_edited.json', topic: 'orders/edited', becomes: ['ignored: An edit moves no money by itself: the update of the order brings it'] },
  none('shopify/products_update.json', 'products/update'),
  { file: 'shopify/shop_redact.json', topic: 'shop/redact', becomes: ['request shop_erasure 2026-11-22 done, due 2026-12-22'] },
  none('shopify/subscription_contracts_create.json', 'subscription_contracts/create'),
  { file: 'shopify/tender_transactions_create.json', topic: 'tender_transactions/create', becomes: ['ignored: Not a payment at a gateway whose payments we also hear of'] },
  // What its REST API answered: one resource is sent as a webhook would send it, a list or a page of them is no delivery.
  { file: 'shopify_rest/order.json', topic: 'orders/create', becomes: ['order 450789469 2008-01-10 USD net 39800 tax 1194 shipping 0: not a sale', 'customer 207119551 Bob Norman'] },
  { file: 'shopify_rest/orders.json', topic: 'orders/updated', becomes: ['dead letter: Order: id is missing'] },
  // 5.00 of goods, all of it discounted; a test, voided.
  { file: 'shopify_rest/go_order.json', topic: 'orders/create', becomes: ['order 123456 2016-05-17 USD net 0 tax 0 shipping 1000: not a sale', 'customer guest John Smith'] },
  { file: 'shopify_rest/go_order_with_transaction.json', topic: 'orders/create', becomes: ['order 123456 2016-05-17 USD net 0 tax 0 shipping 1000: not a sale', 'customer guest John Smith'] },
  { file: 'shopify_rest/refund.json', topic: 'refunds/create', becomes: ['refund 509562969 2016-06-20 USD net 20900 tax 0 shipping 0: waits for order 450789469'] },
  { file: 'shopify_rest/customer.json', topic: 'customers/create', becomes: ['customer 207119551 Bob Norman'] },
  { file: 'shopify_rest/go_customer.json', topic: 'customers/create', becomes: ['customer 1 Test Citizen'] },
  { file: 'shopify_rest/customers_search.json', topic: 'customers/update', becomes: ['dead letter: Customer: id is missing'] },
  { file: 'shopify_rest/transactions.json', topic: 'order_transactions/create', becomes: ['dead letter: Transaction: payload: Invalid input: expected object, received array'] },
  { file: 'shopify_rest/go_transactions.json', topic: 'order_transactions/create', becomes: ['dead letter: Transaction: id: Missing'] },
  none('shopify_rest/products.json', 'products/update'),
  none('shopify_rest/shop.json', 'shop/update'),
  none('shopify_rest/graphql.json', 'shop/update'),
  none('shopify_rest/go_webhook.json', 'webhooks/create'),
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
