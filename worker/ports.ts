/** What operations may reach beyond Postgres, as interfaces: context.ts builds them from Env, tests from anything. */
import type { CustomerChange, ServerMessage } from '#core/live/messages';
import type { Feed, Position } from '#core/live/feed';
import type { Snapshot } from '#core/live/snapshot';
import type { TenantDb } from '#data/tenant';

export interface Clock {
  now(): Date;
  /** Passes the time; as long as it says where a clock has none of its own. */
  pause?(ms: number): Promise<void>;
}

/** Structured events; never payloads, secrets or e-mail addresses. */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

export interface LivePort {
  position(): Promise<Position>;
  /** Applies the feed if the object stands at `feed.from`; answers where it stands then. */
  apply(feed: Feed, changed: CustomerChange[]): Promise<Position>;
  /** Forgets everything: the books were put back to an earlier state, and all is fed anew. */
  reset(): Promise<void>;
  snapshot(): Promise<Snapshot>;
  /** Customers with a value, as far as was fed; null while all is fed anew. Cheaper than a snapshot. */
  customers(): Promise<number | null>;
  publish(messages: ServerMessage[]): Promise<void>;
  /** A single-use socket ticket, valid for 30 seconds. @param holder the session or key whose end closes the socket */
  issueTicket(holder: string): Promise<string>;
}

/** What an inbox is for; kept by the object so that its alarm can ring by itself. */
export type InboxOwner =
  | { kind: 'integration'; companyId: string; integrationId: string; platform: string }
  | { kind: 'api'; companyId: string }
  /** A site's events have an inbox of their own: what a key that everybody can read brings cannot delay what the company sends. */
  | { kind: 'events'; companyId: string; sourceId: string };

/** The longest body that a row of an inbox holds: 2 MB with all its columns. */
export const INBOX_BODY_BYTES = 1_900_000;

export interface AcceptedDelivery {
  /** Unique per sender's attempt at one event, or made at acceptance. */
  deliveryId: string;
  topic: string;
  /** Only what normalising needs, lower-case names. */
  headers: Record<string, string>;
  /** The raw body as text; empty when it lies in object storage. */
  body: string;
  /** Where a body lies that is too long for a row, and how long it is. */
  bodyKey?: string;
  bodyBytes?: number;
  receivedAt: string;
}

export interface PulledDelivery extends AcceptedDelivery {
  position: number;
  attempts: number;
}

export type DeliveryOutcome = 'processed' | 'ignored' | 'dead_letter';

export interface DeliveryTrace {
  deliveryId: string;
  topic: string;
  receivedAt: string;
  state: 'waiting' | DeliveryOutcome;
  finishedAt: string | null;
  /** Why, for people, when ignored or dead. */
  detail: string | null;
  bytes: number;
}

export interface InboxLease {
  leaseId: string;
  owner: InboxOwner;
  deliveries: PulledDelivery[];
}

export interface InboxStats {
  waiting: number;
  oldestReceivedAt: string | null;
  acceptedTotal: number;
  lastReceivedAt: string | null;
}

export interface InboxPort {
  append(owner: InboxOwner, deliveries: AcceptedDelivery[]): Promise<void>;
  /** Null when there is nothing to do or another consumer holds the lease. */
  pull(owner: InboxOwner, limits: { max: number; maxBytes: number }): Promise<InboxLease | null>;
  /** Forgets what was dealt with; answers whether more waits. */
  finish(owner: InboxOwner, leaseId: string, outcomes: { position: number; outcome: DeliveryOutcome; detail: string | null }[]): Promise<boolean>;
  /** Gives the lease back unprocessed; the inbox rings again after `delaySeconds`. */
  release(owner: InboxOwner, leaseId: string, delaySeconds: number): Promise<void>;
  recent(owner: InboxOwner, limit: number): Promise<DeliveryTrace[]>;
  stats(owner: InboxOwner): Promise<InboxStats>;
  /** Keys of the bodies in object storage that deliveries wait for. */
  waitingBodies(owner: InboxOwner): Promise<string[]>;
  /** State of one delivery, for `GET /batches/{id}`; null when unknown (forgotten after 7 days). */
  trace(owner: InboxOwner, deliveryId: string): Promise<DeliveryTrace | null>;
  /**
   * Small values kept beside the deliveries, so that acceptance needs no Postgres: sealed secrets, resolved keys,
   * answers to idempotency keys. The caller seals or hashes what is secret.
   */
  remember(owner: InboxOwner, key: string, value: string, ttlSeconds: number): Promise<void>;
  recall(owner: InboxOwner, key: string): Promise<string | null>;
  forget(owner: InboxOwner, key: string): Promise<void>;
}

