/** What must be known of a customer to say whether she matches. */

export interface ProfileFacts {
  source: string;
  externalId: string;
  email: string | null;
  name: string | null;
  country: string | null;
  acquisitionChannel: string | null;
  /** Minor units of the company's currency. */
  acquisitionCost: number | null;
  /** YYYY-MM-DD. */
  acquiredOn: string | null;
  consentEmail: string;
  /** At least those attributes that the filters read. */
  attributes: Readonly<Record<string, unknown>>;
  /** When we first knew of her. */
  createdAt: string;
}

/** Days are YYYY-MM-DD in the company's time zone, money minor units of its currency; null while there is no score. */
export interface StatFacts {
  orders: number;
  purchaseDays: number;
  firstDay: string | null;
  lastDay: string | null;
  previousDay: string | null;
  gross: number;
  refunded: number;
  historicalValue: number;
  pAlive: number | null;
  churn: number | null;
  expectedOrders: number | null;
  expectedSpend: number | null;
  predictedValue: number;
  predictedLow: number;
  predictedHigh: number;
  totalValue: number;
  nextOrderDay: string | null;
  /** 0: none yet. */
  recencyScore: number;
  frequencyScore: number;
  monetaryScore: number;
  stage: string | null;
}

export interface ItemFacts {
  productId: string | null;
  sku: string | null;
  name: string;
  category: string | null;
  quantity: number;
  /** Of the whole line after its discounts, in minor units of the company's currency: before refunds, and the share of it that refunds of the order leave. */
  gross: number;
  net: number;
}

/** A counted order whose single row is still kept. */
export interface OrderFacts {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Minor units of the company's currency. */
  amount: number;
  /** Of it, in counted refunds so far. */
  refunded: number;
  platform: string;
  channel: string | null;
  currency: string;
  /** Empty where no filter reads items. */
  items: readonly ItemFacts[];
}

export interface EventFacts {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  type: string;
  properties: Readonly<Record<string, unknown>>;
}

export interface CustomerFacts {
  id: string;
  profile: ProfileFacts;
  stats: StatFacts;
  /** In any order; all that the filters' windows can reach, and nothing has to be more. */
  orders: readonly OrderFacts[];
  events: readonly EventFacts[];
  /** Ids of segments she is a member of. */
  segments: ReadonlySet<string>;
  /** Ids of lists she stands on. */
  lists: ReadonlySet<string>;
  /** Where it is asked when clauses turned: milliseconds since 1970. */
  turned?: {
    /** By segment every time she entered or left it. */
    segments: ReadonlyMap<string, readonly number[]>;
    /** By list when she was put on it. */
    lists: ReadonlyMap<string, number>;
  };
}
