/** The audit log on real Postgres: one entry with the deed or none, a chain that shows what was touched, a list and a file. */
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvStream } from '#core/csv-text';
import { query } from '#data/tenant';
import { sealAudit, verifyAudit } from '#operations/audit-chain';
import { audited, exportAudit, keepDeed, listAudit } from '#operations/audit';
import { openDatabase } from '#data/tenant';
import { ringSealing } from '#operations/audit-chain';
import type { Job, TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
let owner: pg.Client;
let ctx: TenantContext;

beforeAll(async () => {
  made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
});
afterAll(async () => { await owner.end(); });

beforeEach(async () => {
  const tenant = await makeTestTenant(made);
  const files = {
    ...tenant.files,
    async put(key: string, body: ReadableStream<Uint8Array>) {
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      tenant.fileMap.set(key, bytes);
      return { size: bytes.length };
    },
  };
  ctx = {
    ...tenant, files, log: { ...tenant.log, error: () => undefined },
    actor: { kind: 'user', userId: v7(), email: 'ada@shop.example', role: 'admin', sessionId: v7() },
    askedFrom: { requestId: 'r1', address: '192.0.2.7', userAgent: 'Browser' },
  };
});

const rename = (to: string) => sql`update companies set name = ${to} where id = ${ctx.companyId}`;
const nothing = sql`update companies set name = 'x' where id = ${v7()}`;
const entries = async () => (await listAudit(ctx, {})).rows;

describe('an entry', () => {
  it('is kept with the change, and says who did what to which from where', async () => {
    const { db } = audited(ctx, { action: 'company.changed', target: { kind: 'company', id: ctx.companyId, name: 'Test' }, detail: { name: 'New' } });
    await db.run(rename('New'));
    expect(await entries()).toEqual([expect.objectContaining({
      actorKind: 'user', actorName: 'ada@shop.example', action: 'company.changed', words: 'Changed settings', targetKind: 'company', targetId: ctx.companyId,
      targetName: 'Test', detail: { name: 'New' }, address: '192.0.2.7', userAgent: 'Browser', requestId: 'r1', sealedAs: null,
    })]);
  });

  it('is one for several transactions of one operation, however they are sent', async () => {
    const { db } = audited(ctx, { action: 'company.changed' });
    expect(await db.rows(z.object({ name: z.string() }), sql`select name from companies where id = ${ctx.companyId}`)).toHaveLength(1);
    expect(await entries()).toHaveLength(0);
    expect(await db.first(z.object({ name: z.string() }), sql`update companies set name = 'A' where id = ${ctx.companyId} returning name`)).toEqual({ name: 'A' });
    await Promise.all([db.run(rename('B')), db.run(rename('C'))]);
    const [names] = await db.transaction([query(z.object({ name: z.string() }), sql`select name from companies where id = ${ctx.companyId}`)]);
    expect(names).toHaveLength(1);
    expect(await entries()).toHaveLength(1);
  });

  it('is one also when the first transactions are under way at once', async () => {
    const { db } = audited(ctx, { action: 'company.changed' });
    await Promise.all(['A', 'B', 'C', 'D'].map((name) => db.run(rename(name))));
    expect(await entries()).toHaveLength(1);
  });

  it('is not kept when nothing was changed, or the change was given up', async () => {
    const { db } = audited(ctx, { action: 'company.changed' });
    await db.run(nothing);
    await db.run(sql`insert into tenant_clock (company_id) values (${ctx.companyId}) on conflict do nothing`);
    await expect(db.run(sql`insert into tenant_clock (company_id) values (${ctx.companyId})`)).rejects.toThrow();
    expect(await entries()).toEqual([]);
  });

  it('is not kept of what the machine does by itself', async () => {
    const machine: TenantContext = { ...ctx, actor: { kind: 'system' } };
    await audited(machine, { action: 'company.changed' }).db.run(rename('Z'));
    await keepDeed(machine, { action: 'night.started' });
    expect(await entries()).toEqual([]);
  });
});

describe('the list', () => {
  it('is filtered by who, what, which and when, and read page by page', async () => {
    for (const n of [1, 2, 3]) await keepDeed({ ...ctx, clock: { now: () => new Date(Date.UTC(2026, 0, n)) } }, { action: 'night.started', target: { kind: 'run', id: `run-${String(n)}` } });
    await keepDeed({ ...ctx, actor: { kind: 'api_key', keyId: '0190a7a8-0000-7000-8000-000000000001', name: 'Reports', role: 'admin' } }, { action: 'api_key.revoked', target: { kind: 'api_key', id: 'k' } });
    const first = await listAudit(ctx, { action: 'night' }, { limit: 2 });
    expect(first.rows.map((row) => row.targetId)).toEqual(['run-3', 'run-2']);
    expect((await listAudit(ctx, { action: 'night' }, { limit: 2, cursor: first.nextCursor ?? '' })).rows.map((row) => row.targetId)).toEqual(['run-1']);
    expect((await listAudit(ctx, { actor: '0190a7a8-0000-7000-8000-000000000001' })).rows.map((row) => row.actorName)).toEqual(['Reports']);
    expect((await listAudit(ctx, { target: 'run-2' })).rows).toHaveLength(1);
    expect((await listAudit(ctx, { from: '2026-01-02T00:00:00Z', to: '2026-01-03T00:00:00Z' })).rows.map((row) => row.targetId)).toEqual(['run-2']);
    await expect(listAudit(ctx, {}, { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(listAudit({ ...ctx, actor: { kind: 'user', userId: 'u', email: 'e', role: 'manager', sessionId: 's' } }, {})).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is exported whole as CSV without formulas, and says that it was', async () => {
    await keepDeed(ctx, { action: 'member.invited', target: { kind: 'invitation', id: 'i', name: '=HYPERLINK("x")' } });
    const { header, pages } = await exportAudit(ctx, {});
    const text = await new Response(csvStream(header, pages)).text();
    expect(text.split('\r\n')).toHaveLength(4);
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    expect((await entries())[0]).toMatchObject({ action: 'audit.exported' });
  });
});

describe('the chain', () => {
  const write = async (n: number) => { for (let i = 0; i < n; i++) await keepDeed(ctx, { action: 'night.started', target: { kind: 'run', id: String(i) }, detail: { b: 1, a: [1, 2] } }); };

  /** Changes what our role cannot, as the owner of the tables. */
  const tamper = (statement: string, values: unknown[] = [ctx.companyId]) => owner.query(statement, values);

  beforeEach(async () => {
    await write(3);
    await sealAudit(ctx);
    await write(2);
    await sealAudit(ctx);
  });

  it('holds every entry once, grows only by what is new, and is whole', async () => {
    expect((await entries()).map((row) => row.sealedAs)).toEqual([5, 4, 3, 2, 1]);
    const before = await verifyAudit(ctx);
    expect(before).toMatchObject({ intact: true, checked: 5, faults: [], head: { position: 5 } });
    await sealAudit(ctx);
    expect(await verifyAudit(ctx)).toEqual(before);
    await Promise.all([write(4), sealAudit(ctx), sealAudit(ctx)]);
    await sealAudit(ctx);
    expect(await verifyAudit(ctx)).toMatchObject({ intact: true, checked: 9 });
  });

  it.each([
    ['another action', `update audit_log set action = 'company.changed' where company_id = $1 and target_id = '2'`],
    ['another address', `update audit_log set address = '198.51.100.1' where company_id = $1 and target_id = '2'`],
    ['another moment', `update audit_log set at = at + interval '1 microsecond' where company_id = $1 and target_id = '2'`],
    ['another detail', `update audit_log set detail = jsonb_set(detail, '{b}', '2') where company_id = $1 and target_id = '2'`],
  ])('shows an entry with %s', async (_, statement) => {
    expect((await tamper(statement)).rowCount).toBe(1);
    expect(await verifyAudit(ctx)).toMatchObject({ intact: false, faults: [{ kind: 'changed', position: 3 }] });
  });

  it('shows an entry that is gone, and a link that is gone with it', async () => {
    await tamper(`delete from audit_log where company_id = $1 and target_id = '2'`);
    expect(await verifyAudit(ctx)).toMatchObject({ intact: false, faults: [{ kind: 'missing', position: 3 }] });
    await tamper('delete from audit_seals where company_id = $1 and position = 3');
    expect(await verifyAudit(ctx)).toMatchObject({ intact: false, faults: [{ kind: 'gap', position: 3 }] });
  });

  it('shows an end that was cut off, and a chain that was written anew from the start', async () => {
    await tamper('delete from audit_log where company_id = $1 and id = (select entry_id from audit_seals where company_id = $1 and position = 5)');
    await tamper('delete from audit_seals where company_id = $1 and position = 5');
    expect(await verifyAudit(ctx)).toMatchObject({ intact: false, faults: [{ kind: 'cut', position: 5 }] });
    await tamper(`update audit_log set actor_name = 'eve@shop.example' where company_id = $1`);
    await tamper('delete from audit_seals where company_id = $1');
    const nowhere = { ...ctx, files: { ...ctx.files, put: async () => ({ size: 0 }) } };
    await sealAudit(nowhere);
    expect(await verifyAudit(ctx)).toMatchObject({ intact: false, checked: 4, faults: [{ kind: 'cut', position: 5 }] });
  });

  it('shows an entry that was slipped in among old ones', async () => {
    await keepDeed({ ...ctx, clock: { now: () => new Date(Date.now() - 3 * 3_600_000) } }, { action: 'night.started' });
    await sealAudit(ctx);
    expect(await verifyAudit(ctx)).toMatchObject({ intact: false, faults: [{ kind: 'stray', position: null }] });
  });

  it('is asked for by the schedule every five minutes, where something waits', async () => {
    const rung: Job[] = [];
    const tools = { database: openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }), jobs: { ...ctx.jobs, enqueue: async (job: Job) => { rung.push(job); } } };
    const mine = () => rung.filter((job) => 'companyId' in job && job.companyId === ctx.companyId);
    await ringSealing(tools, new Date('2026-01-01T00:05:00Z'));
    expect(mine()).toEqual([]);
    await write(1);
    await ringSealing(tools, new Date('2026-01-01T00:06:00Z'));
    expect(mine()).toEqual([]);
    await ringSealing(tools, new Date('2026-01-01T00:10:00Z'));
    expect(mine()).toEqual([{ type: 'seal', companyId: ctx.companyId }]);
  });
});
