/** One batch of canonical records as rows, ready for the statements that write them. */

/** One sale or refund, ready for the columns of `transactions`. */
export interface SaleRow {
  id: string;
  source: string;
  externalId: string;
  kind: 'order' | 'refund';
  type: string;
  occurredAt: string;
  orderExternalId: string | null;
  label: string | null;
  status: string;
  counts: boolean;
  channel: string | null;
  currency: string;
  given: number | null;
  goods: number;
  discount: number;
  tax: number;
  shipping: number;
  tip: number;
  versionAt: string;
  versionRank: number;
  /** Index into `people`, or null for nobody. */
  person: number | null;
  items: { productId: string | null; sku: string | null; name: string; category: string | null; quantity: number; amount: number }[];
}

/** One human being as this batch knows them; `identities` are tried in order, a platform's own id before an e-mail. */
export interface PersonRow {
  proposedId: string;
  source: string;
  externalId: string;
  email: string | null;
  name: string | null;
  country: string | null;
  identities: { kind: string; value: string }[];
}

export interface ProfileRow {
  /** Index into `people`. */
  person: number;
  versionAt: string;
  email: string | null;
  name: string | null;
  country: string | null;
  acquisitionChannel: string | null;
  acquisitionCost: number | null;
  acquiredOn: string | null;
  consentEmail: string;
  attributes: Record<string, unknown>;
}

export interface IngestBatch {
  people: PersonRow[];
  profiles: ProfileRow[];
  sales: SaleRow[];
}
