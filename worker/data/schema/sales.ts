/** Sales and refunds as rows, and which version of each stands. */
import { sql } from 'drizzle-orm';
import { boolean, char, date, doublePrecision, index, integer, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { companyId, instant, money, tenantOnly } from './parts.ts';

export const transactions = pgTable('transactions', {
  companyId: companyId(),
  id: uuid('id').notNull(),
  transactionDate: instant('transaction_date').notNull(),
  customerId: uuid('customer_id').notNull(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  /** order | refund */
  kind: text('kind').notNull(),
  type: text('type').notNull(),
  /** A refund's order at the same source. */
  orderExternalId: text('order_external_id'),
  label: text('label'),
  status: text('status').notNull(),
  /** What the source's state says. */
  sourceCounts: boolean('source_counts').notNull(),
  /** False on an order that another platform's order of the same sale stands for. */
  ofRecord: boolean('of_record').notNull().default(true),
  /** source_counts, of_record, in a currency we can convert, and (refund) its order counts. */
  counted: boolean('counted').notNull(),
  channel: text('channel'),
  currency: char('currency', { length: 3 }).notNull(),
  /** Minor units of `currency`, as stated: given, or its parts. */
  given: money('given'),
  goods: money('goods').notNull(),
  discount: money('discount').notNull(),
  tax: money('tax').notNull(),
  shipping: money('shipping').notNull(),
  tip: money('tip').notNull(),
  /** In the tenant's currency under the company's revenue basis; ≥ 0, also on refunds. */
  amount: money('amount').notNull(),
  /** On an order: the sum of its counted refunds. */
  refunded: money('refunded').notNull().default(0),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.id, t.transactionDate] }),
  index('transactions_customer').on(t.companyId, t.customerId, t.transactionDate.desc()),
  // All that a segment's window over everybody's orders reads.
  index('transactions_window').on(t.companyId, t.transactionDate, t.customerId, t.amount, t.refunded).where(sql`counted and kind = 'order'`),
  // Few: whether such an order was the last is not said by the days with a purchase.
  index('transactions_returned').on(t.companyId, t.transactionDate, t.customerId).where(sql`counted and kind = 'order' and refunded >= amount`),
  tenantOnly(t.companyId),
]);

export const transactionKeys = pgTable('transaction_keys', {
  companyId: companyId(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  transactionId: uuid('transaction_id').notNull(),
  transactionDate: instant('transaction_date').notNull(),
  versionAt: instant('version_at').notNull(),
  versionRank: smallint('version_rank').notNull(),
  orderExternalId: text('order_external_id'),
  /** The import that first brought it; null when it came another way. */
  importId: uuid('import_id'),
  /** A refund whose order has not come: kept, uncounted, reported. */
  parked: boolean('parked').notNull().default(false),
  /** Records of one sale share it; null while nothing says that another record tells of the same sale. */
  saleId: uuid('sale_id'),
  /** Among the records of one sale the highest is the order of record; see core/commerce/precedence.ts. */
  precedence: smallint('precedence').notNull().default(50),
  /** A person said that this record is a sale of its own, whatever the payment keys say. */
  separated: boolean('separated').notNull().default(false),
}, (t) => [
  primaryKey({ columns: [t.companyId, t.source, t.externalId] }),
  index('transaction_keys_order').on(t.companyId, t.source, t.orderExternalId).where(sql`order_external_id is not null`),
  index('transaction_keys_sale').on(t.companyId, t.saleId).where(sql`sale_id is not null`),
  index('transaction_keys_import').on(t.companyId, t.importId).where(sql`import_id is not null`),
  index('transaction_keys_parked').on(t.companyId).where(sql`parked`),
  tenantOnly(t.companyId),
]);

export const transactionItems = pgTable('transaction_items', {
  companyId: companyId(),
  transactionId: uuid('transaction_id').notNull(),
  line: integer('line').notNull(),
  productId: text('product_id'),
  sku: text('sku'),
  name: text('name').notNull(),
  category: text('category'),
  quantity: integer('quantity').notNull(),
  /** Minor units of the transaction's currency, after discounts. */
  amount: money('amount').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.transactionId, t.line] }), tenantOnly(t.companyId)]);

