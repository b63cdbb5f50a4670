/** The tables of an inbox: what waits, what became of the last ones, who was handed what, and a small cache. */
import { DAY_MS } from '#core/calendar/days';
import type { AcceptedDelivery, DeliveryOutcome, DeliveryTrace, InboxStats, PulledDelivery } from '#worker/ports';

/** Finished deliveries kept for people to look at. */
const KEEP_TRACES = 500;
/** API batches can be asked for this long. */
const KEEP_BATCHES_MS = 7 * DAY_MS;
const MAX_DETAIL = 500;

export interface FinishedDelivery {
  position: number;
  outcome: DeliveryOutcome;
  detail: string | null;
}

interface TraceRow extends Record<string, SqlStorageValue> {
  delivery_id: string;
  topic: string;
  received_at: string;
  state: string;
  finished_at: string | null;
  detail: string | null;
  bytes: number;
}

interface WaitingRow extends Record<string, SqlStorageValue> {
  position: number;
  delivery_id: string;
  topic: string;
  headers: string;
  received_at: string;
  bytes: number;
  body: string;
  body_key: string | null;
  attempts: number;
}

// Positions are never used again (AUTOINCREMENT): finishing one twice cannot remove another delivery.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS deliveries (
    position INTEGER PRIMARY KEY AUTOINCREMENT, delivery_id TEXT NOT NULL, topic TEXT NOT NULL, headers TEXT NOT NULL,
    received_at TEXT NOT NULL, bytes INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS deliveries_by_id ON deliveries (delivery_id);
  CREATE TABLE IF NOT EXISTS traces (
    position INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL, topic TEXT NOT NULL, received_at TEXT NOT NULL,
    state TEXT NOT NULL, finished_at TEXT NOT NULL, detail TEXT, bytes INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS traces_by_id ON traces (delivery_id);
  CREATE TABLE IF NOT EXISTS large_bodies (position INTEGER PRIMARY KEY, key TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS pulls (id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), owner TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Of the schema. */
const PARTS = ['deliveries', 'deliveries_by_id', 'traces', 'traces_by_id', 'large_bodies', 'pulls', 'owner', 'cache'] as const;

function stateOf(text: string): DeliveryTrace['state'] {
  return text === 'waiting' || text === 'processed' || text === 'ignored' ? text : 'dead_letter';
}

function traceOf(row: TraceRow): DeliveryTrace {
  return {
    deliveryId: row.delivery_id, topic: row.topic, receivedAt: row.received_at, state: stateOf(row.state),
    finishedAt: row.finished_at, detail: row.detail, bytes: row.bytes,
  };
}

function headersOf(text: string): Record<string, string> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

const WAITING_TRACE = "SELECT position, delivery_id, topic, received_at, 'waiting' AS state, NULL AS finished_at, NULL AS detail, bytes FROM deliveries";
const FINISHED_TRACE = 'SELECT position, delivery_id, topic, received_at, state, finished_at, detail, bytes FROM traces';

export class InboxStore {
  #storage: DurableObjectStorage;
  #sql: SqlStorage;
  #ready: boolean;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    // Anybody can name an inbox in a webhook address: one that never accepted anything must not start to exist.
    const { made } = this.#sql.exec<{ made: number }>(`SELECT count(*) AS made FROM sqlite_master WHERE name IN (${PARTS.map((name) => `'${name}'`).join(', ')})`).one();
    this.#ready = made > 0;
    // One that was made by an earlier version gets what it lacks.
    if (made > 0 && made < PARTS.length) this.#sql.exec(SCHEMA);
  }

  /** Makes the tables before the first write. */
  #open(): void {
    if (this.#ready) return;
    this.#sql.exec(SCHEMA);
    this.#ready = true;
  }

  get size(): number {
    return this.#sql.databaseSize;
  }

  owner(): string | null {
    if (!this.#ready) return null;
    return this.#sql.exec<{ owner: string }>('SELECT owner FROM owner').toArray()[0]?.owner ?? null;
  }

  saveOwner(owner: string): void {
    this.#open();
    this.#sql.exec('INSERT INTO owner (id, owner) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner', owner);
  }

  /** All or none. */
  append(deliveries: AcceptedDelivery[]): void {
    this.#open();
    this.#storage.transactionSync(() => {
      for (const { deliveryId, topic, headers, receivedAt, body, bodyKey, bodyBytes } of deliveries) {
        this.#sql.exec(
          'INSERT INTO deliveries (delivery_id, topic, headers, received_at, bytes, body) VALUES (?1, ?2, ?3, ?4, coalesce(?6, octet_length(?5)), ?5)',
          deliveryId, topic, JSON.stringify(headers), receivedAt, body, bodyBytes ?? null,
        );
        if (bodyKey !== undefined) this.#sql.exec('INSERT INTO large_bodies (position, key) VALUES (last_insert_rowid(), ?)', bodyKey);
      }
    });
  }

  hasWaiting(): boolean {
    return this.#ready && this.#sql.exec('SELECT 1 FROM deliveries LIMIT 1').toArray().length > 0;
  }

  /** The longest waiting, oldest first: at most `max`, at most `maxBytes` of bodies, but at least one if any waits. */
  pull(max: number, maxBytes: number): PulledDelivery[] {
    if (!this.#ready) return [];
    const pulled: PulledDelivery[] = [];
    let bytes = 0;
    const rows = this.#sql.exec<WaitingRow>(
      `SELECT position, delivery_id, topic, headers, received_at, bytes, body,
         (SELECT key FROM large_bodies l WHERE l.position = deliveries.position) AS body_key,
         (SELECT count(*) FROM pulls WHERE first <= position AND last >= position) AS attempts
       FROM deliveries ORDER BY position LIMIT ?`, max);
    for (const row of rows) {
      bytes += row.bytes;
      if (pulled.length > 0 && bytes > maxBytes) break;
      pulled.push({
        position: row.position, deliveryId: row.delivery_id, topic: row.topic, headers: headersOf(row.headers),
        body: row.body, receivedAt: row.received_at, attempts: row.attempts,
        ...(row.body_key === null ? {} : { bodyKey: row.body_key, bodyBytes: row.bytes }),
      });
    }
    return pulled;
  }

  /** These were handed out in vain. One row a pull instead of a counter a delivery: counting would write every body again. */
  noteAttempt(first: number, last: number): void {
    this.#sql.exec('INSERT INTO pulls (first, last) VALUES (?, ?)', first, last);
  }

  /** Removes deliveries and keeps what became of them. Positions that are gone already are passed over. */
  finish(outcomes: FinishedDelivery[], now: Date, keepBatches: boolean): void {
    if (!this.#ready || outcomes.length === 0) return;
    const rows = JSON.stringify(outcomes.map(({ position, outcome, detail }) => [position, outcome, detail?.slice(0, MAX_DETAIL) ?? null]));
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        `INSERT OR IGNORE INTO traces (position, delivery_id, topic, received_at, state, finished_at, detail, bytes)
         SELECT d.position, d.delivery_id, d.topic, d.received_at, o.value ->> 1, ?2, o.value ->> 2, d.bytes
         FROM json_each(?1) o JOIN deliveries d ON d.position = o.value ->> 0`, rows, now.toISOString());
      this.#sql.exec('DELETE FROM deliveries WHERE position IN (SELECT value ->> 0 FROM json_each(?))', rows);
      this.#sql.exec('DELETE FROM large_bodies WHERE position IN (SELECT value ->> 0 FROM json_each(?))', rows);
      this.#sql.exec('DELETE FROM pulls WHERE last < coalesce((SELECT min(position) FROM deliveries), 9007199254740991)');
      this.#prune(now, keepBatches);
    });
  }

  #prune(now: Date, keepBatches: boolean): void {
    const oldest = keepBatches ? new Date(now.getTime() - KEEP_BATCHES_MS).toISOString() : '9999';
    // The oldest few at a time, so that it costs the same however many there are.
    this.#sql.exec(
      `DELETE FROM traces WHERE position IN (SELECT position FROM traces ORDER BY position LIMIT 1000) AND finished_at < ?1
         AND position <= (SELECT position FROM traces ORDER BY position DESC LIMIT 1 OFFSET ?2)`, oldest, KEEP_TRACES);
  }

  /** Keys of the bodies that deliveries wait for. */
  bodyKeys(): string[] {
    if (!this.#ready) return [];
    return this.#sql.exec<{ key: string }>('SELECT key FROM large_bodies ORDER BY position').toArray().map(({ key }) => key);
  }

  recent(limit: number): DeliveryTrace[] {
    if (!this.#ready) return [];
    const newest = (select: string): string => `SELECT * FROM (${select} ORDER BY position DESC LIMIT ?1)`;
    return this.#sql.exec<TraceRow>(`${newest(WAITING_TRACE)} UNION ALL ${newest(FINISHED_TRACE)} ORDER BY position DESC LIMIT ?1`, limit).toArray().map(traceOf);
  }

  /** The newest delivery of that id. */
  trace(deliveryId: string): DeliveryTrace | null {
    if (!this.#ready) return null;
    const row = this.#sql.exec<TraceRow>(
      `${WAITING_TRACE} WHERE delivery_id = ?1 UNION ALL ${FINISHED_TRACE} WHERE delivery_id = ?1 ORDER BY position DESC LIMIT 1`, deliveryId).toArray()[0];
    return row === undefined ? null : traceOf(row);
  }

  stats(): InboxStats {
    if (!this.#ready) return { waiting: 0, oldestReceivedAt: null, acceptedTotal: 0, lastReceivedAt: null };
    const { waiting, accepted } = this.#sql.exec<{ waiting: number; accepted: number }>(
      `SELECT (SELECT count(*) FROM deliveries) AS waiting,
         max(coalesce((SELECT max(position) FROM deliveries), 0), coalesce((SELECT max(position) FROM traces), 0)) AS accepted`).one();
    const oldest = this.#sql.exec<{ received_at: string }>('SELECT received_at FROM deliveries ORDER BY position LIMIT 1').toArray()[0];
    return {
      waiting, oldestReceivedAt: oldest?.received_at ?? null, acceptedTotal: accepted, lastReceivedAt: this.recent(1)[0]?.receivedAt ?? null,
    };
  }

  remember(key: string, value: string, now: number, expiresAt: number): void {
    this.#open();
    // What is known, and for long enough, is not written again.
    if (this.#sql.exec('SELECT 1 FROM cache WHERE key = ? AND value = ? AND expires_at > ?', key, value, (now + expiresAt) / 2).toArray().length > 0) return;
    this.#sql.exec(
      'INSERT INTO cache (key, value, expires_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at',
      key, value, expiresAt);
  }

  recall(key: string, now: number): string | null {
    if (!this.#ready) return null;
    return this.#sql.exec<{ value: string }>('SELECT value FROM cache WHERE key = ? AND expires_at > ?', key, now).toArray()[0]?.value ?? null;
  }

  forget(key: string, now: number): void {
    if (!this.#ready) return;
    this.#sql.exec('DELETE FROM cache WHERE key = ? OR expires_at <= ?', key, now);
  }
}
