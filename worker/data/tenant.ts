/** One tenant's window on Postgres: every statement runs in one round trip, inside that tenant's row security. */
import { neon, neonConfig, NeonDbError, types } from '@neondatabase/serverless';
import type { NeonQueryFunction } from '@neondatabase/serverless';
import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { tenantLock } from './tenant-lock.ts';

const dialect = new PgDialect();

/** Values arrive as text; 64-bit integers stay exact or fail, dates and instants stay strings. */
const INT8 = 20, DATE = 1082, TIMESTAMPTZ = 1184;
const typeParsers = {
  getTypeParser(oid: number) {
    if (oid === INT8) return parseBigint;
    if (oid === DATE) return (text: string) => text;
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    // Declared as any there: the driver calls it, we never do.
    const standard: unknown = types.getTypeParser(oid);
    return standard;
  },
};

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new AppError('internal', 'A stored amount is beyond 2^53');
  return value;
}

export interface Query<T> {
  query: SQL;
  /** Shape of one row; rows that do not fit are our defect and fail loudly. */
  row: z.ZodType<T>;
}

/** Pairs a statement with the shape of its rows. */
export function query<T>(row: z.ZodType<T>, statement: SQL): Query<T> {
  return { query: statement, row };
}

/** For statements whose rows nobody reads. */
export function command(statement: SQL): Query<unknown> {
  return { query: statement, row: z.unknown() };
}

/** As `command`, for a statement that may have nothing to do. */
export function optional(statement: SQL | null): Query<unknown> | null {
  return statement === null ? null : command(statement);
}

/** Statements of one transaction; null keeps a place for one that has nothing to do. */
export type Queries = readonly (Query<unknown> | null)[];
export type RowsOf<Q extends Queries> = { -readonly [K in keyof Q]: NonNullable<Q[K]> extends Query<infer T> ? T[] : never[] };

export interface TenantDb {
  readonly companyId: string;
  /** All rows of one statement. */
  rows<T>(row: z.ZodType<T>, statement: SQL): Promise<T[]>;
  /** The first row, or null. */
  first<T>(row: z.ZodType<T>, statement: SQL): Promise<T | null>;
  run(statement: SQL): Promise<void>;
  /** Several statements, one transaction, one round trip. What is null is not sent, and has no rows. */
  transaction<const Q extends Queries>(queries: Q): Promise<RowsOf<Q>>;
  /** As `transaction`, under the tenant's lock: each statement sees what the last writer wrote. */
  write<const Q extends Queries>(queries: Q): Promise<RowsOf<Q>>;
  /**
   * The same window, which sends `note` along at the end of each transaction until it has returned a row: a record of
   * what was done lives or dies with the deed, and costs no round trip.
   */
  noting(note: SQL): TenantDb;
}

export interface Database {
  tenant(companyId: string): TenantDb;
  /** For the narrow functions that run before a tenant is known. */
  lookup<T>(row: z.ZodType<T>, statement: SQL): Promise<T[]>;
}

export interface DatabaseSettings {
  /** Of the role app_user. */
  url: string;
  /** Address of a Neon-compatible HTTP endpoint when it is not Neon's own. */
  endpoint: string | null;
}

/**
 * Opens nothing: the HTTP driver keeps no connection. Make one per request.
 * @throws AppError `unavailable` when Postgres cannot be reached or asks to retry, `stale` when a statement of ours found the
 * books changed (`retry_later`), `invalid_input` when Postgres refuses data.
 */
export function openDatabase(settings: DatabaseSettings): Database {
  if (settings.endpoint !== null) {
    const endpoint = settings.endpoint;
    neonConfig.fetchEndpoint = () => endpoint;
  }
  const client = neon(settings.url);

  return {
    tenant: (companyId) => tenantDb(client, companyId),
    async lookup(row, statement) {
      const [rows] = await send(client, [statement]);
      return parseRows(row, rows ?? []);
    },
  };
}

