/** A Stripe subscription as a contract that renews: its status and what it brings a month. */
import { AppError } from '#core/errors';
import { fromMinor } from '#core/commerce/money';
import type { SubscriptionRecord, SubscriptionStatus } from '#core/commerce/record';
import { textOf } from '#connectors/payload';
import { SOURCE, versionOf } from './identity.ts';
import type { Seen } from './identity.ts';
import { currencyOf, minorOf } from './money.ts';
import type { DiscountPayload, PricePayload, SubscriptionItemPayload, SubscriptionPayload } from './payload.ts';

/** Null for one that has not begun: its first payment is open, or was never made. */
function statusOf({ status, pause_collection }: SubscriptionPayload): SubscriptionStatus | null {
  switch (status) {
    case 'incomplete':
    case 'incomplete_expired':
      return null;
    case 'trialing': return 'trialing';
    // Collection is paused without an end: no money comes, though Stripe still says active.
    case 'active': return pause_collection ? 'paused' : 'active';
    case 'past_due': return 'past_due';
    // All retries have failed, and Stripe no longer tries.
    case 'unpaid':
    case 'paused':
      return 'paused';
    case 'canceled':
    case 'ended':
      return 'cancelled';
    default:
      throw new AppError('invalid_input', `Subscription: status: "${status.slice(0, 30)}" is not known`, { errors: [{ path: 'status', message: 'Not a status that Stripe documents' }] });
  }
}

const RANKS: Readonly<Record<SubscriptionStatus, number>> = { trialing: 20, active: 30, past_due: 40, paused: 50, cancelled: 90 };

/** A year is 365.25 days. */
const MONTHS: Readonly<Record<string, number>> = { day: 12 / 365.25, week: 84 / 365.25, month: 1, year: 12 };

interface Rhythm {
  interval: string;
  /** Months between two bills. */
  months: number;
}

function rhythmOf(price: PricePayload): Rhythm {
  const interval = price.recurring?.interval ?? price.interval ?? 'month';
  const count = price.recurring?.interval_count ?? price.interval_count ?? 1;
  const months = (MONTHS[interval] ?? 1) * Math.max(1, count);
  return { interval: count === 1 ? interval : `${count} ${interval}s`, months };
}

/** Stripe's amount of one unit, with fractions of its smallest unit; 0 where it depends on use or on tiers. */
function unitAmount(price: PricePayload): number {
  const amount = Number(price.unit_amount_decimal ?? price.unit_amount ?? price.amount_decimal ?? price.amount ?? 0);
  return Number.isFinite(amount) ? amount : 0;
}

const priceOf = (item: SubscriptionItemPayload): PricePayload | null => item.price ?? item.plan ?? null;

/** A coupon that goes on being applied at `at`: what it takes off in per cent and in money a bill. Ids that were not expanded say nothing. */
function reduction(discounts: readonly DiscountPayload[], at: string): { share: number; amount: number } {
  let kept = 1;
  let amount = 0;
  for (const discount of discounts) {
    if (typeof discount === 'string') continue;
    const coupon = discount.coupon ?? discount.source?.coupon;
    if (typeof coupon !== 'object' || coupon === null || coupon.duration === 'once') continue;
    if (discount.end !== null && discount.end !== undefined && discount.end <= at) continue;
    const percent = Number(coupon.percent_off ?? 0);
    if (Number.isFinite(percent)) kept *= 1 - Math.min(100, Math.max(0, percent)) / 100;
    amount += coupon.amount_off ?? 0;
  }
  return { share: 1 - kept, amount };
}

/** Tax inside prices, as a share of the price without it. */
function taxInside(subscription: SubscriptionPayload, item: SubscriptionItemPayload): number {
  const own = item.tax_rates ?? [];
  const rates = own.length > 0 ? own : (subscription.default_tax_rates ?? []);
  return rates.reduce((sum, rate) => sum + (typeof rate === 'object' && rate.inclusive === true ? Number(rate.percentage ?? 0) / 100 : 0), 0);
}

