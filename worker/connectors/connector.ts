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
  /** A `url` is https and kept without a slash at its end. */
  kind: 'text' | 'secret' | 'url';
  required: boolean;
  placeholder?: string;
}

export interface NormaliseContext {
  /** The tenant's currency, for sources that state none. */
  currency: string;
  /** ISO 8601: stands in where the source gives no time. */
  receivedAt: string;
}

/** A way to the platform's own API. Built by the context: rate of requests, time-outs and addresses are not the connector's. */
export interface PlatformAccess {
  /** The integration's settings in plain text, by `SettingField.key`. */
  settings: Record<string, string>;
  /** The tenant's currency, for platforms that state none. */
  currency: string;
  now(): Date;
  /**
   * Like the global one, to the platform's public address; on one machine it may lead to a local server instead.
   * Refuses private addresses. @throws AppError `unavailable` when nobody answers.
   */
  fetch(url: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Response>;
}

/** One delivery's worth of history, taken into the books as a webhook would be. */
export interface HistoryUnit {
  /** Stable name of the platform's object, such as `order:1001`. */
  deliveryId: string;
  /** The topic whose webhook would have brought it. */
  topic: string;
  records: CanonicalRecord[];
  /** The platform's object as received, for a dead letter. */
  payload: string;
}

export interface HistoryPage {
  units: HistoryUnit[];
  /** What could not be read, with its reason; the rest of the page is good. */
  rejected: { deliveryId: string; topic: string; payload: string; error: string }[];
  /** Where the next page begins; opaque, at most 2 kB; null at the end. */
  cursor: string | null;
  /** How many objects there are in all, when the platform says so. */
  expected: number | null;
  /** Ask for the next page no sooner than this: a rate limit, or a bulk operation at work. */
  waitSeconds: number;
}

export interface HistoryWindow {
  /** Instants, ISO 8601 UTC; objects created at or after `from` and before `to`. Null: unbounded. */
  from: string | null;
  to: string | null;
}

/** How to read what a shop had before we came, and what it says it has now. */
export interface History {
  /** Settings that reading needs beyond those of the webhooks; without them the merchant is asked for them. */
  needs: string[];
  /**
   * The next page of orders with their refunds (and, for a platform of subscriptions, those), oldest first.
   * Asking twice for one cursor answers the same page or a newer state of it.
   * @throws AppError `invalid_input` when the platform refuses the credentials or the request, `unavailable` when it should be asked again later.
   */
  read(access: PlatformAccess, window: HistoryWindow, cursor: string | null): Promise<HistoryPage>;
}

/** How the platform's side of the webhooks looks from outside: they are disabled there without a word to us. */
export interface WebhookHealth {
  state: 'healthy' | 'disabled' | 'missing' | 'unknown';
  /** For people: what was found, and what to do. */
  detail: string;
  /** The newest paid order there that had time enough to arrive here; null when there is none or it was not asked for. */
  newestOrder?: { externalId: string; label: string; at: string } | null;
}

export interface Connector {
  /** Also the `source` of its records and the path segment of its webhooks. */
  platform: string;
  name: string;
  /** Drawn as the settings form; values are stored encrypted. `webhookSecret` is read by `verify`. */
  settings: SettingField[];
  /** The setting that names the shop, where one does: no shop is connected twice. */
  shopSetting?: string;
  /** Set where each shop numbers its own orders, so that two shops of one company would be taken for one: says so to people. */
  oneShopOnly?: string;
  /** Topics a merchant should subscribe, in the platform's words. */
  topics: string[];
  /** Numbered, plain-word steps to set up the webhooks at the platform. */
  setup: string[];
  /** Whether the raw bytes were signed with `secret`, in constant time. */
  verify(request: InboundRequest, secret: string, now: Date): Promise<boolean>;
  /** True for a delivery that is the platform's greeting, which carries no signature or no event: answered 200, kept nowhere. */
  isGreeting?(request: InboundRequest): boolean;
  /** @throws AppError `invalid_input` when headers that name the event are missing. */
  envelope(request: InboundRequest, makeId: () => string): DeliveryEnvelope;
  /**
   * Canonical records of one delivery; empty when the topic needs no action.
   * @throws AppError `invalid_input` naming the field when the payload is not what the platform documents.
   */
  normalise(delivery: { topic: string; headers: Record<string, string>; body: string }, context: NormaliseContext): CanonicalRecord[];
  /** Why a delivery of a topic gave no records, for people who look at the deliveries; said only where it is not plain. */
  nothingToDo?: Readonly<Record<string, string>>;
  /** Null for a platform whose history cannot be read. */
  history: History | null;
  /**
   * Whether the platform still delivers to us. Null where it cannot be asked.
   * `path` is that of our webhook address; it holds the integration's id, so it is one alone under whatever name we are reached.
   */
  health: ((access: PlatformAccess, path: string) => Promise<WebhookHealth>) | null;
}
