/** WooCommerce's own report, and the order exports of the plugins in common use. */
import { SHOP_ORDER } from '../../precedence.ts';
import type { Amounts, CustomerRef, LineItem, OrderRecord } from '../../record.ts';
import { spread } from '../../spread.ts';
import { Refusal } from '../../csv/row.ts';
import { refundInFile } from './file-refund.ts';
import { countryCode, FILE_RANKS, latest } from './preset.ts';
import type { Cells, Preset } from './preset.ts';

const ID = ['order id', 'order number', 'order'] as const;
const STATUS = ['order status', 'status'] as const;
const DATE = ['order date', 'date'] as const;
const TOTAL = ['order total amount', 'order total'] as const;
const EMAIL = ['email billing', 'billing email', 'customer email'] as const;
/** Headings that only these exports have beside those. */
const MARKS = ['order total amount', 'order key', 'shipping tax total', 'payment method title', 'wt import key'];
const SALES: ReadonlySet<string> = new Set(['processing', 'completed', 'refunded']);
/** Numbered columns of items in the export of WebToffee. */
const MOST_ITEM_COLUMNS = 200;

function statusOf(line: Cells): string {
  return line.text(...STATUS).toLowerCase().replace(/^wc-/, '').replaceAll(' ', '-');
}

function rankOf(status: string): number {
  if (status === 'refunded') return FILE_RANKS.refunded;
  if (status === 'cancelled' || status === 'failed' || status === 'trash') return FILE_RANKS.cancelled;
  return SALES.has(status) ? FILE_RANKS.paid : FILE_RANKS.open;
}

/** WooCommerce's total is after discounts and with tax, shipping and fees; fees are goods, as its own reports have it. */
function amountsOf(order: Cells, currency: string): Amounts {
  const total = order.requiredMoney(currency, ...TOTAL);
  const tax = order.money(currency, 'order total tax amount', 'tax total');
  const shipping = order.money(currency, 'order shipping amount', 'shipping total');
  const discount = Math.abs(order.money(currency, 'cart discount amount', 'discount total', 'cart discount'));
  const net = Math.max(0, total - tax - shipping);
  return { currency, given: null, goods: net + discount, discount, tax, shipping, tip: 0 };
}

interface Item extends Omit<LineItem, 'amount'> {
  weight: number;
}

/** An item on a line of its own. */
function itemOf(line: Cells, currency: string): Item | null {
  const [name, sku] = [line.text('item name', 'product name'), line.text('sku')];
  if (name === '' && sku === '') return null;
  const quantity = line.quantity('quantity', 'quantity refund');
  const whole = line.money(currency, 'order line total', 'item total', 'order line subtotal');
  return {
    productId: line.text('product id') || null, sku: sku || null, name: name || sku, category: line.text('category') || null, quantity,
    weight: Math.max(0, whole > 0 ? whole : line.money(currency, 'item cost') * quantity),
  };
}

/** Items of `line_item_1`, `line_item_2`, …: `name:Mug|product_id:12|sku:M-1|quantity:2|total:20.00|…`. */
function numberedItems(order: Cells): Item[] {
  const items: Item[] = [];
  for (let n = 1; n <= MOST_ITEM_COLUMNS; n += 1) {
    const cell = order.text(`line item ${String(n)}`);
    if (cell === '') break;
    const parts = new Map(cell.split('|').map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)]));
    const name = parts.get('name') ?? '';
    if (name === '') continue;
    const [quantity, total] = [Number(parts.get('quantity') ?? '1'), Number(parts.get('total') ?? '0')];
    items.push({
      productId: parts.get('product_id') || null, sku: parts.get('sku') || null, name, category: null,
      quantity: Number.isFinite(quantity) ? Math.max(0, Math.round(quantity)) : 1, weight: Number.isFinite(total) ? Math.max(0, total) : 0,
    });
  }
  return items;
}

