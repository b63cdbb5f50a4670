/** Walks the database's own catalogue: every tenant table is guarded, and nothing else passes the guard. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { NOT_EXPORTED, PERSON_PARTS } from '#data/person-export';
import { createTestDatabase } from '../support/database.ts';

/** The lookups that must happen before a tenant is known, and the nightly chunk guard. Nothing else may bypass. */
const ALLOWED_DEFINERS = [
  'any_company_exists',
  'backfills_to_ring',
  'companies_due_for_night',
  'companies_to_catch_up',
  'companies_to_seal',
  'companies_to_watch',
  'companies_with_due_segments',
  'drop_emptied_chunks',
  'find_api_key',
  'find_company_by_slug',
  'find_event_source',
  'find_identity',
  'find_integration',
  'find_invitation',
  'find_session',
  'find_user_by_email',
  'integrations_to_check',
  'integrations_to_reconcile',
  'peer_percentiles',
  'pooled_parameters',
  'revoke_chunk_grants',
];

/** Our role may add to these and nothing else. */
const APPEND_ONLY = ['audit_log', 'audit_seals'];

let owner: pg.Client, app: pg.Client;

beforeAll(async () => {
  const made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  app = new pg.Client({ connectionString: made.appUrl });
  await Promise.all([owner.connect(), app.connect()]);
});
afterAll(async () => { await Promise.all([owner.end(), app.end()]); });

async function tables(): Promise<{ name: string; key: string }[]> {
  const { rows } = await owner.query<{ name: string; key: string }>(`select c.relname as name, case when c.relname = 'companies' then 'id' else 'company_id' end as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm') order by 1`);
  return rows;
}

it('every table belongs to a tenant and forces row security with one policy for reading and writing', async () => {
  const { rows } = await owner.query<{ name: string; kind: string; enabled: boolean; forced: boolean; keyed: boolean; policies: number; reads: string; writes: string }>(`
    select c.relname as name, c.relkind::text as kind, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = case when c.relname = 'companies' then 'id' else 'company_id' end and a.attnotnull) as keyed,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polcmd = '*') as policies,
      (select min(pg_get_expr(p.polqual, p.polrelid)) from pg_policy p where p.polrelid = c.oid) as reads,
      (select min(pg_get_expr(p.polwithcheck, p.polrelid)) from pg_policy p where p.polrelid = c.oid) as writes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm')`);
  expect(rows.length).toBeGreaterThan(20);
  for (const table of rows) {
    expect(table, table.name).toMatchObject({ kind: 'r', enabled: true, forced: true, keyed: true, policies: 1 });
    expect(table.reads, table.name).toContain("NULLIF(current_setting('app.company_id'::text, true), ''::text))::uuid");
    expect(table.writes, table.name).toBe(table.reads);
  }
});

it('every table that knows customers is in the file that a person may ask for, or is known not to be', async () => {
  const { rows } = await owner.query<{ name: string }>(`select distinct table_name as name from information_schema.columns where table_schema = 'public' and column_name in ('customer_id', 'customer_ids') order by 1`);
  const told = [...PERSON_PARTS.flatMap((part) => part.tables), ...Object.keys(NOT_EXPORTED)];
  expect(rows.map((row) => row.name).filter((name) => !told.includes(name)), 'name it in data/person-export.ts').toEqual([]);
});

it('only the listed functions run with the owner’s rights, and only our role may call them', async () => {
  const { rows } = await owner.query<{ name: string; public: boolean }>(`select p.proname as name, has_function_privilege('public', p.oid, 'execute') as public
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and p.prosecdef order by 1`);
  expect(rows.map((r) => r.name)).toEqual(ALLOWED_DEFINERS);
  expect(rows.filter((r) => r.public)).toEqual([]);
});

it('our role owns nothing, makes nothing and bypasses nothing', async () => {
  const { rows } = await app.query<Record<string, boolean>>(`select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
    has_schema_privilege('public', 'create') as creates, exists (select from pg_class where relowner = pg_roles.oid) as owns from pg_roles where rolname = current_user`);
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false, creates: false, owns: false }]);
  await expect(app.query('truncate transactions')).rejects.toThrow(/permission denied/);
});

it.each(APPEND_ONLY)('our role adds to %s and neither changes, removes nor empties what is there', async (table) => {
  for (const statement of [`update ${table} set company_id = company_id`, `delete from ${table}`, `truncate ${table}`]) {
    await expect(app.query(statement), statement).rejects.toThrow(/permission denied/);
  }
  const { rows } = await owner.query<{ privilege_type: string }>(`select privilege_type from information_schema.role_table_grants where grantee = 'app_user' and table_name = $1 order by 1`, [table]);
  expect(rows.map((row) => row.privilege_type)).toEqual(['INSERT', 'SELECT']);
});

describe('another tenant', () => {
  const first = v7(), second = v7();
  beforeAll(async () => {
    // One row of the first tenant in every table: columns that must be filled get a value of their type.
    for (const { name, key } of await tables()) {
      const { rows: columns } = await owner.query<{ column_name: string; udt_name: string }>(`select column_name, udt_name from information_schema.columns
        where table_schema = 'public' and table_name = $1 and is_nullable = 'NO' and column_default is null and is_generated = 'NEVER'`, [name]);
      const value = (type: string): string => ({ uuid: `'${v7()}'`, text: `'${v7()}'`, bpchar: `'EUR'`, timestamptz: 'now()', date: 'current_date', jsonb: `'{}'`, bool: 'true' })[type] ?? '1';
      await owner.query(`insert into ${name} (${columns.map((c) => c.column_name).join(', ')})
        values (${columns.map((c) => (c.column_name === key ? `'${first}'` : value(c.udt_name))).join(', ')})`);
    }
  });

  it('sees, changes and deletes nothing, in any table', async () => {
    await app.query(`select set_config('app.company_id', '${second}', false)`);
    for (const { name, key } of await tables()) {
      expect((await app.query(`select * from ${name}`)).rowCount, `select ${name}`).toBe(0);
      expect((await app.query(`select * from ${name} where ${key} = '${first}'`)).rowCount, `select where ${name}`).toBe(0);
      if (!APPEND_ONLY.includes(name)) {
        expect((await app.query(`update ${name} set ${key} = ${key}`)).rowCount, `update ${name}`).toBe(0);
        expect((await app.query(`delete from ${name}`)).rowCount, `delete ${name}`).toBe(0);
      }
      expect((await owner.query(`select * from ${name} where ${key} = '${first}'`)).rowCount, `still there ${name}`).toBe(1);
    }
  });

  it('cannot write a row that would be the first tenant’s, nor move its own there', async () => {
    await app.query(`select set_config('app.company_id', '${second}', false)`);
    await expect(app.query(`insert into customer_day (company_id, customer_id, day, orders, purchases, gross, refunded, order_net, uncounted)
      values ('${first}', '${v7()}', current_date, 1, 1, 1, 0, 1, 0)`)).rejects.toThrow(/row-level security/);
    await app.query(`insert into tenant_clock (company_id) values ('${second}')`);
    await expect(app.query(`update tenant_clock set company_id = '${first}'`)).rejects.toThrow(/row-level security|duplicate key/);
  });

  it('sees nothing at all before a tenant is named, also on a used connection', async () => {
    for (const setting of ['', first]) {
      await app.query('begin');
      await app.query(`select set_config('app.company_id', '${setting}', true)`);
      await app.query('commit');
      await app.query(`select set_config('app.company_id', '', false)`);
      for (const { name } of await tables()) expect((await app.query(`select * from ${name}`)).rowCount, name).toBe(0);
    }
  });
});
