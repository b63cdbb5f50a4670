/** A transaction as the API takes it, and the canonical record that it becomes. */
import { z } from 'zod';
import { currencyOf, idText, InputRefusal, instantOf, minorOf, parseBatch, type BatchResult, type InputContext } from './batch-input.ts';
import { closedReason } from './closed-books.ts';
import type { Amounts, CustomerRef, LineItem, OrderRecord, RefundRecord } from './record.ts';
import { GIVEN_ORDER } from './precedence.ts';

const amount = z.union([z.string().trim().min(1).max(40), z.number()]);
const text = z.string().trim().min(1).max(255);

export const sourceName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: 'Use up to 63 of a–z, 0–9, dot, dash and underscore' });
const paymentKey = z.string().trim().max(320).regex(/^[a-z0-9][a-z0-9._-]{0,62}:\S+$/, { error: 'Write source and id with a colon between: stripe:pi_3NqF' });
export const country = z.string().regex(/^[A-Za-z]{2}$/, { error: 'Use two letters, as in ISO 3166: US' }).transform((code) => code.toUpperCase());
export const email = z.string().trim().max(320).regex(/^[^\s@]+@[^\s@]+$/, { error: 'Not an e-mail address' });

const customerRefInput = z.strictObject({
  externalId: idText.optional(),
  email: email.nullish(),
  name: text.nullish(),
  country: country.nullish(),
});

const lineItemInput = z.strictObject({
  productId: idText.optional(),
  sku: text.nullish(),
  name: text.optional(),
  category: text.nullish(),
  quantity: z.number().min(0).max(1e9).optional(),
  /** Of one; read when `amount` is left out. */
  price: amount.optional(),
  /** Of the whole line, after discounts. */
  amount: amount.optional(),
});
type LineItemInput = z.infer<typeof lineItemInput>;

/** One element of `POST /api/v1/transactions`. Unknown fields are refused by name, so that a typo loses nothing silently. */
export const transactionInput = z.strictObject({
  externalId: idText.optional(),
  /** Left out: the sale is kept and counts for no customer. */
  customer: customerRefInput.nullish(),
  occurredAt: z.string(),
  amount,
  currency: z.string().optional(),
  type: z.enum(['purchase', 'refund', 'subscription'], { error: 'Use purchase, refund or subscription' }).optional(),
  /** Of a refund: the external id of the order it returns. Of a sale: its number for people, and its id when it has no other. */
  orderId: idText.optional(),
  items: z.array(lineItemInput).max(500).optional(),
  channel: text.nullish(),
  source: sourceName.optional(),
  updatedAt: z.string().optional(),
  /** Of a sale: names of its payment elsewhere, such as `stripe:pi_…`. Sales that share one are one sale, counted once. */
  paymentKeys: z.array(paymentKey).max(10).optional(),
});
export type TransactionInput = z.infer<typeof transactionInput>;

function customerOf(input: TransactionInput['customer']): CustomerRef | null {
  if (!input || (input.externalId === undefined && !input.email)) return null;
  return { externalId: input.externalId ?? null, email: input.email ?? null, name: input.name ?? null, country: input.country ?? null };
}

function lineAmount(item: LineItemInput, path: string, currency: string, quantity: number, whole: number | null): number {
  if (item.amount !== undefined) return Math.abs(minorOf(item.amount, `${path}.amount`, currency));
  if (item.price !== undefined) return Math.abs(Math.round(minorOf(item.price, `${path}.price`, currency) * quantity));
  return whole ?? 0;
}

function itemsOf(input: TransactionInput, currency: string, total: number): LineItem[] {
  const items = input.items ?? [];
  return items.map((item, index) => {
    const path = `items[${String(index)}]`;
    const name = item.name ?? item.productId ?? item.sku;
    if (!name) throw new InputRefusal('missing_field', `${path}.name`, 'An item needs a name, a productId or a sku');
    const quantity = item.quantity ?? 1;
    return {
      productId: item.productId ?? null,
      sku: item.sku ?? null,
      name,
      category: item.category ?? null,
      quantity,
      // A single item without an amount of its own is the whole sale.
      amount: lineAmount(item, path, currency, quantity, items.length === 1 ? total : null),
    };
  });
}

/**
 * Money as given under every revenue basis. A record without `updatedAt` is as new as its acceptance, so sending it
 * again with other contents replaces it.
 * @throws InputRefusal
 */
export function toRecord(input: TransactionInput, context: InputContext): OrderRecord | RefundRecord {
  const currency = currencyOf(input.currency, 'currency', context);
  const signed = minorOf(input.amount, 'amount', currency);
  const type = input.type ?? 'purchase';
  if (signed < 0 && type !== 'refund') {
    throw new InputRefusal('negative_amount', 'amount', `A ${type} cannot be negative; send money paid back as type "refund" with a positive amount`);
  }
  const total = Math.abs(signed);
  const occurredAt = instantOf(input.occurredAt, 'occurredAt', context);
  const closed = closedReason(occurredAt, context.closed ?? null);
  if (closed !== null) throw new InputRefusal('books_closed', 'occurredAt', closed);
  const amounts: Amounts = { currency, given: total, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 };
  const shared = {
    source: input.source ?? context.source,
    version: { updatedAt: input.updatedAt === undefined ? context.now.toISOString() : instantOf(input.updatedAt, 'updatedAt', context), rank: 0 },
    occurredAt,
    customer: customerOf(input.customer),
    amounts,
    counts: true,
    items: itemsOf(input, currency, total),
  };
  if (type === 'refund') {
    return { kind: 'refund', ...shared, externalId: input.externalId ?? context.makeId(), orderExternalId: input.orderId ?? null, status: 'refunded' };
  }
  return {
    kind: 'order',
    ...shared,
    externalId: input.externalId ?? input.orderId ?? context.makeId(),
    status: 'paid',
    type,
    channel: input.channel ?? null,
    label: input.orderId ?? null,
    paymentKeys: input.paymentKeys ?? [],
    precedence: GIVEN_ORDER,
  };
}

/** Every input as a record or a rejection; see `parseBatch`. */
export function parseTransactions(inputs: readonly unknown[], context: InputContext): BatchResult<OrderRecord | RefundRecord> {
  return parseBatch(inputs, transactionInput, toRecord, context);
}
