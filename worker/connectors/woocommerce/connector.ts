/** WooCommerce: signed webhooks in, canonical orders, refunds and customers out; its REST API for history and health. */
import { AppError } from '#core/errors';
import type { CanonicalRecord } from '#core/commerce/record';
import type { Connector, NormaliseContext } from '#connectors/connector';
import { verifyHmacBase64 } from '#connectors/hmac';
import { readPayload } from '#connectors/payload';
import { toCustomerRecord } from './customer.ts';
import { checkWebhooks } from './health.ts';
import { readOrders } from './history.ts';
import { modifiedAt, toOrderRecord, toRemovedOrder } from './order.ts';
import type { OrderEvent } from './order.ts';
import { customer, order, removedOrder } from './payload.ts';
import { refundsSeenIn } from './refund.ts';
import { PLATFORM, REST_KEYS, TOPICS } from './platform.ts';

/** Which shop sent it: for whoever looks at a dead letter. */
const KEPT_HEADERS = ['x-wc-webhook-source', 'x-wc-webhook-id'];

const GREETING = /^webhook_id=\d+$/;

function toOrderRecords(body: string, event: OrderEvent, context: NormaliseContext): CanonicalRecord[] {
  const payload = readPayload(order, body, 'Order');
  return [toOrderRecord(payload, PLATFORM, context, event), ...refundsSeenIn(payload, PLATFORM, modifiedAt(payload, context))];
}

export const woocommerce: Connector = {
  platform: PLATFORM,
  name: 'WooCommerce',
  settings: [
    {
      key: 'storeUrl',
      label: 'Shop address',
      help: 'The address of your shop, with https, as in WordPress under Settings, General, Site address.',
      kind: 'url',
      required: true,
      placeholder: 'https://shop.example',
    },
    {
      key: 'webhookSecret',
      label: 'Webhook secret',
      help: 'Signs the webhooks. Leave it empty and we make one; you then paste it into each webhook in WooCommerce.',
      kind: 'secret',
      required: true,
    },
    {
      key: 'consumerKey',
      label: 'REST API consumer key',
      help: 'Begins with ck_. Made in WooCommerce under Settings, Advanced, REST API, with the permission Read, for a user who manages the shop. Lets us read past orders and see whether the webhooks are still on.',
      kind: 'secret',
      required: false,
      placeholder: 'ck_…',
    },
    {
      key: 'consumerSecret',
      label: 'REST API consumer secret',
      help: 'Begins with cs_. WooCommerce shows it once, together with the key.',
      kind: 'secret',
      required: false,
      placeholder: 'cs_…',
    },
  ],
  shopSetting: 'storeUrl',
  oneShopOnly: 'Every WooCommerce shop numbers its orders from one, so two shops in one company would overwrite each other. Register a company of its own for the second shop.',
  topics: TOPICS,
  setup: [
    'In WordPress open WooCommerce, then Settings, then Advanced, then Webhooks.',
    'Press Add webhook. As status choose Active, as topic the first event in the list here, as API version WP REST API Integration v3.',
    'Paste the webhook address shown here as delivery URL and the signing secret as secret, and save. WooCommerce greets the address at once.',
    'Repeat for each event in the list: order created, updated, deleted and restored, customer created and updated.',
    'Place a test order, or save an existing one again. It appears here when WooCommerce has sent it, usually within a minute.',
  ],

  verify(request, secret) {
    return verifyHmacBase64(request.body, request.headers['x-wc-webhook-signature'] ?? '', secret);
  },

  // Sent when a webhook is saved: a form, neither signed nor about any event. Another answer than 200 leaves the webhook unsaved.
  isGreeting({ headers, body }) {
    return headers['x-wc-webhook-topic'] === undefined && body.length < 64 && GREETING.test(new TextDecoder().decode(body).trim());
  },

  envelope(request, makeId) {
    const topic = request.headers['x-wc-webhook-topic'];
    if (!topic) {
      throw new AppError('invalid_input', 'The header X-WC-Webhook-Topic is missing', {
        errors: [{ path: 'X-WC-Webhook-Topic', message: 'WooCommerce sets it to the name of the event, such as order.updated' }],
      });
    }
    const headers: Record<string, string> = {};
    for (const name of KEPT_HEADERS) {
      const value = request.headers[name];
      if (value !== undefined) headers[name] = value;
    }
    // WooCommerce makes its delivery id from the webhook and the second alone: two orders saved in one second share it.
    // The signature tells their bodies apart, and is the same when a proxy sends one delivery again.
    const { 'x-wc-webhook-delivery-id': delivery = makeId(), 'x-wc-webhook-id': webhook = '0', 'x-wc-webhook-signature': signature = '' } = request.headers;
    const name = topic.toLowerCase();
    return { deliveryId: `${name}:${webhook}:${delivery}:${signature.slice(0, 16)}`, topic: name, headers };
  },

  normalise({ topic, body }, context) {
    switch (topic) {
      case 'order.created':
      case 'order.updated':
        return toOrderRecords(body, 'saved', context);
      case 'order.restored':
        return toOrderRecords(body, 'restored', context);
      case 'order.deleted': {
        const removed = readPayload(removedOrder, body, 'Order');
        const whole = removed.status != null && removed.currency != null && removed.total != null;
        return whole ? toOrderRecords(body, 'removed', context) : [toRemovedOrder(removed.id, PLATFORM, context)];
      }
      case 'customer.created':
      case 'customer.updated':
        return [toCustomerRecord(readPayload(customer, body, 'Customer'), PLATFORM, topic, context)];
      default:
        // Also customer.deleted: an account was closed, the orders stay, and nobody asked for erasure.
        return [];
    }
  },

  history: { needs: REST_KEYS, read: readOrders },
  health: checkWebhooks,
};
