/** Shopify's orders export: an order's own columns stand on its first line, every further line is an item. */
import { SHOP_ORDER } from '../../precedence.ts';
import type { Amounts, LineItem, OrderRecord } from '../../record.ts';
import { spread } from '../../spread.ts';
import { Refusal } from '../../csv/row.ts';
import { refundInFile } from './file-refund.ts';
import { countryCode, FILE_RANKS, latest } from './preset.ts';
import type { Cells, Preset } from './preset.ts';

const NEEDED = ['name', 'id', 'financial status', 'created at', 'subtotal', 'total', 'lineitem quantity', 'lineitem name', 'lineitem price'];
const SALES: ReadonlySet<string> = new Set(['paid', 'partially_paid', 'partially_refunded', 'refunded']);

function rankOf(status: string, cancelled: boolean): number {
  if (cancelled || status === 'voided' || status === 'expired') return FILE_RANKS.cancelled;
  if (status === 'refunded') return FILE_RANKS.refunded;
  if (status === 'partially_refunded') return FILE_RANKS.partlyRefunded;
  return SALES.has(status) ? FILE_RANKS.paid : FILE_RANKS.open;
}

/**
 * The parts of the order, so that goods − discount is net sales: the subtotal is what was sold after discounts. Where
 * prices include the tax, it is taken out of goods and shipping in proportion; the export does not say how it is shared.
 */
function amountsOf(order: Cells, lines: readonly Cells[], currency: string): Amounts {
  const subtotal = order.requiredMoney(currency, 'subtotal');
  const [shipping, tax, total] = [order.money(currency, 'shipping'), order.money(currency, 'taxes'), order.money(currency, 'total')];
  const prices = lines.reduce((sum, line) => sum + line.money(currency, 'lineitem price') * line.quantity('lineitem quantity'), 0);
  const goods = Math.max(subtotal, prices);
  const included = tax > 0 && Math.abs(subtotal + shipping - total) < Math.abs(subtotal + shipping + tax - total);
  if (!included) return { currency, given: null, goods, discount: goods - subtotal, tax, shipping, tip: Math.max(0, total - subtotal - shipping - tax) };
  const [goodsTax = 0, shippingTax = 0] = spread(tax, [subtotal, shipping]);
  const net = subtotal - goodsTax;
  const whole = subtotal > 0 ? Math.round((goods * net) / subtotal) : goods;
  return { currency, given: null, goods: whole, discount: whole - net, tax, shipping: shipping - shippingTax, tip: Math.max(0, total - subtotal - shipping) };
}

function itemsOf(lines: readonly Cells[], amounts: Amounts): LineItem[] {
  const { currency } = amounts;
  const sold = lines.filter((line) => line.text('lineitem name', 'lineitem sku') !== '');
  const weights = sold.map((line) => Math.max(0, line.money(currency, 'lineitem price') * line.quantity('lineitem quantity') - line.money(currency, 'lineitem discount')));
  const net = amounts.goods - amounts.discount;
  const shares = weights.reduce((sum, weight) => sum + weight, 0) === net ? weights : spread(net, weights);
  return sold.map((line, index) => ({
    productId: null, sku: line.text('lineitem sku') || null, name: line.text('lineitem name', 'lineitem sku'), category: null,
    quantity: line.quantity('lineitem quantity'), amount: shares[index] ?? 0,
  }));
}

export const shopifyOrders: Preset = {
  source: 'shopify',
  fits: (headings) => NEEDED.every((heading) => headings.has(heading)),
  orderOf: (line) => line.text('name') || null,
  read(lines, { currency: own, clock }) {
    const [order] = lines;
    const externalId = order.text('id');
    if (!/^\d+$/.test(externalId)) throw new Refusal('missing_field', { heading: 'Id' }, 'The order has no Id: without it a later delivery from Shopify would count it twice');
    const currency = order.currency(own, 'currency');
    const amounts = amountsOf(order, lines, currency);
    const status = order.text('financial status').toLowerCase();
    const createdAt = order.requiredInstant(clock, 'created at');
    const [paidAt, cancelledAt] = [order.instant(clock, 'paid at'), order.instant(clock, 'cancelled at')];
    const email = order.text('email');
    const record: OrderRecord = {
      kind: 'order', source: 'shopify', externalId,
      version: { updatedAt: latest(createdAt, paidAt, cancelledAt, order.instant(clock, 'fulfilled at')), rank: rankOf(status, cancelledAt !== null) },
      occurredAt: createdAt,
      customer: email === '' ? null : { externalId: null, email, name: order.text('billing name', 'shipping name') || null, country: countryCode(order.text('billing country', 'shipping country')) },
      amounts,
      status: cancelledAt !== null ? 'cancelled' : status || 'pending',
      counts: SALES.has(status) && cancelledAt === null,
      type: 'purchase', channel: order.text('source') || null, label: order.text('name'),
      items: itemsOf(lines, amounts), paymentKeys: [], precedence: SHOP_ORDER,
    };
    const refunded = order.money(currency, 'refunded amount');
    return refunded > 0 ? [record, refundInFile(record, refunded, record.version.updatedAt)] : [record];
  },
};
