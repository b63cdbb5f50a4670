/** The page a merchant opens each morning: live figures, the trend, the best customers, and how far to trust it all. */
import { addDays, dayNumber } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { readCohortValues, readDashboard, readFirstSaleDay } from '#data/dashboard';
import type { Bucket } from '#data/dashboard';
import { readModelRuns } from '#data/models';
import type { TenantContext } from '#worker/ports';
import { readCompanyView } from './company.ts';
import { toRow } from './customers.ts';
import { lookAtFigures } from './looks.ts';
import { toStatus } from './models.ts';
import { requirePermission } from './permissions.ts';
import type { CompanyView } from './company-views.ts';
import type { Dashboard, DashboardRange } from './dashboard-views.ts';

const RANGE_DAYS: Readonly<Record<Exclude<DashboardRange, 'all'>, number>> = { '7d': 7, '30d': 30, '90d': 90, '365d': 365 };
const TOP_CUSTOMERS = 10;

function bucketFor(days: number): Bucket {
  if (days <= 92) return 'day';
  return days <= 740 ? 'week' : 'month';
}

function asOf(ctx: TenantContext, company: CompanyView): string {
  return company.analysisDate ?? localDay(ctx.clock.now(), company.timeZone);
}

export async function getDashboard(ctx: TenantContext, { range }: { range: DashboardRange }): Promise<Dashboard> {
  requirePermission(ctx, 'value:read');
  await lookAtFigures(ctx);
  const [company, snapshot, runs, first] = await Promise.all([
    readCompanyView(ctx), ctx.live.snapshot(), readModelRuns(ctx.db), range === 'all' ? readFirstSaleDay(ctx.db) : null,
  ]);
  const through = asOf(ctx, company);
  const days = range === 'all' ? (first === null ? 90 : Math.max(1, dayNumber(through) - dayNumber(first) + 1)) : RANGE_DAYS[range];
  const bucket = bucketFor(days);
  // The one reads a great part of the customers, the other does not wait for it.
  const [rows, cohortValues] = await Promise.all([
    readDashboard(ctx.db, addDays(through, 1 - days), through, bucket, TOP_CUSTOMERS), readCohortValues(ctx.db, through),
  ]);
  // A crash between commit and feed leaves the live object behind: whoever looks rings for it.
  if (snapshot.epoch !== rows.standing.epoch || snapshot.seq < rows.standing.seq) await ctx.jobs.enqueue({ type: 'feed', companyId: ctx.companyId });
  return {
    company, snapshot, range, bucket,
    trend: rows.trend.map((t) => ({ day: t.day, through: t.through, gross: t.gross, net: t.net, orders: t.orders, newCustomers: t.new_customers })),
    valueByCohort: cohortValues.map((c) => ({
      month: c.month.slice(0, 7), customers: c.customers,
      historicalPerCustomer: Math.round(c.historical / c.customers), predictedPerCustomer: Math.round(c.predicted / c.customers),
    })),
    topCustomers: rows.top.map(toRow),
    coverage: { ...snapshot.coverage, parkedRefunds: rows.standing.parked, openDeadLetters: rows.standing.dead },
    model: toStatus(runs.serving, runs.newest),
    empty: !rows.standing.any,
  };
}
