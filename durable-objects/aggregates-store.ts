/** The tables of a tenant's running totals: written in one transaction with each feed, read whole on waking. */
import { z } from 'zod';
import { STAGES } from '#core/clv/lifecycle';
import { type Aggregates, type FoldedCustomer, type Tally, emptyAggregates, emptyTally } from '#core/live/aggregates';
import type { Snapshot } from '#core/live/snapshot';
import { snapshotSchema } from '#core/live/snapshot-schema';
import type { Touched } from '#core/live/fold';

/** Rows handed to one statement as JSON; keeps its parameter well under the 2 MB a value may have. */
const CHUNK = 4000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS customers (
    id TEXT PRIMARY KEY, first_day INTEGER, last_day INTEGER, historical INTEGER NOT NULL, predicted INTEGER NOT NULL,
    cell INTEGER NOT NULL, stage TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tallies (
    key TEXT PRIMARY KEY, customers INTEGER NOT NULL, historical INTEGER NOT NULL, predicted INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS buyers (day INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS days (
    day INTEGER PRIMARY KEY, orders INTEGER NOT NULL, gross INTEGER NOT NULL, refunded INTEGER NOT NULL,
    unattributed INTEGER NOT NULL, uncounted INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS state (
    id INTEGER PRIMARY KEY CHECK (id = 1), company_id TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, building INTEGER NOT NULL,
    currency TEXT, time_zone TEXT, analysis_date TEXT, horizon_days INTEGER, updated_at TEXT, served TEXT);
`;

const stateRow = z.object({
  company_id: z.string(), epoch: z.number(), seq: z.number(), building: z.number(), currency: z.string().nullable(), time_zone: z.string().nullable(),
  analysis_date: z.string().nullable(), horizon_days: z.number().nullable(), updated_at: z.string().nullable(), served: z.string().nullable(),
});

interface CustomerRow extends Record<string, SqlStorageValue> {
  id: string;
  first_day: number | null;
  last_day: number | null;
  historical: number;
  predicted: number;
  cell: number;
  stage: string | null;
}

export interface Kept {
  companyId: string | null;
  totals: Aggregates;
  /** The last complete snapshot of the former epoch, while a new one is being built. */
  served: Snapshot | null;
}

function* chunks<T>(rows: T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += CHUNK) yield rows.slice(start, start + CHUNK);
}

export class AggregatesStore {
  #sql: SqlStorage;
  #ready: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#ready = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'state'").toArray().length > 0;
  }

  open(): void {
    if (this.#ready) return;
    this.#sql.exec(SCHEMA);
    this.#ready = true;
  }

  load(): Kept {
    const totals = emptyAggregates();
    const row = this.#ready ? this.#sql.exec('SELECT * FROM state').toArray()[0] : undefined;
    if (row === undefined) return { companyId: null, totals, served: null };
    const state = stateRow.parse(row);
    totals.position = { epoch: state.epoch, seq: state.seq };
    totals.building = state.building !== 0;
    totals.updatedAt = state.updated_at;
    if (state.currency !== null && state.time_zone !== null && state.horizon_days !== null) {
      totals.clock = { currency: state.currency, timeZone: state.time_zone, analysisDate: state.analysis_date, horizonDays: state.horizon_days };
    }
    this.#loadTallies(totals);
    for (const { day, first, last } of this.#sql.exec<{ day: number; first: number; last: number }>('SELECT day, first, last FROM buyers')) {
      totals.buyers.set(day, { first, last });
    }
    const days = this.#sql.exec<{ day: number; orders: number; gross: number; refunded: number; unattributed: number; uncounted: number }>('SELECT * FROM days');
    for (const { day, orders, gross, refunded, unattributed, uncounted } of days) {
      totals.days.set(day, { orders, gross, refunded, unattributedOrders: unattributed, uncountedOrders: uncounted });
    }
    return { companyId: state.company_id, totals, served: state.served === null ? null : snapshotSchema.parse(JSON.parse(state.served)) };
  }

  #loadTallies(totals: Aggregates): void {
    const rows = this.#sql.exec<{ key: string; customers: number; historical: number; predicted: number }>('SELECT * FROM tallies');
    for (const { key, customers, historical, predicted } of rows) {
      const tally: Tally = { customers, historicalValue: historical, predictedValue: predicted };
      const stage = STAGES.find((name) => key === `stage:${name}`);
      if (key === 'total') totals.total = tally;
      else if (stage !== undefined) totals.stages.set(stage, tally);
      else if (key.startsWith('cell:')) totals.cells.set(Number(key.slice(5)), tally);
    }
  }

  /** What these customers contributed so far; the unknown are missing. */
  customers(ids: string[]): Map<string, FoldedCustomer> {
    const found = new Map<string, FoldedCustomer>();
    for (const chunk of chunks(ids)) {
      const rows = this.#sql.exec<CustomerRow>('SELECT c.* FROM json_each(?) j JOIN customers c ON c.id = j.value', JSON.stringify(chunk));
      for (const row of rows) {
        found.set(row.id, {
          firstDay: row.first_day, lastDay: row.last_day, historicalValue: row.historical, predictedValue: row.predicted,
          cell: row.cell, stage: STAGES.find((stage) => stage === row.stage) ?? null,
        });
      }
    }
    return found;
  }

  /** Customers whose last purchase lies after `day`, by the day of their first. */
  laterBuyers(day: number): Map<number, number> {
    if (!this.#ready) return new Map();
    const rows = this.#sql.exec<{ first_day: number; customers: number }>(
      'SELECT first_day, count(*) AS customers FROM customers WHERE last_day > ? AND first_day IS NOT NULL GROUP BY first_day', day);
    return new Map(rows.toArray().map(({ first_day, customers }) => [first_day, customers]));
  }

  /** Drops every row of the former epoch. */
  clear(): void {
    for (const table of ['customers', 'tallies', 'buyers', 'days']) this.#sql.exec(`DELETE FROM ${table}`);
  }

  save(companyId: string, totals: Aggregates, served: Snapshot | null, touched: Touched): void {
    this.#saveCustomers(touched.customers);
    this.#saveTallies(totals, touched);
    this.#saveDays(totals, touched);
    const { position, clock, building, updatedAt } = totals;
    this.#sql.exec(
      'INSERT OR REPLACE INTO state (id, company_id, epoch, seq, building, currency, time_zone, analysis_date, horizon_days, updated_at, served) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      companyId, position.epoch, position.seq, building ? 1 : 0, clock?.currency ?? null, clock?.timeZone ?? null, clock?.analysisDate ?? null,
      clock?.horizonDays ?? null, updatedAt, served === null ? null : JSON.stringify(served));
  }

  #saveCustomers(customers: Touched['customers']): void {
    const kept: unknown[][] = [];
    const gone: string[] = [];
    for (const [id, c] of customers) {
      if (c === null) gone.push(id);
      else kept.push([id, c.firstDay, c.lastDay, c.historicalValue, c.predictedValue, c.cell, c.stage]);
    }
    for (const chunk of chunks(kept)) {
      this.#sql.exec(
        `INSERT OR REPLACE INTO customers (id, first_day, last_day, historical, predicted, cell, stage)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)`, JSON.stringify(chunk));
    }
    for (const chunk of chunks(gone)) this.#sql.exec('DELETE FROM customers WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(chunk));
  }

  #saveTallies(totals: Aggregates, touched: Touched): void {
    const rows: unknown[][] = [];
    const add = (key: string, tally: Tally | undefined): void => {
      const { customers, historicalValue, predictedValue } = tally ?? emptyTally();
      rows.push([key, customers, historicalValue, predictedValue]);
    };
    add('total', totals.total);
    for (const stage of touched.stages) add(`stage:${stage}`, totals.stages.get(stage));
    for (const cell of touched.cells) add(`cell:${cell}`, totals.cells.get(cell));
    this.#sql.exec('INSERT OR REPLACE INTO tallies SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)', JSON.stringify(rows));
  }

  #saveDays(totals: Aggregates, touched: Touched): void {
    const buyers = [...touched.buyers].map((day) => [day, totals.buyers.get(day)?.first ?? 0, totals.buyers.get(day)?.last ?? 0]);
    this.#sql.exec('INSERT OR REPLACE INTO buyers SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)', JSON.stringify(buyers));
    const days: unknown[][] = [];
    for (const day of touched.days) {
      const sales = totals.days.get(day);
      if (sales !== undefined) days.push([day, sales.orders, sales.gross, sales.refunded, sales.unattributedOrders, sales.uncountedOrders]);
    }
    this.#sql.exec(
      'INSERT OR REPLACE INTO days SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)', JSON.stringify(days));
  }
}
