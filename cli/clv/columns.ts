/** Which column of a file is what: by the promised names first, else by the headings that shops' exports and public data sets have. */
import { HEADINGS, plainHeading, type Field } from '#core/commerce/csv/fields';

export interface OrderColumns {
  customer: number;
  date: number;
  /** What the line comes to; −1 where it is quantity × unit price, or where lines have no money at all. */
  amount: number;
  unitPrice: number;
  quantity: number;
  order: number;
  product: number;
  /** Of the product. */
  category: number;
  channel: number;
  /** What became of a sale, and what a line of behaviour is about: lines that are no purchase are left out. */
  status: number;
  event: number;
  /** Columns that mean nothing to us. */
  unknown: string[];
}

/** Headings of public data sets that would mean too much in a shop's file. */
const ALSO: Partial<Record<Field, readonly string[]>> = {
  category: ['aisle', 'department id', 'category name', 'category code', 'commodity desc'], customerId: ['cust', 'cust no', 'customer unique id', 'household key', 'household id', 'visitor id', 'member number', 'donor id', 'donor', 'card id', 'id'],
  date: ['trans date', 'event time', 'event date', 'donation date', 'gift date', 'visit date', 'dt', 'year'],
  amount: ['sales value', 'purchase amount', 'transaction value', 'donation', 'donation amount', 'gift', 'gift amount'],
};

export function orderColumns(header: readonly string[]): OrderColumns {
  const names = header.map(plainHeading);
  const find = (field: Field, taken: readonly number[] = []): number => {
    for (const name of [...HEADINGS[field], ...(ALSO[field] ?? [])]) {
      const at = names.indexOf(name);
      if (at >= 0 && !taken.includes(at)) return at;
    }
    return -1;
  };
  const customer = find('customerId');
  const date = find('date');
  const order = find('orderId', [customer]);
  const productId = find('productId');
  const product = names.indexOf('product') >= 0 ? names.indexOf('product') : productId >= 0 ? productId : find('product');
  const quantity = find('quantity');
  let unitPrice = find('unitPrice');
  let amount = find('amount', [customer, date, order, unitPrice]);
  // "Price" beside a quantity and a product is what one of them costs.
  if (unitPrice < 0 && quantity >= 0 && product >= 0 && names[amount] === 'price') [unitPrice, amount] = [amount, -1];
  const channel = find('channel');
  const category = find('category', [product]);
  const status = find('status', [customer, date, amount]);
  const event = names.findIndex((name) => name === 'event type' || name === 'event' || name === 'event name');
  const known = [customer, date, amount, unitPrice, quantity, order, product, channel, productId, find('product'), find('country'), category, find('name'), find('email'), find('currency'), status, event];
  return { customer, date, amount, unitPrice, quantity, order, product, category, channel, status, event, unknown: header.filter((name, at) => name !== '' && !known.includes(at)) };
}
