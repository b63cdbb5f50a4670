/** Orders and refunds of the demo shop as Shopify's webhooks state them (the fields that receivers read). */
import { fromMinor } from '#core/commerce/money';
import type { Person } from './names.ts';
import { presentmentRate } from './pricing.ts';
import type { PricedBasket, PricedLine, PresentmentCurrency } from './pricing.ts';

/** What the shop itself keeps its books in. */
export const SHOP_CURRENCY = 'EUR';

export interface ShopBuyer {
  /** The platform's customer id; null for a guest. */
  id: number | null;
  /** Null for a guest who left no address. */
  person: Person | null;
  /** ISO 8601. */
  since: string;
  acceptsMarketing: boolean;
}

export interface ShopOrder {
  id: number;
  /** Printed as #1001. */
  number: number;
  /** ISO 8601 UTC. */
  at: string;
  buyer: ShopBuyer;
  basket: PricedBasket;
  /** What the buyer paid in; the shop's books are in euros either way. */
  presentment: PresentmentCurrency;
  /** Null where the shop's tracking recorded none. */
  sourceName: string | null;
}

export interface ShopRefund {
  id: number;
  at: string;
  order: ShopOrder;
  /** Of the order's lines, returned whole. */
  lines: readonly PricedLine[];
}

export interface ShopifyDelivery {
  topic: 'orders/create' | 'refunds/create';
  /** JSON, as it is signed and sent. */
  body: string;
}

interface MoneySet {
  shop_money: { amount: string; currency_code: string };
  presentment_money: { amount: string; currency_code: string };
}

const inShop = (minor: number): string => fromMinor(minor, SHOP_CURRENCY);

function moneySets(order: ShopOrder): (minor: number) => MoneySet {
  const rate = presentmentRate(order.presentment, Math.floor(Date.parse(order.at) / 86_400_000));
  return (minor) => ({
    shop_money: { amount: inShop(minor), currency_code: SHOP_CURRENCY },
    presentment_money: { amount: fromMinor(Math.round(minor * rate), order.presentment), currency_code: order.presentment },
  });
}

const globalId = (kind: string, id: number): string => `gid://shopify/${kind}/${id}`;
/** Line ids follow from the order's, so that a refund names the same ones. */
const lineId = (order: ShopOrder, index: number): number => order.id * 10 + index;

function taxLines(amount: number, percent: number, money: (minor: number) => MoneySet): object[] {
  return amount === 0 ? [] : [{ title: 'MwSt.', rate: percent / 100, price: inShop(amount), price_set: money(amount) }];
}

function linePayload(order: ShopOrder, line: PricedLine, index: number): object {
  const money = moneySets(order), { product } = line;
  return {
    id: lineId(order, index), admin_graphql_api_id: globalId('LineItem', lineId(order, index)),
    product_id: product.id, variant_id: product.id + 1, sku: product.sku, title: product.name, name: product.name,
    product_type: product.category, quantity: line.quantity, gift_card: false, taxable: true, requires_shipping: true,
    price: inShop(product.price), price_set: money(product.price),
    total_discount: '0.00', total_discount_set: money(0),
    discount_allocations: line.discount === 0 ? [] : [{ amount: inShop(line.discount), amount_set: money(line.discount), discount_application_index: 0 }],
    tax_lines: taxLines(line.tax, product.taxPercent, money),
  };
}

function customerPayload(buyer: ShopBuyer): object | null {
  if (buyer.id === null || buyer.person === null) return null;
  const { person } = buyer;
  return {
    id: buyer.id, admin_graphql_api_id: globalId('Customer', buyer.id),
    email: person.email, first_name: person.first, last_name: person.last, currency: person.currency,
    created_at: buyer.since, updated_at: buyer.since, state: 'enabled', tags: '',
    email_marketing_consent: { state: buyer.acceptsMarketing ? 'subscribed' : 'not_subscribed', opt_in_level: 'single_opt_in', consent_updated_at: buyer.since },
    default_address: { first_name: person.first, last_name: person.last, country: person.countryName, country_code: person.country, default: true },
  };
}

/** `orders/create` of an order that was paid at checkout. */
export function orderDelivery(order: ShopOrder): ShopifyDelivery {
  const { basket, buyer } = order, money = moneySets(order);
  const person = buyer.person;
  const tax = basket.goodsTax + basket.shippingTax;
  const payload = {
    id: order.id, admin_graphql_api_id: globalId('Order', order.id), name: `#${order.number}`, order_number: order.number,
    created_at: order.at, processed_at: order.at, updated_at: order.at, cancelled_at: null, test: false, confirmed: true,
    financial_status: 'paid', fulfillment_status: null, source_name: order.sourceName,
    currency: SHOP_CURRENCY, presentment_currency: order.presentment, taxes_included: true,
    email: person?.email ?? '', contact_email: person?.email ?? null, buyer_accepts_marketing: buyer.acceptsMarketing,
    total_line_items_price: inShop(basket.gross), total_line_items_price_set: money(basket.gross),
    total_discounts: inShop(basket.discount), total_discounts_set: money(basket.discount),
    subtotal_price: inShop(basket.gross - basket.discount), subtotal_price_set: money(basket.gross - basket.discount),
    total_tax: inShop(tax), total_tax_set: money(tax),
    total_shipping_price_set: money(basket.shipping),
    total_tip_received: '0.00',
    total_price: inShop(basket.total), total_price_set: money(basket.total),
    customer: customerPayload(buyer),
    shipping_address: person === null ? null
      : { first_name: person.first, last_name: person.last, country: person.countryName, country_code: person.country },
    line_items: basket.lines.map((line, index) => linePayload(order, line, index)),
    shipping_lines: [{
      id: order.id + 1, title: 'Standard', price: inShop(basket.shipping), price_set: money(basket.shipping),
      discounted_price: inShop(basket.shipping), discounted_price_set: money(basket.shipping), discount_allocations: [],
      tax_lines: taxLines(basket.shippingTax, 19, money),
    }],
    discount_applications: basket.discount === 0 ? [] : [{ type: 'discount_code', target_type: 'line_item', allocation_method: 'across' }],
    refunds: [],
  };
  return { topic: 'orders/create', body: JSON.stringify(payload) };
}

/** `refunds/create` for whole lines of an order, paid back at once. */
export function refundDelivery(refund: ShopRefund): ShopifyDelivery {
  const { order } = refund, money = moneySets(order);
  const paidBack = refund.lines.reduce((total, line) => total + line.gross - line.discount, 0);
  const payload = {
    id: refund.id, admin_graphql_api_id: globalId('Refund', refund.id), order_id: order.id,
    created_at: refund.at, processed_at: refund.at, note: null, restock: true,
    total_duties_set: money(0),
    refund_line_items: refund.lines.map((line) => {
      const index = order.basket.lines.indexOf(line), subtotal = line.gross - line.discount;
      return {
        id: refund.id + 1 + index, line_item_id: lineId(order, index), quantity: line.quantity, restock_type: 'return',
        subtotal: inShop(subtotal), subtotal_set: money(subtotal), total_tax: inShop(line.tax), total_tax_set: money(line.tax),
        line_item: linePayload(order, line, index),
      };
    }),
    transactions: [{
      id: refund.id + 900, order_id: order.id, kind: 'refund', status: 'success', test: false,
      amount: inShop(paidBack), currency: SHOP_CURRENCY, created_at: refund.at, processed_at: refund.at,
    }],
    order_adjustments: [],
  };
  return { topic: 'refunds/create', body: JSON.stringify(payload) };
}
