/** What pages and the API get of sales; money in minor units. */

/** One of several records of a sale. Money in minor units of `currency`, everything the customer paid. */
export interface SaleRecordView {
  id: string;
  source: string;
  externalId: string;
  label: string | null;
  status: string;
  occurredAt: string;
  ofRecord: boolean;
  counted: boolean;
  total: number;
  currency: string;
  customer: { id: string; name: string | null; email: string | null } | null;
}

/** A sale that several records tell of; the one of record comes first. */
export interface PairingView {
  saleId: string;
  records: SaleRecordView[];
}

export interface TransactionRow {
  id: string;
  externalId: string;
  source: string;
  kind: 'order' | 'refund';
  type: string;
  label: string | null;
  occurredAt: string;
  status: string;
  counted: boolean;
  /** Why not, in words; null when counted. */
  whyNot: string | null;
  amount: number;
  refunded: number;
  /** As stated by the source; `amount` is in it while the row does not count. */
  statedCurrency: string;
  /** Other platforms that tell of the same sale, by name. */
  alsoAt: string[];
  channel: string | null;
  /** What was sold; of a refund, what came back. */
  items: { name: string; productId: string | null; sku: string | null; category: string | null; quantity: number; amount: number }[];
}
