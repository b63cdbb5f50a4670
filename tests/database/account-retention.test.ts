/** What the night removes of sessions, links, invitations and second factors that nobody confirmed: on their day, and not before. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { applyRetention } from '#data/night';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

const DAY = '2026-06-15';
/** So many days before midnight of the night's day, and a little more or less. */
const before = (days: number, minutes = 0): string => new Date(Date.parse(`${DAY}T00:00:00Z`) - days * 86_400_000 + minutes * 60_000).toISOString();

let owner: pg.Client;
let tenant: TenantContext, other: TenantContext;

beforeAll(async () => {
  const made = await createTestDatabase();
  [tenant, other] = [await makeTestTenant(made), await makeTestTenant(made)];
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
});
afterAll(async () => { await owner.end(); });

async function insert(table: string, row: Record<string, unknown>): Promise<void> {
  for (const { companyId } of [tenant, other]) {
    // Ids and hashes are nobody else's.
    const all = { company_id: companyId, ...row, ...('token_hash' in row && { token_hash: v7() }) };
    await owner.query(`insert into ${table} (${Object.keys(all).join(', ')}) values (${Object.keys(all).map((_, n) => `$${n + 1}`).join(', ')})`, Object.values(all));
  }
}

async function left(table: string, column: string, company = tenant): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(`select ${column} as name from ${table} where company_id = $1 order by 1`, [company.companyId]);
  return rows.map(({ name }) => name);
}

const night = async (): Promise<void> => { await applyRetention(tenant.db, DAY); };

describe('the night', () => {
  it('removes sessions 30 days after they ended or ran out, whichever came first', async () => {
    const session = (user_agent: string, expires_at: string, ended_at: string | null) =>
      insert('sessions', { id: v7(), user_id: v7(), kind: 'cookie', token_hash: v7(), user_agent, expires_at, ended_at });
    await session('open', before(-10), null);
    await session('ended yesterday', before(-10), before(1));
    await session('ended 30 days ago', before(-10), before(30, 1));
    await session('GONE ended longer ago', before(-10), before(30, -1));
    await session('ran out 30 days ago', before(30, 1), null);
    await session('GONE ran out longer ago', before(30, -1), null);
    await session('GONE ran out longer ago, ended since', before(31), before(2));
    await night();
    expect(await left('sessions', 'user_agent')).toEqual(['ended 30 days ago', 'ended yesterday', 'open', 'ran out 30 days ago']);
    // Another company's night is its own.
    expect(await left('sessions', 'user_agent', other)).toHaveLength(7);
  });

  it('removes links of mails once they are too old', async () => {
    for (const purpose of ['verify_email', 'reset_password', 'change_email']) {
      const link = (email: string, expires_at: string) => insert('account_tokens', { token_hash: v7(), user_id: v7(), purpose, email, expires_at });
      await link(`${purpose} good`, before(0, 1));
      await link(`${purpose} GONE`, before(0, -1));
    }
    await night();
    expect(await left('account_tokens', 'email')).toEqual(['change_email good', 'reset_password good', 'verify_email good']);
    expect(await left('account_tokens', 'email', other)).toHaveLength(6);
  });

  it('removes invitations 90 days after they were taken, withdrawn or too old, and with them the addresses of people who never came', async () => {
    const invitation = (email: string, expires_at: string, ended: object = {}) => insert('invitations', { id: v7(), email, role: 'viewer', token_hash: v7(), invited_by: 'a', expires_at, ...ended });
    await invitation('open', before(-3));
    await invitation('too old for 90 days', before(90, 1));
    await invitation('GONE too old for longer', before(90, -1));
    await invitation('taken 90 days ago', before(-3), { accepted_at: before(90, 1) });
    await invitation('GONE taken longer ago', before(-3), { accepted_at: before(90, -1) });
    await invitation('GONE withdrawn longer ago', before(-3), { revoked_at: before(90, -1) });
    await night();
    expect(await left('invitations', 'email')).toEqual(['open', 'taken 90 days ago', 'too old for 90 days']);
    expect(await left('invitations', 'email', other)).toHaveLength(6);
  });

  it('removes secrets of second factors that nobody confirmed within a week, and none that is in force', async () => {
    const factor = (secret: string, created_at: string, confirmed_at: string | null) => insert('user_mfa', { user_id: v7(), secret, key_id: 'k1', created_at, confirmed_at });
    await factor('in force for a year', before(365), before(365));
    await factor('begun this week', before(7, 1), null);
    await factor('GONE begun before', before(7, -1), null);
    await night();
    expect(await left('user_mfa', 'secret')).toEqual(['begun this week', 'in force for a year']);
    expect(await left('user_mfa', 'secret', other)).toHaveLength(3);
  });
});
