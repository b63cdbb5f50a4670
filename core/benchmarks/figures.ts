/** The figures by which a shop is compared with its own past and with others: what each is made of, and what it says. */

/** One calendar month of one shop; money in minor units of its currency. */
export interface MonthParts {
  /** YYYY-MM. */
  month: string;
  gross: number;
  refunded: number;
  orders: number;
  /** Customers who bought in the month, and those of them whose first purchase was in an earlier month. */
  buyers: number;
  returning: number;
  newCustomers: number;
}

export type FigureKind = 'money' | 'count' | 'share' | 'ratio';

export interface Figure {
  key: FigureKey;
  label: string;
  definition: string;
  kind: FigureKind;
  /** Whether other shops' values say anything: totals depend on size, money on the currency. */
  peers: 'none' | 'same_currency' | 'all';
  /** Whether more is good news. */
  better: 'more' | 'less';
}

export const FIGURE_KEYS = ['net_revenue', 'orders', 'new_customers', 'average_order', 'repeat_share', 'orders_per_buyer', 'refund_share'] as const;
export type FigureKey = (typeof FIGURE_KEYS)[number];

export const FIGURES: readonly Figure[] = [
  { key: 'net_revenue', label: 'Net revenue', definition: 'Sales of the month minus its refunds', kind: 'money', peers: 'none', better: 'more' },
  { key: 'orders', label: 'Orders', definition: 'Counted orders of the month', kind: 'count', peers: 'none', better: 'more' },
  { key: 'new_customers', label: 'New customers', definition: 'People whose first purchase fell into the month', kind: 'count', peers: 'none', better: 'more' },
  { key: 'average_order', label: 'Average order', definition: 'Sales divided by orders, before refunds', kind: 'money', peers: 'same_currency', better: 'more' },
  { key: 'repeat_share', label: 'Share of returning buyers', definition: 'Of those who bought, how many had bought in an earlier month', kind: 'share', peers: 'all', better: 'more' },
  { key: 'orders_per_buyer', label: 'Orders per buyer', definition: 'Orders divided by the people who placed them', kind: 'ratio', peers: 'all', better: 'more' },
  { key: 'refund_share', label: 'Refunded share', definition: 'Refunds of the month as a share of its sales', kind: 'share', peers: 'all', better: 'less' },
];

const ratio = (over: number, under: number): number | null => (under > 0 ? over / under : null);

/** The figure over one or several months taken together; null where there is nothing to divide by. */
export function figureOf(key: FigureKey, months: readonly MonthParts[]): number | null {
  if (months.length === 0) return null;
  const sum = (part: Exclude<keyof MonthParts, 'month'>): number => months.reduce((total, month) => total + month[part], 0);
  switch (key) {
    case 'net_revenue': return sum('gross') - sum('refunded');
    case 'orders': return sum('orders');
    case 'new_customers': return sum('newCustomers');
    case 'average_order': return ratio(sum('gross'), sum('orders'));
    case 'repeat_share': return ratio(sum('returning'), sum('buyers'));
    case 'orders_per_buyer': return ratio(sum('orders'), sum('buyers'));
    case 'refund_share': return ratio(sum('refunded'), sum('gross'));
  }
}

/** Trades a shop may name; short, so that groups fill. */
export const INDUSTRIES = {
  food: 'Food and drink', fashion: 'Fashion and accessories', beauty: 'Beauty and health', home: 'Home and garden', electronics: 'Electronics',
  hobby: 'Sport and hobby', children: 'Toys and children', digital: 'Software and digital goods', services: 'Services', other: 'Something else',
} as const;
export type Industry = keyof typeof INDUSTRIES;

/** Below so many shops nothing is shown of a group. */
export const LEAST_PEERS = 10;

/** Groups of shops by their orders in the last twelve months: at least `from`. The database's function has the same bounds. */
export const SIZE_BANDS = [
  { from: 20_000, label: '20,000 orders a year and more' },
  { from: 2_000, label: '2,000 to 20,000 orders a year' },
  { from: 0, label: 'up to 2,000 orders a year' },
] as const;

export function sizeBandOf(ordersAYear: number): string {
  return SIZE_BANDS.find((band) => ordersAYear >= band.from)?.label ?? SIZE_BANDS[2].label;
}
