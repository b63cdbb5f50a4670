/** Exchange rates to the company's currency, and the currencies that want them. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { unnest } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';

export interface RateRow {
  currency: string;
  day: string;
  /** Minor units of the company's currency for one minor unit of `currency`. */
  factor: number;
}

const wanted = z.object({
  currency: z.string(), fetched_at: z.string().nullable(), tried_at: z.string().nullable(), covered_from: z.string().nullable(), error: z.string().nullable(),
  latest_day: z.string().nullable(), latest_factor: z.number().nullable(), latest_origin: z.enum(['ecb', 'manual']).nullable(),
});
export type WantedCurrency = z.infer<typeof wanted>;

/** Currencies that sales came in besides the company's, with their newest rate. */
export async function listWantedCurrencies(db: TenantDb): Promise<WantedCurrency[]> {
  const company = db.companyId;
  return db.rows(wanted, sql`select f.currency, f.fetched_at, f.tried_at, f.covered_from, f.error, r.day as latest_day, r.factor as latest_factor, r.origin as latest_origin
    from foreign_currencies f
    left join lateral (select day, factor, origin from exchange_rates r where r.company_id = ${company} and r.currency = f.currency order by day desc limit 1) r on true
    where f.company_id = ${company} order by f.currency`);
}

const stored = z.object({ currency: z.string(), day: z.string(), factor: z.number(), origin: z.enum(['ecb', 'manual']) });
export type StoredRate = z.infer<typeof stored>;

/** Newest first. */
export async function listRateRows(db: TenantDb, currency: string | null, origin: 'ecb' | 'manual' | null, limit: number | null): Promise<StoredRate[]> {
  return db.rows(stored, sql`select currency, day, factor, origin from exchange_rates where company_id = ${db.companyId}
    and (${currency}::text is null or currency = ${currency}) and (${origin}::text is null or origin = ${origin}) order by day desc, currency limit ${limit}::int`);
}

const changed = z.object({ n: z.number(), first: z.string().nullable() });

/** Rates of the bank never replace those that a person entered. @returns how many are new or other than before, and the first day of these */
export async function keepRates(db: TenantDb, rates: readonly RateRow[], origin: 'ecb' | 'manual'): Promise<{ changed: number; firstDay: string | null }> {
  const row = await db.first(changed, sql`with kept as (${insertRates(db.companyId, rates, origin)} returning day)
    select count(*)::int as n, min(day) as first from kept`);
  return { changed: row?.n ?? 0, firstDay: row?.first ?? null };
}

/** Statement of `keepRates`. */
export function insertRates(company: string, rates: readonly RateRow[], origin: 'ecb' | 'manual'): SQL {
  return sql`insert into exchange_rates as r (company_id, currency, day, factor, origin)
    select ${company}::uuid, u.currency, u.day, u.factor, ${origin} from ${unnest('u', [
      ['currency', 'text', rates.map((r) => r.currency)],
      ['day', 'date', rates.map((r) => r.day)],
      ['factor', 'float8', rates.map((r) => r.factor)],
    ])} order by 2, 3
    on conflict (company_id, currency, day) do update set factor = excluded.factor, origin = excluded.origin
      where (${origin}::text = 'manual' or r.origin <> 'manual') and (r.factor, r.origin) is distinct from (excluded.factor, excluded.origin)`;
}

/** @returns whether there was such a rate */
export async function removeRateRow(db: TenantDb, currency: string, day: string): Promise<boolean> {
  return (await db.first(z.object({ day: z.string() }), sql`delete from exchange_rates where company_id = ${db.companyId} and currency = ${currency} and day = ${day}::date returning day`)) !== null;
}

/** How the last try to fetch rates went; `coveredFrom` is the first day that a successful one looked for. */
export async function noteFetch(db: TenantDb, currencies: readonly { currency: string; error: string | null }[], at: string, coveredFrom: string | null): Promise<void> {
  await db.run(sql`update foreign_currencies f set tried_at = ${at}, error = u.error,
      fetched_at = case when ${coveredFrom}::date is null then f.fetched_at else ${at} end, covered_from = coalesce(least(f.covered_from, ${coveredFrom}::date), ${coveredFrom}::date)
    from ${unnest('u', [['currency', 'text', currencies.map((c) => c.currency)], ['error', 'text', currencies.map((c) => c.error)]])}
    where f.company_id = ${db.companyId} and f.currency = u.currency`);
}

const yes = z.object({ yes: z.boolean() });

/** Whether a rate that holds from `day` on can change what a sale is worth. */
export async function anyForeignSaleSince(db: TenantDb, day: string): Promise<boolean> {
  return (await db.first(yes, sql`select exists (select from transactions t join companies c on c.id = t.company_id
    where t.company_id = ${db.companyId} and t.currency <> c.currency and t.transaction_date >= ${day}::date - 8) as yes`))?.yes ?? false;
}

const firstSale = z.object({ day: z.string().nullable() });

/** Day of the first sale of all, UTC (of a closed day, as it was counted); null before it. */
export async function readFirstSale(db: TenantDb): Promise<string | null> {
  return (await db.first(firstSale, sql`select least((select (min(transaction_date) at time zone 'UTC')::date from transactions where company_id = ${db.companyId}),
    (select min(day) from closed_sales where company_id = ${db.companyId})) as day`))?.day ?? null;
}
