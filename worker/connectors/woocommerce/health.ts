/** Whether WooCommerce still delivers: it switches a webhook off after failed deliveries, and tells only its own log. */
import type { PlatformAccess, WebhookHealth } from '#connectors/connector';
import { AppError } from '#core/errors';
import { readPayload } from '#connectors/payload';
import { order, webhook } from './payload.ts';
import { TOPICS } from './platform.ts';
import { getList } from './rest.ts';

const PER_PAGE = 100;
/** A shop has a handful; whoever has more than this has ours among the first. */
const MOST_PAGES = 5;
/** WooCommerce delivers from a schedule that visitors drive: a quiet shop may take minutes. */
const ARRIVES_WITHIN_MS = 15 * 60_000;

const WHERE = 'in WooCommerce under Settings, Advanced, Webhooks';

interface Found {
  topic: string;
  status: string;
}

/** @param address where ours deliver to */
export async function checkWebhooks(access: PlatformAccess, address: string): Promise<WebhookHealth> {
  try {
    const found = await webhooksTo(access, address);
    return { ...judge(found), newestOrder: await newestOrder(access) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
    return { state: 'unknown', detail: error.message, newestOrder: null };
  }
}

async function webhooksTo(access: PlatformAccess, address: string): Promise<Found[]> {
  const ours: Found[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const list = await getList(access, 'webhooks', { per_page: String(PER_PAGE), page: String(page) });
    const read = (list?.entries ?? []).map((entry) => readPayload(webhook, entry, 'Webhook'));
    ours.push(...read.filter((one) => one.delivery_url.replace(/\/+$/, '') === address));
    if (read.length < PER_PAGE) break;
  }
  return ours;
}

/** A topic may have several webhooks: one that is on is enough. */
function judge(found: readonly Found[]): Omit<WebhookHealth, 'newestOrder'> {
  const active = new Set(found.filter(({ status }) => status === 'active').map(({ topic }) => topic));
  const off = TOPICS.filter((topic) => !active.has(topic) && found.some((one) => one.topic === topic));
  const missing = TOPICS.filter((topic) => !found.some((one) => one.topic === topic));
  if (off.length > 0) {
    const stopped = found.some(({ status, topic }) => status === 'disabled' && off.includes(topic));
    return {
      state: 'disabled',
      detail: stopped
        ? `WooCommerce turned ${webhooksFor(off)} off, as it does after five failed deliveries in a row. Set the status to Active again ${WHERE}.`
        : `${sentence(webhooksFor(off))} paused. Set the status to Active again ${WHERE}.`,
    };
  }
  if (missing.length === TOPICS.length) return { state: 'missing', detail: `No webhook there leads to this address. Add the webhooks ${WHERE}.` };
  if (missing.length > 0) return { state: 'missing', detail: `There is no webhook for ${listed(missing)}. Add what is missing ${WHERE}.` };
  return { state: 'healthy', detail: 'All webhooks are on.' };
}

function listed(topics: readonly string[]): string {
  return topics.length < 2 ? topics.join('') : `${topics.slice(0, -1).join(', ')} and ${topics.at(-1) ?? ''}`;
}

function webhooksFor(topics: readonly string[]): string {
  return `the webhook${topics.length === 1 ? '' : 's'} for ${listed(topics)}`;
}

function sentence(subject: string): string {
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${subject.startsWith('the webhooks') ? 'are' : 'is'}`;
}

async function newestOrder(access: PlatformAccess): Promise<WebhookHealth['newestOrder']> {
  const list = await getList(access, 'orders', {
    status: 'processing,completed', orderby: 'date', order: 'desc', per_page: '1', dates_are_gmt: 'true',
    before: new Date(access.now().getTime() - ARRIVES_WITHIN_MS).toISOString().slice(0, 19),
  });
  const [newest] = list?.entries ?? [];
  if (newest === undefined) return null;
  const read = readPayload(order, newest, 'Order');
  return read.date_created_gmt == null ? null : { externalId: read.id, label: `#${read.number ?? read.id}`, at: read.date_created_gmt };
}
