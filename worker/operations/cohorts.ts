/** Cohorts by month of first purchase: who came back, and what they brought. */
import { triangle } from '#core/cohorts/triangle';
import { dayNumber } from '#core/calendar/days';
import { readCohorts } from '#data/dashboard';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';
import { asOfDay, requireState } from './scoring.ts';
import type { CohortsView } from './dashboard-views.ts';

export async function getCohorts(ctx: TenantContext): Promise<CohortsView> {
  requirePermission(ctx, 'value:read');
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const rows = await readCohorts(ctx.db, asOf);
  const orders = new Map(rows.map((r) => [`${r.cohort.slice(0, 7)} ${r.month.slice(0, 7)}`, r.orders]));
  const { cohorts } = triangle(rows.map((r) => ({ cohortMonth: r.cohort, month: r.month, customers: r.customers, revenue: r.order_net })), dayNumber(asOf));
  return {
    currency: state.currency, asOf,
    cohorts: cohorts.map((cohort) => ({
      month: cohort.month, size: cohort.size,
      cells: cohort.cells.map((cell) => {
        const month = monthAfter(cohort.month, cell.offset);
        return { offset: cell.offset, month, customers: cell.customers, orders: orders.get(`${cohort.month} ${month}`) ?? 0, net: cell.revenue, complete: !cell.maturing };
      }),
    })),
  };
}

function monthAfter(month: string, offset: number): string {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1 + offset, 1)).toISOString().slice(0, 7);
}
