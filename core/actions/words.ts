/** Actions in words that a shop owner understands. Nothing here promises: gains are what happens on average. */
import { minorDigits } from '#core/commerce/money';
import { assertNever } from '#core/errors';
import type { ActionId, ActionPlan, UsedResponse } from './assumptions.ts';
import { CONTRACT_MONTHS, QUIET_DAYS, type LeaveAloneReason } from './catalogue.ts';
import type { RankedAction } from './decide.ts';
import type { ActionFacts, Channel } from './facts.ts';

export interface ActionName {
  name: string;
  /** What to do, one sentence. */
  description: string;
}

export const ACTION_NAMES: Readonly<Record<ActionId, ActionName>> = {
  keep_contract: { name: 'Keep the subscription', description: 'A subscription is about to end or its last payment failed: ask what is missing, or for another means of payment.' },
  second_purchase: { name: 'Welcome to a second purchase', description: 'They bought once: show what goes with it while they remember you.' },
  win_back: { name: 'Remind before they drift off', description: 'Later than usual for them: a message without an offer.' },
  reorder: { name: 'Time to reorder', description: 'About due by their own rhythm: show what they usually take, or what goes with it.' },
  welcome_back: { name: 'Welcome back', description: 'They returned after a long silence: make the next order easy.' },
  win_back_lapsed: { name: 'Write to the lapsed', description: 'Silent for several times their usual gap: one message, no offer.' },
  win_back_offer: { name: 'Win back with an offer', description: 'An offer, where it brings more than it gives away to those who would have come anyway.' },
  thank: { name: 'Thank the best', description: 'They buy recently, often and much, and nothing is due: thank or reward them, sell nothing.' },
  ask_consent: { name: 'Ask whether you may write', description: 'They never said yes or no. Ask at the next order or visit; until then nothing may be sent.' },
};

export const CHANNEL_WORDS: Readonly<Record<Channel, string>> = { email: 'By e-mail', sms: 'By text message', ask: 'At the next order or visit', none: 'Not at all' };

export const LEAVE_ALONE_WORDS: Readonly<Record<LeaveAloneReason, string>> = {
  no_orders: 'No order counts yet, so nothing is known of what a message would bring.',
  no_score: 'Their figures are being worked out.',
  refused: 'They said no, or there is no address to write to.',
  renews: 'Their subscription renews by itself: a message would sell nothing more.',
  just_bought: `They bought within the last ${QUIET_DAYS} days.`,
  unasked: 'They never said whether they want to hear from you, and are not likely to come by to be asked.',
  gone: 'They are almost surely gone for good.',
  buys_anyway: 'They buy by themselves, and nothing is due.',
  too_little: 'What a message could bring is less than what it costs.',
};

const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
const share = (value: number): string => (value > 0 && value < 0.01 ? 'less than 1%' : value < 1 && value > 0.99 ? 'more than 99%' : `${Math.round(value * 100)}%`);
const times = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });

/** Money in an English sentence, exact to the cent and finer below one. */
function moneyWords(currency: string): (minor: number) => string {
  const digits = minorDigits(currency);
  const plain = new Intl.NumberFormat('en', { style: 'currency', currency }), fine = new Intl.NumberFormat('en', { style: 'currency', currency, maximumFractionDigits: digits + 2 });
  return (minor) => (Math.abs(minor) < 1 ? fine : plain).format(minor / 10 ** digits);
}

/** How a response is said: 0.02 is "1 in 50". */
export function responseWords(response: number): string {
  if (response <= 0) return 'none';
  const one = 1 / response;
  return `1 in ${one.toLocaleString('en', { maximumFractionDigits: one < 10 ? 1 : 0 })}`;
}

export interface WordsFor {
  currency: string;
  horizonDays: number;
}

