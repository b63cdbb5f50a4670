/** Shopify: signed webhooks in, canonical orders, refunds and customers out. */
import { AppError } from '#core/errors';
import type { Connector } from '#connectors/connector';
import { verifyHmacBase64 } from '#connectors/hmac';
import { readPayload } from '#connectors/payload';
import { toCustomerRecord } from './customer.ts';
import { TOKEN_SETTING } from './admin-api.ts';
import { shopifyHistory } from './history.ts';
import { toOrderRecords } from './order.ts';
import { customer, order, refund } from './payload.ts';
import { toRefundRecord } from './refund.ts';

const PLATFORM = 'shopify';

/** Headers that normalising reads; the signature and the rest are not kept. */
const KEPT_HEADERS = ['x-shopify-triggered-at', 'x-shopify-api-version', 'x-shopify-shop-domain'];

export const shopify: Connector = {
  platform: PLATFORM,
  name: 'Shopify',
  history: shopifyHistory,
  health: null,
  settings: [
    {
      key: 'shopDomain',
      label: 'Shop domain',
      help: 'The address of your admin, ending in .myshopify.com.',
      kind: 'text',
      required: true,
      placeholder: 'your-shop.myshopify.com',
    },
    {
      key: 'webhookSecret',
      label: 'Webhook signing secret',
      help: 'Shown in Shopify under Settings, Notifications, Webhooks; for an app it is the client secret.',
      kind: 'secret',
      required: true,
    },
    {
      key: TOKEN_SETTING,
      label: 'Admin API access token',
      help: 'To bring past orders and to compare with Shopify: of an app of your shop with read_orders, read_all_orders and read_customers.',
      kind: 'secret',
      required: false,
      placeholder: 'shpat_…',
    },
  ],
  topics: ['orders/create', 'orders/updated', 'orders/paid', 'orders/cancelled', 'refunds/create', 'customers/create', 'customers/update'],
  setup: [
    'In Shopify open Settings, then Notifications, then Webhooks.',
    'Copy the signing secret at the bottom of that page into the field here and save.',
    'Press Create webhook, choose the event, the format JSON, and paste the webhook address shown here.',
    'Repeat for each event in the list: order creation, update, payment and cancellation, refund creation, customer creation and update.',
    'Press Send test notification. The delivery appears here within a second.',
  ],

  verify(request, secret) {
    return verifyHmacBase64(request.body, request.headers['x-shopify-hmac-sha256'] ?? '', secret);
  },

  envelope(request, makeId) {
    const topic = request.headers['x-shopify-topic'];
    if (!topic) {
      throw new AppError('invalid_input', 'The header X-Shopify-Topic is missing', {
        errors: [{ path: 'X-Shopify-Topic', message: 'Shopify sets it to the name of the event, such as orders/create' }],
      });
    }
    const headers: Record<string, string> = {};
    for (const name of KEPT_HEADERS) {
      const value = request.headers[name];
      if (value !== undefined) headers[name] = value;
    }
    // A retry has the event id of the first attempt; one event may also reach several topics, each with its own payload.
    const eventId = request.headers['x-shopify-event-id'] ?? request.headers['x-shopify-webhook-id'] ?? makeId();
    const name = topic.toLowerCase();
    return { deliveryId: `${name}:${eventId}`, topic: name, headers };
  },

  normalise({ topic, headers, body }, context) {
    switch (topic) {
      case 'orders/create':
      case 'orders/updated':
      case 'orders/paid':
      case 'orders/cancelled':
        return toOrderRecords(readPayload(order, body, 'Order'), PLATFORM, headers, context);
      case 'refunds/create':
        return [toRefundRecord(readPayload(refund, body, 'Refund'), PLATFORM, headers, context)];
      case 'customers/create':
      case 'customers/update':
        return [toCustomerRecord(readPayload(customer, body, 'Customer'), PLATFORM, topic, headers, context)];
      default:
        // Topics are the platform's open set: one that we do not use is acknowledged and asks for nothing.
        return [];
    }
  },
};
