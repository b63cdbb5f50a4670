/** Sealing anew on a real Postgres: whole, in pieces, while rows change, and never blind. */
import type pg from 'pg';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { connectAsOwner, keysInUse, reseal, SEALED_COLUMNS } from '../../local/reseal.ts';
import { makeKeyring } from '#worker/context/keyring';
import type { NamedKey } from '#worker/context/named-keys';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const named = (keyId: string, fill: number): NamedKey => ({ keyId, key: new Uint8Array(32).fill(fill) });
const [k1, k2, stranger] = [named('k1', 1), named('k2', 2), named('k1', 9)];
const ringOf = (...credentialKeys: NamedKey[]) => makeKeyring({ identitySecret: new Uint8Array(32), credentialKeys });

const clients: pg.Client[] = [];
let made: TestDatabase, owner: pg.Client;
const COMPANIES = [v7(), v7()] as const;
/** What each row held before anything was sealed anew. */
const plain = new Map<string, string>();

async function connected(): Promise<pg.Client> {
  const client = await connectAsOwner(made.ownerUrl);
  clients.push(client);
  return client;
}

beforeEach(async () => {
  made = await createTestDatabase();
  owner = await connected();
  plain.clear();
  for (const company of COMPANIES) {
    await owner.query(`insert into companies (id, slug, name, currency, time_zone) values ($1::uuid, $1::text, 'Test', 'EUR', 'Europe/Berlin')`, [company]);
    for (let n = 0; n < 25; n++) {
      const id = v7();
      const sealed = await ringOf(k1).encrypt(`credentials of ${id}`);
      plain.set(id, `credentials of ${id}`);
      // Removed ones keep what they had, for the history of what they brought.
      await owner.query(`insert into integrations (company_id, id, platform, name, credentials, credential_key_id, disabled_at) values ($1, $2, 'shopify', 'x', $3, $4, $5)`,
        [company, id, sealed.sealed, sealed.keyId, n % 5 === 0 ? new Date() : null]);
    }
    const user = v7();
    const sealed = await ringOf(k1).encrypt(`secret of ${user}`);
    plain.set(user, `secret of ${user}`);
    await owner.query('insert into user_mfa (company_id, user_id, secret, key_id) values ($1, $2, $3, $4)', [company, user, sealed.sealed, sealed.keyId]);
  }
});
afterAll(async () => { await Promise.all(clients.map((client) => client.end())); });

/** Everything sealed, opened with `ring`, by the id of its row. */
async function opened(...keys: NamedKey[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { table, id, sealed, keyId } of SEALED_COLUMNS) {
    const { rows } = await owner.query<{ id: string; sealed: string; key: string }>(`select ${id} as id, ${sealed} as sealed, ${keyId} as key from ${table}`);
    for (const row of rows) found.set(row.id, await ringOf(...keys).decrypt(row.key, row.sealed));
  }
  return found;
}

describe('sealing anew', () => {
  it('leaves nothing under the old key, and everything says what it said', async () => {
    const steps: number[] = [];
    expect(await reseal(owner, { keys: [k2, k1], batch: 7, onBatch: (_table, done) => void steps.push(done) })).toEqual({ done: 52, unopened: [] });
    expect(steps.at(-1)).toBe(52);
    expect(steps.length).toBeGreaterThan(7);
    expect(await keysInUse(owner)).toEqual([{ table: 'integrations', keyId: 'k2', rows: 50 }, { table: 'user_mfa', keyId: 'k2', rows: 2 }]);
    // With the new key alone: the old one may go.
    expect(await opened(k2)).toEqual(plain);
    expect(await reseal(owner, { keys: [k2] })).toEqual({ done: 0, unopened: [] });
  });

  it('goes on where it was cut short', async () => {
    const broken = await connected();
    const dying = reseal(broken, { keys: [k2, k1], batch: 10, onBatch: async (_table, done) => { if (done === 20) await broken.end(); } });
    await expect(dying).rejects.toThrow();
    expect(await keysInUse(owner)).toEqual([
      { table: 'integrations', keyId: 'k1', rows: 30 }, { table: 'integrations', keyId: 'k2', rows: 20 }, { table: 'user_mfa', keyId: 'k1', rows: 2 },
    ]);
    // Half of it under each key: both open meanwhile.
    expect(await opened(k2, k1)).toEqual(plain);
    expect(await reseal(owner, { keys: [k2, k1], batch: 10 })).toEqual({ done: 32, unopened: [] });
    expect(await opened(k2)).toEqual(plain);
  });

  it('may run twice at once', async () => {
    const both = await Promise.all([reseal(await connected(), { keys: [k2, k1], batch: 3 }), reseal(await connected(), { keys: [k2, k1], batch: 3 })]);
    expect(both.map(({ done }) => done).reduce((a, b) => a + b)).toBe(52);
    expect(await opened(k2)).toEqual(plain);
  });

  it('does not write over what somebody changes meanwhile, and seals that anew as well', async () => {
    // By an isolate that still has the old ring: the changed row is under the old key again.
    const other = await connected();
    const [target] = (await owner.query<{ id: string }>('select id from integrations order by company_id, id limit 1')).rows;
    const late = await ringOf(k1).encrypt('changed meanwhile');
    let changed = false;
    await reseal(owner, { keys: [k2, k1], batch: 10, onBatch: async () => {
      if (changed) return;
      changed = true;
      await other.query('update integrations set credentials = $1, credential_key_id = $2 where id = $3', [late.sealed, late.keyId, target?.id]);
    } });
    expect(await opened(k2)).toEqual(new Map(plain).set(target?.id ?? '', 'changed meanwhile'));
  });

  it('says which rows a wrong key does not open, leaves them, and does the others', async () => {
    const [lost] = (await owner.query<{ id: string; company_id: string }>('select id, company_id from integrations order by id limit 1')).rows;
    const foreign = await ringOf(named('k0', 7)).encrypt('of an older house');
    await owner.query('update integrations set credentials = $1, credential_key_id = $2 where id = $3', [foreign.sealed, 'k0', lost?.id]);
    const result = await reseal(owner, { keys: [k2, k1] });
    expect(result).toMatchObject({ done: 51, unopened: [{ table: 'integrations', companyId: lost?.company_id, id: lost?.id, reason: expect.stringContaining('"k0"') }] });
    expect(await keysInUse(owner)).toContainEqual({ table: 'integrations', keyId: 'k0', rows: 1 });
    // A key of the right name and the wrong bytes opens nothing, and nothing is lost by trying.
    const blind = await reseal(owner, { keys: [named('k3', 3), named('k2', 8), stranger] });
    expect([blind.done, blind.unopened.length]).toEqual([0, 52]);
    expect(await reseal(owner, { keys: [named('k3', 3), k2, named('k0', 7)] })).toEqual({ done: 52, unopened: [] });
  });

  it('refuses to look with a role that row-level security holds', async () => {
    await expect(connectAsOwner(made.appUrl)).rejects.toThrow(/does not see every row/);
  });
});

it('knows every column that something is sealed in', async () => {
  const { rows } = await owner.query<{ table: string; column: string }>(`select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and column_name ~ '(^|_)key_id$' order by 1, 2`);
  expect(rows).toEqual(SEALED_COLUMNS.map(({ table, keyId }) => ({ table, column: keyId })));
});
