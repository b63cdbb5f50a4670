/** Writing a company's settings. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { QUANTILES, rfmThresholds } from '#core/rfm/thresholds';
import type { RfmThresholds } from '#core/rfm/thresholds';
import type { TenantDb } from './tenant.ts';

/** Settings under which rows are derived or scored: a change is kept aside, and takes effect with the figures counted by it. */
export const derivingSettings = z.object({
  currency: z.string(), timeZone: z.string(), analysisDate: z.string().nullable(), horizonDays: z.number(), discountRate: z.number(),
  revenueBasis: z.enum(['net_sales', 'with_shipping', 'total_paid']), countZeroOrders: z.boolean(), rfm: rfmThresholds,
});

export const pendingSettings = derivingSettings.partial();
export type PendingSettings = z.infer<typeof pendingSettings>;

export async function renameCompany(db: TenantDb, name: string): Promise<void> {
  await db.run(sql`update companies set name = ${name} where id = ${db.companyId}`);
}

/** How RFM scores are cut, of a company's `settings`. */
export function rfmThresholdsOf(settings: Record<string, unknown>): RfmThresholds {
  return rfmThresholds.safeParse(settings['rfm']).data ?? QUANTILES;
}

const apiOriginsSetting = z.object({ apiOrigins: z.array(z.string()) });

/** Origins whose pages may use the API, of a company's `settings`. */
export function apiOriginsOf(settings: Record<string, unknown>): string[] {
  const kept = apiOriginsSetting.safeParse(settings);
  return kept.success ? kept.data.apiOrigins : [];
}

export async function keepApiOrigins(db: TenantDb, origins: readonly string[]): Promise<void> {
  await db.run(sql`update companies set settings = jsonb_set(settings, '{apiOrigins}', ${JSON.stringify(origins)}::jsonb) where id = ${db.companyId}`);
}

/** For how many years single sales are kept, null for all of them; the notice until any goes begins at `at`. */
export async function keepSalesFor(db: TenantDb, years: number | null, at: string): Promise<void> {
  await db.run(sql`update companies set keep_years = ${years}::smallint, keep_years_set_at = ${at} where id = ${db.companyId}`);
}

/** Adds to what is to change; the later word on a setting wins. */
export async function keepPendingSettings(db: TenantDb, change: PendingSettings): Promise<void> {
  await db.run(sql`update companies set settings = jsonb_set(settings, '{pending}', coalesce(settings -> 'pending', '{}') || ${JSON.stringify(change)}::jsonb) where id = ${db.companyId}`);
}

/** Statement that puts `applied` in force; what was asked for meanwhile stays pending. */
export function applySettings(company: string, applied: PendingSettings): SQL {
  const text = JSON.stringify(applied);
  return sql`update companies c set currency = coalesce(p ->> 'currency', c.currency), time_zone = coalesce(p ->> 'timeZone', c.time_zone),
      analysis_date = case when p ? 'analysisDate' then (p ->> 'analysisDate')::date else c.analysis_date end,
      horizon_days = coalesce((p ->> 'horizonDays')::int, c.horizon_days), discount_rate = coalesce((p ->> 'discountRate')::real, c.discount_rate),
      revenue_basis = coalesce(p ->> 'revenueBasis', c.revenue_basis), count_zero_orders = coalesce((p ->> 'countZeroOrders')::boolean, c.count_zero_orders),
      settings = (case when c.settings -> 'pending' = p then c.settings - 'pending' else c.settings end) || (case when p ? 'rfm' then jsonb_build_object('rfm', p -> 'rfm') else '{}' end)
    from (select ${text}::jsonb as p) applied where c.id = ${company}`;
}
