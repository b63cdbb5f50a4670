/**
 * The canonical records every source is normalised to. A connector, the API and a file all end here;
 * the ingest operation knows nothing else.
 */

/** Amounts of one sale or refund in minor units of one currency. All are ≥ 0, also on refunds. */
export interface Amounts {
  /** ISO 4217. The shop's own currency where the platform states both. */
  currency: string;
  /**
   * Set when the source states one amount only (API, files): taken as given under every revenue basis.
   * Otherwise null and the parts below are set.
   */
  given: number | null;
  /** Goods before discounts. */
  goods: number;
  /** Discounts on goods. */
  discount: number;
  tax: number;
  shipping: number;
  tip: number;
}

/** Who a record speaks of. At least one of externalId and email, or the sale stays unattributed. */
export interface CustomerRef {
  externalId: string | null;
  /** As received; trimmed and lower-cased before it is hashed for identity. */
  email: string | null;
  name: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
}

export interface LineItem {
  productId: string | null;
  /** Stock keeping unit, variant title or the like; null when unknown. */
  sku: string | null;
  name: string;
  category: string | null;
  quantity: number;
  /** Minor units for the whole line after discounts, in the record's currency. */
  amount: number;
}

/**
 * Which of two versions of one record is newer: the source's own updated-at first, then the status rank
 * (a later stage of the same record's life has a higher rank).
 */
export interface Version {
  /** ISO 8601 UTC, millisecond precision. */
  updatedAt: string;
  /** 0–99. */
  rank: number;
}

export interface OrderRecord {
  kind: 'order';
  source: string;
  externalId: string;
  version: Version;
  occurredAt: string;
  customer: CustomerRef | null;
  amounts: Amounts;
  /** The platform's word for the state, kept for people. */
  status: string;
  /** Whether this state is a sale by the rules of modelling.md (paid, not test, not cancelled). */
  counts: boolean;
  /** `subscription` marks a contractual payment. */
  type: 'purchase' | 'subscription';
  channel: string | null;
  items: LineItem[];
  /** Human order number such as `#1001`. */
  label: string | null;
  /**
   * Names of the payment behind this order at whoever took it, such as `stripe:pi_…`: records that share one tell of
   * one sale. An order's own name, `source:externalId`, counts as said and is not repeated here.
   */
  paymentKeys: string[];
  /** Among the records of one sale the highest is the order of record; see `precedence.ts`. */
  precedence: number;
  /**
   * The source told no more than `status` and `counts`: whatever else is known of the order stays as it is. Where nothing
   * is, the record holds the order's place against late older versions.
   */
  stateOnly?: true;
}

export interface RefundRecord {
  kind: 'refund';
  source: string;
  externalId: string;
  version: Version;
  occurredAt: string;
  /** External id of the refunded order at the same source; null for a refund that names no order. */
  orderExternalId: string | null;
  /** Only read when the refund names no order; else the order's customer is the refund's. */
  customer: CustomerRef | null;
  amounts: Amounts;
  status: string;
  counts: boolean;
  items: LineItem[];
}

export type Consent = 'granted' | 'denied' | 'unknown';

export interface CustomerRecord {
  kind: 'customer';
  source: string;
  externalId: string;
  version: Version;
  email: string | null;
  name: string | null;
  country: string | null;
  acquisitionChannel: string | null;
  /** Minor units of the tenant's currency. */
  acquisitionCost: number | null;
  /** YYYY-MM-DD. */
  acquiredOn: string | null;
  consentEmail: Consent;
  /** Any JSON the merchant wants to keep; merged key by key. */
  attributes: Record<string, unknown>;
}

/** Says that payments known under several names are one: all `paymentKeys` name the same sale. */
export interface PaymentLinkRecord {
  kind: 'payment_link';
  source: string;
  externalId: string;
  version: Version;
  /** Two or more of `source:externalId`. */
  paymentKeys: string[];
}

export type SubscriptionStatus = 'trialing' | 'active' | 'past_due' | 'paused' | 'cancelled';

/** A contract that renews. Its payments come as orders of type `subscription`. */
export interface SubscriptionRecord {
  kind: 'subscription';
  source: string;
  externalId: string;
  version: Version;
  customer: CustomerRef | null;
  status: SubscriptionStatus;
  /** What it is called for people. */
  plan: string | null;
  currency: string;
  /** Minor units a month before tax and after discounts, all items together; other intervals are converted. */
  monthlyAmount: number;
  startedAt: string;
  currentPeriodEnd: string | null;
  /** When it will end, if that is settled. */
  cancelAt: string | null;
  endedAt: string | null;
}

/** One identity as it is known of customers: a source and its id, or `email` and the keyed hash of the address. */
export interface Identity {
  kind: string;
  value: string;
}

/** Something a customer did, or that happened to an order of hers, besides buying. */
export interface EventRecord {
  kind: 'event';
  source: string;
  externalId: string;
  version: Version;
  /** `page_view`, `email_open`, `order_fulfilled`, any other: lower case with underscores. */
  type: string;
  occurredAt: string;
  customer: CustomerRef | null;
  /** Whoever it was before she gave a name: kept by her browser. */
  anonymousId: string | null;
  sessionId: string | null;
  properties: Record<string, unknown>;
  /**
   * Whom a sender that anybody could be says this is. It is looked up among the customers we know and makes none,
   * names none and gives none a further identity but `anonymousId`; `customer` of such a record is null.
   */
  claim?: Identity | null;
}

/** Two customers of the source turned out to be one. */
export interface MergeRecord {
  kind: 'merge';
  source: string;
  externalId: string;
  version: Version;
  kept: CustomerRef;
  gone: CustomerRef;
}

/**
 * What a platform passes on about people's data, and the end of our access to a shop. A `deletion` says that the
 * platform's record of somebody is gone, which asks for less than an `erasure`: only a person without any sale goes.
 */
export interface PrivacyRecord {
  kind: 'privacy';
  source: string;
  externalId: string;
  version: Version;
  request: 'data_request' | 'erasure' | 'deletion' | 'shop_erasure' | 'uninstalled';
  /** Whom it is about; null for a whole shop. */
  subject: CustomerRef | null;
  requestedAt: string;
}

/** What moves money. */
export type SaleRecord = OrderRecord | RefundRecord;
export type CanonicalRecord =
  | SaleRecord | CustomerRecord | PaymentLinkRecord | SubscriptionRecord | EventRecord | MergeRecord | PrivacyRecord;
