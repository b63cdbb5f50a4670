/** Stripe: signed events in; charges, intents, invoices and sessions out as orders of one sale, with refunds, people and contracts. */
import { AppError } from '#core/errors';
import type { Connector } from '#connectors/connector';
import { readPayload } from '#connectors/payload';
import { API_KEY } from './api.ts';
import { normaliseEvent } from './events.ts';
import { checkEndpoint } from './health.ts';
import { readHistory } from './history.ts';
import { eventHead } from './payload.ts';
import { verifySignature } from './signature.ts';
import { TOPICS } from './topics.ts';

export const stripe: Connector = {
  platform: 'stripe',
  name: 'Stripe',
  history: { needs: [API_KEY], read: readHistory },
  health: checkEndpoint,
  settings: [
    {
      key: 'webhookSecret', label: 'Webhook signing secret', kind: 'secret', required: true, placeholder: 'whsec_…',
      help: 'Shown in Stripe on the page of the webhook endpoint, under Signing secret.',
    },
    {
      key: API_KEY, label: 'Restricted API key', kind: 'secret', required: false, placeholder: 'rk_live_…',
      help: 'Only for reading payments from before today. Create it in Stripe under Developers, API keys, Create restricted key, with Read for Charges, Customers, Disputes, Invoices, Checkout Sessions, Subscriptions and Webhook Endpoints.',
    },
  ],
  topics: TOPICS,
  setup: [
    'In Stripe open Developers, then Webhooks, and press Add destination. Choose events from your account.',
    'Select the events in the list here. invoice_payment.paid matters: it tells which payment paid which invoice, so that no sale is counted twice.',
    'Choose Webhook endpoint, paste the webhook address shown here, and create it.',
    'On the endpoint’s page press Reveal under Signing secret, copy it into the field here and save.',
    'The next payment appears here within a second. A test endpoint has a secret of its own: connect it as a second integration of a company for trying out, since its payments count like real ones.',
  ],

  verify: verifySignature,

  envelope(request) {
    const { id, type } = readPayload(eventHead, new TextDecoder().decode(request.body), 'Event');
    if (!id.startsWith('evt_')) {
      throw new AppError('invalid_input', `Event: id: "${id.slice(0, 40)}" is not an event's`, { errors: [{ path: 'id', message: 'The body is to be a whole event, not the object it is about' }] });
    }
    return { deliveryId: id, topic: type, headers: {} };
  },

  normalise: ({ topic, body }) => normaliseEvent(topic, body),
};
