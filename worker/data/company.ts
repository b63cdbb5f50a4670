/** Writing a company's settings. */
import { sql } from 'drizzle-orm';
import type { TenantDb } from './tenant.ts';

export interface CompanySettings {
  name: string;
  timeZone: string;
  analysisDate: string | null;
  horizonDays: number;
  discountRate: number;
  revenueBasis: string;
  countZeroOrders: boolean;
}

export async function updateCompanyRow(db: TenantDb, c: CompanySettings): Promise<void> {
  await db.run(sql`update companies set name = ${c.name}, time_zone = ${c.timeZone}, analysis_date = ${c.analysisDate}, horizon_days = ${c.horizonDays},
    discount_rate = ${c.discountRate}, revenue_basis = ${c.revenueBasis}, count_zero_orders = ${c.countZeroOrders} where id = ${db.companyId}`);
}
