/** What of a customer a filter looks at, by name: to tell whether all of it is known of a day that is over. */
import { isEveryOrder, type Measure, type Test } from './term.ts';

/** Something that a name does not say, such as an attribute: kept as of now only. */
export const OTHER = 'other';

/** Names of numbers, texts and days, `segments`, `order_net` and `OTHER`. Orders and events themselves have their instants, and are not among them. */
export function namesOf(test: Test): ReadonlySet<string> {
  const names = new Set<string>();
  note(test, names);
  return names;
}

/** Others are net of refunds, also of those that came later. */
const WHATEVER_IS_REFUNDED: ReadonlySet<Measure> = new Set<Measure>(['count', 'gross', 'average_gross', 'largest', 'quantity']);

function note(test: Test, names: Set<string>): void {
  switch (test.t) {
    case 'all': case 'any': test.of.forEach((one) => note(one, names)); return;
    case 'not': note(test.of, names); return;
    case 'number': case 'text': case 'day': names.add(test.name); return;
    case 'rows':
      if (test.rows.of === 'orders' && !WHATEVER_IS_REFUNDED.has(test.measure)) names.add('order_net');
      return;
    case 'age':
      if (isEveryOrder(test.rows)) for (const name of ['orders', 'last_order_day', 'previous_order']) names.add(name);
      return;
    case 'sequence': case 'property': return;
    case 'member': names.add('segments'); return;
    case 'anniversary': names.add('name' in test.of ? test.of.name : OTHER); return;
    default: names.add(OTHER);
  }
}
