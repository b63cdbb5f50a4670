/** What the customers' own histories imply for the coming periods: those who are here, and those who will come. */
import { fitTenant } from '#core/clv/tenant-model';
import { expectedSpend } from '#core/clv/gamma-gamma';
import { modelNamed } from '#core/clv/registry';
import { summarise, type Events } from '#core/clv/summary';
import type { Period } from './series.ts';

/** New customers of the coming periods come as fast as in the last quarter. */
const ARRIVAL_DAYS = 91;
/** Beyond this many days a new customer's orders are read off between grid points. */
const GRID = 64;

export interface BuyerForecast {
  /** Purchase days of each period. */
  orders: Float64Array;
  /** Minor units. */
  revenue: Float64Array;
}

/**
 * `days` as from `purchaseDays`. Expected purchases of every customer up to `originDay`, summed over the periods that follow it, from MBG/NBD and
 * Gamma-Gamma with every fallback of a tenant's model; plus new customers at the pace of the last quarter, each with a
 * first order and E[X(t)] more (Fader, Hardie & Lee 2005, eq. 9, for cohorts to come). Customers with equal (x, T) share
 * their expectation, so a million cost little more than a thousand.
 */
export function buyerForecast(days: Events, originDay: number, periods: readonly Period[]): BuyerForecast {
  const summary = summarise(days, { calibrationEnd: originDay, countZero: true });
  const count = summary.x.length;
  const out = { orders: new Float64Array(periods.length), revenue: new Float64Array(periods.length) };
  if (count === 0) return out;
  let bought = 0;
  let money = 0;
  let lately = 0;
  let first = originDay;
  for (let i = 0; i < count; i++) {
    bought += (summary.x[i] ?? 0) + 1;
    money += summary.spend[i] ?? 0;
    first = Math.min(first, summary.firstDay[i] ?? originDay);
    if ((summary.firstDay[i] ?? 0) > originDay - ARRIVAL_DAYS) lately++;
  }
  const meanOrderValue = money / bought;
  const { behaviour, spend } = fitTenant({ x: summary.x, tx: summary.tx, T: summary.T, mRepeat: summary.m }, { meanOrderValue });
  const model = modelNamed(behaviour.model);
  const { params, unitDays } = behaviour;
  const groups = new Map<number, { x: number; T: number; alive: number; worth: number }>();
  const ends = periods.map((period) => period.to - originDay);
  for (let i = 0; i < count; i++) {
    const x = summary.x[i] ?? 0;
    const T = summary.T[i] ?? 0;
    const alive = model.pAlive(params, x, (summary.tx[i] ?? 0) / unitDays, T / unitDays);
    const group = groups.get(x * 0x100000 + T) ?? { x, T, alive: 0, worth: 0 };
    group.alive += alive;
    group.worth += alive * expectedSpend(spend.params, x, summary.m[i] ?? 0);
    groups.set(x * 0x100000 + T, group);
  }
  for (const { x, T, alive, worth } of groups.values()) {
    let before = 0;
    ends.forEach((end, h) => {
      const upTo = model.expectedIfAlive(params, end / unitDays, x, T / unitDays);
      out.orders[h] = (out.orders[h] ?? 0) + alive * (upTo - before);
      out.revenue[h] = (out.revenue[h] ?? 0) + worth * (upTo - before);
      before = upTo;
    });
  }
  const arrivals = lately / Math.min(ARRIVAL_DAYS, originDay - first + 1);
  if (arrivals > 0) {
    const last = ends[ends.length - 1] ?? 1;
    const repeats = Float64Array.from({ length: GRID + 1 }, (_, g) => model.expectedNew(params, (g * last) / GRID / unitDays));
    /** Orders up to day t of customers who arrive at one a day. */
    const upTo = (t: number): number => {
      let area = 0;
      const steps = (t * GRID) / last;
      for (let g = 0; g < Math.floor(steps); g++) area += (((repeats[g] ?? 0) + (repeats[g + 1] ?? 0)) / 2) * (last / GRID);
      const rest = steps - Math.floor(steps);
      const [low, high] = [repeats[Math.floor(steps)] ?? 0, repeats[Math.floor(steps) + 1] ?? 0];
      return t + area + rest * (last / GRID) * (low + (rest * (high - low)) / 2);
    };
    let before = 0;
    ends.forEach((end, h) => {
      const now = upTo(end);
      out.orders[h] = (out.orders[h] ?? 0) + arrivals * (now - before);
      out.revenue[h] = (out.revenue[h] ?? 0) + arrivals * (now - before) * meanOrderValue;
      before = now;
    });
  }
  return out;
}
