/** Shopify: signed webhooks in, canonical orders, refunds and customers out. */
import { AppError } from '#core/errors';
import type { Connector } from '#connectors/connector';
import { verifyHmacBase64 } from '#connectors/hmac';
import { readPayload } from '#connectors/payload';
import { toCustomerRecord } from './customer.ts';
import { TOKEN_SETTING } from './admin-api.ts';
import { dispute, toDisputeRecord } from './dispute.ts';
import { fulfilment, toFulfilmentRecords } from './fulfilment.ts';
import { shopifyHistory } from './history.ts';
import { toDeletedOrder, toOrderRecords } from './order.ts';
import { customer, deletedOrder, order, orderEdit, refund } from './payload.ts';
import { fromOrderTransaction, fromTenderTransaction, orderTransaction, tenderTransaction } from './payment-link.ts';
import {
  customerRequest, deletedCustomer, emailConsent, merge, shopNotice, smsConsent, toCustomerRequest, toDeletionRecord, toEmailConsentRecord, toMergeRecords,
  toShopRequest, toSmsConsentRecord, uninstalledApp,
} from './people.ts';
import { toRefundRecord } from './refund.ts';

const PLATFORM = 'shopify';

/** Headers that normalising reads; the signature and the rest are not kept. */
const KEPT_HEADERS = ['x-shopify-triggered-at', 'x-shopify-api-version', 'x-shopify-shop-domain'];

export const shopify: Connector = {
  platform: PLATFORM,
  name: 'Shopify',
  history: shopifyHistory,
  health: null,
  shopSetting: 'shopDomain',
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
  topics: [
    'orders/create', 'orders/updated', 'orders/paid', 'orders/cancelled', 'orders/fulfilled', 'orders/edited', 'orders/delete', 'refunds/create', 'disputes/create', 'disputes/update',
    'order_transactions/create', 'tender_transactions/create', 'fulfillments/create', 'fulfillments/update',
    'customers/create', 'customers/update', 'customers/delete', 'customers/merge', 'customers_email_marketing_consent/update', 'customers_marketing_consent/update',
    'customers/data_request', 'customers/redact', 'shop/redact', 'app/uninstalled',
  ],
  setup: [
    'In Shopify open Settings, then Notifications, then Webhooks.',
    'Copy the signing secret at the bottom of that page into the field here and save.',
    'Press Create webhook, choose the event, the format JSON, and paste the webhook address shown here.',
    'Repeat for each event in the list that the page offers. Orders and refunds are what the figures are made of; customers, disputes and fulfilments make them truer.',
    'Merges, payments at the gateway, requests about people’s data and the removal of an app are sent to apps only: an app subscribes them to the same address with its client secret.',
    'Press Send test notification. The delivery appears here within a second.',
  ],

  nothingToDo: {
    'orders/edited': 'An edit moves no money by itself: the update of the order brings it',
    'customers/merge': 'The merge has not been completed',
    'fulfillments/create': 'The fulfilment came to nothing',
    'fulfillments/update': 'The fulfilment came to nothing',
    'order_transactions/create': 'Not a successful payment at a gateway whose payments we also hear of',
    'tender_transactions/create': 'Not a payment at a gateway whose payments we also hear of',
  },

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
      case 'orders/fulfilled':
        return toOrderRecords(readPayload(order, body, 'Order'), PLATFORM, headers, context);
      case 'orders/delete':
        return [toDeletedOrder(readPayload(deletedOrder, body, 'Order'), PLATFORM, headers, context)];
      case 'refunds/create':
        return [toRefundRecord(readPayload(refund, body, 'Refund'), PLATFORM, headers, context)];
      case 'customers/create':
      case 'customers/update':
        return [toCustomerRecord(readPayload(customer, body, 'Customer'), PLATFORM, topic, headers, context)];
      case 'orders/edited':
        readPayload(orderEdit, body, 'Order edit');
        return [];
      case 'disputes/create':
      case 'disputes/update':
        return [toDisputeRecord(readPayload(dispute, body, 'Dispute'), PLATFORM, headers, context)];
      case 'fulfillments/create':
      case 'fulfillments/update':
        return toFulfilmentRecords(readPayload(fulfilment, body, 'Fulfilment'), PLATFORM, headers, context);
      case 'order_transactions/create':
        return fromOrderTransaction(readPayload(orderTransaction, body, 'Transaction'), PLATFORM, headers, context);
      case 'tender_transactions/create':
        return fromTenderTransaction(readPayload(tenderTransaction, body, 'Transaction'), PLATFORM, headers, context);
      case 'customers/merge':
        return toMergeRecords(readPayload(merge, body, 'Merge'), PLATFORM, headers, context);
      case 'customers_email_marketing_consent/update':
      case 'customers/email_marketing_consent_update':
        return [toEmailConsentRecord(readPayload(emailConsent, body, 'Consent'), PLATFORM, headers, context)];
      case 'customers_marketing_consent/update':
      case 'customers/marketing_consent_update':
        return [toSmsConsentRecord(readPayload(smsConsent, body, 'Consent'), PLATFORM, headers, context)];
      case 'customers/delete':
        return [toDeletionRecord(readPayload(deletedCustomer, body, 'Customer'), PLATFORM, headers, context)];
      case 'customers/redact':
        return [toCustomerRequest('erasure', readPayload(customerRequest, body, 'Request'), PLATFORM, headers, context)];
      case 'customers/data_request':
        return [toCustomerRequest('data_request', readPayload(customerRequest, body, 'Request'), PLATFORM, headers, context)];
      case 'shop/redact':
        readPayload(shopNotice, body, 'Shop');
        return [toShopRequest('shop_erasure', PLATFORM, headers, context)];
      case 'app/uninstalled':
        readPayload(uninstalledApp, body, 'Shop');
        return [toShopRequest('uninstalled', PLATFORM, headers, context)];
      default:
        // Topics are the platform's open set: one that we do not use is acknowledged and asks for nothing.
        return [];
    }
  },
};
