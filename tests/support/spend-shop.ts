/** A shop in which what customers spend hangs on their country, which a model of repeat buying cannot see. */
import type { History } from '#core/features/history';
import type { CategoryColumn } from '#core/learning/table';
import { seeded } from '#core/math/seeded';

export interface SpendShop {
  customers: number;
  /** Customers come from day 0 to this one, evenly; so long does the shop run. */
  days: number;
  /** Whether countries differ. Default true. */
  isTold?: boolean;
  seed?: number;
}

/** Of every second customer: of those from Norway, and of those from Chile, days between orders and spend an order in minor units. */
const COUNTRIES = [{ name: 'NO', gap: 7, amount: 9000 }, { name: 'CL', gap: 14, amount: 1500 }] as const;
/** First orders look alike. */
const FIRST = 4000;

/** Orders of a day each; money with gamma noise of shape 4, gaps exponential. Index of customers is their id. */
export function spendShop({ customers, days, isTold = true, seed = 1 }: SpendShop): History & { profile: [CategoryColumn] } {
  const random = seeded(seed);
  const exponential = (mean: number): number => -mean * Math.log(1 - random());
  const noisy = (mean: number): number => Math.max(1, Math.round(exponential(mean / 4) + exponential(mean / 4) + exponential(mean / 4) + exponential(mean / 4)));
  const lines = { customer: [] as number[], day: [] as number[], amount: [] as number[] };
  const codes = new Int32Array(customers);
  for (let who = 0; who < customers; who++) {
    const country = who % 2;
    codes[who] = country;
    const { gap, amount } = COUNTRIES[isTold ? country : Number(random() < 0.5)] ?? COUNTRIES[0];
    let day = Math.floor(random() * days);
    for (let mean: number = FIRST; day < days; mean = amount) {
      lines.customer.push(who);
      lines.day.push(day);
      lines.amount.push(noisy(mean));
      day += Math.max(1, Math.round(exponential(gap)));
    }
  }
  return {
    orders: { customer: Int32Array.from(lines.customer), day: Int32Array.from(lines.day), amount: Float64Array.from(lines.amount) },
    profile: [{ kind: 'category', name: 'country', codes, levels: COUNTRIES.map(({ name }) => name) }],
  };
}
