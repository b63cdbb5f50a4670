/** Shopify's GraphQL Admin API: one call, its errors in plain words, its rate limit as a wait. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { PlatformAccess } from '#connectors/connector';
import { API_VERSION } from './api-version.ts';

export const TOKEN_SETTING = 'adminToken';

const throttle = z.object({ currentlyAvailable: z.number(), restoreRate: z.number() });
const envelope = z.object({
  data: z.unknown().optional(),
  errors: z.union([z.string(), z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }))]).optional(),
  extensions: z.object({ cost: z.object({ requestedQueryCost: z.number().nullish(), throttleStatus: throttle.optional() }).optional() }).optional(),
});

/** The shop's budget is spent: ask again after so many seconds. */
export class Throttled extends Error {
  readonly waitSeconds: number;

  constructor(waitSeconds: number) {
    super('Throttled');
    this.waitSeconds = waitSeconds;
  }
}

/** The shop's own address. @throws AppError `invalid_input` when it is not one of Shopify's. */
function shopOrigin(settings: Record<string, string>): string {
  const domain = (settings.shopDomain ?? '').trim().toLowerCase().replace(/^https:\/\//, '').replace(/\/.*$/, '');
  if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(domain)) {
    throw new AppError('invalid_input', 'The shop domain must be the address of your admin, such as your-shop.myshopify.com', { errors: [{ path: 'settings.shopDomain', message: 'Ends in .myshopify.com' }] });
  }
  return `https://${domain}`;
}

/**
 * @throws AppError `invalid_input` when Shopify refuses token, permission or query, `unavailable` when it should be asked again later
 * @throws Throttled when the shop's budget is spent
 */
export async function askAdmin<Data>(access: PlatformAccess, data: z.ZodType<Data>, query: string, variables: Record<string, unknown>): Promise<Data> {
  const response = await access.fetch(`${shopOrigin(access.settings)}/admin/api/${API_VERSION}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-shopify-access-token': access.settings[TOKEN_SETTING] ?? '' },
    body: JSON.stringify({ query, variables }),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw refusal(response.status, Number(response.headers.get('retry-after') ?? Number.NaN));
  }
  const answer = envelope.safeParse(await response.json().catch(() => null));
  if (!answer.success) throw new AppError('unavailable', 'Shopify gave an answer that we could not read');
  const { errors, extensions } = answer.data;
  if (errors !== undefined && errors.length > 0) {
    const list = typeof errors === 'string' ? [{ message: errors }] : errors;
    const codes = list.map((error) => ('extensions' in error ? error.extensions?.code : undefined));
    if (codes.includes('THROTTLED')) {
      const { requestedQueryCost, throttleStatus } = extensions?.cost ?? {};
      const lacking = (requestedQueryCost ?? 100) - (throttleStatus?.currentlyAvailable ?? 0);
      throw new Throttled(Math.min(60, Math.max(1, Math.ceil(lacking / (throttleStatus?.restoreRate ?? 50)))));
    }
    const said = list.map(({ message }) => message).join('; ').slice(0, 300);
    if (codes.includes('ACCESS_DENIED')) throw new AppError('invalid_input', `The token may not read orders. Give its app the permissions read_orders, read_all_orders and read_customers in Shopify. Shopify said: ${said}`);
    if (codes.includes('INTERNAL_SERVER_ERROR')) throw new AppError('unavailable', 'Shopify has trouble answering');
    throw new AppError('invalid_input', `Shopify refused the request: ${said}`);
  }
  const parsed = data.safeParse(answer.data.data);
  if (!parsed.success) throw new AppError('unavailable', 'Shopify gave an answer that we could not read', { cause: parsed.error });
  return parsed.data;
}

function refusal(status: number, retryAfter: number): Error {
  switch (status) {
    case 401:
      return new AppError('invalid_input', 'Shopify refuses the Admin API access token. Make a new one in your app and paste it under "Settings".', { errors: [{ path: `settings.${TOKEN_SETTING}`, message: 'Refused by Shopify' }] });
    case 402: return new AppError('invalid_input', 'The shop is frozen at Shopify until its bill is paid');
    case 403: return new AppError('invalid_input', 'The token may not read orders. Give its app the permissions read_orders, read_all_orders and read_customers in Shopify.');
    case 404: return new AppError('invalid_input', 'Shopify knows no shop under this domain', { errors: [{ path: 'settings.shopDomain', message: 'Unknown to Shopify' }] });
    case 423: return new AppError('invalid_input', 'The shop is locked at Shopify');
    case 429: return new Throttled(Number.isFinite(retryAfter) ? Math.min(60, Math.max(1, retryAfter)) : 2);
    default: return new AppError('unavailable', `Shopify answered with status ${String(status)}`);
  }
}
