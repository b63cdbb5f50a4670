/** Monthly figures of a company from its roll-ups, and what the database tells of its peers without telling of any one. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { MonthParts } from '#core/benchmarks/figures';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

/** Months looked back: two years, and the one before which the first is compared. */
const MONTHS = 25;

const monthRow = z.object({
  month: z.string(), gross: z.number(), refunded: z.number(), orders: z.number(), buyers: z.number(), returning: z.number(), newCustomers: z.number(),
});

/** Whole months up to the one before the month of `asOf`. */
function monthParts(company: string, asOf: string): SQL {
  return sql`with span as (select (date_trunc('month', ${asOf}::date) - make_interval(months => ${MONTHS}))::date as first, (date_trunc('month', ${asOf}::date) - interval '1 day')::date as last),
    sold as (select date_trunc('month', r.day)::date as month, sum(r.gross)::bigint as gross, sum(r.refunded)::bigint as refunded, sum(r.orders)::int as orders, sum(r.new_customers)::int as joined
      from span cross join daily_rollup r where r.company_id = ${company} and r.day between span.first and span.last group by 1),
    bought as (select m.month, sum(m.customers)::int as buyers, coalesce(sum(m.customers) filter (where m.cohort < m.month), 0)::int as came_back
      from span cross join cohort_month m where m.company_id = ${company} and m.month between span.first and span.last group by 1)
    select to_char(sold.month, 'YYYY-MM') as month, sold.gross, sold.refunded, sold.orders, sold.joined as "newCustomers",
      coalesce(bought.buyers, 0) as buyers, coalesce(bought.came_back, 0) as "returning"
    from sold left join bought on bought.month = sold.month order by sold.month`;
}

const settingsRow = z.object({ industry: z.string().nullable(), share: z.boolean(), currency: z.string() });
const peerRow = z.object({ figure: z.string(), shops: z.number(), p25: z.number(), p50: z.number(), p75: z.number() });

export interface BenchmarkRows {
  months: MonthParts[];
  settings: z.infer<typeof settingsRow>;
  /** Empty when the company does not share, or its group is too small. */
  peers: z.infer<typeof peerRow>[];
}

/** One round trip. `month` is the first day of the last whole month. */
export async function readBenchmarks(db: TenantDb, asOf: string, month: string): Promise<BenchmarkRows> {
  const [months, settings, peers] = await db.transaction([
    query(monthRow, monthParts(db.companyId, asOf)),
    query(settingsRow, sql`select industry, share_benchmarks as share, currency from companies where id = ${db.companyId}`),
    query(peerRow, sql`select figure, shops, p25, p50, p75 from peer_percentiles(${month}::date)`),
  ]);
  return { months, settings: settings[0] ?? { industry: null, share: false, currency: '' }, peers };
}

/** Keeps the parts of the last whole months for the comparison, if the company takes part. */
export async function keepSharedFigures(db: TenantDb, asOf: string): Promise<void> {
  await db.run(sql`with parts as (${monthParts(db.companyId, asOf)})
    insert into month_figures (company_id, month, figure, value)
    select ${db.companyId}::uuid, to_date(parts.month, 'YYYY-MM'), f.figure, f.value from parts
    cross join lateral (values ('gross', parts.gross::float8), ('refunded', parts.refunded::float8), ('orders', parts.orders::float8),
      ('buyers', parts.buyers::float8), ('returning', parts."returning"::float8)) as f(figure, value)
    where exists (select from companies where id = ${db.companyId} and share_benchmarks)
    order by 2, 3
    on conflict (company_id, month, figure) do update set value = excluded.value where month_figures.value <> excluded.value`);
}

/** Whether and as what the company takes part; who leaves takes their figures along. */
export async function writeBenchmarkSettings(db: TenantDb, industry: string | null, share: boolean): Promise<void> {
  await db.run(sql`with gone as (delete from month_figures where company_id = ${db.companyId} and not ${share}::boolean)
    update companies set industry = ${industry}, share_benchmarks = ${share} where id = ${db.companyId}`);
}
