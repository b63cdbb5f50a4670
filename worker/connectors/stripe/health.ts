/** Whether Stripe still delivers: it disables an endpoint after days of failures, and tells only its owner by mail. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { PlatformAccess, WebhookHealth } from '#connectors/connector';
import { readPayload } from '#connectors/payload';
import { getList } from './api.ts';
import { TOPICS } from './topics.ts';

const endpoint = z.object({ url: z.string(), status: z.string(), enabled_events: z.array(z.string()) });

const WHERE = 'in Stripe under Developers, Webhooks';

/** @param address where ours delivers to */
export async function checkEndpoint(access: PlatformAccess, address: string): Promise<WebhookHealth> {
  try {
    // An account has 16 endpoints at most.
    const list = await getList(access, 'webhook_endpoints', []);
    if (typeof list === 'number') return { state: 'unknown', detail: 'Stripe was asked too often just now; we look again later.' };
    return judge(list.entries.map((entry) => readPayload(endpoint, entry, 'Webhook endpoint')).filter(({ url }) => url === address));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
    return { state: 'unknown', detail: error.message };
  }
}

function judge(found: readonly z.infer<typeof endpoint>[]): WebhookHealth {
  const on = found.filter(({ status }) => status === 'enabled');
  if (found.length === 0) return { state: 'missing', detail: `No endpoint there leads to this address. Add one ${WHERE}.` };
  if (on.length === 0) return { state: 'disabled', detail: `The endpoint is switched off. Enable it again ${WHERE}; what was missed can be read afterwards.` };
  const events = new Set(on.flatMap(({ enabled_events }) => enabled_events));
  const missing = events.has('*') ? [] : TOPICS.filter((topic) => !events.has(topic));
  if (missing.length > 0) return { state: 'missing', detail: `The endpoint is not told of ${missing.join(', ')}. Select what is missing ${WHERE}.` };
  return { state: 'healthy', detail: 'The endpoint is on and hears of everything it needs.' };
}
