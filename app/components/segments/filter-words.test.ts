import { expect, it } from 'vitest';
import { createFormats } from '../../format/formats.ts';
import { storedWords } from './segment-words.ts';

const formats = createFormats({ locale: 'en-US', currency: 'EUR', timeZone: 'UTC' });
const VIP = '01a20467-06af-72c0-bea5-4fbea87b38cf';

it.each<[unknown, string]>([
  [{ all: [{ is: 'orders.total', op: 'gt', value: 200 }, { is: 'last_order', op: 'more_than', days: 60 }, { is: 'p_alive', op: 'lt', value: 0.4 }, { not: { is: 'segment', id: VIP } }] },
    'spent on orders more than €200 and last order more than 60 days ago and probability of being active less than 40% and not in “VIP”'],
  [{ any: [{ is: 'country', op: 'in', value: ['DE', 'AT', 'CH'] }, { all: [{ is: 'stage', op: 'in', value: ['at_risk'] }, { is: 'percentile', side: 'top', percent: 10, of: 'predicted_value' }] }] },
    'country is one of DE, AT or CH or (lifecycle stage is at risk and top 10% by predicted value)'],
  [{ not: { any: [{ is: 'first_order', op: 'between', value: ['2026-01-01', '2026-01-31'] }, { is: 'attribute', attribute: ['loyalty', 'tier'], op: 'eq', value: 'gold' }] } },
    'neither first order on between Jan 1, 2026 and Jan 31, 2026 nor loyalty › tier is gold'],
  [{ all: [{ is: 'event.count', event: 'page_view', op: 'gte', value: 3, within: { weeks: 1 }, where: [{ property: 'path', op: 'starts_with', value: '/sale' }] }, { is: 'orders.count', op: 'eq', value: 0, within: { days: 30 }, category: 'Coffee' }] },
    'number of events page_view at least 3 in the last 1 week where path begins with /sale and number of orders exactly 0 in the last 30 days with a product of the category Coffee'],
  [{ all: [{ is: 'sequence', first: 'add_to_cart', op: 'not_then', then: 'order', in: { days: 7 } }, { is: 'anniversary', of: 'first_order', days: 7 }] }, 'did add_to_cart and then not order within 7 days and anniversary of the first order in at most 7 days'],
  [{ any: [{ is: 'list', id: VIP }, { is: 'percentile.events', side: 'top', percent: 5, of: 'event.sum', event: 'add_to_cart', property: 'Price', within: { days: 30 } }, { is: 'event.average', event: 'review', property: ['stars', 'All'], op: 'lt', value: 3 }, { is: 'first_order.was', channel: 'pos' }] },
    'on the list “VIP” or top 5% by sum over events add_to_cart of its number Price in the last 30 days or average over events review of stars › All less than 3 or first order was through the channel pos'],
  [{ all: [{ is: 'segment', id: crypto.randomUUID() }, { is: 'orders.total', op: 'gt' }, { is: 'rfm.group', op: 'known' }] }, 'in “a segment that is gone” and spent on orders more than … and RFM group is known'],
])('says %j in words', (filter, words) => {
  expect(storedWords(filter, [{ id: VIP, name: 'VIP' }], formats)).toBe(`${words.charAt(0).toUpperCase()}${words.slice(1)}.`);
});