function tenantDb(client: NeonQueryFunction<false, false>, companyId: string, note: SQL | null = null): TenantDb {
  const enter = sql`select set_config('app.company_id', ${companyId}, true)`;
  // One statement for both, and not the one after: that one's snapshot would be older than the lock.
  const enterAlone = sql`select set_config('app.company_id', ${companyId}, true), ${tenantLock(companyId)}`;
  let pending = note;
  const sendIn = async (door: SQL, statements: SQL[]): Promise<unknown[][]> => {
    if (pending === null) return await send(client, [door, ...statements]);
    const results = await send(client, [door, ...statements, pending]);
    if ((results.pop() ?? []).length > 0) pending = null;
    return results;
  };
  const all = async <const Q extends Queries>(door: SQL, queries: Q): Promise<RowsOf<Q>> => {
    const results = await sendIn(door, queries.flatMap((q) => (q === null ? [] : [q.query])));
    let next = 1;
    const parsed = queries.map((q) => (q === null ? [] : parseRows(q.row, results[next++] ?? [])));
    if (!answersEach(queries, parsed, results.length === next)) throw new AppError('internal', 'Postgres answered another number of statements than were sent');
    return parsed;
  };
  const one = async <T>(row: z.ZodType<T>, statement: SQL): Promise<T[]> => {
    const [, rows] = await sendIn(enter, [statement]);
    return parseRows(row, rows ?? []);
  };
  return {
    companyId,
    rows: one,
    first: async (row, statement) => (await one(row, statement))[0] ?? null,
    run: async (statement) => {
      await sendIn(enter, [statement]);
    },
    transaction: (queries) => all(enter, queries),
    write: (queries) => all(enterAlone, queries),
    noting: (other) => tenantDb(client, companyId, other),
  };
}

/** Each list came through its own query's schema, in order; what remains to be true is that every statement was answered. */
function answersEach<Q extends Queries>(queries: Q, parsed: unknown[][], isWhole: boolean): parsed is RowsOf<Q> {
  return isWhole && parsed.length === queries.length;
}

async function send(client: NeonQueryFunction<false, false>, statements: SQL[]): Promise<unknown[][]> {
  try {
    return await client.transaction(statements.map((statement) => {
      const { sql: text, params } = dialect.sqlToQuery(statement);
      return client.query(text, params, { types: typeParsers });
    }));
  } catch (error) {
    throw translate(error);
  }
}

function parseRows<T>(row: z.ZodType<T>, rows: unknown[]): T[] {
  // Row by row: a schema of the array would have to be made for each answer, which costs more than most answers.
  return rows.map((one) => row.parse(one));
}

/** SQLSTATE classes that pass by themselves: connection, sign-in while a password rotates, resources, operator, serialisation and deadlock, starting up. */
const PASSING = /^(08|28|53|57|40|55P03|25006|58)/;
/** What `retry_later` raises; Postgres' own failures to serialise come from elsewhere in it. */
const GIVEN_UP = { code: '40001', routine: 'exec_stmt_raise' };
/** Classes where this very data is refused. */
const DATA = /^(22|23|P0001)/;

/** What callers are told: the database's own words name tables and columns; those that our statements raise are ours. */
function publicWords(state: string): { publicMessage?: string } {
  if (state.startsWith('22')) return { publicMessage: 'A value cannot be kept: a number is too large, a date is impossible, or a text holds a character that no record can' };
  if (state.startsWith('23')) return { publicMessage: 'This contradicts what is kept already: something that it names is missing, or is there twice' };
  return {};
}

function translate(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof NeonDbError)) return new AppError('unavailable', 'The database cannot be reached', { cause: error });
  const state = error.code ?? '';
  if (state === GIVEN_UP.code && error.routine === GIVEN_UP.routine) return new AppError('stale', error.message, { cause: error });
  if (state === '' || PASSING.test(state)) return new AppError('unavailable', 'The database is not available', { cause: error });
  if (DATA.test(state)) return new AppError('invalid_input', error.message, { cause: error, ...publicWords(state) });
  return new AppError('internal', `The database refused a statement (${state}): ${error.message}`, { cause: error });
}