/**
 * What the sales and refunds of a day came to whose rows were removed. Every figure is a sum over single rows, so that a
 * day is what is left of its rows plus this.
 */
export const closedSales = pgTable('closed_sales', {
  companyId: companyId(),
  customerId: uuid('customer_id').notNull(),
  /** In the time zone that the company had when the rows were removed. */
  day: date('day', { mode: 'string' }).notNull(),
  source: text('source').notNull(),
  /** Counted orders with an amount, and those without: whether these count is the company's choice, also later. */
  orders: integer('orders').notNull(),
  zeroOrders: integer('zero_orders').notNull(),
  /** As in `customer_day`, but for orders of amount zero. */
  purchases: integer('purchases').notNull(),
  gross: money('gross').notNull(),
  refunded: money('refunded').notNull(),
  orderNet: money('order_net').notNull(),
  uncounted: integer('uncounted').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.customerId, t.day, t.source] }), tenantOnly(t.companyId)]);

/** Which sale a payment belongs to: names of one payment at several platforms (`stripe:pi_1`, `shopify:1001`) lead to one sale. */
export const paymentKeys = pgTable('payment_keys', {
  companyId: companyId(),
  key: text('key').notNull(),
  saleId: uuid('sale_id').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.key] }), index('payment_keys_sale').on(t.companyId, t.saleId), tenantOnly(t.companyId)]);

/** Minor units of the company's currency for one minor unit of `currency`, from this day on until the next row. */
export const exchangeRates = pgTable('exchange_rates', {
  companyId: companyId(),
  currency: char('currency', { length: 3 }).notNull(),
  day: date('day', { mode: 'string' }).notNull(),
  factor: doublePrecision('factor').notNull(),
  /** ecb | manual */
  origin: text('origin').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.companyId, t.currency, t.day] }), tenantOnly(t.companyId)]);

/** Every version of a contract that we were told of: what each brought a month, and from when. */
export const subscriptionChanges = pgTable('subscription_changes', {
  companyId: companyId(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  versionAt: instant('version_at').notNull(),
  versionRank: smallint('version_rank').notNull(),
  status: text('status').notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  /** Minor units of `currency` a month, before tax. */
  monthlyAmount: money('monthly_amount').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.source, t.externalId, t.versionAt, t.versionRank] }), tenantOnly(t.companyId)]);

/** Contracts that renew, in their newest version. */
export const subscriptions = pgTable('subscriptions', {
  companyId: companyId(),
  source: text('source').notNull(),
  externalId: text('external_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  /** trialing | active | past_due | paused | cancelled */
  status: text('status').notNull(),
  plan: text('plan'),
  currency: char('currency', { length: 3 }).notNull(),
  /** Minor units of `currency` a month, before tax. */
  monthlyAmount: money('monthly_amount').notNull(),
  startedAt: instant('started_at').notNull(),
  currentPeriodEnd: instant('current_period_end'),
  cancelAt: instant('cancel_at'),
  endedAt: instant('ended_at'),
  versionAt: instant('version_at').notNull(),
  versionRank: smallint('version_rank').notNull(),
}, (t) => [primaryKey({ columns: [t.companyId, t.source, t.externalId] }), index('subscriptions_customer').on(t.companyId, t.customerId), tenantOnly(t.companyId)]);

/** Currencies that sales came in besides the company's: rates are wanted for them. */
export const foreignCurrencies = pgTable('foreign_currencies', {
  companyId: companyId(),
  currency: char('currency', { length: 3 }).notNull(),
  firstSeenAt: instant('first_seen_at').notNull().defaultNow(),
  /** When the last fetch brought rates, and when the last try was; null before the first. */
  fetchedAt: instant('fetched_at'),
  triedAt: instant('tried_at'),
  /** Sales since this day are covered as far as the source goes; null before the first fetch. */
  coveredFrom: date('covered_from', { mode: 'string' }),
  /** Why the last try brought none. */
  error: text('error'),
}, (t) => [primaryKey({ columns: [t.companyId, t.currency] }), tenantOnly(t.companyId)]);
