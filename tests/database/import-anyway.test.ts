/** Lines that an earlier file had are skipped and listed; imported anyway they count once more, and only once. */
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { verifyTenant } from '#data/rebuild';
import { cancelImport, getImport, importAnyway, listSkipped } from '#operations/imports';
import { updateCompany } from '#operations/company';
import { runRebuild } from '#operations/rebuild';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeImportShop, text } from '../support/import-shop.ts';

const HEAD = 'customer_id,date,quantity,amount';
const FIRST = [HEAD, '1,1997-01-01,1,11.77', '2,1997-01-12,1,12.00', '2,1997-01-12,1,12.00', '3,1997-01-02,2,20.76'];
/** One line that stands once, one that stands twice and comes three times, one that is new. */
const SECOND = [HEAD, '1,1997-01-01,1,11.77', '2,1997-01-12,1,12.00', '2,1997-01-12,1,12.00', '2,1997-01-12,1,12.00', '4,1997-03-30,2,29.33'];

const books = z.object({ rows: z.number(), total: z.number() });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

async function makeShop() {
  const shop = await makeImportShop(database);
  const { ctx, run } = shop;
  const upload = (lines: string[]) => shop.upload(text(`${lines.join('\n')}\n`));
  return {
    ...shop, upload,
    importFile: async (lines: string[]) => run(await upload(lines)),
    anyway: async (id: string) => run((await importAnyway(ctx, id)).id),
    books: () => ctx.db.first(books, sql`select count(*)::int as rows, coalesce(sum(amount), 0)::bigint as total from transactions where company_id = ${ctx.companyId}`),
  };
}

