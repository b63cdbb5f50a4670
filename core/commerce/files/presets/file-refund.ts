/**
 * What exports say of refunds is one sum an order, without the refund's own name and mostly without its day. It is kept
 * as one refund of that order under a name of this kind, and stands only until the platform itself tells of the order's
 * refunds, one by one, under their own names.
 */
import { FILE_REFUND_PREFIX } from '../../file-refund.ts';
import type { Amounts, OrderRecord, RefundRecord } from '../../record.ts';

/** @param money what was paid back in all, in minor units of the order's currency */
export function refundInFile(order: OrderRecord, money: number, occurredAt: string): RefundRecord {
  return {
    kind: 'refund',
    source: order.source,
    externalId: `${FILE_REFUND_PREFIX}${order.externalId}`,
    // The sum only grows: of two exports the one with more is the later.
    version: { updatedAt: order.version.updatedAt, rank: money >= paidOf(order.amounts) ? 5 : 4 },
    occurredAt,
    orderExternalId: order.externalId,
    customer: null,
    amounts: order.amounts.given === null ? partsOf(order.amounts, money) : { ...order.amounts, given: money },
    status: 'refunded',
    counts: true,
    items: [],
  };
}

function paidOf({ given, goods, discount, tax, shipping, tip }: Amounts): number {
  return given ?? goods - discount + tax + shipping + tip;
}

/** Goods and their share of the tax come back first, then shipping with the rest of it. */
function partsOf(paid: Amounts, money: number): Amounts {
  const net = paid.goods - paid.discount;
  const goodsTax = net + paid.shipping > 0 ? Math.round((paid.tax * net) / (net + paid.shipping)) : 0;
  const back = { currency: paid.currency, given: null, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 };
  if (money <= net + goodsTax) {
    back.goods = net + goodsTax > 0 ? Math.round((money * net) / (net + goodsTax)) : 0;
    back.tax = money - back.goods;
    return back;
  }
  back.tax = Math.min(paid.tax, money - net);
  back.shipping = Math.min(paid.shipping, money - net - back.tax);
  // Whatever goes beyond what was paid is goodwill, as the connectors take it.
  back.goods = money - back.tax - back.shipping;
  return back;
}
