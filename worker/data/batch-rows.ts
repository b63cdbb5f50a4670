/** One batch of canonical records as rows, ready for the statements that write them. */
import type { Amounts, EventRecord, LineItem, PaymentLinkRecord, SubscriptionRecord } from '#core/commerce/record';
import type { Receipt } from './receipts.ts';

/** One sale or refund, ready for the columns of `transactions`. */
export interface SaleRow extends Amounts {
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
  versionAt: string;
  versionRank: number;
  /** Index into `people`, or null for nobody. */
  person: number | null;
  items: LineItem[];
  paymentKeys: string[];
  precedence: number;
  /** Everything but status, counts and version is to be as the books have it. */
  stateOnly: boolean;
}

/** The rows below say for their person, as sales do: index into `people`, or null for nobody. */
export type SubscriptionRow = Omit<SubscriptionRecord, 'kind' | 'customer'> & { person: number | null };
export type EventRow = Omit<EventRecord, 'kind' | 'customer'> & { id: string; person: number | null };

/** A name somebody is known by: a platform's own id under the platform's name, or the hash of an e-mail address under `email`. */
export interface Identity {
  kind: string;
  value: string;
  /** What a tombstone of it would say; only there when the tenant has tombstones. */
  hash?: string;
}

/** One human being as this batch knows them; `identities` are tried in order, a platform's own id before an e-mail. */
export interface PersonRow {
  proposedId: string;
  source: string;
  externalId: string;
  email: string | null;
  name: string | null;
  country: string | null;
  identities: Identity[];
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
  links: PaymentLinkRecord[];
  subscriptions: SubscriptionRow[];
  events: EventRow[];
  /** The import that brings the sales; null when they come another way. */
  importId: string | null;
  /** What to count as received, in the same transaction. */
  receipts: Receipt[];
}
