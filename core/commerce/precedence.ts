/**
 * Which of several records of one sale is the order of record: the shop's order knows goods, discounts and shipping,
 * an invoice its lines, a charge only its total. Higher wins; between equals the one that came first.
 */
export const SHOP_ORDER = 80;
export const GIVEN_ORDER = 70;
export const INVOICE = 50;
export const CHECKOUT_SESSION = 40;
export const PAYMENT_INTENT = 30;
export const CHARGE = 20;
