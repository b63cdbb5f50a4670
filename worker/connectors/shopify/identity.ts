/** Exact ids and times that every Shopify payload shares. */
import { AppError } from '#core/errors';
import type { NormaliseContext } from '#connectors/connector';

export { textOf } from '#connectors/payload';

interface Identified {
  id?: string | null;
  admin_graphql_api_id?: string | null;
}

/**
 * The numeric id as text. The GraphQL id wins: ids pass 2^53, and a copy that went through a rounding JSON parser
 * still has it intact (`gid://shopify/Order/820982911946154508` → `820982911946154508`).
 */
export function idOf(resource: Identified): string | null {
  const global = /^gid:\/\/shopify\/\w+\/(\d+)/.exec(resource.admin_graphql_api_id ?? '')?.[1];
  const id = global ?? resource.id ?? '';
  return /^\d+$/.test(id) && id !== '0' ? id : null;
}

/** @throws AppError `invalid_input` when the resource has no id. */
export function requireId(resource: Identified, what: string): string {
  const id = idOf(resource);
  if (id === null) throw new AppError('invalid_input', `${what}: id is missing`, { errors: [{ path: 'id', message: 'Missing' }] });
  return id;
}

/**
 * When nothing in the payload says when: the moment Shopify triggered the event, else when we received it.
 * A retry carries the original payload and the original `X-Shopify-Triggered-At`, so this never makes an old
 * payload look new; a payload's own `updated_at`, where present, always wins over both.
 */
export function fallbackTime(headers: Record<string, string>, context: NormaliseContext): string {
  const triggered = new Date(headers['x-shopify-triggered-at'] ?? Number.NaN);
  return Number.isNaN(triggered.getTime()) ? context.receivedAt : triggered.toISOString();
}
