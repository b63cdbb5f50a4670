/** "How this came about": a customer's value, step by step, in words a shop owner understands. */
import { dayWords } from '#core/calendar/day-words';
import { LEARNED_TAIL } from '#core/clv/learned-value';
import { PRIOR_TAIL } from '#core/clv/shipped-prior';
import { fromMinor } from '#core/commerce/money';
import type { ProfileRow } from '#data/customers';
import type { TenantState } from '#data/tenant-state';
import type { ExplanationStep } from './customer-views.ts';
import type { ModelStatus } from './model-views.ts';

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Steps from what was paid to what is expected; money as decimal text with its currency. */
export function explainValue(profile: ProfileRow, state: TenantState, model: ModelStatus, asOf: string): ExplanationStep[] {
  // The steps are English sentences, so the amounts in them are written the English way; exact to the last cent.
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: state.currency });
  const money = (minor: number): string => format.format(Number(fromMinor(minor, state.currency)));
  const isLearned = profile.predicted_by === 'learned';
  const interval = 1 - 2 * (isLearned ? LEARNED_TAIL : (state.model?.tail ?? PRIOR_TAIL));
  const soFar: ExplanationStep = {
    label: 'Paid so far', value: money(profile.historical_value),
    detail: profile.refunded > 0 ? `${money(profile.gross)} in ${count(profile.orders, 'order', 'orders')}, less ${money(profile.refunded)} refunded` : `In ${count(profile.orders, 'order', 'orders')}`,
  };
  if (profile.purchase_days < 1 || profile.first_day === null || profile.last_day === null) {
    return [soFar, { label: 'Expected', value: money(0), detail: 'No order counts, so nothing is expected' }];
  }
  const repeats = profile.purchase_days - 1;
  const ownMean = repeats > 0 ? profile.repeat_spend / repeats : 0;
  const horizon = `the next ${state.horizonDays} days`;
  return [
    soFar,
    {
      label: 'Purchase rhythm', value: `${count(profile.purchase_days, 'day', 'days')} with a purchase`,
      detail: `First on ${dayWords(profile.first_day)}, last on ${dayWords(profile.last_day)}, seen from ${dayWords(asOf)}. Several orders on one day count as one; the first is not a repeat.`,
    },
    {
      label: 'Likely still a customer', value: percent(profile.p_alive ?? 0),
      detail: repeats === 0 ? 'After one purchase this is what became of others who bought once' : 'The silence since the last purchase, held against their own rhythm and everyone else\'s',
    },
    { label: `Orders expected in ${horizon}`, value: (profile.expected_orders ?? 0).toFixed(2), detail: 'On average over customers with the same history; the chance of having left is included' },
    {
      label: 'Expected per order', value: money(profile.expected_spend ?? 0),
      detail: repeats === 0 ? 'No repeat purchase yet, so this is the shop\'s average'
        : `Repeat purchases average ${money(Math.round(ownMean))}; the fewer there are, the more the shop's average weighs`,
    },
    ...(isLearned ? [{
      label: 'By orders and spend alone', value: money(Math.round((profile.expected_orders ?? 0) * (profile.expected_spend ?? 0))),
      detail: `What the two figures above come to. ${learnedName(state.spend?.model)} foretell spend from more than that: channel, products, country, what was done on the site. Theirs is the value below.`,
    }] : []),
    {
      label: `Expected value, ${horizon}`, value: money(profile.predicted_value),
      detail: `${isLearned ? `By ${learnedName(state.spend?.model).toLowerCase()}. ` : ''}Discounted at ${percent(state.discountAnnual)} a year. ${percent(interval)} likely to lie between ${money(profile.predicted_low)} and ${money(profile.predicted_high)}.`,
    },
    { label: 'Total value', value: money(profile.total_value), detail: `Paid so far plus expected. ${modelWords(model)}` },
  ];
}

function learnedName(model: string | undefined): string {
  return model === 'ridge' ? 'Sums of learned weights' : 'Boosted trees';
}

function modelWords(model: ModelStatus): string {
  switch (model.source) {
    case 'fitted': return `Model ${model.model}, fitted on this shop as of ${model.asOf === null ? 'today' : dayWords(model.asOf)}.`;
    case 'nbd-limit': return 'No measurable churn in this shop yet, so nobody is taken to have left.';
    case 'prior':
    case 'none': return 'There is too little data to learn from yet, so an ordinary shop is assumed and the interval is wide.';
  }
}
