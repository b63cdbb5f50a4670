/** Cohort triangles: of the customers won in one month, how many bought, and for how much, in each month since. */
import { lastDayOfMonth, monthNumber, monthOfDay, monthText } from '#core/calendar/months';

/** One cell as stored: customers of a cohort with at least one purchase in a month, and their revenue. */
export interface CohortRow {
  /** `YYYY-MM` (or any day of that month) of the first purchase. */
  cohortMonth: string;
  month: string;
  /** Distinct customers. */
  customers: number;
  /** Minor units. */
  revenue: number;
}

export interface CohortCell {
  /** Months since the cohort's own. */
  offset: number;
  customers: number;
  /** customers ÷ size of the cohort. */
  retention: number;
  /** Minor units. */
  revenue: number;
  /** Revenue of all months up to this one. */
  cumulativeRevenue: number;
  /** The month is not over yet: the cell will still grow. */
  maturing: boolean;
}

export interface Cohort {
  /** `YYYY-MM`. */
  month: string;
  /** Customers won: those who bought in month 0. */
  size: number;
  /** One cell per month from 0 to the month of `asOfDay`, without holes. */
  cells: CohortCell[];
}

export interface Triangle {
  cohorts: Cohort[];
  /** Retention and revenue per customer by offset over all cohorts old enough, mature cells only, weighted by size. */
  average: { offset: number; retention: number; revenuePerCustomer: number; cohorts: number }[];
}

/**
 * Triangle by month as of a day number. Rows after that month, or before their cohort, are left out; months in which
 * nobody bought are zero cells.
 */
export function triangle(rows: readonly CohortRow[], asOfDay: number): Triangle {
  const last = monthOfDay(asOfDay);
  const lastIsOver = lastDayOfMonth(last) <= asOfDay;
  const byCohort = new Map<number, Map<number, { customers: number; revenue: number }>>();
  for (const row of rows) {
    const cohort = monthNumber(row.cohortMonth);
    const month = monthNumber(row.month);
    if (cohort === null || month === null) throw new RangeError(`Not a month: ${row.cohortMonth} or ${row.month}`);
    if (month > last || month < cohort) continue;
    const cells = byCohort.get(cohort) ?? new Map<number, { customers: number; revenue: number }>();
    const cell = cells.get(month - cohort) ?? { customers: 0, revenue: 0 };
    cells.set(month - cohort, { customers: cell.customers + row.customers, revenue: cell.revenue + row.revenue });
    byCohort.set(cohort, cells);
  }
  const cohorts = [...byCohort].sort(([a], [b]) => a - b).map(([cohort, found]): Cohort => {
    const size = found.get(0)?.customers ?? 0;
    const cells: CohortCell[] = [];
    let cumulativeRevenue = 0;
    for (let offset = 0; cohort + offset <= last; offset++) {
      const { customers, revenue } = found.get(offset) ?? { customers: 0, revenue: 0 };
      cumulativeRevenue += revenue;
      cells.push({ offset, customers, retention: size > 0 ? customers / size : 0, revenue, cumulativeRevenue, maturing: cohort + offset === last && !lastIsOver });
    }
    return { month: monthText(cohort), size, cells };
  });
  return { cohorts, average: averageOf(cohorts) };
}

function averageOf(cohorts: readonly Cohort[]): Triangle['average'] {
  const average: Triangle['average'] = [];
  const longest = cohorts.reduce((most, cohort) => Math.max(most, cohort.cells.length), 0);
  for (let offset = 0; offset < longest; offset++) {
    let size = 0;
    let customers = 0;
    let revenue = 0;
    let count = 0;
    for (const cohort of cohorts) {
      const cell = cohort.cells[offset];
      if (!cell || cell.maturing) continue;
      size += cohort.size;
      customers += cell.customers;
      revenue += cell.revenue;
      count++;
    }
    if (size > 0) average.push({ offset, retention: customers / size, revenuePerCustomer: revenue / size, cohorts: count });
  }
  return average;
}