/** Our minor units a month of all items, after lasting discounts and without tax. */
function monthlyAmount(subscription: SubscriptionPayload, currency: string, at: string): number {
  const discounts = subscription.discounts && subscription.discounts.length > 0 ? subscription.discounts : subscription.discount ? [subscription.discount] : [];
  const whole = reduction(discounts, at);
  let monthly = 0;
  let longest = 0;
  for (const item of subscription.items.data) {
    const price = priceOf(item);
    if (price === null) continue;
    const { months } = rhythmOf(price);
    // What is used is billed afterwards, and nobody knows it now.
    if ((price.recurring?.usage_type ?? price.usage_type) === 'metered') continue;
    const own = reduction(item.discounts ?? [], at);
    const perBill = Math.max(0, unitAmount(price) * (item.quantity ?? 1) * (1 - own.share) - own.amount);
    monthly += perBill / months / (1 + taxInside(subscription, item));
    longest = Math.max(longest, months);
  }
  const reduced = monthly * (1 - whole.share) - (longest > 0 ? whole.amount / longest : 0);
  return Math.max(0, Math.round(minorOf(Math.round(reduced), currency)));
}

/** What it is called: the names its prices have, else the price itself as people say it. */
function planOf(subscription: SubscriptionPayload, currency: string): string | null {
  const names = subscription.items.data.map((item) => {
    const price = priceOf(item);
    if (price === null) return null;
    const product = typeof price.product === 'object' ? textOf(price.product?.name) : null;
    const amount = minorOf(Math.round(unitAmount(price) * (item.quantity ?? 1)), currency);
    return textOf(price.nickname) ?? product ?? textOf(price.name) ?? textOf(price.lookup_key)
      ?? (amount > 0 ? `${fromMinor(amount, currency)} ${currency} a ${rhythmOf(price).interval}` : null);
  }).filter((name) => name !== null);
  return names.length > 0 ? [...new Set(names)].join(' + ') : null;
}

function contractCurrency(subscription: SubscriptionPayload): string {
  const stated = subscription.currency ?? priceOf(subscription.items.data[0] ?? {})?.currency ?? '';
  const currency = currencyOf(stated, 'Subscription');
  const other = subscription.items.data.map((item) => priceOf(item)?.currency).find((code) => code !== null && code !== undefined && code.toUpperCase() !== currency);
  if (other !== undefined) {
    throw new AppError('invalid_input', `Subscription: items: prices in ${currency} and ${(other ?? '').toUpperCase()}; one currency is expected`, {
      errors: [{ path: 'items', message: 'A subscription has one currency' }],
    });
  }
  return currency;
}

/** The end of the period paid for: on items since API version 2025-03-31, the earliest of which comes first. */
function periodEnd(subscription: SubscriptionPayload): string | null {
  const ends = subscription.items.data.map((item) => item.current_period_end ?? null).filter((end) => end !== null).sort();
  return subscription.current_period_end ?? ends[0] ?? null;
}

/** Empty for a subscription that has not begun. @throws AppError `invalid_input` for prices in several currencies or a status we do not know. */
export function toSubscriptionRecords(subscription: SubscriptionPayload, seen: Seen): SubscriptionRecord[] {
  const status = statusOf(subscription);
  if (status === null) return [];
  const currency = contractCurrency(subscription);
  const end = periodEnd(subscription);
  const startedAt = subscription.start_date ?? subscription.start ?? subscription.created ?? seen.at;
  return [{
    kind: 'subscription', source: SOURCE, externalId: subscription.id,
    // An update in the second of creation is newer than the creation.
    version: versionOf(seen, RANKS[status] + (seen.topic === 'customer.subscription.created' ? 0 : 5)),
    customer: subscription.customer === null ? null : { externalId: subscription.customer, email: null, name: null, country: null },
    status, plan: planOf(subscription, currency), currency,
    monthlyAmount: monthlyAmount(subscription, currency, seen.at),
    startedAt, currentPeriodEnd: end,
    cancelAt: subscription.cancel_at ?? (subscription.cancel_at_period_end === true ? end : null),
    endedAt: status === 'cancelled' ? (subscription.ended_at ?? subscription.canceled_at ?? seen.at) : null,
  }];
}
