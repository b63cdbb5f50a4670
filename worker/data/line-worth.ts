/** What lines of orders count for, said once: facts in memory and statements over everybody read these expressions. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { statedOf } from './derive-sql.ts';

/** The company as line worths want it, beside `transactions t join transaction_items i`. */
export function companyOf(company: string): SQL {
  return sql`(select x.currency, x.revenue_basis from companies x where x.id = ${company}) c`;
}

/**
 * Of the line `i` of the order `t` in minor units of the currency of the company `c`, at the rate by which its order was
 * counted, so that a line moves when its order does and never alone.
 */
const GROSS = `(case when t.currency = c.currency then i.amount when ${statedOf('t')} > 0 then round(i.amount::float8 * t.amount::float8 / (${statedOf('t')})::float8)::bigint else 0 end)`;

export const lineGross: SQL = sql.raw(GROSS);

/** Less the share of the order that was paid back: few sources say of which line. */
export const lineNet: SQL = sql.raw(`(case when t.refunded = 0 then ${GROSS} when t.refunded >= t.amount then 0 else round(${GROSS}::float8 * (t.amount - t.refunded)::float8 / t.amount::float8)::bigint end)`);
