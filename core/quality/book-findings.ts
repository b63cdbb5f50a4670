/** What the orders themselves say about their quality: details that went missing, repeats, orders unlike the others. */
import { dayNumber, dayText } from '../calendar/days.ts';
import { dayWords } from '../calendar/day-words.ts';
import { minorDigits } from '../commerce/money.ts';
import type { Gap } from './gaps.ts';
import { findGaps } from './gaps.ts';
import type { Finding } from './inflow-findings.ts';
import { count, plural } from './words.ts';

export const DETAILS = ['customer', 'email', 'items', 'channel', 'cost'] as const;
export type Detail = (typeof DETAILS)[number];

export type ShareDay = { source: string; day: string; total: number } & Record<Detail, number>;

export interface OddBuyer {
  /** Null for orders without a customer. */
  customerId: string | null;
  name: string | null;
  orders: number;
  /** Minor units. */
  total: number;
  largest: number;
  /** Far above the usual; otherwise far below. */
  big: boolean;
}

export interface BookFindingFacts {
  currency: string;
  shares: ShareDay[];
  /** Of the last year, by source. */
  repeats: { source: string; received: number; repeated: number }[];
  /** Records that another record of the same sale stands for, and impossible dates. */
  odd: { source: string; doubles: number; future: number; ancient: number }[];
  parked: { source: string; refunds: number }[];
  buyers: OddBuyer[];
  /** A usual order, minor units. */
  usualOrder: number;
  nameOf: (source: string) => string;
}

/** Details whose absence for a while is worth a word. Cost is known per customer, and e-mail follows the customer. */
const WATCHED: readonly Detail[] = ['channel', 'customer', 'items'];
const WORDS: Readonly<Record<Detail, { without: string; what: string; effect: string }>> = {
  customer: { without: 'without a customer', what: 'a customer', effect: 'What was paid counts in revenue and in nobody’s value.' },
  email: { without: 'without an e-mail address', what: 'an e-mail address', effect: 'People who have no account cannot be recognised when they come back.' },
  items: { without: 'without their items', what: 'items', effect: 'What was bought is unknown.' },
  channel: { without: 'without a channel', what: 'a channel', effect: 'Where the buyers came from cannot be told; revenue and customer value are right.' },
  cost: { without: 'without an acquisition cost', what: 'an acquisition cost', effect: 'Value cannot be set against cost.' },
};

const percent = (share: number): string => (share > 0 && share < 0.001 ? 'less than 0.1%' : share.toLocaleString('en', { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }));
const dateOf = (day: number): string => dayWords(dayText(day));

function money(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  return new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: minor >= 100 * 10 ** digits ? 0 : digits }).format(minor / 10 ** digits);
}

export function bookFindings(facts: BookFindingFacts): Finding[] {
  return [...missing(facts), ...impossible(facts), ...parked(facts), ...buyers(facts), ...doubles(facts)];
}

/** Stretches without a detail, over all sources together: an outage of tracking does not ask which door an order took. */
export function gapsOf(shares: readonly ShareDay[], detail: Detail): Gap[] {
  const byDay = new Map<string, { day: number; total: number; having: number }>();
  for (const share of shares) {
    const known = byDay.get(share.day) ?? { day: dayNumber(share.day), total: 0, having: 0 };
    byDay.set(share.day, { day: known.day, total: known.total + share.total, having: known.having + share[detail] });
  }
  return findGaps([...byDay.values()].sort((a, b) => a.day - b.day));
}

function missing({ shares }: BookFindingFacts): Finding[] {
  return WATCHED.flatMap((detail) => gapsOf(shares, detail).map((gap): Finding => ({
    rule: null, subject: `${detail}:${dayText(gap.from)}`, severity: 'warning',
    title: `${plural(gap.missing, 'order')} ${WORDS[detail].without}, ${gap.from === gap.through ? `on ${dateOf(gap.from)}` : `from ${dateOf(gap.from)} to ${dateOf(gap.through)}`}`,
    meaning: `Usually ${percent(gap.usual)} have ${WORDS[detail].what}; in this time ${gap.missing === gap.orders ? 'none had' : `${percent(gap.missing / gap.orders)} lacked it`}. ${WORDS[detail].effect} Most likely tracking or an export was switched off on the shop’s side. Orders that come again the way they came, in a newer version, are completed and not doubled.`,
    link: null,
  })));
}

function impossible({ odd, nameOf }: BookFindingFacts): Finding[] {
  return odd.filter((o) => o.future + o.ancient > 0).map(({ source, future, ancient }) => ({
    rule: null, subject: `dates:${source}`, severity: 'warning',
    title: `${nameOf(source)}: ${[future > 0 ? `${plural(future, 'order')} dated in the future` : '', ancient > 0 ? `${plural(ancient, 'order')} dated before 2000` : ''].filter(Boolean).join(', ')}`,
    meaning: 'A wrong clock or a date read the wrong way round. Forecasts read dates before anything else: correct them at the source and send them again.', link: null,
  }));
}

function parked({ parked: rows, nameOf }: BookFindingFacts): Finding[] {
  return rows.map(({ source, refunds }) => ({
    rule: null, subject: `parked:${source}`, severity: 'info', title: `${nameOf(source)}: ${plural(refunds, 'refund')} whose order has not come`,
    meaning: `${refunds === 1 ? 'It waits and takes' : 'They wait and take'} nothing off any figure until ${refunds === 1 ? 'its' : 'their'} order arrives. If that is older than what was imported, import that history too.`, link: { label: 'Import history', to: '/import' },
  }));
}

function buyers({ buyers: rows, usualOrder, currency }: BookFindingFacts): Finding[] {
  return rows.filter((row) => row.big).slice(0, 5).map((row) => ({
    rule: null, subject: `buyer:${row.customerId ?? 'nobody'}`, severity: 'info',
    title: `${row.name ?? (row.customerId === null ? 'Buyers without a name' : 'One customer')} ${row.orders === 1 ? 'placed one order' : `placed ${count(row.orders)} orders`} far larger than all others`,
    meaning: `Up to ${money(row.largest, currency)}, ${money(row.total, currency)} in the last year; a usual order is ${money(usualOrder, currency)}. Nothing is wrong with a wholesale buyer, but averages lean towards it. If it is a typing error, correct it at the source.`,
    link: row.customerId === null ? null : { label: 'Open the customer', to: `/customers/${row.customerId}` },
  }));
}

function doubles({ repeats, odd, nameOf }: BookFindingFacts): Finding[] {
  return [...new Set([...repeats, ...odd].map((one) => one.source))].flatMap((source): Finding[] => {
    const repeated = repeats.find((one) => one.source === source)?.repeated ?? 0;
    const received = repeats.find((one) => one.source === source)?.received ?? 0;
    const twins = odd.find((one) => one.source === source)?.doubles ?? 0;
    if (repeated + twins === 0) return [];
    const parts = [
      repeated > 0 ? `${plural(repeated, 'record')} came more than once (${percent(repeated / Math.max(1, received))} of what was received)` : '',
      twins > 0 ? `${plural(twins, 'payment')} told of sales that another platform had brought` : '',
    ].filter(Boolean);
    return [{
      rule: null, subject: `doubles:${source}`, severity: 'info', title: `${nameOf(source)}: ${parts.join('; ')}`,
      meaning: 'Each sale is counted once, so no figure is too high. Platforms repeat deliveries as a matter of course; a sudden rise would mean that something sends the same data over and over.', link: null,
    }];
  });
}
