/** A tenant that files are imported into, on which the process may end at any named point. */
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { runImport } from '#operations/import-file';
import { getImport } from '#operations/imports';
import type { TestDatabase } from './database.ts';
import { makeTestTenant } from './tenant.ts';

export type Bytes = Uint8Array<ArrayBuffer>;
export const text = (content: string): Bytes => new TextEncoder().encode(content);

export async function makeImportShop(database: TestDatabase) {
  /** Ends the process once, when `at` has been reached `after` times before. */
  const crash = { at: '', after: 0 };
  const clock = { now: new Date() };
  const ctx = await makeTestTenant(database, {
    currency: 'USD', timeZone: 'America/New_York', now: () => clock.now,
    reach: (point) => {
      if (point !== crash.at || crash.after-- > 0) return;
      crash.at = '';
      throw new Error('the process ends here');
    },
  });
  const run = async (id: string) => {
    for (let more = true; more; ) more = await runImport(ctx, id);
    return getImport(ctx, id);
  };
  const upload = async (bytes: Bytes, mapping: object = {}): Promise<string> => {
    const id = v7();
    ctx.fileMap.set(id, bytes);
    await ctx.db.run(sql`insert into imports (company_id, id, name, file_key, state, mapping, bytes_total)
      values (${ctx.companyId}, ${id}, 'sales', ${id}, 'waiting', ${JSON.stringify(mapping)}::jsonb, ${bytes.length})`);
    return id;
  };
  return { ctx, run, upload, crash, clock, importFile: async (bytes: Bytes, mapping: object = {}) => run(await upload(bytes, mapping)) };
}
