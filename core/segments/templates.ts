/** Ready segments to begin with: the ten RFM groups, and what shops ask for most. */
import type { RfmSegment } from '#core/rfm/segments';
import type { Filter } from './filter.ts';

export interface Template {
  /** Stable: a segment keeps which template it was made from. */
  id: string;
  name: string;
  description: string;
  filter: Filter;
}

const RFM: readonly [group: RfmSegment, name: string, description: string][] = [
  ['champions', 'Champions', 'Bought very recently and buy most often.'],
  ['loyal', 'Loyal customers', 'Buy often, the last time not long ago.'],
  ['potential_loyalist', 'Potential loyalists', 'Bought recently, and more than once.'],
  ['new', 'New customers', 'Bought very recently, for the first time or nearly.'],
  ['promising', 'Promising', 'Bought once, fairly recently.'],
  ['need_attention', 'Need attention', 'Average in how recently and how often they buy.'],
  ['about_to_sleep', 'About to sleep', 'Bought seldom, and it has been a while.'],
  ['at_risk', 'At risk', 'Used to buy often, and have not for long.'],
  ['cant_lose', 'Cannot lose them', 'Bought most often of all, and have not for long.'],
  ['hibernating', 'Hibernating', 'Bought seldom, and long ago.'],
];

export const TEMPLATES: readonly Template[] = [
  ...RFM.map(([group, name, description]): Template => ({ id: `rfm-${group.replaceAll('_', '-')}`, name, description, filter: { is: 'rfm.group', op: 'eq', value: group } })),
  { id: 'vip', name: 'VIP', description: 'The top tenth by total value.', filter: { is: 'percentile', side: 'top', percent: 10, of: 'total_value' } },
  { id: 'rising', name: 'Rising stars', description: 'Among the top fifth by what they are expected to spend, but not yet by what they have spent.',
    filter: { all: [{ is: 'percentile', side: 'top', percent: 20, of: 'predicted_value' }, { not: { is: 'percentile', side: 'top', percent: 20, of: 'historical_value' } }] } },
  { id: 'slipping-away', name: 'Good customers slipping away', description: 'Among the top fifth by what they have spent, and more likely gone than not.',
    filter: { all: [{ is: 'percentile', side: 'top', percent: 20, of: 'historical_value' }, { is: 'p_alive', op: 'lt', value: 0.5 }] } },
  { id: 'win-back', name: 'Win back', description: 'Ordered at least twice, nothing for 90 days, and may be written to.',
    filter: { all: [{ is: 'orders.count', op: 'gte', value: 2 }, { is: 'last_order', op: 'more_than', days: 90 }, { is: 'consent', op: 'eq', value: 'granted' }] } },
  { id: 'second-order', name: 'Waiting for the second order', description: 'One order, two weeks to two months ago.',
    filter: { all: [{ is: 'orders.count', op: 'eq', value: 1 }, { is: 'last_order', op: 'more_than', days: 14 }, { is: 'last_order', op: 'within', days: 60 }] } },
  { id: 'due', name: 'Due to order', description: 'The next order is expected within a week.', filter: { is: 'next_order', op: 'next', value: 7 } },
  { id: 'overdue', name: 'Overdue', description: 'The next order was expected more than a week ago.', filter: { is: 'next_order', op: 'older', value: 8 } },
  { id: 'frequent-this-year', name: 'Frequent lately', description: 'Three orders or more within 90 days.', filter: { is: 'orders.count', op: 'gte', value: 3, within: { days: 90 } } },
  { id: 'cart-left', name: 'Left a cart', description: 'Put something into the cart within a week and did not order within a day.',
    filter: { is: 'sequence', first: 'add_to_cart', op: 'not_then', then: 'order', in: { days: 1 }, within: { days: 7 } } },
  { id: 'browsing', name: 'Looking around', description: 'Five page views or more within a week, and no order in it.',
    filter: { all: [{ is: 'event.count', event: 'page_view', op: 'gte', value: 5, within: { days: 7 } }, { is: 'orders.count', op: 'eq', value: 0, within: { days: 7 } }] } },
  { id: 'anniversary', name: 'A year with us', description: 'The anniversary of the first order is within a week.', filter: { is: 'anniversary', of: 'first_order', days: 7 } },
  { id: 'never-ordered', name: 'Never ordered', description: 'Known to us, without an order.', filter: { is: 'orders.count', op: 'eq', value: 0 } },
  { id: 'refunders', name: 'Return much', description: 'Had at least 100 paid back.', filter: { is: 'refunded', op: 'gte', value: 100 } },
];