/** Work for the queue consumer. Jobs are doorbells: losing or repeating one changes nothing. */
export type Job =
  | { type: 'inbox'; owner: InboxOwner }
  | { type: 'import'; companyId: string; importId: string }
  | { type: 'health'; companyId: string; integrationId: string }
  | { type: 'backfill'; companyId: string; backfillId: string }
  /** `to`: until when, once it has begun; `cursor`: where the platform's answer is being prepared. */
  | { type: 'reconcile'; companyId: string; integrationId: string; days: number; to: string | null; cursor: string | null }
  /** `looked`: somebody looks; without it the live object is behind, or customers are unscored. */
  | { type: 'feed'; companyId: string; looked?: true | undefined }
  | { type: 'metrics'; companyId: string }
  /** Memberships are behind what was written, or somebody reaches an age. */
  | { type: 'segments'; companyId: string }
  /** `growing`: nobody asked, a young shop has doubled. */
  | { type: 'refit'; companyId: string; growing?: boolean | undefined }
  /** What is to come and what to recommend, for who does not want to wait for the night. */
  | { type: 'foresee'; companyId: string }
  | { type: 'rebuild'; companyId: string }
  /** Goes on with requests to erase a whole shop. */
  | { type: 'privacy'; companyId: string }
  | { type: 'watch'; companyId: string }
  /** Takes new entries of the audit log into its chain. */
  | { type: 'seal'; companyId: string }
  /** Looks for groups of customers that are alike. */
  | { type: 'discover'; companyId: string; discoveryId: string }
  /** A currency came for the first time: fetch its rates. */
  | { type: 'rates'; companyId: string };

export interface NightStart {
  companyId: string;
  /** The local day that has begun. */
  day: string;
  /** The row of `job_runs` it keeps its steps in. */
  runId: string;
  /** schedule | asked */
  cause: string;
  /** Unique name of a start beyond the day's own. */
  attempt: string | null;
}

export interface JobsPort {
  enqueue(job: Job, delaySeconds?: number): Promise<void>;
  /** Starts a tenant's nightly workflow: once per local day, unless `attempt` names a further one. */
  startNight(night: NightStart): Promise<void>;
}

export interface FilesPort {
  put(key: string, body: ReadableStream<Uint8Array>, meta: { contentType: string; size: number | null }): Promise<{ size: number }>;
  /** Bytes from `offset` on, streamed; null when there is no such object. */
  read(key: string, offset: number): Promise<{ body: ReadableStream<Uint8Array>; size: number } | null>;
  /** Files whose key begins with `prefix`; the first 10,000. */
  list(prefix: string): Promise<{ key: string; uploadedAt: string }[]>;
  remove(key: string): Promise<void>;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface MailPort {
  send(mail: Mail): Promise<void>;
}

/** Who else must learn of sessions, above all that they are over: open pages, this isolate's memory, and what answers while Postgres is away. */
export interface SessionsPort {
  /** Something is true of these sessions that was not: what is remembered of them is forgotten. */
  changed(sessionIds: string[]): void;
  ended(sessionIds: string[]): Promise<void>;
}

export interface OutsideRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** `follow` (the usual) goes along up to five redirects, each judged as the first address; `manual` hands the 3xx back. */
  redirect?: 'follow' | 'manual';
  /** Until the headers come, and again between two pieces of the body. Seconds; 30 unless said. */
  timeoutSeconds?: number;
}

/** The only way out to the internet: platforms, exchange rates, merchants' endpoints. */
export interface OutsidePort {
  /**
   * Like the global `fetch`; the body is streamed. Any status is an answer.
   * @throws AppError `invalid_input` for an address that is not https or not of the public internet, `unavailable` when nobody answers in time.
   */
  fetch(url: string, request?: OutsideRequest): Promise<Response>;
}

export interface Keyring {
  /** Hex HMAC-SHA-256 of a trimmed, lower-cased e-mail address: the key under which people are found. */
  identityHash(email: string): Promise<string>;
  encrypt(plain: string): Promise<{ keyId: string; sealed: string }>;
  decrypt(keyId: string, sealed: string): Promise<string>;
  /** What a key is to us: the one that seals, one that only opens, or none of ours (any more). */
  standing(keyId: string): 'newest' | 'older' | 'unknown';
}

/** Named points at which tests make the pipeline fail; production never throws here. */
export interface Failpoints {
  reach(point: string): void;
}

export type Role = 'admin' | 'manager' | 'analyst' | 'viewer';

export type Actor =
  | { kind: 'user'; userId: string; email: string; role: Role; sessionId: string }
  /** `scopes`: permissions it is held to beside its role; none named means all of the role's. */
  | { kind: 'api_key'; keyId: string; name: string; role: Role; scopes?: readonly string[] }
  /** Queue, schedule and workflow. */
  | { kind: 'system' }
  /** Whoever runs this machine, by the token that `npm start` keeps. */
  | { kind: 'operator' };

/** Where a request came from; nothing of the machine's own work. */
export interface AskedFrom {
  requestId: string | null;
  address: string | null;
  userAgent: string | null;
}

/** Everything an operation gets. Cross-tenant access does not typecheck: `db` is bound to `companyId`. */
export interface TenantContext {
  companyId: string;
  actor: Actor;
  /** For the audit log, and for nothing else. */
  askedFrom: AskedFrom;
  db: TenantDb;
  live: LivePort;
  inbox: InboxPort;
  jobs: JobsPort;
  files: FilesPort;
  mail: MailPort;
  sessions: SessionsPort;
  outside: OutsidePort;
  keys: Keyring;
  clock: Clock;
  log: Log;
  failpoints: Failpoints;
}
