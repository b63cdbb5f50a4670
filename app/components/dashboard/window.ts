/** The figures of the chosen range: a live window, or the sum of everything. */
import type { Snapshot, WindowDays } from '#core/live/snapshot';
import { assertNever } from '#core/errors';
import type { DashboardRange, TrendPoint } from '#operations/dashboard-views';

export interface RangeFigures {
  net: number;
  gross: number;
  orders: number;
  newCustomers: number;
  /** Null where the range cannot tell. */
  returningCustomers: number | null;
  averageOrderValue: number | null;
  previous: { net: number; orders: number; newCustomers: number; averageOrderValue: number | null } | null;
}

export function daysOf(range: DashboardRange): WindowDays | null {
  switch (range) {
    case '7d': return 7;
    case '30d': return 30;
    case '90d': return 90;
    case '365d': return 365;
    case 'all': return null;
    default: return assertNever(range);
  }
}

export function rangeWords(range: DashboardRange): string {
  const days = daysOf(range);
  return days === null ? 'since the first order' : `last ${days} days`;
}

/** @param trend stands in for the window when the range is everything; it is as old as the page */
export function figuresOf(snapshot: Snapshot, range: DashboardRange, trend: TrendPoint[]): RangeFigures {
  const days = daysOf(range);
  const window = days === null ? undefined : snapshot.windows.find((candidate) => candidate.days === days);
  if (window) {
    const { previous } = window;
    return {
      net: window.net,
      gross: window.gross,
      orders: window.orders,
      newCustomers: window.newCustomers,
      returningCustomers: window.returningCustomers,
      averageOrderValue: window.averageOrderValue,
      previous: { ...previous, averageOrderValue: previous.orders === 0 ? null : previous.net / previous.orders },
    };
  }
  const total = (pick: (point: TrendPoint) => number) => trend.reduce((sum, point) => sum + pick(point), 0);
  const net = total((point) => point.net);
  const orders = total((point) => point.orders);
  return {
    net,
    gross: total((point) => point.gross),
    orders,
    newCustomers: total((point) => point.newCustomers),
    returningCustomers: null,
    averageOrderValue: orders === 0 ? null : net / orders,
    previous: null,
  };
}

/** The trend with its newest days replaced by live ones; weeks and months wait for the next load. */
export function liveTrend(trend: TrendPoint[], bucket: 'day' | 'week' | 'month', snapshot: Snapshot): TrendPoint[] {
  if (bucket !== 'day') return trend;
  const byDay = new Map(snapshot.recent.map((point) => [point.day, point]));
  return trend.map((point) => ({ ...point, ...byDay.get(point.day) }));
}
