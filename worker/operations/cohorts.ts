/** Cohorts by month of first purchase: who came back, and what they brought. */
import { dayNumber } from '#core/calendar/days';
import { monthNumber, monthText } from '#core/calendar/months';
import { triangle } from '#core/cohorts/triangle';
import { AppError } from '#core/errors';
import { readCohorts } from '#data/dashboard';
import type { TenantContext } from '#worker/ports';
import { projectionOf } from './cohort-projection.ts';
import { requirePermission } from './permissions.ts';
import type { CohortsView } from './dashboard-views.ts';

/** @param projectTo months after the first that cohorts are carried on to; null for what was seen alone */
export async function getCohorts(ctx: TenantContext, { projectTo = null }: { projectTo?: number | null } = {}): Promise<CohortsView> {
  requirePermission(ctx, 'value:read');
  const books = await readCohorts(ctx.db, ctx.clock.now());
  if (!books) throw new AppError('not_found', 'There is no such company');
  const { currency, as_of: asOf, cells } = books;
  const orders = new Map(cells.map(([cohort, month, , bought]) => [`${cohort.slice(0, 7)} ${month.slice(0, 7)}`, bought]));
  const rows = cells.map(([cohortMonth, month, customers, , revenue]) => ({ cohortMonth, month, customers, revenue }));
  const { cohorts } = triangle(rows, dayNumber(asOf));
  return {
    currency, asOf, projection: projectTo === null ? null : projectionOf(rows, dayNumber(asOf), projectTo),
    cohorts: cohorts.map((cohort) => {
      const first = monthNumber(cohort.month) ?? 0;
      return {
        month: cohort.month, size: cohort.size,
        cells: cohort.cells.map((cell) => {
          const month = monthText(first + cell.offset);
          return { offset: cell.offset, month, customers: cell.customers, orders: orders.get(`${cohort.month} ${month}`) ?? 0, net: cell.revenue, complete: !cell.maturing };
        }),
      };
    }),
  };
}
