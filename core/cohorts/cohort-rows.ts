/** Cohort cells straight from purchase days, for files; a tenant's are kept up to date in its tables. */
import type { Events } from '#core/clv/summary';
import { monthOfDay, monthText } from '#core/calendar/months';
import type { CohortRow } from './triangle.ts';

/** `days` as from `purchaseDays`: one line per customer and day, sorted. Days after `asOfDay` are left out. */
export function cohortRows(days: Events, asOfDay: number): CohortRow[] {
  const cells = new Map<number, CohortRow>();
  let customer = -1;
  let cohort = 0;
  let lastMonth = -1;
  for (let i = 0; i < days.day.length; i++) {
    if ((days.day[i] ?? 0) > asOfDay) continue;
    const month = monthOfDay(days.day[i] ?? 0);
    if (days.customer[i] !== customer) {
      customer = days.customer[i] ?? 0;
      cohort = month;
      lastMonth = -1;
    }
    const key = cohort * 100_000 + month;
    const cell = cells.get(key) ?? { cohortMonth: monthText(cohort), month: monthText(month), customers: 0, revenue: 0 };
    if (month !== lastMonth) cell.customers++;
    lastMonth = month;
    cell.revenue += days.amount[i] ?? 0;
    cells.set(key, cell);
  }
  return [...cells.values()];
}
