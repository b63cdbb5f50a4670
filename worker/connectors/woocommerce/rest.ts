/** Asking WooCommerce's REST API (v3): lists with their totals, refusals in plain words. */
import { AppError } from '#core/errors';
import type { PlatformAccess } from '#connectors/connector';
import { listEntries } from '#connectors/payload';
import { REST_KEYS } from './platform.ts';

const LONGEST_WAIT_SECONDS = 3600;

export interface RestList {
  /** JSON text of each entry. */
  entries: string[];
  /** How many the whole list has; null when a proxy took the header off. */
  total: number | null;
}

/**
 * `GET {storeUrl}/wp-json/wc/v3/{path}`. Null when there is no such resource.
 * @throws AppError `invalid_input` when keys are missing or refused, `unavailable` when it should be asked again later.
 */
export async function getList(access: PlatformAccess, path: string, query: Record<string, string>): Promise<RestList | null> {
  const { storeUrl = '', consumerKey = '', consumerSecret = '' } = access.settings;
  if (REST_KEYS.some((key) => (access.settings[key] ?? '') === '')) {
    throw new AppError('invalid_input', 'WooCommerce’s REST API needs the shop address, the consumer key and the consumer secret: add them to the settings of this integration');
  }
  const url = `${storeUrl.replace(/\/+$/, '')}/wp-json/wc/v3/${path}?${new URLSearchParams(query).toString()}`;
  const response = await access.fetch(url, { headers: { accept: 'application/json', authorization: basicAuth(consumerKey, consumerSecret) } });
  if (response.status === 404) {
    const text = await response.text();
    // A shop without the API answers 404 as well, with WordPress's own code or a page.
    if (text.includes('rest_no_route') || !text.trimStart().startsWith('{')) {
      throw new AppError('invalid_input', `There is no WooCommerce REST API at ${storeUrl}. Check the shop address, and that permalinks in WordPress are not set to Plain`);
    }
    return null;
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw refusal(response, storeUrl);
  }
  const stated = response.headers.get('x-wp-total') ?? '';
  return { entries: listEntries(await response.text()), total: /^\d+$/.test(stated) ? Number(stated) : null };
}

function basicAuth(name: string, password: string): string {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function refusal(response: Response, storeUrl: string): AppError {
  switch (response.status) {
    case 400:
      return new AppError('invalid_input', 'WooCommerce did not understand the request. Version 5.8 or newer is needed');
    case 401:
      return new AppError('invalid_input', 'WooCommerce refused the REST API keys. Make new ones under Settings, Advanced, REST API, with the permission Read, and put them into the settings of this integration');
    case 403:
      return new AppError('invalid_input', 'The user of the REST API keys may not see this. Make keys for a user who manages the shop, and check that no security plugin blocks the REST API');
    default: {
      const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
      const seconds = Number.isFinite(wait) && wait > 0 ? Math.min(wait, LONGEST_WAIT_SECONDS) : undefined;
      return new AppError('unavailable', `${storeUrl} answered ${String(response.status)}`, seconds === undefined ? {} : { retryAfterSeconds: seconds });
    }
  }
}
