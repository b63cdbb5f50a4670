/** The shape every platform has: data and pure functions; the registry is the only list. */
import type { CanonicalRecord } from '#core/commerce/record';

export interface InboundRequest {
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

export interface DeliveryEnvelope {
  deliveryId: string;
  topic: string;
  /** The headers that `normalise` reads, and no others. */
  headers: Record<string, string>;
}

export interface SettingField {
  key: string;
  label: string;
  help: string;
  kind: 'text' | 'secret';
  required: boolean;
  placeholder?: string;
}

export interface NormaliseContext {
  /** The tenant's currency, for sources that state none. */
  currency: string;
  /** ISO 8601: stands in where the source gives no time. */
  receivedAt: string;
}

export interface Connector {
  /** Also the `source` of its records and the path segment of its webhooks. */
  platform: string;
  name: string;
  /** Drawn as the settings form; values are stored encrypted. `webhookSecret` is read by `verify`. */
  settings: SettingField[];
  /** Topics a merchant should subscribe, in the platform's words. */
  topics: string[];
  /** Numbered, plain-word steps to set up the webhooks at the platform. */
  setup: string[];
  /** Whether the raw bytes were signed with `secret`, in constant time. */
  verify(request: InboundRequest, secret: string): Promise<boolean>;
  /** @throws AppError `invalid_input` when headers that name the event are missing. */
  envelope(request: InboundRequest, makeId: () => string): DeliveryEnvelope;
  /**
   * Canonical records of one delivery; empty when the topic needs no action.
   * @throws AppError `invalid_input` naming the field when the payload is not what the platform documents.
   */
  normalise(delivery: { topic: string; headers: Record<string, string>; body: string }, context: NormaliseContext): CanonicalRecord[];
}