/** Why this one, with the numbers behind it. */
export function reasonWords(id: ActionId, facts: ActionFacts, { currency, horizonDays }: WordsFor): string {
  const silent = count(facts.daysSince ?? 0, 'day'), gaps = times(facts.gaps ?? 0);
  const leaves = `${share(facts.churn ?? 0)} likely not to order within ${count(horizonDays, 'day')}.`;
  switch (id) {
    case 'keep_contract':
      return `${facts.contract === 'past_due' ? 'The last payment of a subscription failed' : 'A subscription is set to end'}; it brings ${moneyWords(currency)(facts.contractMonthly)} a month.`;
    case 'second_purchase': return `Bought once, ${silent} ago; ${leaves}`;
    case 'win_back': return `Silent for ${silent}, ${gaps} times their usual gap; ${leaves}`;
    case 'reorder': return `Last bought ${silent} ago, ${gaps} times their usual gap: about due.`;
    case 'welcome_back': return `Came back after a long silence and last bought ${silent} ago; ${leaves}`;
    case 'win_back_lapsed': return `Silent for ${silent}, ${gaps} times their usual gap; still a customer with ${share(facts.pAlive ?? 0)}.`;
    case 'win_back_offer': return `Silent for ${silent}, and only ${share(1 - (facts.churn ?? 0))} would order within ${count(horizonDays, 'day')} without an offer.`;
    case 'thank': return `Among the best in how recently, how often and how much they buy (${facts.recency} ${facts.frequency} ${facts.monetary} of 5 5 5).`;
    case 'ask_consent': return `Never said whether they want to hear from you; ${leaves}`;
    default: return assertNever(id);
  }
}

export interface GainStep {
  label: string;
  value: string;
  detail: string;
}

/** How an expected gain came about, step by step. */
export function gainSteps({ id, gain, stake }: RankedAction, facts: ActionFacts, plan: ActionPlan, { currency, horizonDays }: WordsFor): GainStep[] {
  const money = moneyWords(currency);
  const response = plan.responses[id], spend = facts.expectedSpend ?? 0, cost = facts.channel === 'email' || facts.channel === 'sms' ? plan.cost[facts.channel] : 0;
  const steps: GainStep[] = [{
    label: 'At stake', value: money(stake),
    detail: id === 'keep_contract' ? `${CONTRACT_MONTHS} payments of ${money(facts.contractMonthly)}`
      : `One order of ${money(spend)} times the ${share(facts.churn ?? 0)} chance that it does not come by itself within ${count(horizonDays, 'day')}. What may follow it is left out.`,
  }];
  if (id === 'ask_consent') {
    steps.push({ label: 'Say yes', value: responseWords(response.used), detail: `We assume that ${responseWords(response.used)} of those who are asked says yes.` });
    steps.push({ label: 'Then come back', value: responseWords(plan.responses.reorder.used), detail: 'Of those, as many as a message to reorder brings back.' });
  } else steps.push({ label: id === 'keep_contract' ? 'Stay' : 'Come back', value: responseWords(response.used), detail: responseDetail(id, response) });
  if (id === 'win_back_offer') {
    steps.push({ label: 'Given away', value: `−${money(plan.incentive * spend * (1 - (facts.churn ?? 0) + (facts.churn ?? 0) * response.used))}`, detail: `${share(plan.incentive)} of an order: from those who come back, and from the ${share(1 - (facts.churn ?? 0))} who would have ordered anyway.` });
  }
  if (cost > 0) steps.push({ label: 'Cost of the message', value: `−${money(cost)}`, detail: CHANNEL_WORDS[facts.channel] });
  steps.push({ label: 'Expected gain', value: money(gain), detail: 'On average over customers like this one: most bring nothing, a few an order.' });
  return steps;
}

function responseDetail(id: ActionId, { assumed, measured }: UsedResponse): string {
  const those = id === 'keep_contract' ? 'keeps one in so many subscriptions that would otherwise end' : 'brings back this share of those who would otherwise stay away';
  if (measured === null) return `An assumption, ${responseWords(assumed)}: that a message ${those}. A holdout would measure it.`;
  return `Between what was assumed (${responseWords(assumed)}) and what a holdout measured on ${count(measured.customers, 'customer')} (${measured.response <= 0 ? 'no effect' : responseWords(measured.response)}), each weighed by how sure it is.`;
}
