/** Canonical records for tests: what is not said is ordinary. */
import type { CustomerRecord, CustomerRef, MergeRecord, OrderRecord, PrivacyRecord, RefundRecord } from '#core/commerce/record';
import type { CanonicalRecord } from '#core/commerce/record';
import type { IngestUnit } from '#operations/ingest';

const VERSION = { updatedAt: '2026-01-02T00:00:00.000Z', rank: 1 };
export const amounts = (given: number, currency = 'EUR') => ({ currency, given, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 });
export const ref = (over: Partial<CustomerRef>): CustomerRef => ({ externalId: null, email: null, name: null, country: null, ...over });

export function orderOf(externalId: string, over: Partial<OrderRecord> = {}): OrderRecord {
  return {
    kind: 'order', source: 'shopify', externalId, version: VERSION, occurredAt: '2026-01-01T12:00:00.000Z', customer: ref({ externalId: 'c1' }), amounts: amounts(1000),
    status: 'paid', counts: true, type: 'purchase', channel: null, items: [], label: null, paymentKeys: [], precedence: 80, ...over,
  };
}

export function refundOf(externalId: string, orderExternalId: string, over: Partial<RefundRecord> = {}): RefundRecord {
  return {
    kind: 'refund', source: 'shopify', externalId, version: VERSION, occurredAt: '2026-01-05T12:00:00.000Z', orderExternalId, customer: null, amounts: amounts(400),
    status: 'refunded', counts: true, items: [], ...over,
  };
}

export function profileOf(externalId: string, over: Partial<CustomerRecord> = {}): CustomerRecord {
  return {
    kind: 'customer', source: 'shopify', externalId, version: VERSION, email: null, name: null, country: null, acquisitionChannel: null, acquisitionCost: null,
    acquiredOn: null, consentEmail: 'unknown', attributes: {}, ...over,
  };
}

export function mergeOf(gone: Partial<CustomerRef>, kept: Partial<CustomerRef>, source = 'shopify'): MergeRecord {
  return { kind: 'merge', source, externalId: `${JSON.stringify(gone)} into ${JSON.stringify(kept)}`, version: VERSION, kept: ref(kept), gone: ref(gone) };
}

export function privacyOf(request: PrivacyRecord['request'], subject: Partial<CustomerRef> | null, over: Partial<PrivacyRecord> = {}): PrivacyRecord {
  return {
    kind: 'privacy', source: 'shopify', externalId: `${request} of ${JSON.stringify(subject)}`, version: VERSION, request, subject: subject === null ? null : ref(subject),
    requestedAt: '2026-02-01T00:00:00.000Z', ...over,
  };
}

let units = 0;

/** One delivery of these records. */
export function unitOf(records: CanonicalRecord[], over: Partial<IngestUnit> = {}): IngestUnit {
  return {
    records, door: 'webhook', source: 'shopify', deliveryId: `d${units++}`, topic: 'test', payload: () => JSON.stringify(records), headers: {},
    receivedAt: '2026-02-01T00:00:00.000Z', ...over,
  };
}

/** A small deterministic generator (mulberry32) of numbers from 0 to 1. */
export function randomOf(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
