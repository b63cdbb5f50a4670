/** Sales as several platforms tell of them, in a tenant in New York that counts in euro. */
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import type { Amounts, OrderRecord, PaymentLinkRecord, RefundRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { openDatabase } from '#data/tenant';
import type { TenantDb } from '#data/tenant';
import { toBatch } from '#operations/ingest-batch';
import type { TestDatabase } from './database.ts';
import { orderOf, ref, refundOf } from './records.ts';

export type Told = OrderRecord | RefundRecord | PaymentLinkRecord;
export type Basis = 'net_sales' | 'with_shipping' | 'total_paid';
export const ZONE = 'America/New_York';

export async function salesTenant(made: TestDatabase, basis: Basis = 'net_sales'): Promise<TenantDb> {
  const id = v7();
  const db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(id);
  await db.run(sql`with c as (insert into companies (id, slug, name, currency, time_zone, revenue_basis) values (${id}, ${id}, 'Test', 'EUR', ${ZONE}, ${basis}) returning id)
    insert into tenant_clock (company_id) select id from c`);
  return db;
}

export async function ingest(db: TenantDb, records: readonly Told[]): Promise<void> {
  await writeBatch(db, await toBatch(records, { companyId: db.companyId, identityHash: async (email) => `hash-${email}`, makeId: () => v7() }), 100);
}

export const customer = (externalId: string) => ref({ externalId, email: `${externalId}@x.io` });
export const parts = (goods: number, discount: number, tax: number, shipping: number, tip = 0, currency = 'EUR'): Amounts => ({ currency, given: null, goods, discount, tax, shipping, tip });
const version = { updatedAt: '2026-03-01T00:00:00.000Z', rank: 1 };

export function order(source: string, externalId: string, over: Partial<OrderRecord> = {}): OrderRecord {
  return orderOf(externalId, { source, version, customer: customer('ann'), ...over });
}
export function refund(source: string, externalId: string, orderExternalId: string, over: Partial<RefundRecord> = {}): RefundRecord {
  return refundOf(externalId, orderExternalId, { source, version, ...over });
}
export function link(source: string, externalId: string, ...paymentKeys: string[]): PaymentLinkRecord {
  return { kind: 'payment_link', source, externalId, version, paymentKeys };
}
