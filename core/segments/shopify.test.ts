/** Shopify's segment queries: what both can say, and what is said of the rest. */
import { describe, expect, it } from 'vitest';
import { importShopify } from './shopify.ts';
import { printFilter } from './text.ts';

function brought(text: string): string {
  const read = importShopify(text);
  return read.ok ? printFilter(read.filter, new Map()) : `${read.line}:${read.column} ${read.message}`;
}

describe('what both can say', () => {
  it.each([
    ['number_of_orders >= 5 AND amount_spent BETWEEN 1 AND 999.99', 'orders.count >= 5 and orders.total between 1 and 999.99'],
    ["FROM customers\nSHOW customer_name\nWHERE customer_countries CONTAINS 'US'\nORDER BY updated_at", 'country = "US"'],
    ["customer_tags CONTAINS 'vip' OR customer_tags NOT CONTAINS 'wholesale' AND number_of_orders = 0", 'attribute "tags" contains "vip" or (not attribute "tags" contains "wholesale" and orders.count = 0)'],
    ["(customer_countries CONTAINS 'US' OR customer_countries IS NULL) AND email_subscription_status = 'SUBSCRIBED'", '(country = "US" or country unknown) and consent = granted'],
    ["customer_email_domain != 'gmail.com'", 'not email ends_with "@gmail.com"'],
    ["rfm_group = 'PREVIOUSLY_LOYAL'", 'rfm.group = cant_lose'],
    ['last_order_date >= 7_days_ago', 'last_order_day last 8 days'],
    ['last_order_date > -30d', 'last_order_day last 30 days'],
    ['last_order_date < -8w', 'last_order_day older than 57 days'],
    ['last_order_date = yesterday', 'last_order_day last 2 days and last_order_day older than 1 days'],
    ['last_order_date BETWEEN -90d AND -30d', 'last_order_day last 91 days and last_order_day older than 30 days'],
    ['customer_added_date BETWEEN 2025-01-01 AND 2025-12-31', 'known_since between 2025-01-01 and 2025-12-31'],
    ['first_order_date IS NULL', 'first_order unknown'],
    ['products_purchased(id: (2012162031638, 1012132033639), since: 2026-01-01) = true', 'orders.count >= 1 from 2026-01-01 product "2012162031638"\nor orders.count >= 1 from 2026-01-01 product "1012132033639"'],
    ['orders_placed(count_at_least: 2, since: -30d) = false', 'not orders.count >= 2 within 30 days'],
    ['products_purchased MATCHES (id = 12, date >= -7d)', 'orders.count >= 1 within 7 days product "12"'],
    ['products_purchased MATCHES (id IN (12, 13), count >= 1) AND products_purchased NOT MATCHES (date > 2026-01-01)',
      '(orders.count >= 1 product "12" or orders.count >= 1 product "13")\nand not orders.count >= 1 from 2026-01-02'],
    ['products_purchased MATCHES (id = 12, sum_quantity >= 3, date = 2026-03-01)', 'orders.units >= 3 from 2026-03-01 to 2026-03-01 product "12"'],
    ['orders_placed MATCHES (sum_amount >= 500, count BETWEEN 2 AND 4, date >= -30d)', 'orders.total >= 500 within 30 days and orders.count between 2 and 4 within 30 days'],
    ['orders_placed NOT_MATCHES (amount > 99.5, date < 2026-02-01)', 'not orders.largest > 99.5 to 2026-01-31'],
  ])('%s', (query, text) => {
    expect(brought(query)).toBe(text);
  });

  it('says where the meaning differs', () => {
    expect(importShopify('amount_spent > 100 AND last_order_date > -3m')).toMatchObject({ ok: true, notes: [expect.stringContaining('after refunds'), expect.stringContaining('counted as 90 days')] });
  });
});

describe('the rest', () => {
  it.each([
    ["number_of_orders > 1 AND\n predicted_spend_tier = 'HIGH'", "2:2 Shopify's predicted_spend_tier is not known here. Use the number itself: top 20 % by predicted_value"],
    ['abandoned_checkout_date >= 7_days_ago', `1:1 Shopify's abandoned_checkout_date is not known here. Send add_to_cart events and use: did "add_to_cart" not_then "order" in 1 day within 7 days`],
    ["metafields.facts.birth_date = '2000-01-01'", `1:1 Shopify's metafields.facts.birth_date is not known here. Send the value along with your customers and use attribute "…"`],
    ['moon_phase = 3', "1:1 There is nothing here like Shopify's moon_phase"],
    ["rfm_group = 'PROSPECTS'", '1:1 rfm_group cannot be brought over with "="'],
    ['orders_placed(location_id: 3) = true', '1:1 orders_placed cannot be brought over: nothing here is like its parameter "location_id"'],
    ['products_purchased(id: 12, date: -30d) = true', '1:1 products_purchased cannot be brought over: its parameter "date" goes with >=, >, <=, < or BETWEEN, or with = and one day'],
    ['orders_placed MATCHES (sum_quantity >= 3)', '1:1 orders_placed cannot be brought over: units are those of a product here: name one with "id"'],
    ['products_purchased MATCHES (id IN (1, 2), count > 3)', '1:1 products_purchased cannot be brought over: several products are measured together there and one by one here: bring it over for each of them'],
    ['orders_placed MATCHES (amount < 10)', '1:1 orders_placed cannot be brought over: here it is the largest order whose amount is asked for, with > or >='],
    ["products_purchased MATCHES (tag = 'sale')", '1:1 products_purchased cannot be brought over: nothing here is like its parameter "tag"'],
    ['number_of_orders >', '1:19 Here a value was expected'],
    ['number_of_orders ! 5', '1:18 "!" means nothing here'],
    ['(number_of_orders = 5', '1:22 Here ")" was expected'],
  ])('%s', (query, message) => {
    expect(brought(query)).toBe(message);
  });
});
