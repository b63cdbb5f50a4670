/** Invoices: the Stripe record that knows goods, discounts, tax and shipping, and whether a subscription is paid. */
import type { Amounts, LineItem, OrderRecord, PaymentLinkRecord } from '#core/commerce/record';
import { INVOICE } from '#core/commerce/precedence';
import { spread } from '#connectors/shares';
import { textOf } from '#connectors/payload';
import { buyerOf, paymentKeys, SOURCE, versionOf } from './identity.ts';
import type { Seen } from './identity.ts';
import { currencyOf, minorOf } from './money.ts';
import type { InvoiceLinePayload, InvoicePayload, InvoicePaymentPayload } from './payload.ts';
import { partsOf } from './parts.ts';

const RANKS: Readonly<Record<string, number>> = { draft: 10, open: 20, uncollectible: 60, void: 70, paid: 90 };

const sum = (list: readonly { amount: number }[] | null | undefined): number => (list ?? []).reduce((all, { amount }) => all + amount, 0);
const isInclusive = (tax: { inclusive?: boolean | null | undefined; tax_behavior?: string | null | undefined }): boolean => tax.inclusive === true || tax.tax_behavior === 'inclusive';

/** Goods before discounts, discounts, tax and shipping of what was paid; of a bill not paid yet, what it asks for. */
function amountsOf(invoice: InvoicePayload, currency: string, paid: boolean): Amounts {
  const taxes = invoice.total_taxes ?? invoice.total_tax_amounts ?? [];
  return partsOf({
    total: invoice.total,
    // Before lists of taxes there was their sum alone.
    tax: taxes.length > 0 ? sum(taxes) : (invoice.tax ?? 0),
    taxInside: sum(taxes.filter(isInclusive)),
    shipping: invoice.amount_shipping ?? invoice.shipping_cost?.amount_subtotal ?? 0,
    discount: sum(invoice.total_discount_amounts),
    // Credit from an earlier bill pays part of this one: that money was taken, and counted, before.
    paid: paid ? invoice.amount_paid : invoice.total,
  }, currency);
}

function lineNet(line: InvoiceLinePayload): number {
  return line.amount - sum(line.discount_amounts) - sum((line.taxes ?? line.tax_amounts)?.filter(isInclusive));
}

/** The goods billed, each line after discounts and without tax; lines that only give credit are left out. */
function itemsOf(invoice: InvoicePayload, amounts: Amounts): LineItem[] {
  const lines = (invoice.lines?.data ?? []).filter((line) => lineNet(line) > 0);
  const weights = lines.map((line) => minorOf(lineNet(line), amounts.currency));
  const net = amounts.goods - amounts.discount;
  // Of a long bill an event holds the first lines only: they keep their own amounts.
  const shares = invoice.lines?.has_more === true || weights.reduce((all, weight) => all + weight, 0) === net ? weights : spread(net, weights);
  return lines.map((line, index) => ({
    productId: line.price?.product ?? textOf(line.pricing?.price_details?.product) ?? line.plan?.product ?? null,
    sku: null, name: textOf(line.description) ?? 'Unnamed product', category: null,
    quantity: Math.max(0, line.quantity ?? 1), amount: shares[index] ?? 0,
  }));
}

/** The subscription an invoice bills; null for a bill of its own. */
function subscriptionOf({ subscription, parent }: InvoicePayload): string | null {
  return subscription ?? (parent?.type === 'subscription_details' ? (parent.subscription_details?.subscription ?? null) : null);
}

/**
 * The name under which a subscription's first bill and the checkout that began it know each other: sessions of API
 * versions before 2023 name the subscription only. Later bills of it must not bear it.
 */
export function firstBillOf(subscription: string): string {
  return `first_bill_of_${subscription}`;
}

export function toInvoiceRecord(invoice: InvoicePayload, seen: Seen): OrderRecord {
  const currency = currencyOf(invoice.currency, 'Invoice');
  const status = invoice.status ?? (invoice.paid === true ? 'paid' : 'open');
  const paid = status === 'paid';
  const amounts = amountsOf(invoice, currency, paid);
  const subscription = subscriptionOf(invoice);
  const payments = (invoice.payments?.data ?? []).flatMap(({ payment }) => [payment?.payment_intent, payment?.charge]);
  return {
    kind: 'order', source: SOURCE, externalId: invoice.id,
    version: versionOf(seen, RANKS[status] ?? 5),
    occurredAt: (paid ? invoice.status_transitions?.paid_at : null) ?? invoice.created,
    customer: buyerOf(invoice.customer, { email: invoice.customer_email, name: invoice.customer_name, address: invoice.customer_address }),
    amounts, status,
    // A bill of nothing (a trial, all credit) is paid as well: whether it counts is the company's setting for zero orders.
    counts: paid,
    type: subscription === null ? 'purchase' : 'subscription',
    channel: null, items: itemsOf(invoice, amounts), label: textOf(invoice.number),
    paymentKeys: paymentKeys(invoice.id, [
      invoice.charge, invoice.payment_intent, ...payments,
      subscription !== null && invoice.billing_reason === 'subscription_create' ? firstBillOf(subscription) : null,
    ], invoice.metadata),
    precedence: INVOICE,
  };
}

/** Which payment paid an invoice: since API version 2025-03-31 neither of the two says so itself. Empty while there is no payment. */
export function toPaymentLinks(link: InvoicePaymentPayload, seen: Seen): PaymentLinkRecord[] {
  const keys = paymentKeys(link.id, [link.invoice, link.payment?.payment_intent, link.payment?.charge]);
  return keys.length < 2 ? [] : [{ kind: 'payment_link', source: SOURCE, externalId: link.id, version: versionOf(seen, 50), paymentKeys: keys }];
}
