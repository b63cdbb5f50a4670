/** What Shopify says about people besides their profiles: merges, deletions, consent, and the compliance topics. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { CustomerRecord, CustomerRef, MergeRecord, PrivacyRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { instant } from '#connectors/payload';
import { consentOf } from './customer.ts';
import { fallbackTime, idOf, requireId, textOf } from './identity.ts';

type Headers = Record<string, string>;

const id = z.string().nullish();

export const merge = z.object({ admin_graphql_api_customer_kept_id: z.string(), admin_graphql_api_customer_deleted_id: z.string(), status: z.string().nullish() });

function named(gid: string, path: string): CustomerRef {
  const externalId = idOf({ admin_graphql_api_id: gid });
  if (externalId === null) throw new AppError('invalid_input', `Merge: ${path} is not a customer's id`, { errors: [{ path, message: 'Expected gid://shopify/Customer/…' }] });
  return { externalId, email: null, name: null, country: null };
}

/** Empty for a merge that has not come to its end: Shopify says so again when it has. */
export function toMergeRecords(payload: z.infer<typeof merge>, source: string, headers: Headers, context: NormaliseContext): MergeRecord[] {
  const kept = named(payload.admin_graphql_api_customer_kept_id, 'admin_graphql_api_customer_kept_id');
  const gone = named(payload.admin_graphql_api_customer_deleted_id, 'admin_graphql_api_customer_deleted_id');
  if (payload.status?.toLowerCase() !== 'completed') return [];
  return [{
    kind: 'merge', source, externalId: `merge:${gone.externalId ?? ''}:${kept.externalId ?? ''}`,
    version: { updatedAt: fallbackTime(headers, context), rank: 0 }, kept, gone,
  }];
}

const consent = z.object({ state: z.string().nullish(), consent_updated_at: instant.nullish() }).nullish();
export const emailConsent = z.object({ customer_id: z.string(), email_address: z.string().nullish(), email_marketing_consent: consent });
export const smsConsent = z.object({ id: z.string(), sms_marketing_consent: consent });

/** A profile that says one thing; what it leaves out stays as it is. */
function profile(externalId: string, source: string, at: string, said: Partial<CustomerRecord>): CustomerRecord {
  return {
    kind: 'customer', source, externalId, version: { updatedAt: at, rank: 20 }, email: null, name: null, country: null, acquisitionChannel: null,
    acquisitionCost: null, acquiredOn: null, consentEmail: 'unknown', attributes: {}, ...said,
  };
}

export function toEmailConsentRecord(payload: z.infer<typeof emailConsent>, source: string, headers: Headers, context: NormaliseContext): CustomerRecord {
  const at = payload.email_marketing_consent?.consent_updated_at ?? fallbackTime(headers, context);
  return profile(requireId({ id: payload.customer_id }, 'Consent'), source, at, {
    email: textOf(payload.email_address), consentEmail: consentOf(payload.email_marketing_consent?.state ?? null),
  });
}

/** Consent to text messages is kept as an attribute: what we do with people is by e-mail. */
export function toSmsConsentRecord(payload: z.infer<typeof smsConsent>, source: string, headers: Headers, context: NormaliseContext): CustomerRecord {
  const { state, consent_updated_at: at } = payload.sms_marketing_consent ?? {};
  return profile(requireId(payload, 'Consent'), source, at ?? fallbackTime(headers, context), { attributes: state ? { sms_consent: state.toLowerCase() } : {} });
}

export const deletedCustomer = z.object({ id, admin_graphql_api_id: id });
export const customerRequest = z.object({
  customer: z.object({ id, email: z.string().nullish() }),
  data_request: z.object({ id: z.string() }).nullish(),
});
export const shopNotice = z.object({ shop_domain: z.string() });
export const uninstalledApp = z.object({ id: z.string() });

function privacy(request: PrivacyRecord['request'], externalId: string, subject: CustomerRef | null, source: string, headers: Headers, context: NormaliseContext): PrivacyRecord {
  const requestedAt = fallbackTime(headers, context);
  return { kind: 'privacy', source, externalId, version: { updatedAt: requestedAt, rank: 0 }, request, subject, requestedAt };
}

export function toDeletionRecord(payload: z.infer<typeof deletedCustomer>, source: string, headers: Headers, context: NormaliseContext): PrivacyRecord {
  const externalId = requireId(payload, 'Customer');
  return privacy('deletion', `deleted:${externalId}`, { externalId, email: null, name: null, country: null }, source, headers, context);
}

/** `customers/redact` and `customers/data_request`. The orders they list keep their money; we hold nothing else of a person there. */
export function toCustomerRequest(request: 'erasure' | 'data_request', payload: z.infer<typeof customerRequest>, source: string, headers: Headers, context: NormaliseContext): PrivacyRecord {
  const subject: CustomerRef = { externalId: idOf({ id: payload.customer.id ?? null }), email: textOf(payload.customer.email), name: null, country: null };
  if (subject.externalId === null && subject.email === null) {
    throw new AppError('invalid_input', 'Customer: id and email are missing', { errors: [{ path: 'customer', message: 'Either an id or an email is needed' }] });
  }
  return privacy(request, `${request}:${payload.data_request?.id ?? subject.externalId ?? fallbackTime(headers, context)}`, subject, source, headers, context);
}

/** `shop/redact` and `app/uninstalled`: a shop may go and come back, so each time is a request of its own. */
export function toShopRequest(request: 'shop_erasure' | 'uninstalled', source: string, headers: Headers, context: NormaliseContext): PrivacyRecord {
  return privacy(request, `${request}:${fallbackTime(headers, context)}`, null, source, headers, context);
}
