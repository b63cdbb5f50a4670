/** Asking Stripe's API: lists by page, refusals in plain words. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { PlatformAccess } from '#connectors/connector';
import { listEntries, readPayload } from '#connectors/payload';

/** The shapes of answers are this version's, whatever the account's own is. Stripe keeps versions for years. */
const API_VERSION = '2026-10-28.endive';
const ADDRESS = 'https://api.stripe.com/v1';
/** The most that Stripe gives at once. */
export const PER_PAGE = 100;
/** Stripe says when to come back only for some limits. */
const WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 300;

export const API_KEY = 'apiKey';

export interface ListPage {
  /** JSON text of each entry. */
  entries: string[];
  hasMore: boolean;
  /** When Stripe answered, by its own clock, which is the one its events go by. */
  answeredAt: string;
}

const head = z.object({ has_more: z.boolean() });
const problem = z.object({ error: z.object({ message: z.string() }) });

/**
 * One page of `GET /v1/{path}`. A number is how many seconds to wait first: too much was asked at once.
 * @throws AppError `invalid_input` when the key is missing or refused, `unavailable` when Stripe cannot answer now.
 */
export async function getList(access: PlatformAccess, path: string, query: readonly [string, string][]): Promise<ListPage | number> {
  const key = access.settings[API_KEY] ?? '';
  if (key === '') throw new AppError('invalid_input', 'Reading from Stripe needs a restricted API key: add one to the settings of this integration');
  const response = await access.fetch(`${ADDRESS}/${path}?${new URLSearchParams([['limit', String(PER_PAGE)], ...query]).toString()}`, {
    headers: { authorization: `Bearer ${key}`, 'stripe-version': API_VERSION },
  });
  const text = await response.text();
  if (response.status === 429) return waitOf(response);
  if (!response.ok) throw refusal(response, text, path);
  return { entries: listEntries(text, 'data'), hasMore: readPayload(head, text, 'List').has_more, answeredAt: answeredAt(response, access) };
}

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(LONGEST_WAIT_SECONDS, Math.ceil(seconds)) : WAIT_SECONDS;
}

/** Whole seconds, as events have. */
function answeredAt(response: Response, access: PlatformAccess): string {
  const stated = new Date(response.headers.get('date') ?? Number.NaN);
  const time = Number.isNaN(stated.getTime()) ? access.now() : stated;
  return new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
}

/** What Stripe calls a list, as people do. */
const NAMES: Readonly<Record<string, string>> = {
  'checkout/sessions': 'Checkout Sessions', webhook_endpoints: 'Webhook Endpoints',
};

function refusal(response: Response, text: string, path: string): AppError {
  const name = NAMES[path] ?? path.charAt(0).toUpperCase() + path.slice(1);
  switch (response.status) {
    case 401:
      return new AppError('invalid_input', 'Stripe refused the API key. Create a new restricted key under Developers, API keys, and put it into the settings of this integration');
    case 403:
      return new AppError('invalid_input', `The API key may not read ${name}. Edit the key in Stripe under Developers, API keys, and set ${name} to Read`);
    case 400:
    case 404:
      return new AppError('invalid_input', `Stripe did not accept the request for ${name}: ${messageOf(text)}`);
    default:
      return new AppError('unavailable', `Stripe answered ${String(response.status)}`, response.headers.has('retry-after') ? { retryAfterSeconds: waitOf(response) } : {});
  }
}

/** Stripe's own words; keys it quotes are shortened there already. */
function messageOf(text: string): string {
  try {
    return readPayload(problem, text, 'Answer').error.message.slice(0, 200);
  } catch {
    return 'it gave no reason';
  }
}
