/** Who somebody is, how she came, and her scores. */
import { z } from 'zod';
import { STAGES } from '#core/clv/lifecycle';
import type { Definition } from './condition.ts';
import { keptDay } from './day.ts';
import { jsonAt, jsonFlaw, jsonShape, type JsonArguments } from './json.ts';
import { keptNumber } from './number.ts';
import { keptText } from './text.ts';
import { keysTo } from './condition.ts';

const given = (values: readonly string[]) => ({ given: values.map((value) => ({ value, label: value.replaceAll('_', ' ') })) });

export const RFM_GROUPS = ['champions', 'loyal', 'potential_loyalist', 'new', 'promising', 'need_attention', 'about_to_sleep', 'at_risk', 'cant_lose', 'hibernating'] as const;

export const profileTexts = [
  keptText('country', 'country', { label: 'Country', group: 'Profile', description: 'Two letters, as in ISO 3166.', example: 'in ("DE", "AT")', choices: { data: 'countries' } }),
  keptText('name', 'name', { label: 'Name', group: 'Profile', description: 'The name as it came.', example: 'contains "ann"' }),
  keptText('email', 'email', { label: 'E-mail address', group: 'Profile', description: 'The address as it came; "ends_with" finds everybody of a domain.', example: 'ends_with "@example.com"' }),
  keptText('external_id', 'external_id', { label: 'Id at the platform', group: 'Profile', description: 'The id that the platform gave.', example: '= "1001"' }),
  keptText('platform', 'platform', { label: 'Platform', group: 'Profile', description: 'Where the customer came from first.', example: '= "shopify"', choices: { data: 'platforms' } }),
  keptText('consent', 'consent_email', { label: 'Consent to e-mail', group: 'Profile', description: 'Whether she said yes to marketing by e-mail.', example: '= granted', choices: given(['granted', 'denied', 'unknown']) }),
  keptText('stage', 'stage', { label: 'Lifecycle stage', group: 'Value', description: 'New, active, at risk, lapsed or returning.', example: 'in (at_risk, lapsed)', choices: given(STAGES) }),
  keptText('rfm.cell', 'rfm_cell', { label: 'RFM cell', group: 'Recency, frequency, money', description: 'The three scores as digits, such as 543.', example: '= "543"' }),
  keptText('rfm.group', 'rfm_group', { label: 'RFM group', group: 'Recency, frequency, money', description: 'One of the ten groups by recency and frequency.', example: '= champions', choices: given(RFM_GROUPS) }),
  keptText('acquisition.channel', 'acquisition_channel', { label: 'Acquired through', group: 'Acquisition', description: 'The channel she came through.', example: '= "search"', choices: { data: 'acquisition_channels' } }),
  keptText('cohort', 'cohort', { label: 'Cohort', group: 'Acquisition', description: 'The month of the first order, such as 2026-01; "starts_with" takes a whole year.', example: 'starts_with "2026"' }),
] as const;

export const profileDays = [
  keptDay('first_order', 'first_order', 'First order on', 'Orders', 'The day of the first order of which something is left after refunds.', 'last 30 days'),
  keptDay('last_order_day', 'last_order_day', 'Last order on', 'Orders', 'The day of the last order of which something is left after refunds.', 'older than 90 days'),
  keptDay('next_order', 'next_order', 'Next order expected on', 'Value', 'The day on which the next order is expected.', 'next 7 days'),
  keptDay('acquisition.date', 'acquired_on', 'Acquired on', 'Acquisition', 'The day she was acquired, as the source says.', 'between 2026-01-01 and 2026-03-31'),
  keptDay('known_since', 'known_since', 'Known since', 'Profile', 'The day we first heard of her.', 'before 2026-01-01'),
] as const;

export const keptNumbers = [
  keptNumber('p_alive', 'p_alive', 'Value', 'The probability that she is still a customer, between 0 and 1.'),
  keptNumber('churn', 'churn', 'Value', 'The probability of no order within the horizon, between 0 and 1.'),
  keptNumber('historical_value', 'historical_value', 'Value', 'All she has spent, after refunds.'),
  keptNumber('predicted_value', 'predicted_value', 'Value', 'What she is expected to spend within the horizon, discounted.'),
  keptNumber('predicted_low', 'predicted_low', 'Value', 'The low end of what she may spend.'),
  keptNumber('predicted_high', 'predicted_high', 'Value', 'The high end of what she may spend.'),
  keptNumber('interval_width', 'interval_width', 'Value', 'How far apart the two ends of the prediction lie: how little we know.'),
  keptNumber('total_value', 'total_value', 'Value', 'Value so far and predicted value together.'),
  keptNumber('expected_orders', 'expected_orders', 'Value', 'How many orders are expected within the horizon.'),
  keptNumber('expected_spend', 'expected_spend', 'Value', 'What her next orders are expected to come to each.'),
  keptNumber('purchase_days', 'purchase_days', 'Orders', 'On how many days she bought something.'),
  keptNumber('refunded', 'refunded', 'Orders', 'How much was paid back to her.'),
  keptNumber('rfm.recency', 'recency_score', 'Recency, frequency, money', 'From 1 (longest ago) to 5.'),
  keptNumber('rfm.frequency', 'frequency_score', 'Recency, frequency, money', 'From 1 (fewest) to 5.'),
  keptNumber('rfm.monetary', 'monetary_score', 'Recency, frequency, money', 'From 1 (least) to 5.'),
  keptNumber('acquisition.cost', 'acquisition_cost', 'Acquisition', 'What it cost to win her.'),
] as const;

export interface AttributeCondition extends JsonArguments {
  is: 'attribute';
  /** Its name, or keys from the outside in where it lies deeper. */
  attribute: string | string[];
}

export const attribute: Definition<AttributeCondition> = {
  id: 'attribute', label: 'Custom attribute', group: 'Profile', phrase: ['attribute', '<attribute>', '<>'],
  description: 'Anything that was sent along with a customer: text, number, true or false, a day, or a list of texts.', example: 'attribute "address"/"city" in ("Köln", "Bonn")',
  fields: [{ kind: 'choice', name: 'attribute', label: 'Attribute', choices: { data: 'attributes' }, word: null, isOptional: false }, { kind: 'json' }],
  schema: z.strictObject({ is: z.literal('attribute'), attribute: keysTo('Write the name of the attribute'), ...jsonShape }).superRefine((condition, context) => {
    const flaw = jsonFlaw(condition);
    if (flaw !== null) context.addIssue({ code: 'custom', path: ['value'], message: flaw });
  }),
  toTerm: (condition) => ({ t: 'attribute', at: jsonAt([condition.attribute].flat(), condition) }),
};
