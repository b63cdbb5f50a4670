/** One writer a tenant, and the sequence its writes are stamped with. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';

/** Taken where a statement begins with it; see `lockTenant`. */
export function tenantLock(company: string): SQL {
  return sql`pg_advisory_xact_lock(hashtextextended(${company}, 7))`;
}

/** One writer per tenant; released with the transaction. Its own statement, so that the next one sees what the last writer wrote. */
export function lockTenant(company: string): SQL {
  return sql`select ${tenantLock(company)}`;
}

/** `looked`: somebody looks, and the live object is to be fed what this transaction writes. */
export const taken = z.object({ looked: z.boolean() });

/** The next value of the tenant's sequence, for this transaction as `app.seq`: under the lock, commit order is sequence order. Answers `taken`. */
export function takeSequence(company: string): SQL {
  return sql`with k as (update tenant_clock set seq = seq + 1 where company_id = ${company} returning seq, looked_until)
    select set_config('app.seq', seq::text, true), coalesce(looked_until > now(), false) as looked from k`;
}

/** What `takeSequence` took, in a later statement of the same transaction. */
export const seqNow: SQL = sql.raw(`current_setting('app.seq')::bigint`);