function customerOf(order: Cells): CustomerRef | null {
  const id = order.text('customer id', 'customer user id', 'customer user', 'user id');
  const email = order.text(...EMAIL);
  // WooCommerce gives guests the number 0.
  const externalId = /^\d+$/.test(id) && id !== '0' ? id : null;
  if (externalId === null && email === '') return null;
  const name = [order.text('first name billing', 'billing first name'), order.text('last name billing', 'billing last name')].filter((part) => part !== '').join(' ');
  return { externalId, email: email || null, name: name || null, country: countryCode(order.text('country code billing', 'billing country')) };
}

function numberOf(line: Cells): string {
  const id = line.text(...ID).replace(/^#/, '');
  if (!/^\d+$/.test(id)) throw new Refusal('missing_field', { heading: 'Order ID' }, `"${id.slice(0, 40)}" is not the number of an order`);
  return id;
}

export const woocommerceOrders: Preset = {
  source: 'woocommerce',
  fits: (headings) => [ID, STATUS, DATE, TOTAL, EMAIL].every((names) => names.some((name) => headings.has(name))) && MARKS.some((mark) => headings.has(mark)),
  orderOf: (line) => line.text(...ID) || null,
  read(lines, { currency: own, clock }) {
    const [order] = lines;
    const externalId = numberOf(order);
    const currency = order.currency(own, 'order currency', 'currency');
    const amounts = amountsOf(order, currency);
    const status = statusOf(order);
    const occurredAt = order.requiredInstant(clock, ...DATE);
    const items = [...lines.flatMap((line) => itemOf(line, currency) ?? []), ...numberedItems(order)];
    const shares = spread(amounts.goods - amounts.discount, items.map(({ weight }) => weight));
    const record: OrderRecord = {
      kind: 'order', source: 'woocommerce', externalId,
      version: { updatedAt: latest(occurredAt, order.instant(clock, 'paid date', 'date paid'), order.instant(clock, 'completed date'), order.instant(clock, 'modified date', 'order modified date', 'date modified')), rank: rankOf(status) },
      occurredAt, customer: customerOf(order), amounts, status: status || 'pending', counts: SALES.has(status),
      type: 'purchase', channel: null, label: `#${order.text('order number', ...ID).replace(/^#/, '')}`,
      items: items.map(({ weight: _, ...item }, index) => ({ ...item, amount: shares[index] ?? 0 })), paymentKeys: [], precedence: SHOP_ORDER,
    };
    const stated = Math.abs(order.money(currency, 'order refund amount', 'refunded total', 'total refunded', 'order total refunded'));
    // An order that is refunded as a whole has lost all it brought, whether the export has a column for it or not.
    const paid = amounts.goods - amounts.discount + amounts.tax + amounts.shipping;
    const refunded = stated > 0 ? stated : status === 'refunded' ? paid : 0;
    return refunded > 0 ? [record, refundInFile(record, refunded, record.version.updatedAt)] : [record];
  },
};

/** Analytics → Orders → Download: net sales of each order, refunds as lines below zero, customers by name only. */
export const woocommerceAnalytics: Preset = {
  source: 'woocommerce',
  fits: (headings) => ['date', 'order', 'n revenue formatted', 'status', 'customer', 'items sold'].every((heading) => headings.has(heading)),
  orderOf: () => null,
  read([line], { currency, clock }) {
    const externalId = numberOf(line);
    const occurredAt = line.requiredInstant(clock, 'date');
    const net = line.requiredMoney(currency, 'net sales', 'n revenue', 'n revenue formatted');
    const status = statusOf(line);
    const record: OrderRecord = {
      kind: 'order', source: 'woocommerce', externalId, version: { updatedAt: occurredAt, rank: rankOf(status) }, occurredAt, customer: null,
      amounts: { currency, given: Math.max(0, net), goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 }, status: status || 'pending', counts: SALES.has(status),
      type: 'purchase', channel: line.text('attribution') || null, label: `#${externalId}`, items: [], paymentKeys: [], precedence: SHOP_ORDER,
    };
    return net < 0 ? [refundInFile(record, -net, occurredAt)] : [record];
  },
};