describe('skipped lines', () => {
  it('are those that an earlier file had, with their place in this one; repeats inside a file all count', async () => {
    const shop = await makeShop();
    const first = await shop.importFile(FIRST);
    expect(first).toMatchObject({ inserted: 4, unchanged: 0, skipped: 0 });
    const second = await shop.importFile(SECOND);
    expect(second).toMatchObject({ linesRead: 5, inserted: 2, unchanged: 3, skipped: 3, anywayOf: null, anywayId: null });
    expect(await listSkipped(shop.ctx, second.id)).toEqual({
      rows: [{ line: 2, raw: SECOND[1] }, { line: 3, raw: SECOND[2] }, { line: 4, raw: SECOND[3] }], nextCursor: null,
    });
    expect(await listSkipped(shop.ctx, second.id, { cursor: '2', limit: 1 })).toEqual({ rows: [{ line: 3, raw: SECOND[2] }], nextCursor: '3' });
    await expect(listSkipped(shop.ctx, second.id, { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await listSkipped(shop.ctx, first.id)).toEqual({ rows: [], nextCursor: null });
  });

  it('are not lines with an order id, which tell by themselves that they are the same', async () => {
    const shop = await makeShop();
    const lines = ['order_id,customer,date,amount', '7,a,2024-01-01,5.00', ',b,2024-01-01,6.00'];
    await shop.importFile(lines);
    const again = await shop.importFile(lines);
    expect(again).toMatchObject({ inserted: 0, unchanged: 2, skipped: 1 });
    expect((await listSkipped(shop.ctx, again.id)).rows).toEqual([{ line: 3, raw: lines[2] }]);
    expect(await shop.anyway(again.id)).toMatchObject({ linesRead: 1, inserted: 1, unchanged: 0, rejected: 0 });
    expect(await shop.books()).toEqual({ rows: 3, total: 1700 });
  });

  it('are not the lines that the same import wrote before it was interrupted', async () => {
    const shop = await makeShop();
    const many = [HEAD, ...Array.from({ length: 2400 }, (_, n) => `${String(n % 40)},1997-02-${String(1 + (n % 28)).padStart(2, '0')},1,${String(1 + (n % 50))}.00`)];
    await shop.importFile([HEAD, ...many.slice(1, 1500).filter((_, n) => n % 300 === 0)]);
    const before = await shop.books();
    const id = await shop.upload(many);
    Object.assign(shop.crash, { at: 'before-advance', after: 1 });
    await expect(shop.run(id)).rejects.toThrow('the process ends here');
    const stopped = await getImport(shop.ctx, id);
    expect(stopped.linesRead).toBe(1000);
    expect(await shop.books()).toMatchObject({ rows: 2000 });
    const done = await shop.run(id);
    expect(before).toMatchObject({ rows: 5 });
    expect(done).toMatchObject({ linesRead: 2400, inserted: 2395, unchanged: 5, skipped: 5 });
    expect((await listSkipped(shop.ctx, id)).rows.map(({ line }) => line)).toEqual([2, 302, 602, 902, 1202]);
    expect(await shop.books()).toMatchObject({ rows: 2400 });
  });

  it('are counted all and kept for the first thousand', async () => {
    const shop = await makeShop();
    const many = [HEAD, ...Array.from({ length: 2100 }, (_, n) => `${String(n % 30)},1997-02-01,1,${String(n)}.00`)];
    await shop.importFile(many);
    const again = await shop.importFile(many);
    expect(again).toMatchObject({ inserted: 0, unchanged: 2100, skipped: 2100 });
    const lines: number[] = [];
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof listSkipped>> = await listSkipped(shop.ctx, again.id, { cursor });
      lines.push(...page.rows.map(({ line }) => line));
      cursor = page.nextCursor;
    }
    expect(lines).toEqual(Array.from({ length: 1000 }, (_, n) => n + 2));
    expect(await shop.anyway(again.id)).toMatchObject({ inserted: 2100 });
    expect(await shop.books()).toEqual({ rows: 4200, total: 2 * 100 * (2099 * 2100) / 2 });
  });
});

describe('import anyway', () => {
  it('brings exactly the skipped lines, once, however often it is asked and run', async () => {
    const shop = await makeShop();
    await shop.importFile(FIRST);
    const second = await shop.importFile(SECOND);
    expect(await shop.books()).toEqual({ rows: 6, total: 9786 });
    const brought = await shop.anyway(second.id);
    expect(brought).toMatchObject({ state: 'done', name: 'sales', anywayOf: second.id, linesRead: 3, inserted: 3, unchanged: 0, skipped: 0, rejected: 0 });
    expect(brought.bytesRead).toBe(brought.bytesTotal);
    expect(await shop.books()).toEqual({ rows: 9, total: 9786 + 1177 + 1200 + 1200 });
    expect((await getImport(shop.ctx, second.id)).anywayId).toBe(brought.id);

    expect((await importAnyway(shop.ctx, second.id)).id).toBe(brought.id);
    // Once cancelled, another may be started: it finds what the first had brought already.
    await shop.ctx.db.run(sql`update imports set state = 'cancelled' where company_id = ${shop.ctx.companyId} and id = ${brought.id}`);
    const again = await shop.anyway(second.id);
    expect(again.id).not.toBe(brought.id);
    expect(again).toMatchObject({ linesRead: 3, inserted: 0, unchanged: 3, skipped: 0 });
    expect(await shop.books()).toEqual({ rows: 9, total: 13_363 });
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('goes on after an interruption in its middle', async () => {
    const shop = await makeShop();
    const many = [HEAD, ...Array.from({ length: 2400 }, (_, n) => `${String(n % 40)},1997-02-01,1,${String(n)}.00`)];
    await shop.importFile(many.slice(0, 1800));
    const second = await shop.importFile(many);
    expect(second).toMatchObject({ inserted: 601, skipped: 1799 });
    for (const at of ['after-write', 'before-advance', 'before-write']) {
      const { id } = await importAnyway(shop.ctx, second.id);
      Object.assign(shop.crash, { at, after: 1 });
      await expect(shop.run(id), at).rejects.toThrow('the process ends here');
      const done = await shop.run(id);
      expect(done).toMatchObject({ state: 'done', linesRead: 1799 });
      expect(await shop.books(), at).toMatchObject({ rows: 2400 + 1799 });
      await shop.ctx.db.run(sql`update imports set state = 'cancelled' where company_id = ${shop.ctx.companyId} and id = ${id}`);
    }
    expect(await verifyTenant(shop.ctx.db)).toEqual([]);
  });

  it('reads the file as it was read, and only as far', async () => {
    const shop = await makeShop();
    const many = ['customer_id,date,amount', ...Array.from({ length: 1500 }, (_, n) => `${String(n % 30)},1997-02-01 09:00,${String(n)}.00`)];
    await shop.importFile(many);
    const id = await shop.upload(many);
    Object.assign(shop.crash, { at: 'before-advance', after: 1 });
    await expect(shop.run(id)).rejects.toThrow('the process ends here');
    await cancelImport(shop.ctx, id);
    expect(await getImport(shop.ctx, id)).toMatchObject({ linesRead: 1000, skipped: 1000 });
    // In another zone the same text is another moment, and by that another name.
    await updateCompany(shop.ctx, { timeZone: 'Asia/Tokyo' });
    await runRebuild(shop.ctx);
    expect(await shop.anyway(id)).toMatchObject({ linesRead: 1000, inserted: 1000 });
    expect(await shop.books()).toEqual({ rows: 2500, total: 100 * ((1499 * 1500) / 2 + (999 * 1000) / 2) });
  });

  it('is refused while the import runs, when nothing was skipped, to viewers, and for imports of others', async () => {
    const shop = await makeShop();
    const waiting = await shop.upload(FIRST);
    await expect(importAnyway(shop.ctx, waiting)).rejects.toMatchObject({ code: 'conflict' });
    await shop.run(waiting);
    await expect(importAnyway(shop.ctx, waiting)).rejects.toMatchObject({ code: 'conflict' });
    const { id } = await shop.importFile(SECOND);
    const viewer = { ...shop.ctx, actor: { kind: 'api_key', keyId: v7(), name: 'viewer', role: 'viewer' } } as const;
    await expect(importAnyway(viewer, id)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listSkipped(viewer, id)).rows.length).toBe(3);
    await expect(importAnyway((await makeShop()).ctx, id)).rejects.toMatchObject({ code: 'not_found' });
  });
});
