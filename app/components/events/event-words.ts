/** Events in words for a shop owner. */

const WORDS: Readonly<Record<string, string>> = {
  page_view: 'Viewed a page', email_open: 'Opened an e-mail', email_click: 'Clicked in an e-mail', add_to_cart: 'Put something in the cart',
  remove_from_cart: 'Took something out of the cart', checkout_started: 'Began to check out', identify: 'Said who she is', search: 'Searched', sign_in: 'Signed in', sign_up: 'Signed up',
  order_fulfilled: 'Order was sent', order_delivered: 'Order arrived', purchase: 'Bought',
};

/** `order_shipped_late` → "Order shipped late". */
export function eventWords(type: string): string {
  const known = WORDS[type];
  if (known !== undefined) return known;
  const text = type.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The same of several in one visit. */
export function eventTimes(type: string, count: number): string {
  return count === 1 ? eventWords(type) : `${eventWords(type)}, ${String(count)} times`;
}
